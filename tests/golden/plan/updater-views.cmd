export COLUMNS=100
set -e
portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --by port
echo ======
portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --by device
echo ======
portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --by host
echo ======
