# What losses and limits of new connections do to a run: nothing that is open is called dropped, and what is dropped
# still is. A client, a router and a server, all of whose ports lead to one listener.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"

namespace client; client=$ns
namespace router; router=$ns
namespace server; server=$ns
# wire NS INTERFACE NS NET
wire() {
	ip -n "$1" link add name "$2" type veth peer name eth0 netns "$3" || die "no veth"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set eth0 up
	ip -n "$1" address add "$4.1/24" dev "$2"
	ip -n "$3" address add "$4.2/24" dev eth0
	ip -n "$3" route add default via "$4.1"
}
wire "$router" eth0 "$client" 192.0.2
wire "$router" eth1 "$server" 198.51.100
ip netns exec "$router" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
ip netns exec "$server" nft -f - <<'END' || die "nft"
table ip ports {
	chain prerouting {
		type nat hook prerouting priority -100;
		tcp dport 2000-11999 redirect to :1000
	}
}
END
start ip netns exec "$server" python3 -c '
import socket
s = socket.create_server(("", 1000), backlog=4000)
print("ready", flush=True)
while True:
    s.accept()[0].close()
'
wait_for 5 grep -q ready "$log" || die "no server"

# way RULES: of what is passed on
way() {
	ip netns exec "$router" nft -f - <<END || die "nft: $1"
table ip way {}
delete table ip way
table ip way {
	chain forward {
		type filter hook forward priority filter;
		$1
	}
}
END
}
# probes PORTS: how many are open, dropped, anything else; and who is said to be in the way.
probes() {
	ip netns exec "$client" "$PORTOLAN" probe --format jsonl "198.51.100.2:$1" >"$T/out"
	python3 - "$T/out" <<'END'
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
tried = [r for r in records if r["record"] == "outcome"]
of = lambda *states: sum(r["state"] in states for r in tried)
causes = sorted({r["cause"] for r in tried})
print(of("open"), of("dropped"), len(tried) - of("open", "dropped"), *causes)
END
}
# expect PORTS WORDS
expect() {
	got=$(probes "$1")
	[ "$got" = "$2" ] || fail "$1: \"$got\", not \"$2\""
}
slowed() { grep -q '"slowed_to":[1-9]' "$T/out"; }

way ""
expect 2000-2299 "300 0 0 target"
slowed && fail "slowed down for nothing"
# So many new connections a second, and no more.
limit='tcp flags & (syn | ack) == syn limit rate over'
way "$limit 100/second burst 20 packets drop"
expect 2000-2299 "300 0 0 target"
slowed || fail "not slowed down"
way "$limit 40/second burst 100 packets drop"
expect 2000-2199 "200 0 0 target"
# What is dropped stays dropped.
way "tcp dport 2000-2019 drop; $limit 200/second burst 20 packets drop"
expect 2000-2199 "180 20 0 target unproven"
# A packet in twenty is lost, either way; then one in eight.
way 'numgen random mod 100 < 5 drop'
expect 2000-11999 "10000 0 0 target"
way 'numgen random mod 100 < 12 drop'
expect 2000-2999 "1000 0 0 target"
