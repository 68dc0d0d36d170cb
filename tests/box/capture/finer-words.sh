# nftables' finer words, a port each, by hand: flags and states that are all, any or none of a list, maps with a
# rest and maps by what a packet may lack, codes of ICMP, sets with a rate, ports beside maps of targets.
. "$(dirname "$0")/lib.sh"
lay_over
router

cat >/tmp/rules <<'END'
table inet words {
	set rated {
		type ipv4_addr; flags dynamic
		limit rate over 1000/second
		elements = { 192.0.2.9 }
	}
	map ways {
		type ipv4_addr : verdict; flags interval
		elements = { 192.0.2.0/26 : jump a, * : jump b }
	}
	chain a {
		udp dport 1021 drop
	}
	chain b {
		udp dport 1022 drop
	}
	chain mix {
		tcp dport 1001 ct state ! established,related drop
		tcp dport 1002 ct state != established,related drop
		tcp dport 1003 ct state & (established | related) != 0 drop
		tcp dport 1004 tcp flags { syn, ack } drop
		tcp dport 1005 tcp flags & (fin | syn | rst | ack) != { syn, ack } drop
		tcp dport 1006 tcp flags & syn == 0 drop
		tcp dport 1007 tcp flags ! syn,ack drop
		tcp dport 1008 tcp flags & (syn | ack) vmap { syn : drop }
		ct status ! dnat tcp dport 1009 drop
		tcp dport 1010 tcp flags != syn drop
		tcp dport 1023 tcp flags & (syn | ack) != 0 drop
		tcp dport 1024 tcp flags != { syn, ack } drop
		udp dport 1011 ip saddr vmap { 192.0.2.0/26 : accept, * : drop }
		udp dport 1012 iifname vmap { "eth0" : drop, * : accept }
		ip saddr 192.0.2.32/28 icmp code != 0 drop
		ip saddr 192.0.2.48/28 icmp type . icmp code vmap { echo-request . 0 : drop, 3 . 13 : accept }
		ip6 saddr 2001:db8::40/124 icmpv6 code no-route drop
		udp dport 1013 meta ipsec missing drop
		udp dport 1014 meta ipsec exists drop
		udp dport 1015 fib saddr . iif oif 0 drop
		udp dport 1025 fib saddr . iif oif != 0 drop
		udp dport 1016 numgen inc mod 2 vmap { 0 : drop }
		udp dport 1017 numgen random mod 10 vmap { 0-4 : drop, 5-9 : accept }
		udp dport 1018 ip saddr @rated drop
		udp dport 1019 add @rated { ip saddr } drop
		udp dport 1020 meta protocol { ip, arp } drop
		ip saddr vmap @ways
		udp dport 1026 vlan id vmap { 10 : drop }
		udp dport 1027 ether daddr vmap { 00:11:22:33:44:55 : drop }
		udp dport 1028 ip saddr != { 192.0.2.0/27, * } drop
		udp dport 1029 jhash ip saddr mod 2 vmap { 0 : drop, 1 : drop }
		udp dport 1030 symhash mod 2 vmap { 0 : drop, 1 : drop }
		udp dport 1032 ip dscp { cs1, ef } drop
	}
	chain in {
		type filter hook input priority 10; policy accept;
		jump mix
	}
	chain forwarded {
		type filter hook forward priority 10; policy accept;
		jump mix
	}
	chain out {
		type filter hook output priority 10; policy accept;
		meta skuid < 1000 udp dport 1031 drop
		tcp dport 1002 ct state != established,related drop
		udp dport 1022 oifname vmap { "eth1" : drop, * : accept }
	}
	chain pre {
		type nat hook prerouting priority -100; policy accept;
		fib daddr type { broadcast, multicast } accept
		iifname "eth0" tcp dport { 1101, 1102 } dnat ip to tcp dport map { 1101 : 10.2.0.71, 1102 : 10.2.0.72 } : 80
		meta nfproto ipv4 udp dport 1103 redirect to udp dport map { 1103 : 1104 }
		iifname "eth0" tcp dport 1105 dnat ip to 10.2.0.71 : tcp dport map { 1105 : 8080 }
		iifname "eth0" udp dport 1106 dnat ip to ip saddr map { 192.0.2.0/26 : 10.2.0.73, * : 10.2.0.74 }
		meta nfproto ipv4 iifname "eth1" tcp dport 1033 redirect to :1009
		udp dport 1107 dnat ip to numgen inc mod 3 map { 0 : 10.2.0.75, 1 : 10.2.0.76 }
	}
}
END
nft -f /tmp/rules
bundle
# nft 1.0.6 does not read its own JSON of this.
cp /tmp/rules "$here/../captures/finer-words.nft"
