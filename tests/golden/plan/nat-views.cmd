export COLUMNS=100
set -e
portolan plan tests/golden/plan/nat-site.yaml --catalog catalog --by port
echo ======
portolan plan tests/golden/plan/nat-site.yaml --catalog catalog --by device
echo ======
portolan plan tests/golden/plan/nat-site.yaml --catalog catalog --by host
echo ======
