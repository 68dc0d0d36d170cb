#!/bin/sh
# blame.sh [ROUNDS]: a whole run with who is in the way, beside nmap -sT of the same flows: over two routers, what
# is open, blocked behind one firewall, at a target of which nothing answers, and some of each. Routers ration
# their errors as ever, so a pause stands between two rounds. Prints times and ratios.
. "$SOURCE_DIR/tests/bench/lib.sh"
rounds=${1:-3}
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
for name in client r1 r2 server; do
	namespace $name
	eval "$name=\$ns"
done
# wire NS NS NET
wire() {
	ip -n "$1" link add name "e$3" type veth peer name "e$3" netns "$2" || die "no veth"
	for end in "$1 1" "$2 2"; do
		ip -n "${end% *}" link set "e$3" up
		ip -n "${end% *}" address add "10.84.$3.${end#* }/24" dev "e$3"
	done
}
wire "$client" "$r1" 1
wire "$r1" "$r2" 2
wire "$r2" "$server" 3
ip -n "$server" address add 10.84.3.9/24 dev e3
ip -n "$client" route add default via 10.84.1.2
ip -n "$r1" route add default via 10.84.2.2
ip -n "$r2" route add default via 10.84.2.1
ip -n "$server" route add default via 10.84.3.1
for ns in "$r1" "$r2"; do
	ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
done
ip netns exec "$r2" nft -f - <<'END' || die "nft"
table ip wall {
	chain forward {
		type filter hook forward priority 0;
		ip daddr 10.84.3.9 drop
		tcp dport 5000-5999 drop
	}
}
END
cat >"$T/server.py" <<'PY'
import select, socket
poll, listeners = select.poll(), {}
for port in range(7001, 7061):
    s = socket.create_server(("", port), backlog=512)
    listeners[s.fileno()] = s
    poll.register(s, select.POLLIN)
print("ready", flush=True)
while True:
    for fd, _ in poll.poll():
        listeners[fd].accept()[0].close()
PY
start ip netns exec "$server" python3 "$T/server.py"
wait_for 5 grep -q ready "$log" || die "the server does not start: $(cat "$log")"

# beside WHAT ADDRESS PORTS: each with a rest before it, in which routers save up for six errors.
beside() {
	i=0
	while [ $i -lt "$rounds" ]; do
		sleep 6
		measure "$1" 1 "$(tool portolan "$PORTOLAN probe $2:$3"
			tool_nmap "-sT -n -Pn -p $3 $2")"
		i=$((i + 1))
	done
	ratio "$1" portolan nmap wall 1
}
beside open 10.84.3.2 7001-7060
beside few 10.84.3.2 7001-7010
beside blocked 10.84.3.2 5000-5059,7001
beside mixed 10.84.3.2 5000-5009,7001-7050
beside dead-1 10.84.3.9 5000
beside dead-3 10.84.3.9 5000-5002
beside dead-60 10.84.3.9 5000-5059
