#!/bin/sh
# flows.sh [ROUNDS]: the everyday job, and what costs most. 60 ports of which 3 are silent, with a second asked
# for and without; all 65,535 ports silent; what a check costs in CPU and memory, by connect, by UDP, and
# a million of them. Prints times, and where it means to be; with FLOOR=1 it fails at twice that.
. "$SOURCE_DIR/tests/bench/lib.sh"
rounds=${1:-5}
need_pair
ip netns exec "$server" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=1000000 \
	net.ipv4.icmp_msgs_burst=100000

cat >"$T/server.py" <<'PY'
import select, socket
poll, listeners = select.poll(), {}
for port in range(7001, 7055):
    s = socket.socket()
    s.bind(("", port))
    s.listen(512)
    listeners[s.fileno()] = s
    poll.register(s, select.POLLIN)
print("ready", flush=True)
while True:
    for fd, _ in poll.poll():
        listeners[fd].accept()[0].close()
PY
start ip netns exec "$server" python3 "$T/server.py"
wait_for 5 grep -q ready "$log" || die "the server does not start: $(cat "$log")"
drop() {
	ip netns exec "$server" nft -f - <<NFT || die "no rules in the server"
table inet filter {
	chain input {
		type filter hook input priority 0;
		tcp dport $1 drop
	}
}
NFT
}

drop 7058-7060
ports=$server_addr:7001-7060
measure sixty "$rounds" "$(tool asked "$PORTOLAN probe --timeout 1000 $ports"
	tool default "$PORTOLAN probe $ports"
	tool_nmap "-sT -T4 -n -Pn -p 7001-7060 $server_addr")"
limit sixty asked 1.02
limit sixty default 0.8

ip netns exec "$server" nft flush ruleset
drop 1-65535
measure silent 1 "$(tool portolan "$PORTOLAN probe $server_addr:1-65535")"
limit silent portolan 8
ip netns exec "$server" nft flush ruleset

engine() {
	ip netns exec "$client" "$BUILD_DIR/tests/bench/engine" "$@" >"$T/engine" || die "engine $*"
	sed "s/^/$1 $2: /" "$T/engine"
}
engine connect "$server_addr" 1 1 65535
engine udp "$server_addr" 1 1 65535
each cpu 14
engine connect 127.0.1.1 16 1 62500
each bytes 450
