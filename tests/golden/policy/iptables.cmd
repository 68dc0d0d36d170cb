set -e
# Both families of a firewall; of lists that are too long for one rule; what iptables cannot say, in one that translates
# as a conversation agrees; no state, and nothing translated.
derive() { portolan policy derive "$@"; }
for family in iptables ip6tables; do
	for name in three-zones many-ports; do
		derive tests/golden/policy/$name/site.yaml --device fw1 --catalog tests/golden/policy/$name/catalog --format $family
	done
done
derive tests/golden/policy/many-ports/site.yaml --device fw1 --catalog tests/golden/policy/many-ports/catalog
derive examples/ftp/site.yaml --device F --catalog catalog --format iptables
derive tests/golden/policy/ftp-transparent-nat/site.yaml --device N --catalog catalog --format iptables
derive tests/golden/policy/stateless/site.yaml --device fw1 --catalog tests/golden/policy/stateless/catalog --format iptables
