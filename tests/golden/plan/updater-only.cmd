export COLUMNS=100
portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --only test/fetch --explain
portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --only test/fech
portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --only test --as-documented
