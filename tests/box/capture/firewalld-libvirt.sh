# firewalld-libvirt: a host with guests as it is found: firewalld over nftables, libvirt's own zone in it, and
# libvirt's chains of iptables beside; a forwarded port to a guest, and a direct rule.
. "$(dirname "$0")/lib.sh"
need firewalld libvirt-daemon-system libvirt-clients dnsmasq-base ipset iptables ebtables dbus
lay_over
host
sysctl -qw net.ipv4.ip_forward=1

printf 'dnsmasq:x:64055:\nlibvirt-qemu:x:64056:\nlibvirt:x:64057:\n' >>/etc/group
printf 'dnsmasq:x:64055:65534::/:/bin/false\nlibvirt-qemu:x:64056:64056::/:/bin/false\n' >>/etc/passwd
rm /usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so
mkdir -p /run/dbus
action=/usr/share/polkit-1/actions/org.fedoraproject.FirewallD1
ln -sf "$action.server.policy.choice" "$action.policy"
dbus-daemon --system --fork
sed -i 's/^FirewallBackend=.*/FirewallBackend=nftables/' /etc/firewalld/firewalld.conf
off() { firewall-offline-cmd "$@" >/dev/null; }
off --zone=public --add-interface=eth0
off --zone=public --add-service=https
off --zone=public --add-forward-port=port=8443:proto=tcp:toport=443:toaddr=192.168.122.10
off --zone=public --add-rich-rule='rule family="ipv4" source address="203.0.113.0/24" drop'
off --direct --add-rule ipv4 filter FORWARD 0 -d 192.168.122.0/24 -p tcp --dport 443 -j ACCEPT
firewalld --nofork --nopid >/tmp/log 2>&1 &
first=$!
wait_for 30 firewall-cmd --state

libvirtd --timeout 300 >/tmp/log2 2>&1 &
second=$!
wait_for 20 virsh -c network:///system net-list
network() {
	virsh -q -c network:///system net-define /dev/stdin
	virsh -q -c network:///system net-start "$1"
}
network default </usr/share/libvirt/networks/default.xml
network routed <<'X'
<network><name>routed</name><bridge name='virbr8'/><forward mode='route' dev='eth0'/>
<ip address='10.80.0.1' netmask='255.255.255.0'/></network>
X
firewall-cmd --get-active-zones
bundle
kill $second $first
