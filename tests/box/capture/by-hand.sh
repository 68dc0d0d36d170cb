# An nftables ruleset written by hand, with most of what the language has: verdict maps, concatenations with
# intervals, sets that time out, maps of targets, several tables at one hook, ingress, a dormant table, marks.
. "$(dirname "$0")/lib.sh"
lay_over
router
ip address add 10.9.0.1/24 dev eth2
ip rule add fwmark 0x5 table 100 priority 100
ip route add default via 10.2.0.254 dev eth2 table 100
ip -6 route add blackhole 2001:db8:dead::/48

cat >/tmp/rules <<'END'
table netdev edge {
	chain in0 {
		type filter hook ingress device eth0 priority -500; policy accept;
		ip saddr { 192.0.2.64/26, 198.51.100.0/24 } drop
		ip protocol igmp drop
		tcp flags & (fin | syn) == fin | syn drop
		udp dport 161 drop
	}
}
table inet asleep {
	flags dormant
	chain everything { type filter hook input priority 0; policy drop; }
}
table inet early {
	set strangers { type ipv4_addr; flags interval; elements = { 203.0.113.0/25, 203.0.113.200-203.0.113.210 } }
	set banned {
		type ipv4_addr; flags timeout; timeout 1d
		elements = { 192.0.2.66 timeout 1h, 192.0.2.67 timeout 2h comment "tried ssh" }
	}
	set banned6 { type ipv6_addr; flags interval, timeout; elements = { 2001:db8::bad:0/112 timeout 3h } }
	chain pre {
		type filter hook prerouting priority raw; policy accept;
		ip saddr @strangers drop
		ip saddr @banned counter drop
		ip6 saddr @banned6 drop
		udp dport { 69, 514 } notrack
		fib saddr . iif oif missing drop
		fib daddr type { anycast, blackhole } drop
	}
	chain out {
		type filter hook output priority raw; policy accept;
		udp sport 514 notrack
	}
	chain marks {
		type filter hook prerouting priority mangle; policy accept;
		iifname "eth1" tcp dport 8000-8010 meta mark set 0x5
		iifname "eth1" ip saddr 10.1.0.64/26 meta mark set meta mark or 0x10
		tcp dport { 80, 443 } ct mark set meta mark and 0xff
		tcp dport 443 meta mark set ct mark xor 0x20
		iifname "eth2" meta mark set ip saddr map { 10.2.0.7 : 0x7, 10.2.0.8-10.2.0.15 : 0x8 }
	}
	chain route {
		type route hook output priority mangle; policy accept;
		tcp dport 8005 meta mark set 0x5
		meta skuid 33 tcp dport 8006 meta mark set 0x5
	}
}
table inet nat {
	map forwards {
		type inet_service : ipv4_addr . inet_service
		elements = { 2222 : 10.2.0.22 . 22, 8443 : 10.2.0.8 . 443, 53 : 10.2.0.53 . 5353 }
	}
	map whole {
		type ipv4_addr . inet_service : ipv4_addr
		elements = { 192.0.2.1 . 25 : 10.2.0.25 }
	}
	chain pre {
		type nat hook prerouting priority dstnat; policy accept;
		iifname "eth0" meta l4proto { tcp, udp } dnat ip to th dport map @forwards
		iifname "eth0" dnat ip to ip daddr . tcp dport map @whole
		iifname "eth1" tcp dport 80 redirect to :3128
		iifname "eth1" udp dport 53 ip daddr != 10.1.0.1 redirect
		iifname "eth0" tcp dport 10000-10010 dnat ip to 10.2.0.50-10.2.0.52
		iifname "eth0" ip6 daddr 2001:db8::80 tcp dport 80 dnat ip6 to [2001:db8:2::8]:8080
		iifname "eth0" ip daddr 192.0.2.1 tcp dport 7777 dnat ip to numgen random mod 2 map { 0 : 10.2.0.71, 1 : 10.2.0.72 }
	}
	chain out {
		type nat hook output priority -100; policy accept;
		ip daddr 203.0.113.250 tcp dport 25 dnat ip to 10.2.0.25:2525
	}
	chain post {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "eth0" ip saddr 10.1.0.0/24 udp sport 500 snat ip to 192.0.2.1:4500
		oifname "eth0" ip saddr 10.1.0.0/16 masquerade
		oifname "eth0" ip6 saddr 2001:db8:2::/64 snat ip6 to 2001:db8::1
		meta mark 0x5 oifname "eth2" snat ip to 10.9.0.1
	}
}
table inet filter {
	set admins { type ipv4_addr . inet_service; flags interval
		elements = { 10.1.0.0/28 . 22, 10.1.0.16-10.1.0.20 . 8000-8100 }
	}
	set seen { type ipv4_addr; flags dynamic, timeout; timeout 5m; }
	map by_port { type inet_service : verdict
		flags interval
		elements = { 22 : jump ssh, 25 : drop, 80 : accept, 443 : goto web, 8080-8090 : continue }
	}
	counter hits {
	}
	chain ssh {
		ip saddr 10.1.0.0/24 accept
		ip6 saddr 2001:db8:1::/64 accept
		limit rate 3/minute burst 5 packets accept
	}
	chain web {
		ct original ip daddr 192.0.2.1 accept
		iifname { "eth1", "eth2" } accept
	}
	chain sides {
		iifname vmap { "lo" : accept, "eth1" : jump inside, "eth0" : goto outside }
		drop
	}
	chain inside {
		ip saddr . tcp dport @admins accept
		icmp type { echo-request, timestamp-request } accept
		icmpv6 type echo-request accept
		udp dport { 53, 67, 123, 5353 } accept
		tcp dport 3128 ct status dnat accept
		tcp flags & (syn | ack) == syn tcp dport 9000 accept
		ip dscp ef drop
		ip daddr . tcp dport . ip saddr { 10.1.0.1 . 9100 . 10.1.0.9, 10.1.0.1 . 9101-9103 . 10.1.0.0/25 } accept
		meta pkttype { broadcast, multicast } drop
	}
	chain outside {
		icmp type echo-request limit rate 5/second accept
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } ip6 hoplimit 255 accept
		tcp dport vmap @by_port
		udp dport 514 ct state untracked accept
		tcp dport 113 reject with tcp reset
		udp dport 33434-33523 reject
		ip6 nexthdr tcp tcp dport 5000 reject with icmpv6 addr-unreachable
		tcp dport 6000-6063 reject with icmpx admin-prohibited
	}
	chain input {
		type filter hook input priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		tcp dport 7000 add @seen { ip saddr } drop
		tcp dport 22 ip saddr @seen accept
		jump sides
		meta mark 0x7 accept
		ether saddr 02:00:00:00:00:fe tcp dport 9200 accept
		meta length 100-2000 udp dport 9300 accept
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related counter name hits accept
		ct state != { new, untracked } drop
		ct status dnat accept
		iifname . oifname vmap { "eth1" . "eth0" : accept, "eth2" . "eth1" : jump web, "eth2" . "eth0" : continue }
		iifname "eth1" oifname "eth2" tcp dport 5432 ip daddr & 255.255.255.240 == 10.2.0.16 accept
		iifname "eth2" ip protocol { gre, esp } accept
		iifname "eth2" meta mark & 0xf == 0x8 accept
		iifname "eth2" oifname "eth0" ct mark and 0x1 == 0x1 accept
		iifname "eth0" oifname "eth2" ip6 daddr 2001:db8:2::8 tcp dport { 8080, 8443 } accept
		meta nfproto ipv6 iifname "eth1" udp dport != { 1-1023, 5060 } accept
		reject with icmpx type no-route
	}
	chain late {
		type filter hook forward priority 10; policy accept;
		ip daddr 10.2.0.13 drop
		iifname "eth1" tcp dport > 65000 drop
	}
	chain output {
		type filter hook output priority filter; policy accept;
		meta skuid 33 oifname "eth0" tcp dport != 443 reject
		meta skgid 100-200 drop
		oifname "eth2" ip daddr 10.2.0.0/24 meta skuid != { 0, 33 } drop
	}
}
END
nft -f /tmp/rules
bundle
# nft 1.0.6 does not read its own JSON of this.
cp /tmp/rules "$here/../captures/by-hand.nft"
