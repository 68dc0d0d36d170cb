export COLUMNS=100
set -e
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --format csv | tr -d '\r'
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --format jsonl | sed 's/"version":"[^"]*"/"version":"V"/'
