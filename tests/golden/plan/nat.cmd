export COLUMNS=100
set -e
portolan plan tests/golden/plan/nat-site.yaml --catalog catalog --explain
