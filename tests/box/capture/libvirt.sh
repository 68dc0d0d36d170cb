# libvirt: its network driver's chains for networks of each kind: the default one (NAT), one with ranges of addresses
# and ports, one with NAT of IPv6, one that is routed, one alone, one that is open; beside rules by hand.
. "$(dirname "$0")/lib.sh"
need libvirt-daemon-system libvirt-clients dnsmasq-base iptables ebtables dbus
lay_over
router

# The packages' own users; no hypervisor is asked for.
printf 'dnsmasq:x:64055:\nlibvirt-qemu:x:64056:\nlibvirt:x:64057:\n' >>/etc/group
printf 'dnsmasq:x:64055:65534::/:/bin/false\nlibvirt-qemu:x:64056:64056::/:/bin/false\n' >>/etc/passwd
rm /usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so
mkdir -p /run/dbus
dbus-daemon --system --fork

iptables -P FORWARD DROP
iptables -A INPUT -i eth0 -p tcp -m multiport --dports 22,443 -j ACCEPT
iptables -A INPUT -i eth0 -j DROP

libvirtd --timeout 300 >/tmp/log 2>&1 &
daemon=$!
wait_for 20 virsh -c network:///system net-list
network() {
	virsh -q -c network:///system net-define /dev/stdin
	virsh -q -c network:///system net-start "$1"
}
network default </usr/share/libvirt/networks/default.xml
network six <<'X'
<network><name>six</name><bridge name='virbr6'/>
<forward mode='nat' dev='eth0'><nat><address start='192.0.2.40' end='192.0.2.47'/><port start='2000' end='3999'/></nat></forward>
<ip address='10.60.0.1' netmask='255.255.255.0'><tftp root='/srv'/></ip>
<ip family='ipv6' address='2001:db8:60::1' prefix='64'/></network>
X
network six-nat <<'X'
<network><name>six-nat</name><bridge name='virbr7'/><forward mode='nat'><nat ipv6='yes'/></forward>
<ip address='10.70.0.1' netmask='255.255.255.0'/>
<ip family='ipv6' address='fd00:70::1' prefix='64'/></network>
X
network routed <<'X'
<network><name>routed</name><bridge name='virbr8'/><forward mode='route' dev='eth1'/>
<ip address='10.80.0.1' netmask='255.255.255.0'/></network>
X
network alone <<'X'
<network><name>alone</name><bridge name='virbr9'/>
<ip address='10.90.0.1' netmask='255.255.255.0'/></network>
X
network open <<'X'
<network><name>open</name><bridge name='virbr10'/><forward mode='open'/>
<ip address='10.100.0.1' netmask='255.255.255.0'/></network>
X
virsh -c network:///system net-list
bundle
kill $daemon
