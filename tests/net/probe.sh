#!/bin/sh
# portolan probe against real kernels and a real nftables: client - router - server in namespaces of
# their own, IPv4 and IPv6. Who answered, and how, must come out right; nothing may stay behind.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v nft >/dev/null || skip "no nft: install nftables"
command -v python3 >/dev/null || skip "no python3"

namespace client
client=$ns
namespace router
router=$ns
namespace server
server=$ns

# end NS IF ADDR4 ADDR6: one end of a link.
end() {
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$1" addr add "$4" dev "$2" nodad
	ip -n "$1" link set "$2" up
}
ip -n "$client" link add c0 type veth peer name r0 netns "$router" || die "no veth"
ip -n "$server" link add s0 type veth peer name r1 netns "$router" || die "no veth"
end "$client" c0 10.77.1.2/24 fd77:1::2/64
end "$router" r0 10.77.1.1/24 fd77:1::1/64
end "$server" s0 10.77.2.2/24 fd77:2::2/64
end "$router" r1 10.77.2.1/24 fd77:2::1/64
ip netns exec "$router" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n "$client" route add 10.77.2.0/24 via 10.77.1.1
ip -n "$client" route add fd77:2::/64 via fd77:1::1
ip -n "$client" route add prohibit 10.77.66.0/24
ip -n "$client" route add unreachable 10.77.67.0/24
ip -n "$client" route add blackhole 10.77.68.0/24
ip -n "$server" route add default via 10.77.2.1
ip -n "$server" route add default via fd77:2::1
# Every ICMP error is sent: what the limit of them does to a run is another test's question.
for ns in "$client" "$router" "$server"; do
	ip netns exec "$ns" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
done

# What listens: 7001 keeps quiet, 7003 speaks, 7004 ends, 7006 resets, and the rest is behind rules.
cat >"$T/server.py" <<'PY'
import select, socket, struct

listeners, kept = {}, []
for family in (socket.AF_INET, socket.AF_INET6):
    for port in [7001, 7002, 7003, 7004, 7006] + list(range(7010, 7021)) + list(range(7100, 7160)):
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind(("", port))
        s.listen(512)
        listeners[s] = port
print("ready", flush=True)

def serve(c, port):
    if port == 7006:
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        c.close()
    elif port == 7003:
        c.sendall(b"220 ready\r\n")
        kept.append(c)
    elif port == 7004:
        c.close()
    else:
        kept.append(c)

while True:
    for s in select.select(list(listeners), [], [])[0]:
        c, _ = s.accept()
        try:
            serve(c, listeners[s])
        except OSError:  # whoever came is gone again
            c.close()
PY
start ip netns exec "$server" python3 "$T/server.py"
wait_for 5 grep -q ready "$log" || die "the server does not start: $(cat "$log")"

ip netns exec "$router" nft -f - <<'NFT' || die "no rules in the router"
table inet filter {
	chain forward {
		type filter hook forward priority 0;
		tcp dport 7010 drop
		tcp dport 7011 reject with icmpx admin-prohibited
		tcp dport 7012 reject with tcp reset
		tcp dport 7013 reject with icmpx port-unreachable
		tcp sport 7019 drop
	}
}
NFT
ip netns exec "$server" nft -f - <<'NFT' || die "no rules in the server"
table inet filter {
	chain input {
		type filter hook input priority 0;
		# the handshake's last packet draws a reset: at once, however busy the machine is
		tcp dport 7002 tcp flags & (syn | ack) == ack reject with tcp reset
		tcp dport 7014 drop
		tcp dport 7015 reject with icmpx port-unreachable
		tcp dport 7016 reject with icmpx admin-prohibited
	}
}
NFT
ip netns exec "$client" nft -f - <<'NFT' || die "no rules in the client"
table inet filter {
	chain output {
		type filter hook output priority 0;
		tcp dport 7017 drop
		tcp dport 7018 reject with icmpx admin-prohibited
		tcp dport 7020 reject with icmpx host-unreachable
	}
}
NFT

# Target, port, state, cause, by, how: a dash is null. 7012 is a reset that the router made up.
cat >"$T/truth" <<'EOF'
10.77.2.2 7001 open target 10.77.2.2 handshake
10.77.2.2 7002 open-reset target 10.77.2.2 handshake,_then_rst
10.77.2.2 7003 open target 10.77.2.2 handshake
10.77.2.2 7004 open target 10.77.2.2 handshake
10.77.2.2 7005 closed target 10.77.2.2 rst
10.77.2.2 7010 dropped unproven - no_answer
10.77.2.2 7011 rejected hop 10.77.1.1 icmp_3/13
10.77.2.2 7012 closed hop 10.77.2.2 rst
10.77.2.2 7013 rejected hop 10.77.1.1 icmp_3/3
10.77.2.2 7014 dropped unproven - no_answer
10.77.2.2 7015 rejected target-firewall 10.77.2.2 icmp_3/3
10.77.2.2 7016 rejected target-firewall 10.77.2.2 icmp_3/13
10.77.2.2 7017 dropped local-firewall - no_answer
10.77.2.2 7018 rejected local-firewall 10.77.1.2 icmp_3/13
10.77.2.2 7019 dropped unproven - no_answer
10.77.2.2 7020 unreachable unproven 10.77.1.2 icmp_3/1
10.77.1.2 7005 closed target 10.77.1.2 rst
10.77.1.2 7017 dropped unproven - no_answer
10.77.66.1 7001 unreachable local-route - route:_Permission_denied
10.77.67.1 7001 unreachable local-route - connect:_No_route_to_host
10.77.68.1 7001 unreachable local-route - connect:_Invalid_argument
10.99.0.1 7001 unreachable local-route - connect:_Network_is_unreachable
fd77:2::2 7001 open target fd77:2::2 handshake
fd77:2::2 7002 open-reset target fd77:2::2 handshake,_then_rst
fd77:2::2 7003 open target fd77:2::2 handshake
fd77:2::2 7004 open target fd77:2::2 handshake
fd77:2::2 7005 closed target fd77:2::2 rst
fd77:2::2 7010 dropped unproven - no_answer
fd77:2::2 7011 rejected hop fd77:1::1 icmp6_1/1
fd77:2::2 7012 closed hop fd77:2::2 rst
fd77:2::2 7013 rejected hop fd77:1::1 icmp6_1/4
fd77:2::2 7014 dropped unproven - no_answer
fd77:2::2 7015 rejected target-firewall fd77:2::2 icmp6_1/4
fd77:2::2 7016 rejected target-firewall fd77:2::2 icmp6_1/1
fd77:2::2 7017 dropped local-firewall - no_answer
fd77:2::2 7018 rejected local-firewall fd77:1::2 icmp6_1/1
fd77:2::2 7019 dropped unproven - no_answer
fd77:2::2 7020 unreachable unproven fd77:1::2 icmp6_1/3
fd77:9::9 7001 unreachable local-route - connect:_Network_is_unreachable
EOF
targets=$(awk '{print ($1 ~ /:/ ? "[" $1 "]" : $1) ":" $2}' "$T/truth")

cat >"$T/rows.py" <<'PY'
import json, sys

for line in sys.stdin:
    o = json.loads(line)
    if o["record"] == "outcome":
        words = [o["target"], o["port"], o["state"], o["cause"], o["by"] or "-", o["how"] or "-"]
        print(*[str(w).replace(" ", "_") for w in words])
        assert o["confidence"] != "certain" or o["cause"].startswith("local-") or "ttl" in o["means"], o
        assert (o["cause"] == "unproven") == bool(o["candidates"]), o
        assert o["state"] != "dropped" or (o["tries"] >= 2 and o["by"] is None), o
PY

# check WHO [COMMAND ...]: the whole table, by this user.
check() {
	who=$1
	shift
	# shellcheck disable=SC2086  # a list of words
	ip netns exec "$client" "$@" "$PORTOLAN" probe --format jsonl $targets >"$T/out" 2>"$T/err"
	rc=$?
	[ "$rc" = 1 ] || fail "$who: exit $rc, not 1: $(cat "$T/err")"
	python3 "$T/rows.py" <"$T/out" >"$T/rows" || fail "$who: the records are not as they should be"
	diff -u "$T/truth" "$T/rows" || fail "$who: not the truth"
	ms=$(sed -n 's/.*"elapsed_ms":\([0-9]*\).*/\1/p' "$T/out")
	[ "${ms:-9999}" -lt 20000 ] || fail "$who: ${ms:-no} ms, where silence is 700 ms and who is to blame takes some seconds more"
}
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all"
in_client() { ip netns exec "$client" "$PORTOLAN" "$@"; }
# IPv6 needs a second or two until its addresses may be used.
wait_for 10 in_client probe '[fd77:2::2]:7001' || die "there is no way to the server over IPv6"
check root
if $nobody test -x "$PORTOLAN" 2>/dev/null; then
	# shellcheck disable=SC2086
	check nobody $nobody
else
	echo "not run as nobody (no setpriv, or the program is not readable for others)"
fi

# Exit codes, and the first line.
expect_rc 0 in_client probe 10.77.2.2:7001,7100-7159
has "$T/out" "all 61 ports are open."
expect_rc 1 in_client probe 10.77.2.2:7005
has "$T/out" "10.77.2.2:7005 is closed."
expect_rc 0 in_client probe 'http://[fd77:2::2]:7001/path?query'
has "$T/out" "[fd77:2::2]:7001 is open."
expect_rc 3 in_client probe --source 10.77.1.77 10.77.2.2:7001
has "$T/out" "the source address is not one of this host's"
expect_rc 0 in_client probe --source 10.77.1.2 10.77.2.2:7001

# A server that accepts and resets: whether the reset comes within our time is up to the machine, but
# the port is not closed.
run in_client probe 10.77.2.2:7006
head -n 1 "$T/out" | grep -q 'is open' || fail "accept and reset: $(head -n 1 "$T/out")"

# Nobody on our own link: the kernel says so after three seconds of asking.
expect_rc 1 in_client probe --timeout 5000 --format jsonl 10.77.1.99:80
has "$T/out" '"how":"icmp 3/1","candidates":["target","hop:?","local-route","local-firewall"]'

# No descriptors: slower, never "closed".
expect_rc 0 ip netns exec "$client" sh -c 'ulimit -n 16; exec "$@"' sh "$PORTOLAN" probe \
	10.77.2.2:7100-7159
has "$T/out" "all 60 ports are open."
# Hardly a source port.
ip netns exec "$client" sysctl -qw net.ipv4.ip_local_port_range="40000 40003"
expect_rc 0 in_client probe 10.77.2.2:7100-7159
ip netns exec "$client" sysctl -qw net.ipv4.ip_local_port_range="32768 60999"

# No faster than asked for.
expect_rc 0 in_client probe --rate 50 --format jsonl 10.77.2.2:7100-7159
ms=$(sed -n 's/.*"elapsed_ms":\([0-9]*\).*/\1/p' "$T/out")
[ "${ms:-0}" -ge 1000 ] || fail "60 connections at 50 a second within ${ms:-no} ms"

# How far it is: on a terminal, and only there; in the end nothing of it is on the line.
cat >"$T/terminal.py" <<'PY'
import os, pty, subprocess, sys
ours, theirs = pty.openpty()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=theirs) as child:
    os.close(theirs)
    said = b""
    try:
        while True:
            said += os.read(ours, 4096)
    except OSError:  # the other end is closed
        pass
    sys.stdout.buffer.write(said)
sys.exit(child.returncode)
PY
expect_rc 1 ip netns exec "$client" python3 "$T/terminal.py" "$PORTOLAN" probe --timeout 1500 \
	10.77.2.2:7001,7010
has "$T/out" "1 of 2 checks, about "
tr '\r' '\n' <"$T/out" | tail -n 1 | grep -q '[^ ]' && fail "progress stays on the line"
run in_client probe --timeout 1500 10.77.2.2:7001,7010
[ ! -s "$T/err" ] || fail "progress, and no terminal: $(cat "$T/err")"

# Interrupted: what is known is printed, the rest was not tested.
start ip netns exec "$client" "$PORTOLAN" probe --timeout 20000 10.77.2.2:7001,7010,7014
sleep 0.5
kill -TERM "$pid"
wait "$pid"
rc=$?
[ "$rc" = 3 ] || fail "interrupted: exit $rc, not 3"
has "$log" "1 of 3 ports is open; 2 not tested."

# Nothing of ours stays: no socket in any state, not even TIME_WAIT; nothing half open at the server,
# but for 7019, to which no reset of ours can be an answer: its SYN-ACKs are dropped.
left=$(ip netns exec "$client" ss -Htan)
[ -z "$left" ] || fail "sockets of ours are left: $left"
# An answer that was to come from too near was not taken: the server sends it once more after a second, and then
# hears that nobody waits.
none_half_open() { left=$(ip netns exec "$server" ss -Htan state syn-recv '( sport != 7019 )') && [ -z "$left" ]; }
wait_for 4 none_half_open || fail "connections are left half open at the server: $left"
