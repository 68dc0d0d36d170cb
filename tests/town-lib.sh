# Sourced by the net tests that judge `portolan check`: a client, a router with a firewall, and a street of servers,
# each in a namespace of its own. What happens to a packet depends on the address that it goes to:
#
#	.20 open	goes through		.50 reset	the router answers in its place, with a reset
#	.30 dropped	the router drops it	.60 lost	the answers are dropped on the way back
#	.40 barred	the router says so	.70 walled	the target's own firewall drops it
#						.80 guarded	the target's own firewall says so
#
# All of them are addresses of the namespace $open; $odd (.21) has other services than one thinks, $empty (.22)
# none. The port 22 of all goes through. The addresses of IPv6 end in the same number.
#
#	town			makes it
#	check ...		portolan check at the client, of the catalog in $T/catalog
#	town_site PRODUCT ROLE ...	a site in which each role is one host over IPv4 and one over IPv6; "www.peer.test" is
#				the role www, a host of that name
#	truths NAME EXIT OPTIONS	checks the table $T/NAME.table (tests/truths.py)

town_wire() {
	ip -n "$1" link add name eth0 type veth peer name "$2" netns "$fw"
	ip -n "$1" link set eth0 up
	ip -n "$fw" link set "$2" up
}

# No second of silence until an interface trusts its own address; no ration of ICMP errors, which would make a
# rejection look like a drop.
town_still() {
	ip netns exec "$1" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
		echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
}

# town_host NAMESPACE NAME NUMBER: at the street
town_host() {
	town_wire "$1" "$2"
	ip -n "$fw" link set "$2" master street
	town_address "$1" "$3"
	ip -n "$1" route add default via 203.0.113.1
	ip -n "$1" -6 route add default via 2001:db8:b::1
}
town_address() {
	ip -n "$1" address add "203.0.113.$2/24" dev eth0
	ip -n "$1" -6 address add "2001:db8:b::$2/64" dev eth0 nodad
}

town() {
	for name in client fw open odd empty; do
		namespace "$name"
		eval "$name=\$ns"
		town_still "$ns"
	done
	town_wire "$client" home
	ip -n "$client" address add 198.51.100.10/24 dev eth0
	ip -n "$client" -6 address add 2001:db8:a::10/64 dev eth0 nodad
	ip -n "$client" route add default via 198.51.100.1
	ip -n "$client" -6 route add default via 2001:db8:a::1
	ip -n "$fw" address add 198.51.100.1/24 dev home
	ip -n "$fw" -6 address add 2001:db8:a::1/64 dev home nodad
	# An address of its own, or it takes that of another port when one is added, and its neighbours do not know it.
	ip -n "$fw" link add street address 02:00:00:00:00:01 type bridge mcast_snooping 0
	ip -n "$fw" link set street up
	ip -n "$fw" address add 203.0.113.1/24 dev street
	ip -n "$fw" -6 address add 2001:db8:b::1/64 dev street nodad
	ip netns exec "$fw" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	town_host "$open" open 20
	town_host "$odd" odd 21
	town_host "$empty" empty 22
	for number in 30 40 50 60 70 80; do
		town_address "$open" $number
	done
	town_rules
	mkdir "$T/catalog"
}

town_rules() {
	ip netns exec "$fw" nft -f - <<'END' || die "nft"
table inet town {
	chain forward {
		type filter hook forward priority filter; policy accept;
		tcp dport 22 accept
		tcp sport 22 accept
		ip daddr 203.0.113.30 drop
		ip6 daddr 2001:db8:b::30 drop
		ip daddr 203.0.113.40 reject with icmpx admin-prohibited
		ip6 daddr 2001:db8:b::40 reject with icmpx admin-prohibited
		ip daddr 203.0.113.50 meta l4proto tcp reject with tcp reset
		ip6 daddr 2001:db8:b::50 meta l4proto tcp reject with tcp reset
		ip daddr 203.0.113.50 reject with icmpx port-unreachable
		ip6 daddr 2001:db8:b::50 reject with icmpx port-unreachable
		ip saddr 203.0.113.60 drop
		ip6 saddr 2001:db8:b::60 drop
	}
}
END
	ip netns exec "$open" nft -f - <<'END' || die "nft"
table inet town {
	chain input {
		type filter hook input priority filter; policy accept;
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
		tcp dport 22 accept
		ip daddr 203.0.113.70 drop
		ip6 daddr 2001:db8:b::70 drop
		ip daddr 203.0.113.80 reject with icmpx admin-prohibited
		ip6 daddr 2001:db8:b::80 reject with icmpx admin-prohibited
	}
}
END
}

town_number() {
	case $1 in
	open) echo 20 ;;
	odd) echo 21 ;;
	empty) echo 22 ;;
	dropped) echo 30 ;;
	barred) echo 40 ;;
	reset) echo 50 ;;
	lost) echo 60 ;;
	walled) echo 70 ;;
	guarded) echo 80 ;;
	*) echo "${1##*[!0-9]}" ;;
	esac
}

# town_site PRODUCT ROLE ...
town_site() {
	town_product=$1
	shift
	cat <<END
portolan: 1
site: town
zones:
  home: {networks: [198.51.100.0/24, "2001:db8:a::/64"]}
  street: {networks: [203.0.113.0/24, "2001:db8:b::/64"]}
devices:
  wall:
    owner: the wall's owner
    interfaces:
      home: {zone: home, addresses: [198.51.100.1, "2001:db8:a::1"]}
      street: {zone: street, addresses: [203.0.113.1, "2001:db8:b::1"]}
    filter: stateful
hosts:
  client: {addresses: [198.51.100.10, "2001:db8:a::10"]}
END
	for role; do
		number=$(town_number "$role")
		case $role in *.*)
			printf '  %s: {name: %s, zone: street}\n' "${role%%.*}" "$role"
			continue
			;;
		esac
		printf '  %s4: {addresses: [203.0.113.%s]}\n  %s6: {addresses: ["2001:db8:b::%s"]}\n' \
			"$role" "$number" "$role" "$number"
	done
	printf 'uses:\n  - product: %s\n    roles:\n      client: client\n' "$town_product"
	for role; do
		case $role in
		*.*) printf '      %s: %s\n' "${role%%.*}" "${role%%.*}" ;;
		*) printf '      %s: [%s4, %s6]\n' "$role" "$role" "$role" ;;
		esac
	done
}

# as WHO COMMAND ...: at the client, where the resolver is what $T/resolv.conf says, if it is there.
as() {
	user=
	[ "$1" = root ] || user='setpriv --reuid 65534 --regid 65534 --clear-groups'
	shift
	# shellcheck disable=SC2016,SC2086 # the inner shell's words; words on purpose
	ip netns exec "$client" sh -c '[ ! -e "$0" ] || mount --bind "$0" /etc/resolv.conf; exec "$@"' "$T/resolv.conf" \
		$user "$@"
}
check() { as root "$PORTOLAN" check --no-history --catalog "$T/catalog" "$@"; }

# truths NAME EXIT OPTIONS [WHO ...]: the table $T/NAME.table, with the options (words); as root and as nobody.
truths() {
	name=$1 exit=$2 options=$3
	shift 3
	python3 "$SOURCE_DIR/tests/truths.py" product "$name" "$T/$name.table" >"$T/catalog/$name.yaml" || die "$name: no product"
	# shellcheck disable=SC2046 # words on purpose
	town_site "$name" $(cut -d'|' -f2 "$T/$name.table" | sort -u) >"$T/$name.yaml"
	chmod -R go+rX "$T"
	[ $# != 0 ] || set -- root nobody
	for who; do
		# shellcheck disable=SC2086 # words on purpose
		run as "$who" "$PORTOLAN" check --no-history --catalog "$T/catalog" --format jsonl $options "$T/$name.yaml"
		[ "$rc" = "$exit" ] || fail "$name, as $who: exit $rc, not $exit"
		[ ! -s "$T/err" ] || fail "$name, as $who: $(cat "$T/err")"
		python3 "$SOURCE_DIR/tests/truths.py" compare "$T/$name.table" "$T/out" 198.51.100.1 2001:db8:a::1 >"$T/differs" ||
			fail "$name: cannot compare"
		[ ! -s "$T/differs" ] || fail "$name, as $who: $(cat "$T/differs")"
	done
}
