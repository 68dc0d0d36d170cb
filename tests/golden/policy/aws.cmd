# A host and a router with all kinds of flows, hostile names among them; more entries than a group holds; a box of
# which nothing is known.
site=tests/golden/policy/unverified
derive() { portolan policy derive "$@" --on 2026-11-27 --format aws; }
derive $site/site.yaml --device web1 --catalog $site/catalog
derive $site/site.yaml --device rt1 --catalog $site/catalog | grep -v '"errors about'
derive examples/ftp/site.yaml --device F --catalog catalog | grep -A3 owner-unsaid
site=tests/golden/policy/three-zones
derive $site/site.yaml --device db1 --catalog $site/catalog
derive $site/site.yaml --device fw1 --catalog $site/catalog | grep -v 'icmp\|errors about'
{
	sed '/^devices:/,$d' $site/site.yaml
	for i in $(seq 61); do echo "  u$i: {addresses: [10.9.0.$((i + 100))]}"; done
	sed -n '/^devices:/,$p' $site/site.yaml | sed "s/user: zone internet/user: [$(seq -s, -f u%g 61)]/"
} >"$HOME/many.yaml"
derive "$HOME/many.yaml" --device web1 --catalog $site/catalog | grep -A2 too-many
sed 's/filter: stateful/filter: unknown/' $site/site.yaml >"$HOME/unknown.yaml"
derive "$HOME/unknown.yaml" --device fw1 --catalog $site/catalog
