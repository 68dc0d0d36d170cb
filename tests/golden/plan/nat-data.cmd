export COLUMNS=100
set -e
portolan plan tests/golden/plan/nat-site.yaml --catalog catalog --format csv | tr -d '\r'
portolan plan tests/golden/plan/nat-site.yaml --catalog catalog --format jsonl | sed 's/"version":"[^"]*"/"version":"V"/'
