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
verify --bundle $site/fw1.bundle --rule 2
verify --bundle $site/fw1.bundle --rule c_in/3
verify --bundle $site/fw1.bundle --rule c_in/77
# The request, as it came back: done, not, changed on its way, not ours.
portolan request $site/site.yaml --catalog $site/catalog --format csv >"$HOME/request.csv"
returned() { portolan policy verify $site/site.yaml --catalog $site/catalog --request "$1" --bundle $site/fw1.bundle || echo "exit $?"; }
returned "$HOME/request.csv"
sed 's/,5432,/,5433,/; s/^5d4a5adc13e5420d/0000000000000000/' "$HOME/request.csv" >"$HOME/other.csv"
returned "$HOME/other.csv" | grep 'changed\|now'
echo a,b >"$HOME/none.csv"
returned "$HOME/none.csv" 2>&1 | sed "s|$HOME|HOME|"
