# What a long-lived script of iptables commands leaves: every match and target that people still use, policy
# routing by mark, sets with exceptions, goto, chains between chains; in both backends, a bundle each.
if [ $# = 0 ]; then
	for backend in nft legacy; do
		sh "$0" "$backend" || exit 1
	done
	exit 0
fi
. "$(dirname "$0")/lib.sh"
need iptables ipset
lay_over
router
ip address add 10.9.0.1/24 dev eth2

sets() {
	ipset create admins hash:net
	ipset add admins 10.1.0.0/25
	ipset add admins 10.1.0.64/26 nomatch
	ipset add admins 10.1.0.70
	ipset create services hash:ip,port
	ipset add services 10.2.0.8,tcp:80
	ipset add services 10.2.0.8,udp:53
	ipset add services 10.2.0.9,tcp:8000-8003
	ipset create ports bitmap:port range 1-1024
	ipset add ports 25
	ipset add ports 110-113
	ipset create pairs hash:ip,port,net
	ipset add pairs 10.1.0.5,tcp:5432,10.2.0.16/28
	ipset create towards hash:net,port
	ipset add towards 10.2.0.32/27,udp:1194
	ipset create by hash:net,iface
	ipset add by 10.1.0.0/26,eth1
	ipset add by 10.1.0.32/28,eth1 nomatch
	ipset create either list:set
	ipset create six hash:net family inet6
	ipset add six 2001:db8:1::/80
	ipset add six 2001:db8:1::66 nomatch
	ipset create macs bitmap:ip,mac range 10.1.0.0/24
	ipset add macs 10.1.0.9,02:00:00:00:00:fe
	ipset add macs 10.1.0.10
	ipset add either admins
}

old() {
	t=iptables-$1
	$t -P INPUT DROP
	$t -P FORWARD DROP
	$t -N bad
	$t -N knock
	$t -N from-inside
	$t -N services
	$t -A bad -m limit --limit 5/min -j LOG --log-prefix "bad: "
	$t -A bad -j DROP
	$t -t raw -A PREROUTING -p udp --dport 514 -j CT --notrack
	$t -t raw -A OUTPUT -p udp --sport 514 -j CT --notrack
	$t -t raw -A PREROUTING -i eth0 -s 192.0.2.200/29 -j DROP
	$t -t mangle -A PREROUTING -i eth1 -p tcp -m multiport --dports 80,443,8080:8090 -j MARK --set-xmark 0x10/0xff
	$t -t mangle -A PREROUTING -i eth1 -s 10.1.0.77 -j MARK --set-xmark 0x1/0x1
	$t -t mangle -A PREROUTING -m mark --mark 0x10/0xf0 -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff
	$t -t mangle -A PREROUTING -p tcp --dport 8085 -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xf
	$t -t mangle -A OUTPUT -p tcp --dport 8443 -j MARK --set-mark 0x1
	$t -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
	$t -t nat -A PREROUTING -i eth1 -p tcp --dport 80 -j REDIRECT --to-ports 3128
	$t -t nat -A PREROUTING -i eth0 -d 192.0.2.1 -p tcp --dport 2222 -j DNAT --to-destination 10.2.0.22:22
	$t -t nat -A PREROUTING -i eth0 -d 192.0.2.1 -p tcp -m multiport --dports 8000:8003,9000 -j DNAT --to-destination 10.2.0.9
	$t -t nat -A PREROUTING -i eth0 -d 192.0.2.64/28 -j NETMAP --to 10.2.0.64/28
	$t -t nat -A PREROUTING -i eth1 -p udp --dport 53 ! -d 10.1.0.1 -j DNAT --to-destination 10.1.0.1
	$t -t nat -A OUTPUT -d 203.0.113.9 -p tcp --dport 25 -j DNAT --to-destination 10.2.0.25:2525
	$t -t nat -A POSTROUTING -s 10.2.0.64/28 -o eth0 -j NETMAP --to 192.0.2.64/28
	$t -t nat -A POSTROUTING -s 10.1.0.0/24 -o eth0 -p udp -j SNAT --to-source 192.0.2.1:40000-50000
	$t -t nat -A POSTROUTING -s 10.1.0.0/24 -o eth0 -j MASQUERADE
	$t -t nat -A POSTROUTING -m mark --mark 0x1 -o eth2 -j SNAT --to-source 10.9.0.1
	$t -A INPUT -i lo -j ACCEPT
	$t -A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
	$t -A INPUT -m conntrack --ctstate INVALID -j bad
	$t -A INPUT -p tcp ! --syn -m state --state NEW -j bad
	$t -A INPUT -p tcp --tcp-flags ALL NONE -j bad
	$t -A INPUT -p icmp -m icmp --icmp-type echo-request -m limit --limit 10/s -j ACCEPT
	$t -A INPUT -p icmp -m icmp --icmp-type 3/4 -j ACCEPT
	$t -A INPUT -i eth1 -g from-inside
	$t -A INPUT -p tcp --dport 22 -m recent --name knocked --rcheck --seconds 30 -j ACCEPT
	$t -A INPUT -p tcp --dport 7000 -m recent --name knocked --set -j DROP
	$t -A INPUT -m addrtype --dst-type BROADCAST,MULTICAST -j DROP
	$t -A INPUT -m pkttype --pkt-type broadcast -j DROP
	$t -A INPUT -p udp --dport 514 -m conntrack --ctstate UNTRACKED -j ACCEPT
	$t -A INPUT -i eth2 -m iprange --src-range 10.2.0.10-10.2.0.13 -p tcp -m multiport ! --dports 1:1023 -j ACCEPT
	$t -A INPUT -i eth2 -p tcp --sport 20 --dport 1024: -j ACCEPT
	$t -A INPUT -p tcp --dport 113 -j REJECT --reject-with tcp-reset
	$t -A INPUT -p udp -m udp --dport 33434:33523 -j REJECT
	$t -A INPUT -m mac --mac-source 02:00:00:00:00:fe -p tcp --dport 9100 -j ACCEPT
	$t -A INPUT -m set --match-set macs src,src -p tcp --dport 9101 -j ACCEPT
	$t -A INPUT -m ttl --ttl-lt 5 -j DROP
	$t -A INPUT -p tcp --dport 3128 -m conntrack --ctstate DNAT --ctorigdstport 80 -j ACCEPT
	$t -A from-inside -m set ! --match-set admins src -p tcp --dport 22 -j REJECT --reject-with icmp-admin-prohibited
	$t -A from-inside -m set --match-set admins src -j ACCEPT
	$t -A from-inside -p udp -m multiport --ports 53,123 -j ACCEPT
	$t -A from-inside -s 10.1.0.128/25 -j RETURN
	$t -A from-inside -p tcp --dport 3128 -j ACCEPT
	$t -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	$t -A FORWARD ! -i eth0 ! -o eth0 -m set --match-set pairs src,dst,dst -j ACCEPT
	$t -A FORWARD -m set --match-set services dst,dst -j services
	$t -A FORWARD -m set --match-set towards dst,dst -j ACCEPT
	$t -A FORWARD -m set --match-set by src,src -p tcp --dport 8443 -j ACCEPT
	$t -A FORWARD -m set --match-set either src -p tcp --dport 8444 -j ACCEPT
	$t -A FORWARD -m conntrack --ctstate DNAT -j ACCEPT
	$t -A FORWARD -i eth1 -o eth0 -m mark ! --mark 0x10/0xff -j ACCEPT
	$t -A FORWARD -i eth1 -o eth0 -m set --match-set ports dst -j ACCEPT
	$t -A FORWARD -i eth1 -o eth2 -m mark --mark 0x1/0x1 -j ACCEPT
	$t -A FORWARD -i eth1 -o eth0 -m connmark --mark 0x10/0xff -p tcp --dport 443 -j ACCEPT
	$t -A FORWARD -p 47 -i eth1 -j ACCEPT
	$t -A FORWARD -i eth+ -o eth2 -p icmp ! --icmp-type 8 -j ACCEPT
	$t -A FORWARD -f -j DROP
	$t -A FORWARD -j REJECT --reject-with icmp-host-prohibited
	$t -A services -i eth0 -j RETURN
	$t -A services -m statistic --mode random --probability 0.5 -j bad
	$t -A services -j ACCEPT
	$t -A OUTPUT -m owner --uid-owner 33 -o eth0 -p tcp ! --dport 443 -j REJECT
	$t -A OUTPUT -m owner ! --uid-owner 0-999 -o eth2 -j DROP
	$t -A OUTPUT -m owner --gid-owner 25 -p tcp --dport 25 -j ACCEPT
	$t -A OUTPUT -p tcp --dport 25 -j DROP

	t=ip6tables-$1
	$t -P FORWARD DROP
	$t -A INPUT -m set --match-set six src -p tcp --dport 22 -j ACCEPT
	$t -A INPUT -p tcp --dport 22 -j REJECT --reject-with icmp6-adm-prohibited
	$t -A INPUT -p icmpv6 --icmpv6-type 1/4 -j ACCEPT
	$t -A INPUT -m hl --hl-lt 64 -p udp -j DROP
	$t -A INPUT -s fe80::/10 -p udp --dport 546 -j ACCEPT
	$t -A INPUT -p udp --dport 546 -j DROP
	$t -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	$t -A FORWARD -i eth1 -s 2001:db8:1::/64 -j ACCEPT
	$t -A FORWARD -d 2001:db8:2::8 -p tcp -m multiport --dports 80,443 -j ACCEPT
	$t -A FORWARD -p icmpv6 --icmpv6-type echo-request -j ACCEPT
	$t -t nat -A PREROUTING -i eth0 -d 2001:db8::80 -p tcp --dport 80 -j DNAT --to-destination '[2001:db8:2::8]:8080'
	$t -t nat -A POSTROUTING -o eth0 -s 2001:db8:2::/64 -j SNAT --to-source 2001:db8::1
}

ip rule add fwmark 0x1/0x1 table 100 priority 100
ip route add default via 10.2.0.254 dev eth2 table 100
ip route add blackhole 10.66.0.0/16
ip route add unreachable 10.67.0.0/16
ip route add 10.68.0.0/16 via 10.2.0.253
ip rule add from 10.1.0.192/26 to 198.51.100.0/24 prohibit priority 90
sysctl -qw net.ipv4.conf.eth0.rp_filter=1 net.ipv4.conf.eth2.rp_filter=2

sets
old "$1"
bundle "script-$1"
