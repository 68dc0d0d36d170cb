# matches [nft|legacy]: rules by hand in which every match and target of iptables stands that a packet's way can
# depend on, each with and without a sign, of both families; sets of every type that this kernel has. Written as
# matches-NAME.bundle; without a name both.
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
ip rule add fwmark 0x20/0x20 table 100 priority 100
ip route add local default dev lo table 100
ip rule add fwmark 0x40/0xf0 table 101 priority 101
ip route add default via 10.2.0.254 dev eth2 table 101

sets() {
	ipset create m-ip hash:ip
	ipset add m-ip 10.1.0.20
	ipset add m-ip 10.1.0.32/30
	ipset create m-ip-net hash:ip netmask 24
	ipset add m-ip-net 198.51.100.0
	ipset create m-net hash:net
	ipset add m-net 10.1.0.128/25
	ipset add m-net 10.1.0.192/26 nomatch
	ipset create m-net-iface hash:net,iface
	ipset add m-net-iface 10.2.0.0/25,eth2
	ipset create m-net-port hash:net,port
	ipset add m-net-port 10.1.0.0/28,tcp:873
	ipset add m-net-port 10.1.0.0/28,icmp:echo-request
	ipset create m-ip-port hash:ip,port
	ipset add m-ip-port 10.2.0.9,udp:5060-5062
	ipset create m-ip-port-ip hash:ip,port,ip
	ipset add m-ip-port-ip 10.1.0.7,tcp:5432,10.2.0.7
	ipset create m-ip-port-net hash:ip,port,net
	ipset add m-ip-port-net 10.1.0.7,tcp:5433,10.2.0.32/27
	ipset create m-bitmap-ip bitmap:ip range 10.2.0.0/24
	ipset add m-bitmap-ip 10.2.0.100-10.2.0.110
	ipset create m-bitmap-mac bitmap:ip,mac range 10.1.0.0/24
	ipset add m-bitmap-mac 10.1.0.50,02:00:00:00:00:fe
	ipset add m-bitmap-mac 10.1.0.51,02:00:00:00:00:aa
	ipset create m-bitmap-port bitmap:port range 20-9000
	ipset add m-bitmap-port 79
	ipset add m-bitmap-port 6660-6669
	ipset create m-list list:set
	ipset add m-list m-ip
	ipset add m-list m-net
	ipset create m-timeout hash:ip timeout 86400
	ipset add m-timeout 203.0.113.7
	ipset add m-timeout 203.0.113.8 timeout 7200
	ipset create m-count hash:ip counters comment
	ipset add m-count 203.0.113.20 comment "seen often"
	ipset create m-grow hash:ip
	ipset add m-grow 203.0.113.30
	ipset create m-six hash:net family inet6
	ipset add m-six 2001:db8:1::/68
	ipset create m-six-port hash:ip,port family inet6
	ipset add m-six-port 2001:db8:1::9,tcp:22
}

old() {
	t=iptables-$1
	for chain in INPUT FORWARD OUTPUT; do $t -P $chain DROP; done
	for chain in odd numbers times hosts lists owners in-sets states; do $t -N $chain; done

	$t -t raw -A PREROUTING -p udp --dport 123 -j CT --notrack
	$t -t raw -A OUTPUT -p udp --sport 123 -j NOTRACK
	$t -t raw -A PREROUTING -p tcp --dport 21 -j CT --helper ftp
	$t -t raw -A PREROUTING -i eth0 -m rpfilter --invert -j DROP
	$t -t raw -A PREROUTING -i eth1 -m rpfilter --loose --validmark --invert -j DROP

	$t -t mangle -A PREROUTING -i eth1 -p tcp --dport 80 -m socket --transparent -j MARK --set-mark 0x20
	$t -t mangle -A PREROUTING -i eth1 -p tcp --dport 8081 -j TPROXY --on-port 3129 --tproxy-mark 0x20/0x20
	$t -t mangle -A PREROUTING -i eth1 -p udp --dport 8082 -j TPROXY --on-port 3129 --on-ip 10.1.0.1 --tproxy-mark 0x20/0x20
	$t -t mangle -A PREROUTING -i eth1 -p tcp --dport 9000:9003 -j MARK --or-mark 0x40
	$t -t mangle -A PREROUTING -i eth1 -p tcp --dport 9002 -j MARK --xor-mark 0x3
	$t -t mangle -A PREROUTING -i eth1 -p tcp --dport 9003 -j MARK --and-mark 0xf
	$t -t mangle -A PREROUTING -p tcp --dport 9010 -j CONNMARK --set-mark 0x7/0xf
	$t -t mangle -A PREROUTING -p tcp --dport 9010:9011 -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff
	$t -t mangle -A PREROUTING -p tcp --dport 9012 -j MARK --set-xmark 0x5/0xf
	$t -t mangle -A PREROUTING -p tcp --dport 9012 -j CONNMARK --save-mark
	$t -t mangle -A PREROUTING -i eth2 -j SET --add-set m-grow src --exist
	$t -t mangle -A OUTPUT -p tcp --dport 9020 -j MARK --set-mark 0x40
	$t -t mangle -A FORWARD -p tcp --syn -j TCPMSS --set-mss 1300
	$t -t mangle -A POSTROUTING -p udp --dport 4500 -j DSCP --set-dscp-class EF
	$t -t mangle -A POSTROUTING -o eth2 -m policy --dir out --pol ipsec --proto esp -j DROP

	$t -t mangle -A INPUT -p tcp --dport 1007 -m socket --nowildcard -j DROP

	$t -t nat -A PREROUTING -i eth1 -p tcp --dport 3000 -j REDIRECT --to-ports 3128
	$t -t nat -A PREROUTING -i eth1 -p tcp --dport 3001:3009 -j REDIRECT --to-ports 4001-4009
	$t -t nat -A PREROUTING -i eth1 -p udp --dport 3010 -j REDIRECT
	$t -t nat -A PREROUTING -i eth0 -d 192.0.2.64/26 -j NETMAP --to 10.2.0.64/26
	$t -t nat -A PREROUTING -i eth0 -p tcp --dport 2222 -j DNAT --to-destination 10.2.0.22:22
	$t -t nat -A PREROUTING -i eth0 -p tcp --dport 5000:5009 -j DNAT --to-destination 10.2.0.30:6000-6009
	$t -t nat -A PREROUTING -i eth0 -p tcp --dport 5100:5109 -j DNAT --to-destination 10.2.0.31:6100-6109/5100
	$t -t nat -A PREROUTING -i eth0 -p udp --dport 5200 -j DNAT --to-destination 10.2.0.40-10.2.0.43
	$t -t nat -A PREROUTING -i eth0 -p tcp --dport 5300 -j DNAT --to-destination 10.2.0.44-10.2.0.45:53 --persistent
	$t -t nat -A PREROUTING -i eth0 -p tcp --dport 5400 -j DNAT --to-destination :5401
	$t -t nat -A OUTPUT -p tcp -d 203.0.113.9 --dport 25 -j DNAT --to-destination 10.2.0.25:2525
	$t -t nat -A OUTPUT -p tcp -d 203.0.113.10 -j REDIRECT --to-ports 3128
	$t -t nat -A POSTROUTING -o eth0 -s 10.2.0.64/26 -j NETMAP --to 192.0.2.64/26
	$t -t nat -A POSTROUTING -o eth0 -s 10.1.0.0/25 -p tcp -j MASQUERADE --to-ports 20000-29999
	$t -t nat -A POSTROUTING -o eth0 -s 10.1.0.0/24 -j SNAT --to-source 192.0.2.1-192.0.2.3
	$t -t nat -A POSTROUTING -o eth2 -m mark --mark 0x40/0xf0 -j MASQUERADE --random
	$t -t nat -A INPUT -i eth2 -p tcp --dport 7001 -j SNAT --to-source 10.2.0.200

	$t -A INPUT -i lo -j ACCEPT
	for chain in INPUT FORWARD OUTPUT; do
		$t -A $chain -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		$t -A $chain -j odd
		$t -A $chain -j numbers
		$t -A $chain -j states
		$t -A $chain -j in-sets
		$t -A $chain -j times
	done
	$t -A INPUT -j hosts
	$t -A FORWARD -j hosts
	$t -A OUTPUT -j owners
	$t -A FORWARD -j LOG --log-prefix "left: "

	$t -A odd -p tcp --tcp-flags ALL NONE -j DROP
	$t -A odd -p tcp --tcp-flags SYN,FIN SYN,FIN -j DROP
	$t -A odd -p tcp ! --tcp-flags SYN,RST,ACK SYN -m conntrack --ctstate NEW -j REJECT --reject-with tcp-reset
	$t -A odd -p tcp --tcp-option 9 --dport 1200 -j DROP
	$t -A odd -p tcp ! --tcp-option 2 --syn --dport 1201 -j DROP
	$t -A odd -p tcp --dport 1202 --tcp-flags SYN SYN -m tcpmss --mss 1:500 -j DROP
	$t -A odd -f -j DROP
	$t -A odd -p tcp --dport 1203 -m string --string "GET /bad" --algo bm --to 100 -j DROP
	$t -A odd -p udp --dport 1204 -m string ! --hex-string "|00|" --algo kmp -m length --length 1000: -j DROP
	$t -A odd -p tcp --dport 1205 -m u32 --u32 "0>>22&0x3c@0=0x12345678" -j DROP
	$t -A odd -m ecn --ecn-ip-ect 3 -j DROP
	$t -A odd -m pkttype --pkt-type broadcast -p udp --dport 137:138 -j ACCEPT
	$t -A odd -m addrtype --dst-type MULTICAST -p udp --dport 5353 -j ACCEPT
	$t -A odd -m addrtype ! --src-type UNICAST -p udp --dport 1:100 -j DROP
	$t -A odd -m addrtype --dst-type LOCAL --limit-iface-in -p tcp --dport 1001 -j ACCEPT 2>/dev/null || :
	$t -A odd -p 89 -m bpf --bytecode "4,48 0 0 9,21 0 1 89,6 0 0 1,6 0 0 0" -j DROP

	$t -A numbers -m length --length 0:30 -j DROP
	$t -A numbers -m length ! --length 40:600 -p udp --dport 600 -j ACCEPT
	$t -A numbers -m ttl --ttl-gt 60 -p udp --dport 601 -j ACCEPT
	$t -A numbers -m ttl --ttl-eq 64 -p udp --dport 602 -j ACCEPT
	$t -A numbers -m ttl ! --ttl-eq 64 -p udp --dport 603 -j ACCEPT
	$t -A numbers -m ttl --ttl-lt 5 -j DROP
	$t -A numbers -m dscp --dscp 0x2e -j DROP
	$t -A numbers -m dscp ! --dscp-class CS0 -p udp --dport 604 -j DROP
	$t -A numbers -m tos --tos 0x10/0x3f -j DROP
	$t -A numbers -p tcp -m multiport --dports 22,80:90,443 -i eth1 -j ACCEPT
	$t -A numbers -p tcp -m multiport ! --dports 1:1023,8080 --sports 20 -j ACCEPT 2>/dev/null || :
	$t -A numbers -p udp -m multiport --sports 53,500,4500 -i eth2 -j ACCEPT
	$t -A numbers -p udp -m multiport ! --ports 1:60000 -i eth2 -j ACCEPT
	$t -A numbers -p sctp --dport 2905 -j ACCEPT
	$t -A numbers -p sctp --chunk-types any INIT --dport 2906 -j ACCEPT
	$t -A numbers -p dccp --dport 5004 -j ACCEPT
	$t -A numbers -p udplite -m multiport --dports 5005 -j ACCEPT
	$t -A numbers -p esp -m esp --espspi 256:300 -j ACCEPT
	$t -A numbers -p ah -m ah --ahspi 256 -j ACCEPT
	$t -A numbers -p 112 -d 224.0.0.18 -j ACCEPT
	$t -A numbers ! -p tcp -s 10.1.0.99 -j DROP
	$t -A numbers -p icmp --icmp-type 3/4 -j ACCEPT
	$t -A numbers -p icmp --icmp-type timestamp-request -j ACCEPT
	$t -A numbers -p icmp ! --icmp-type echo-request -i eth1 -j DROP
	$t -A numbers -p icmp --icmp-type any -i eth1 -j ACCEPT

	$t -A times -p tcp --dport 700 -m time --timestart 08:00 --timestop 18:00 --weekdays Mon,Tue,Wed,Thu,Fri -j ACCEPT
	$t -A times -p tcp --dport 701 -m time --datestart 2001-01-01 --datestop 2001-12-31T23:59:59 -j ACCEPT
	$t -A times -p tcp --dport 702 -m limit --limit 5/min --limit-burst 3 -j ACCEPT
	$t -A times -p tcp --dport 703 -m hashlimit --hashlimit-above 5/sec --hashlimit-burst 5 --hashlimit-mode srcip,dstport --hashlimit-name many -j DROP
	$t -A times -p tcp --dport 703 -j ACCEPT
	$t -A times -p tcp --dport 704 -m hashlimit --hashlimit-upto 5/sec --hashlimit-name few -j ACCEPT
	$t -A times -p tcp --syn --dport 705 -m connlimit --connlimit-above 3 --connlimit-mask 24 -j REJECT --reject-with tcp-reset
	$t -A times -p tcp --dport 706 -m connlimit --connlimit-upto 3 --connlimit-daddr -j ACCEPT
	$t -A times -p tcp --dport 707 -m connbytes --connbytes 10000: --connbytes-dir both --connbytes-mode bytes -j DROP
	$t -A times -p tcp --dport 707 -j ACCEPT
	$t -A times -p tcp --dport 708 -m recent --name tried --rcheck --seconds 60 --hitcount 3 -j DROP
	$t -A times -p tcp --dport 708 -m recent --name tried --set -j ACCEPT
	$t -A times -p tcp --dport 709 -m recent --name tried --remove -j ACCEPT
	$t -A times -p tcp --dport 710 -m recent ! --name never --rcheck -j ACCEPT 2>/dev/null || $t -A times -p tcp --dport 710 -m recent ! --rcheck --name never -j ACCEPT
	$t -A times -p tcp --dport 711 -m statistic --mode random --probability 0.25 -j ACCEPT
	$t -A times -p tcp --dport 712 -m statistic --mode nth --every 2 --packet 0 -j ACCEPT
	$t -A times -p tcp --dport 713 -m quota --quota 1000000 -j ACCEPT

	$t -A states -m conntrack --ctstate INVALID -j DROP
	$t -A states -m conntrack ! --ctstate NEW,ESTABLISHED,RELATED,UNTRACKED -j DROP
	$t -A states -p udp --dport 123 -m conntrack --ctstate UNTRACKED -j ACCEPT
	$t -A states -p tcp --dport 800 -m conntrack --ctdir ORIGINAL -j ACCEPT
	$t -A states -p tcp --dport 801 -m conntrack --ctdir REPLY -j ACCEPT
	$t -A states -m conntrack --ctstate DNAT --ctorigdstport 2222 -j ACCEPT
	$t -A states -m conntrack --ctstate DNAT --ctorigdst 192.0.2.64/27 -j ACCEPT
	$t -A states -m conntrack --ctorigsrc 198.51.100.0/24 --ctproto 17 -p udp --dport 802 -j ACCEPT
	$t -A states -m conntrack --ctproto tcp -p tcp --dport 803 -j ACCEPT
	$t -A states -p tcp --dport 804 -m conntrack --ctstatus NONE -j ACCEPT
	$t -A states -p tcp --dport 805 -m conntrack --ctstatus CONFIRMED -j ACCEPT
	$t -A states -p tcp --dport 806 -m conntrack ! --ctstatus ASSURED,SEEN_REPLY -j ACCEPT
	$t -A states -p tcp --dport 807 -m conntrack ! --ctorigsrc 10.1.0.0/24 -j ACCEPT
	$t -A states -p tcp --dport 808 -m conntrack --ctreplsrc 192.0.2.0/24 -j ACCEPT
	$t -A states -p tcp --dport 809 -m conntrack --ctrepldst 10.0.0.0/8 --ctrepldstport 1024:65535 -j ACCEPT
	$t -A states -p tcp --dport 810 -m conntrack --ctexpire 1:30 -j ACCEPT
	$t -A states -p tcp --dport 811 -m state ! --state INVALID,ESTABLISHED -j ACCEPT
	$t -A states -p tcp --dport 812 -m conntrack --ctstate SNAT -j ACCEPT
	$t -A states -m conntrack --ctstate DNAT -i eth0 -j ACCEPT
	$t -A states -p tcp --dport 9010:9012 -m connmark --mark 0x5/0xf -j ACCEPT
	$t -A states -p tcp --dport 9010:9012 -m connmark ! --mark 0x0 -j REJECT
	$t -A states -m mark --mark 0x40/0xf0 -j ACCEPT
	$t -A states -m mark ! --mark 0x0/0x3 -j DROP
	$t -A states -m helper --helper ftp -j ACCEPT
	$t -A states -m ecn ! --ecn-ip-ect 0 -j DROP
	$t -A states -p tcp --dport 815 -m physdev --physdev-in veth7 -j ACCEPT
	$t -A states -p tcp --dport 815 -m physdev --physdev-is-bridged -j ACCEPT
	$t -A states -p tcp --dport 816 -m physdev ! --physdev-is-bridged -j ACCEPT
	$t -A states -p tcp --dport 817 -m realm --realm 0 -j ACCEPT
	$t -A states -p tcp --dport 818 -m cpu --cpu 0 -j ACCEPT
	$t -A states -p tcp --dport 820 -m connlabel --label 1 -j ACCEPT 2>/dev/null || :
	$t -A states -p tcp --dport 821 -m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 7 -j ACCEPT
	$t -A states -p tcp --dport 822 -m osf --genre Linux -j ACCEPT 2>/dev/null || :

	$t -A in-sets -m set --match-set m-ip src -p tcp --dport 900 -j ACCEPT
	$t -A in-sets -m set ! --match-set m-ip src -i eth1 -p tcp --dport 901 -j ACCEPT
	$t -A in-sets -m set --match-set m-ip-net src -p tcp --dport 902 -j ACCEPT
	$t -A in-sets -m set --match-set m-net src -p tcp --dport 903 -j ACCEPT
	$t -A in-sets -m set --match-set m-net-iface src,src -p tcp --dport 904 -j ACCEPT
	$t -A in-sets -m set --match-set m-net-iface dst,dst -p tcp --dport 905 -j ACCEPT
	$t -A in-sets -m set --match-set m-net-port src,dst -j ACCEPT
	$t -A in-sets -m set --match-set m-ip-port dst,dst -j ACCEPT
	$t -A in-sets -m set ! --match-set m-ip-port dst,dst -p udp --dport 5061 -j DROP
	$t -A in-sets -m set --match-set m-ip-port-ip src,dst,dst -j ACCEPT
	$t -A in-sets -m set --match-set m-ip-port-net src,dst,dst -j ACCEPT
	$t -A in-sets -m set --match-set m-bitmap-ip dst -p tcp --dport 906 -j ACCEPT
	$t -A in-sets -m set --match-set m-bitmap-mac src,src -p tcp --dport 907 -j ACCEPT
	$t -A in-sets -m set --match-set m-bitmap-port dst -i eth2 -j ACCEPT
	$t -A in-sets -m set --match-set m-list src -p tcp --dport 908 -j ACCEPT
	$t -A in-sets -m set ! --match-set m-list src -i eth1 -p tcp --dport 909 -j ACCEPT
	$t -A in-sets -m set --match-set m-timeout src -p tcp --dport 910 -j ACCEPT
	$t -A in-sets -m set --match-set m-count src --packets-lt 100 -p tcp --dport 911 -j ACCEPT
	$t -A in-sets -m set --match-set m-count src ! --update-counters -p tcp --dport 912 -j ACCEPT
	$t -A in-sets -m set --match-set m-grow src -p tcp --dport 913 -j ACCEPT
	$t -A in-sets -m set --match-set m-net src --return-nomatch -p tcp --dport 914 -j ACCEPT

	$t -A hosts -p tcp --dport 819 -m devgroup --src-group 0x10/0xf0 -j ACCEPT
	$t -A hosts -p tcp --dport 813 -m policy --dir in --pol none -j ACCEPT
	$t -A hosts -p tcp --dport 814 -m policy --dir in --pol ipsec --reqid 7 --mode tunnel --tunnel-src 192.0.2.0/24 -j ACCEPT
	$t -A hosts -i eth1 -m mac --mac-source 02:00:00:00:00:fe -p tcp --dport 1000 -j ACCEPT
	$t -A hosts -i eth1 -m mac ! --mac-source 02:00:00:00:00:fe -p tcp --dport 1001 -j ACCEPT
	$t -A hosts -m iprange --src-range 10.1.0.60-10.1.0.70 -p tcp --dport 1002 -j ACCEPT
	$t -A hosts -m iprange ! --src-range 10.1.0.60-10.1.0.70 -i eth1 -p tcp --dport 1003 -j ACCEPT
	$t -A hosts -m iprange --src-range 10.1.0.60-10.1.0.70 --dst-range 10.2.0.5-10.2.0.6 -j ACCEPT
	$t -A hosts -s 10.0.0.7/255.0.0.255 -p tcp --dport 1004 -j ACCEPT
	$t -A hosts ! -s 10.1.0.0/24 ! -d 10.2.0.0/24 -i eth1 -p tcp --dport 1005 -j ACCEPT
	$t -A hosts -m addrtype --src-type UNICAST --dst-type LOCAL -p tcp --dport 1006 -j ACCEPT
	$t -A hosts -m addrtype --dst-type BLACKHOLE,UNREACHABLE,PROHIBIT -j DROP
	$t -A hosts -i eth+ -p tcp --dport 1007 -j ACCEPT
	$t -A hosts ! -i eth1 -p tcp --dport 1008 -g lists

	$t -A lists -s 10.2.0.128/25 -j RETURN
	$t -A lists -j ACCEPT

	$t -A owners -m owner --uid-owner 0 -p tcp --dport 1100 -j ACCEPT
	$t -A owners -m owner ! --uid-owner 100-999 -p tcp --dport 1101 -j ACCEPT
	$t -A owners -m owner --gid-owner 33 -p tcp --dport 1102 -j ACCEPT
	$t -A owners -m owner --uid-owner 33 --gid-owner 33 -p tcp --dport 1103 -j ACCEPT
	$t -A owners -m owner --socket-exists -p tcp --dport 1104 -j ACCEPT
	$t -A owners -m owner ! --socket-exists -p tcp --dport 1105 -j ACCEPT
	$t -A owners -m cgroup --path system.slice -p tcp --dport 1106 -j ACCEPT 2>/dev/null || :
	$t -A owners -o eth2 -p udp -j ACCEPT

	t=ip6tables-$1
	$t -P INPUT DROP
	$t -P FORWARD DROP
	$t -t mangle -A PREROUTING -i eth1 -p tcp --dport 8081 -j TPROXY --on-port 3129 --on-ip ::1 --tproxy-mark 0x20/0x20
	$t -t nat -A PREROUTING -i eth0 -p tcp --dport 5000:5009 -j DNAT --to-destination '[2001:db8:2::30]:6000-6009'
	$t -t nat -A PREROUTING -i eth0 -p tcp --dport 5010 -j DNAT --to-destination '[2001:db8:2::40-2001:db8:2::43]'
	$t -t nat -A PREROUTING -i eth1 -p tcp --dport 3000 -j REDIRECT --to-ports 3128
	$t -t nat -A PREROUTING -i eth0 -d 2001:db8:0:0:ff::/80 -j NETMAP --to 2001:db8:2:0:ff::/80
	$t -t nat -A POSTROUTING -o eth0 -s 2001:db8:2::/64 -j MASQUERADE
	for chain in INPUT FORWARD; do
		$t -A $chain -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		$t -A $chain -p icmpv6 --icmpv6-type router-advertisement -m hl --hl-eq 255 -j ACCEPT
		$t -A $chain -p icmpv6 --icmpv6-type 135 -j ACCEPT
		$t -A $chain -p icmpv6 --icmpv6-type echo-request -m limit --limit 10/s -j ACCEPT
		$t -A $chain -p icmpv6 ! --icmpv6-type 1/4 -i eth1 -j ACCEPT
		$t -A $chain -m rt --rt-type 0 -j DROP
		$t -A $chain -m frag --fraglast -j DROP
		$t -A $chain -m ipv6header --header hop -j DROP
		$t -A $chain -m set --match-set m-six src -p tcp --dport 900 -j ACCEPT
		$t -A $chain -m set ! --match-set m-six src -p tcp --dport 901 -j ACCEPT
		$t -A $chain -m set --match-set m-six-port src,dst -j ACCEPT
		$t -A $chain -m iprange --src-range 2001:db8:1::60-2001:db8:1::70 -p tcp --dport 1002 -j ACCEPT
		$t -A $chain -m addrtype --dst-type LOCAL -p tcp --dport 1006 -j ACCEPT
		$t -A $chain -m addrtype --dst-type ANYCAST -j DROP
		$t -A $chain -p tcp --dport 113 -j REJECT --reject-with tcp-reset
		$t -A $chain -p udp --dport 33434:33523 -j REJECT --reject-with icmp6-port-unreachable
		$t -A $chain -m mac --mac-source 02:00:00:00:00:fe -p tcp --dport 1000 -j ACCEPT
		$t -A $chain -m conntrack --ctstate DNAT -j ACCEPT
		$t -A $chain -m conntrack --ctorigdst 2001:db8::/64 -p tcp --dport 807 -j ACCEPT
		$t -A $chain -s fe80::/10 -p udp --sport 547 --dport 546 -j ACCEPT
	done
}

ip link set eth2 group 0x11
ip route add blackhole 10.66.0.0/16
ip route add prohibit 10.67.0.0/16
sysctl -qw net.netfilter.nf_conntrack_helper=1 2>/dev/null || :
sets
old "$1"
bundle "matches-$1"
