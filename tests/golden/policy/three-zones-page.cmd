portolan policy derive tests/golden/policy/three-zones/site.yaml --device fw1 --catalog tests/golden/policy/three-zones/catalog --format markdown
