export COLUMNS=100
set -e
portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --explain
