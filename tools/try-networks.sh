# Sourced by tools/try, inside its namespaces: two networks, each with a firewall in real nftables.

# machine NAME [ADDRESS/LENGTH ...] with lo up. segment FIREWALL INTERFACE NAME ...: those machines on one wire,
# which is the firewall's INTERFACE, a bridge.
machine() {
	ip netns add "$1"
	ip -n "$1" link set lo up
}
segment() {
	firewall=$1 interface=$2
	shift 2
	ip -n "$firewall" link add name "$interface" type bridge
	ip -n "$firewall" link set "$interface" up
	for name; do
		ip -n "$name" link add name eth0 type veth peer name "to-$name" netns "$firewall"
		ip -n "$firewall" link set dev "to-$name" master "$interface" up
		ip -n "$name" link set eth0 up
	done
}
# address NAME INTERFACE ADDRESS/LENGTH ...
address() {
	name=$1 interface=$2
	shift 2
	for a; do
		case $a in
		*:*) ip -n "$name" -6 address add "$a" dev "$interface" nodad ;;
		*) ip -n "$name" address add "$a" dev "$interface" ;;
		esac
	done
}
# default_way NAME GATEWAY ...
default_way() {
	name=$1
	shift
	for a; do
		case $a in
		*:*) ip -n "$name" -6 route add default via "$a" ;;
		*) ip -n "$name" route add default via "$a" ;;
		esac
	done
}
# firewall NAME: it forwards, by the rules on standard input.
firewall() {
	cat >"$T/$1.nft"
	on "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	# Every refusal is answered: Linux would hold back all but a few a second to one address.
	on "$1" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
	on "$1" nft -f "$T/$1.nft"
}

# examples/stanford/site.yaml. One machine plays all servers of the internet.
make_company() {
	for name in corp-firewall guest-pc corp-proxy servers; do
		machine $name
	done
	segment corp-firewall eth0 guest-pc corp-proxy
	segment corp-firewall eth1 servers
	address corp-firewall eth0 192.0.2.1/24 2001:db8:2::1/48
	address corp-firewall eth1 198.51.100.1/24
	address guest-pc eth0 192.0.2.77/24
	address corp-proxy eth0 192.0.2.30/24
	address servers eth0 198.51.100.254/24
	for host in 21 22 70 80 81 88 89 110; do
		address servers eth0 203.0.113.$host/32
	done
	default_way corp-firewall 198.51.100.254
	default_way guest-pc 192.0.2.1
	default_way corp-proxy 192.0.2.1
	default_way servers 198.51.100.1
	firewall corp-firewall <<'END'
table inet corp {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		iifname "eth0" oifname "eth0" accept # on one wire; some kernels ask for that, too
		iifname != "eth0" drop
		tcp dport { 21, 22, 80, 88, 143, 443 } accept
		udp dport { 88, 7000-7002 } accept
# tcp/23 is rejected with a reset
		tcp dport 23 reject with tcp reset
# tcp/1109 is rejected as administratively prohibited
		tcp dport 1109 reject with icmpx admin-prohibited
# tcp/751 is dropped: no rule is about it
# udp/7003-7008 is rejected as "port unreachable", by the firewall itself: the rule for AFS ends at 7002
		udp dport 7003-7008 reject
# FTP's data connections are dropped: the firewall lets through only its control port
	}
}
END
}

open_ftp_data() {
	on corp-firewall nft add rule inet corp forward ip daddr 203.0.113.21 tcp dport 50000-50009 accept
}

# examples/passwordstate/site.yaml. One machine plays all servers inside.
make_office() {
	for name in fw1 web1 inside sd1; do
		machine $name
	done
	segment fw1 eth0 web1 inside
	segment fw1 eth1 sd1
	address fw1 eth0 10.1.0.1/16 2001:db8:1::1/48
	address fw1 eth1 192.0.2.1/24
	address web1 eth0 10.1.0.10/16 2001:db8:1::10/48
	address inside eth0 10.1.0.20/16 10.1.0.5/16 10.1.0.25/16 10.1.9.9/16
	address sd1 eth0 192.0.2.8/24
	default_way web1 10.1.0.1 2001:db8:1::1
	default_way inside 10.1.0.1
	default_way sd1 192.0.2.1
	firewall fw1 <<'END'
table inet office {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		iifname "eth0" oifname "eth0" accept # on one wire; some kernels ask for that, too
# tcp/443 from web1 to sd1 is dropped: the rule that would let it through was forgotten
		ip saddr 10.2.0.10 ip daddr 10.1.0.10 tcp dport 8443 accept
	}
}
END
}
