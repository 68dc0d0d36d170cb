# An nftables ruleset with every construct of the language that a packet's way can depend on, one after the other,
# most of them on a port of their own. Not in it: what nft 1.0.6 does not print again ("ct l3proto", for one), and what
# this kernel has not (queue, flowtables).
. "$(dirname "$0")/lib.sh"
lay_over
router
ip address add 10.9.0.1/24 dev eth2
ip link set eth2 group 0x11
ip rule add fwmark 0x20/0x20 table 100 priority 100
ip route add local default dev lo table 100
ip link add br-guests address 52:54:00:00:00:0a type bridge
ip address add 10.50.0.1/24 dev br-guests
ip link set br-guests up

cat >/tmp/rules <<'X'
table netdev wire {
	set loud { type ether_addr; elements = { 02:00:00:00:00:aa, 02:00:00:00:00:bb } }
	chain in1 {
		type filter hook ingress device eth1 priority 10; policy accept;
		ether saddr @loud drop
		ether type ip6 tcp dport 1999 drop
		vlan id 7 drop
		arp operation request accept
		ip saddr 10.1.0.200-10.1.0.210 udp dport { 1998, 1997 } drop
		meta protocol ip meta l4proto 89 drop
	}
	chain in2 { type filter hook ingress device eth1 priority 20; policy accept; udp dport 1996 drop; }
}
table inet early {
	chain a { type filter hook prerouting priority -400; policy accept; tcp dport 1995 counter drop; }
	chain b { type filter hook prerouting priority -350; policy accept; tcp dport 1994 accept; tcp dport 1993 drop; }
	chain c { type filter hook prerouting priority raw + 10; policy accept; tcp dport { 1994, 1992 } drop; }
	chain d { type filter hook prerouting priority mangle; policy accept;
		tcp dport 1991 meta mark set 0x20 accept
		udp dport 1990 notrack
		ct state untracked udp dport 1989 accept
		tcp dport 8081 tproxy to :3129 meta mark set 0x20 accept
		ip protocol tcp tcp dport 8082 tproxy ip to 10.1.0.1:3129
		socket transparent 1 tcp dport 8083 meta mark set 0x20
		socket wildcard 0 tcp dport 8084 drop
		tcp dport 1988 ct mark set 0x7
		tcp dport 1987 ct mark set meta mark or 0x10
		tcp dport 1986 meta mark set jhash ip saddr mod 4 offset 16
		tcp dport 1985 meta mark set numgen inc mod 2
		tcp dport 1983 meta mark set tcp dport map { 1983 : 0x15, 1982 : 0x16 }
		ip dscp cs6 meta mark set 0x99
		udp dport 1981 ip dscp set ef
		udp dport 1981 ip dscp ef drop
		udp dport 1980 ip ttl set 3
		tcp dport 1979 meta priority set 1:10
		tcp dport 1978 meta pkttype host counter
	}
}
table ip own {
	map targets { type ipv4_addr . inet_service : ipv4_addr . inet_service; flags interval
		elements = { 192.0.2.0/25 . 4000 : 10.2.0.40 . 40, 192.0.2.1 . 4001-4010 : 10.2.0.41 . 41 }
	}
	chain pre { type nat hook prerouting priority dstnat - 5; policy accept;
		iifname "eth0" dnat ip addr . port to ip daddr . tcp dport map @targets
	}
}
table inet nat {
	map ports { type inet_service : inet_service; elements = { 5000 : 50, 5001 : 51 }; }
	map hosts { typeof tcp dport : ip daddr; elements = { 5100 : 10.2.0.60, 5101 : 10.2.0.61 }; }
	map sources { type ipv4_addr : ipv4_addr; flags interval; elements = { 10.1.0.0/26 : 192.0.2.5, 10.1.0.64/26 : 192.0.2.6 }; }
	chain pre { type nat hook prerouting priority dstnat; policy accept;
		iifname "eth1" meta l4proto tcp redirect to :tcp dport map @ports
		iifname "eth0" dnat ip to tcp dport map @hosts
		iifname "eth0" tcp dport 5200 dnat ip to 10.2.0.70-10.2.0.73:80-89
		iifname "eth0" udp dport 5201 dnat ip to jhash ip saddr mod 2 map { 0 : 10.2.0.74, 1 : 10.2.0.75 }
		iifname "eth0" ip daddr 192.0.2.128/28 dnat ip prefix to ip daddr map { 192.0.2.128/28 : 10.2.0.128/28 }
		iifname "eth0" udp dport { 5300-5309 } dnat ip to 10.2.0.76:53
		iifname "eth0" ip6 daddr 2001:db8::5 tcp dport 5400 dnat ip6 to 2001:db8:2::5
		iifname "eth1" udp dport 5500 redirect to :5000-5009
		fib daddr type local tcp dport 5600 dnat ip to 10.2.0.77
		iifname "eth0" tcp dport 5700 dnat ip to 192.0.2.1
	}
	chain out { type nat hook output priority -100; policy accept; ip daddr 203.0.113.0/28 tcp dport 80 redirect to :3128; }
	chain in { type nat hook input priority 100; policy accept; tcp dport 7001 snat ip to 10.2.0.201; }
	chain post { type nat hook postrouting priority srcnat; policy accept;
		oifname "eth0" snat ip to ip saddr map @sources
		oifname "eth0" ip saddr 10.2.0.0/24 meta l4proto udp masquerade to :30000-39999
		oifname "eth0" meta nfproto ipv4 masquerade random
		oifname "eth2" ip saddr 10.1.0.0/24 ip daddr 10.2.0.0/24 ct status dnat masquerade
		oifname "eth0" ip6 saddr 2001:db8:2::/64 snat ip6 prefix to ip6 saddr map { 2001:db8:2::/64 : 2001:db8:0:7::/64 }
	}
}
table inet filter {
	counter hits { }
	limit slow { rate 10/second burst 5 packets }
	quota few { over 100 mbytes }
	ct helper ftp-std { type "ftp" protocol tcp; }
	ct timeout short { protocol udp; policy = { unreplied : 10, replied : 20 }; }
	set pairs { type ipv4_addr . inet_service . ifname; flags interval
		elements = { 10.1.0.0/28 . 6000-6010 . "eth1", 10.2.0.7 . 6011 . "eth2" }
	}
	set proto-ports { typeof ip protocol . th dport; elements = { tcp . 6100, udp . 6101 }; }
	set grow { type ipv4_addr; size 1000; flags dynamic; elements = { 198.51.100.9 }; }
	set greet { type ipv4_addr . inet_service; flags dynamic, timeout; timeout 1m; gc-interval 10s; }
	set marked { type mark; elements = { 0x1, 0x7, 0x10-0x12 }; flags interval; }
	set users { typeof meta skuid; elements = { 33, 1000 }; }
	set ifs { type ifname; elements = { "eth0", "lo" }; }
	set nets6 { type ipv6_addr; flags interval; auto-merge; elements = { 2001:db8:1::/80, 2001:db8:1::1:0:0:0/80 }; }
	map verdicts { type ipv4_addr . inet_proto . inet_service : verdict; flags interval
		elements = { 10.1.0.0/24 . tcp . 6200-6209 : accept, 10.1.0.0/25 . udp . 6210 : jump gate, 0.0.0.0/0 . tcp . 6211 : drop }
	}
	map counted { type inet_service : verdict; counter; elements = { 6300 counter packets 0 bytes 0 : accept }; }
	map limits { type inet_service : limit; }
	chain gate {
		ip saddr 10.1.0.3 return
		tcp dport 6400 goto last
		ip saddr 10.1.0.0/24 accept
	}
	chain last { udp dport 1-100 drop; counter name "hits"; }
	chain users {
		meta skuid 0 tcp dport 6612 accept
		meta skuid @users tcp dport 6613 accept
		meta skgid != 100-200 tcp dport 6614 accept
		meta cgroup 1 tcp dport 6623 accept
		oifname "eth2" tcp dport 1-100 accept
		oifgroup 0x11 tcp dport 6609 accept
	}
	chain state {
		ct state vmap { invalid : drop, established : accept, related : accept }
		ct state { new, untracked } udp dport 6500 accept
		ct state new,untracked tcp dport 6501 accept
		ct state & (new | untracked) == new tcp dport 6502 accept
		ct status dnat tcp dport 40-60 accept
		ct status & (dnat | snat) == dnat tcp dport 6503 accept
		ct status ! dnat tcp dport 6504 accept
		ct mark 0x7 tcp dport 1988 accept
		ct mark & 0x10 == 0x10 accept
		ct direction original tcp dport 6505 accept
		tcp dport 6506 ct original ip saddr 198.51.100.0/24 ct original proto-dst 6506 accept
		ct reply ip saddr 10.2.0.0/24 tcp dport 6507 accept
		ct reply ip daddr { 10.0.0.0/8 } udp dport 6508 accept
		ct protocol udp udp dport 6510 accept
		ct helper "ftp" tcp dport 6511 accept
		ct expiration < 1d tcp dport 6512 accept
		ct bytes < 100 tcp dport 6513 accept
		ct zone 0 tcp dport 6514 accept
		ct label 3 tcp dport 6515 accept
		ct count over 10 tcp dport 6516 reject
		ct id 1 tcp dport 6517 accept
		tcp dport 21 ct helper set "ftp-std"
		udp dport 6518 ct timeout set "short"
	}
	chain meta-keys {
		meta length 100-200 udp dport 6600 accept
		meta length < 60 tcp dport 6601 accept
		meta protocol { ip, ip6 } tcp dport 6602 accept
		meta nfproto ipv6 tcp dport 6603 accept
		meta l4proto { tcp, udp, sctp } th dport 6604 accept
		meta l4proto { tcp, udp } th sport 6605 accept
		meta mark 0x15 accept
		meta mark @marked tcp dport 6606 accept
		meta mark & 0xf0 != 0x0 tcp dport 6607 accept
		meta mark >= 0x99 ip dscp cs6 drop
		meta iif "eth1" tcp dport 6608 accept
		meta iifgroup 0x11 tcp dport 6609 accept
		meta iiftype ether tcp dport 6610 accept
		meta iifkind "veth" tcp dport 6611 accept
		meta skuid 0 tcp dport 6612 accept
		meta skuid @users tcp dport 6613 accept
		meta skgid != 100-200 tcp dport 6614 accept
		meta pkttype broadcast udp dport 6615 accept
		meta time < "2030-01-01 00:00:00" tcp dport 6616 accept
		meta day { Saturday, Sunday } tcp dport 6617 accept
		meta hour "08:00"-"18:00" tcp dport 6618 accept
		meta cpu 0 tcp dport 6619 accept
		meta rtclassid 0 tcp dport 6620 accept
		meta priority none tcp dport 6621 accept
		meta cgroup 1 tcp dport 6623 accept
		meta ipsec missing tcp dport 6624 accept
		meta secpath exists tcp dport 6625 accept
		ipsec in reqid 7 tcp dport 6626 accept
		iifname @ifs tcp dport 6627 accept
		iifname "eth*" tcp dport 6628 accept
		iif { "eth1", "eth2" } tcp dport 6629 accept
		oif != "eth0" tcp dport 6630 accept
		osf name "Linux" tcp dport 6631 accept
		rt classid 0 tcp dport 6632 accept
		rt ip nexthop 192.0.2.254 tcp dport 6633 accept
		rt mtu > 1000 tcp dport 6634 accept
	}
	chain headers {
		ip dscp { ef, af41, 0x3 } udp dport 6700 accept
		ip dscp != 0 udp dport 6701 drop
		ip ecn not-ect udp dport 6702 accept
		ip ecn ce drop
		ip ttl 64 udp dport 6703 accept
		ip ttl < 10 drop
		ip length 28-40 udp dport 6704 accept
		ip id 7 udp dport 6705 accept
		ip version 4 udp dport 6706 accept
		ip hdrlength 5 udp dport 6707 accept
		ip frag-off & 0x1fff != 0 drop
		ip protocol vmap { tcp : jump gate, igmp : drop, 89 : accept }
		ip saddr 10.1.0.40/31 ip daddr != 10.2.0.0/24 udp dport 6708 accept
		ip saddr & 0.0.0.255 == 0.0.0.77 udp dport 6709 accept
		ip saddr { 10.1.0.50, 10.1.0.52-10.1.0.55, 10.1.0.60/30 } udp dport 6710 accept
		ip6 saddr @nets6 udp dport 6711 accept
		ip6 nexthdr { udp, tcp } th dport 6712 accept
		ip6 hoplimit 64 udp dport 6713 accept
		ip6 dscp cs0 udp dport 6714 accept
		ip6 flowlabel 0 udp dport 6715 accept
		ip6 version 6 udp dport 6716 accept
		exthdr frag exists drop
		exthdr hbh missing udp dport 6717 accept
		frag more-fragments 1 drop
		rt type 0 drop
		mh type 1 drop
		tcp flags & (fin | syn | rst | ack) == syn tcp dport 6720 accept
		tcp flags { syn, syn | ack } tcp dport 6721 accept
		tcp flags syn / syn,ack tcp dport 6722 accept
		tcp flags != syn tcp dport 6723 accept
		tcp flags & (fin | syn) != 0 tcp dport 6724 accept
		tcp option maxseg exists tcp dport 6725 accept
		tcp option maxseg size < 500 tcp dport 6726 drop
		tcp option sack-perm missing tcp dport 6727 accept
		tcp sequence 7 tcp dport 6728 accept
		tcp window < 100 tcp dport 6729 drop
		tcp doff 6 tcp dport 6730 accept
		udp length > 100 udp dport 6731 drop
		udp sport 53 udp dport > 1023 udp checksum != 0 udp dport 6732 accept
		tcp dport 1-100 @th,0,16 6740 accept
		meta l4proto udp @th,16,16 { 6741, 6742 } accept
		meta nfproto ipv4 udp dport 6770 @nh,72,8 17 accept
		udp dport 6743 meta nfproto ipv4 @nh,96,32 0x0a010063 accept
		udp dport 6744 @ll,48,16 0x0200 accept
		th dport { 6745, 6746-6748 } accept
		meta l4proto udp th sport . th dport { 53 . 6749 } accept
		icmp type { echo-request, timestamp-request } icmp code 0 accept
		icmp type destination-unreachable icmp code { 1, 4 } accept
		icmp type 8-11 drop
		icmp id 7 accept
		icmpv6 type { echo-request, 135, 136 } accept
		icmpv6 type destination-unreachable icmpv6 code no-route accept
		icmpv6 mtu > 1000 drop
		igmp type membership-query drop
		sctp dport { 6750, 6751 } accept
		sctp chunk init exists sctp dport 6752 accept
		sctp vtag 0 sctp dport 6753 accept
		dccp dport 6754 accept
		dccp type request drop
		udplite dport 6755 accept
		esp spi 256-300 accept
		ah spi 256 accept
		comp cpi 7 drop
		ether saddr 02:00:00:00:00:fe tcp dport 6760 accept
		ether daddr 52:54:00:00:00:02 tcp dport 6761 accept
		ether type ip tcp dport 6762 accept
	}
	chain sets {
		ip saddr . tcp dport . iifname @pairs accept
		ip protocol . th dport @proto-ports accept
		ip saddr . ip protocol . th dport vmap @verdicts
		tcp dport vmap @counted
		tcp dport 6800 add @grow { ip saddr } accept
		tcp dport 6801 ip saddr @grow accept
		tcp dport 6802 ip saddr != @grow accept
		tcp dport 6803 update @greet { ip saddr . tcp dport limit rate over 5/minute } drop
		tcp dport 6803 accept
		tcp dport 6804 meter sizes { ip saddr limit rate 5/second } accept
		tcp dport 6805 add @greet { ip saddr . tcp dport timeout 30s } accept
		tcp dport 6806 limit rate 5/second accept
		tcp dport 6807 limit rate over 5/second burst 10 packets drop
		tcp dport 6807 accept
		tcp dport 6808 limit name "slow" accept
		tcp dport 6809 quota name "few" drop
		tcp dport 6809 accept
		tcp dport 6810 counter name "hits" accept
		tcp dport 6811 quota until 10 mbytes accept
		tcp dport 6812 counter quota over 10 mbytes drop
		tcp dport 6812 accept
		tcp dport 6813 limit name tcp dport map @limits accept
		tcp dport 6814 numgen random mod 2 vmap { 0 : accept, 1 : drop }
		tcp dport 6815 numgen inc mod 10 < 5 accept
		tcp dport 6816 jhash ip saddr . tcp sport mod 4 seed 0x7 0 accept
		tcp dport 6817 symhash mod 2 1 accept
		tcp dport 6819 log prefix "x" group 3 snaplen 64 accept
		tcp dport 6820 log level debug flags all accept
		tcp dport 6822 meta nftrace set 1 accept
		tcp dport 6823 synproxy mss 1460 wscale 7 timestamp sack-perm
		tcp dport 6824 continue
		tcp dport 6824 reject with icmpx host-unreachable
		tcp dport 6825 reject with icmp net-prohibited
		tcp dport 6826 reject with icmpv6 policy-fail
		tcp dport 6827 reject with tcp reset
		udp dport 6828 reject
		fib daddr . iif type local tcp dport 6829 accept
		fib daddr . mark type local tcp dport 6830 accept
		fib saddr oif exists tcp dport 6831 accept
		fib saddr . iif oif "eth1" tcp dport 6832 accept
		fib saddr oifname "eth0" tcp dport 6833 accept
		fib daddr type { unicast, anycast } tcp dport 6834 accept
		iifname . ip saddr vmap { "eth1" . 10.1.0.88 : accept, "eth2" . 10.2.0.88 : drop }
		tcp dport { 6835, 6836 } ip daddr { 10.0.0.0/8, 192.0.2.1 } accept
		tcp dport != { 1-7000, 8081 } drop
	}
	chain everything { jump state; jump meta-keys; jump headers; jump sets; }
	chain forward { type filter hook forward priority filter; policy drop; jump everything; }
	chain mss { type filter hook forward priority mangle; policy accept; tcp flags syn tcp option maxseg size set rt mtu; }
	chain forward2 { type filter hook forward priority filter + 1; policy accept; tcp dport 6602 ip daddr 10.2.0.1-10.2.0.9 drop; }
	chain out { type filter hook output priority filter; policy drop; jump state; jump users; jump headers; udp dport 1-7000 accept; }
	chain post { type filter hook postrouting priority 50; policy accept; udp dport 6706 oifname "eth2" drop; ip ttl 63 udp dport 6707 drop; }
}
table inet filter2 {
	chain everything { tcp dport 6602-6640 accept; udp dport vmap { 6700-6799 : accept, 6500 : accept }; meta l4proto { tcp, udp } th dport 6800-6840 accept; icmp type echo-request accept; icmpv6 type { 128, 135 } accept; }
	chain input { type filter hook input priority filter; policy drop;
		ct state established,related accept
		iifname "lo" accept
		iifname != "eth0" jump everything
		tcp dport { 22, 3128, 7001 } accept
	}
	chain input2 { type filter hook input priority filter + 10; policy accept; tcp dport 6635 drop; }
}
table bridge br {
	chain f { type filter hook forward priority 0; policy accept; ether type arp accept; ip daddr 10.50.0.7 drop; }
}
table arp a {
	chain in {
		type filter hook input priority 0; policy accept;
		arp saddr ip 10.1.0.66 drop
	}
}
X
nft -f /tmp/rules
bundle
cp /tmp/rules "$here/../captures/constructs.nft"
