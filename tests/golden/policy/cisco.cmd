# A router with all kinds of flows and translations; one that keeps no state; what passes by two rules; interfaces
# without names, a host, a box of which nothing is known.
site=tests/golden/policy/unverified
derive() { portolan policy derive "$@" --on 2026-11-27 --format cisco; }
derive $site/site.yaml --device rt1 --catalog $site/catalog
echo "== names"
portolan policy derive $site/site.yaml --device rt1 --catalog $site/catalog
for bad in 'Gigabit Ethernet0/0' 'e0\\nno ip access-list x' 'e0?' "e0'" 'GigabitEthernetGigabitEthernetGigabit0/0/0'; do
	sed "s|GigabitEthernet0/0|\"$bad\"|" $site/site.yaml >"$HOME/bad.yaml"
	derive "$HOME/bad.yaml" --device rt1 --catalog $site/catalog 2>&1 | sed "s|$HOME|HOME|"
done
echo "== without names"
sed 's/name: GigabitEthernet0.0, //' $site/site.yaml >"$HOME/site.yaml"
derive "$HOME/site.yaml" --device rt1 --catalog $site/catalog | grep -A2 interface
derive $site/site.yaml --device web1 --catalog $site/catalog
echo "== stateless"
site=tests/golden/policy/stateless
derive $site/site.yaml --device fw1 --catalog $site/catalog
echo "== passes by two"
site=tests/golden/policy/three-zones
derive $site/site.yaml --device fw1 --catalog $site/catalog
sed 's|needs: udp/123|needs: tcp/443|' $site/catalog/shop.yaml >"$HOME/shop.yaml"
derive $site/site.yaml --device fw1 --catalog "$HOME" | grep -A2 'by-two'
echo "== unknown"
sed 's/filter: stateful/filter: unknown/' $site/site.yaml >"$HOME/unknown.yaml"
derive "$HOME/unknown.yaml" --device fw1 --catalog $site/catalog
