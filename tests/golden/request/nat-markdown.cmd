portolan request tests/golden/plan/nat-site.yaml --catalog catalog --format markdown --ticket CHG-7
