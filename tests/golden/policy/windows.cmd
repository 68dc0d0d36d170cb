# A host with all kinds of flows, hostile names among them; a host with an exception; a router, which Windows is not;
# a machine of which nothing is known.
site=tests/golden/policy/unverified
derive() { portolan policy derive "$@" --on 2026-11-27 --format windows; }
derive $site/site.yaml --device web1 --catalog $site/catalog
derive $site/site.yaml --device db1 --catalog $site/catalog | grep -v base-
sed 's|GigabitEthernet0/|Ethernet (a) |' $site/site.yaml >"$HOME/site.yaml"
derive "$HOME/site.yaml" --device rt1 --catalog $site/catalog | grep -e '^# [^ ]*: not-in' -e ' rt1 [^b]'
derive $site/site.yaml --device rt1 --catalog $site/catalog 2>&1
derive examples/ftp/site.yaml --device F --catalog catalog | grep -A3 owner-unsaid
site=tests/golden/policy/three-zones
derive $site/site.yaml --device web1 --catalog $site/catalog | grep -v base-
sed 's/filter: stateful/filter: unknown/' $site/site.yaml >"$HOME/site.yaml"
derive "$HOME/site.yaml" --device fw1 --catalog $site/catalog
