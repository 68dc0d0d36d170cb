# A host's own firewall: what it serves, what it dials, what is forbidden to it and from it.
site=tests/golden/policy/three-zones
for host in web1 db1; do
	portolan policy derive $site/site.yaml --device $host --catalog $site/catalog | grep -v 'icmpv6 type 13\|143'
done
portolan policy derive $site/site.yaml --device web2 --catalog $site/catalog || echo "exit $?"
