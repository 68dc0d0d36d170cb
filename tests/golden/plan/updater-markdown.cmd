portolan plan tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --format markdown --explain
