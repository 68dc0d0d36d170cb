# An old ruleset against what its site needs; the same as records; and against itself.
site=tests/golden/policy/three-zones
verify() { portolan policy verify $site/site.yaml --device fw1 --catalog $site/catalog "$@" || echo "exit $?"; }
verify --bundle $site/fw1.bundle
verify --bundle $site/fw1.bundle --format jsonl | head -3
verify
verify --bundle $site/fw1.bundle --format xml
verify --bundle $site/site.yaml
portolan policy diff $site/fw1.bundle $site/fw1.bundle
sed 's/"right": 5432/"right": 5433/' $site/fw1.bundle >"$HOME/later.bundle"
portolan policy diff $site/fw1.bundle "$HOME/later.bundle" || echo "exit $?"
sed '/^end$/d' $site/fw1.bundle >"$HOME/cut.bundle"
portolan policy diff $site/fw1.bundle "$HOME/cut.bundle" 2>&1 | sed "s|$HOME|HOME|"
