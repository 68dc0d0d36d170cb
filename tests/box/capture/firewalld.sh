# firewalld [nftables|iptables]: three zones, services, a rich rule of each kind, masquerade, forwarded ports,
# ipsets, a policy between zones; written as firewalld-NAME.bundle. Without a name both are taken.
. "$(dirname "$0")/lib.sh"
need firewalld ipset iptables ebtables dbus
if [ $# = 0 ]; then
	for backend in nftables iptables; do
		env -u CAPTURE_INSIDE sh "$0" $backend
	done
	exit
fi
lay_over
router

mkdir -p /run/dbus
# The package's configuration chooses one of two.
action=/usr/share/polkit-1/actions/org.fedoraproject.FirewallD1
ln -sf "$action.server.policy.choice" "$action.policy"
dbus-daemon --system --fork
sed -i "s/^FirewallBackend=.*/FirewallBackend=$1/; s/^LogDenied=.*/LogDenied=unicast/" /etc/firewalld/firewalld.conf
cat >/etc/firewalld/services/harbour.xml <<'END'
<?xml version="1.0" encoding="utf-8"?>
<service>
  <short>Harbour</short>
  <port protocol="tcp" port="8443"/>
  <port protocol="udp" port="40000-40099"/>
  <source-port protocol="udp" port="4500"/>
  <protocol value="esp"/>
</service>
END

off() { firewall-offline-cmd "$@" >/dev/null; }
# in_zone ZONE ACTION ...: it takes one kind of action at a time.
in_zone() {
	zone=$1
	shift
	for action; do
		off "--zone=$zone" "$action"
	done
}
off --set-default-zone=drop
in_zone external --add-interface=eth0
in_zone internal --add-interface=eth1
in_zone dmz --add-interface=eth2
in_zone trusted --add-source=10.9.0.0/16

in_zone external --add-service=https --add-service=harbour --add-port=5000-5010/udp
in_zone external --add-icmp-block=timestamp-request
in_zone external --add-forward-port=port=2222:proto=tcp:toport=22:toaddr=10.2.0.22
in_zone external --add-forward-port=port=8000-8009:proto=tcp:toport=9000-9009
in_zone external --add-rich-rule='rule family="ipv4" source address="203.0.113.0/24" service name="http" accept limit value="5/m"'
in_zone external --add-rich-rule='rule family="ipv4" source NOT address="198.51.100.0/24" port port="3389" protocol="tcp" reject type="icmp-admin-prohibited"'
in_zone external --add-rich-rule='rule priority="-10" family="ipv6" source address="2001:db8:bad::/48" log prefix="bad: " level="info" limit value="3/m" drop'
in_zone external --add-rich-rule='rule priority="100" family="ipv4" destination address="192.0.2.1" protocol value="gre" mark set="0x10/0xff"'
in_zone internal --add-service=dns --add-service=ftp --add-source-port=68/udp --add-protocol=igmp
in_zone internal --add-icmp-block-inversion --add-icmp-block=echo-request
in_zone dmz --set-target=%%REJECT%%
in_zone dmz --add-rich-rule='rule family="ipv4" source address="10.1.0.0/24" forward-port port="80" protocol="tcp" to-port="8080"'

off --new-ipset=blocked --type=hash:net
off --ipset=blocked --add-entry=198.51.100.0/25
off --ipset=blocked --add-entry=198.51.100.200
off --new-ipset=peers --type=hash:ip,port
off --ipset=peers --add-entry=10.1.0.7,tcp:873
off --new-ipset=blocked6 --type=hash:net --option=family=inet6
off --ipset=blocked6 --add-entry=2001:db8:bad::/48
in_zone block --add-source=ipset:blocked
in_zone external --add-rich-rule='rule family="ipv6" source ipset="blocked6" drop'

off --new-policy=out
off --policy=out --add-ingress-zone=internal
off --policy=out --add-egress-zone=external
off --policy=out --set-target=ACCEPT
off --new-policy=serve
off --policy=serve --add-ingress-zone=external
off --policy=serve --add-egress-zone=dmz
off --policy=serve --add-service=https
off --policy=serve --add-rich-rule='rule family="ipv4" source address="203.0.113.9" drop'
off --new-policy=mine
off --policy=mine --add-ingress-zone=HOST
off --policy=mine --add-egress-zone=ANY
off --policy=mine --add-rich-rule='rule family="ipv4" destination address="198.51.100.7" port port="25" protocol="tcp" reject'
off --direct --add-rule ipv4 filter FORWARD 0 -p tcp --dport 445 -j DROP

firewalld --nofork --nopid >/tmp/log 2>&1 &
wait_for 30 firewall-cmd --state
sleep 1
grep -E 'ERROR|WARNING' /tmp/log /var/log/firewalld || :
firewall-cmd --list-all-zones | grep -A3 active
bundle "firewalld-$1"
