portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --format markdown
