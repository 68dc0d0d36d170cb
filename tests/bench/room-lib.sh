# Sourced by what wants a room full of servers: . "$SOURCE_DIR/tests/bench/room-lib.sh"
# Each server is in a network namespace of its own, with an address of its own on one wire, $room; whoever is in $client
# sees of it the ports that the room offers, and nothing else. What is where is told in $T/truth, a line a port:
#
#	ADDRESS TRANSPORT PORT PROTOCOL[,PROTOCOL] SERVER
#
# where the protocol "-" is nobody's, and has the word that is said of it instead: -silent, -echo, ...
. "$SOURCE_DIR/tests/peers-lib.sh"
# shellcheck source=tests/dialogues-lib.sh
. "$SOURCE_DIR/tests/dialogues-lib.sh"

# The servers that a test of dialogues has for itself; where two have one of the same name, the last one counts.
servers_of() {
	for test; do
		eval "$(sed '1,/^make_/{/^make_/!d}; /^talk_/,$d' "$SOURCE_DIR/tests/net/$test.sh")"
	done
}

# Each has its own /run and /tmp, with what was made there: two of a kind would share locks and sockets.
start_inside() {
	in_ns=$1
	shift
	# shellcheck disable=SC2016 # expanded inside
	start ip netns exec "$in_ns" sh -c '
		root=$1
		shift
		for dir in run tmp; do
			kept=$(mktemp -d) && cp -a "$root/$dir/." "$kept" && mount -t tmpfs -o mode=1777 tmpfs "$root/$dir" &&
				cp -a "$kept/." "$root/$dir" && rm -rf --one-file-system "${kept:?}" || exit 1
		done
		exec chroot "$root" "$@"' room "$R" "$@"
}

need_room() {
	namespace room
	room=$ns
	namespace client
	client=$ns
	ip -n "$room" link add name wire type bridge || die "no bridge"
	ip -n "$room" link set wire up
	room_seats=0 room_plugs=0
	plug "$client" 10.79.255.1
	: >"$T/truth"
}

# plug NAMESPACE ADDRESS: onto the wire.
plug() {
	room_plugs=$((room_plugs + 1))
	ip -n "$room" link add name "w$room_plugs" type veth peer name wire netns "$1" || die "no veth"
	ip -n "$room" link set "w$room_plugs" up master wire
	ip -n "$1" address add "$2/16" dev wire
	ip -n "$1" link set wire up
}

# seat NAME: a namespace with an address; $ns and $seat.
seat() {
	room_seats=$((room_seats + 1))
	seat=10.79.$((room_seats / 200)).$((room_seats % 200 + 1))
	namespace "s$room_seats-$1"
	plug "$ns" "$seat"
	ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv4/conf/wire/route_localnet; echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
	ip netns exec "$ns" nft -f - <<-'END' || die "no rules"
		table ip room {
			chain offered {
				type nat hook prerouting priority -100
			}
			chain rest {
				type filter hook input priority 0
				iifname wire ct state new ct status & dnat != dnat meta l4proto tcp reject with tcp reset
				iifname wire ct state new ct status & dnat != dnat meta l4proto udp reject
			}
		}
	END
}

# offer TRANSPORT PORT AT PROTOCOLS NAME: what listens here on PORT is, for the room, on the ports AT (1352,40001).
offer() {
	for at in $(echo "$3" | tr , ' '); do
		ip netns exec "$ns" nft add rule ip room offered iifname wire "$1" dport "$at" dnat to "127.0.0.1:$2" || die "no rule"
		echo "$seat $1 $at $4 $5" >>"$T/truth"
	done
}

# serve NAME PROTOCOLS:PORT@AT ...: a server of tests/peers-lib.sh or of servers_of, seated; udp/... for datagrams.
serve() {
	server=$1
	shift
	seat "$server"
	peer "$server" "$ns"
	offers "$@"
}

# offers PROTOCOLS:PORT@AT ...: of the server that sits there.
offers() {
	for row; do
		transport=tcp
		[ "$row" = "${row#udp/}" ] || { transport=udp row=${row#udp/}; }
		offer=${row#*:}
		offer "$transport" "${offer%@*}" "${offer#*@}" "${row%%:*}" "$server"
	done
}
