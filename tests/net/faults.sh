# What this host runs out of, or loses half way, makes a run slower and never an answer wrong: descriptors,
# source ports, the interface, memory.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
namespace client
client=$ns
namespace server
server=$ns
ip link add c0 netns "$client" type veth peer name s0 netns "$server" || die "no veth pair"
ip -n "$client" addr add 10.80.0.1/24 dev c0
ip -n "$server" addr add 10.80.0.2/24 dev s0
ip -n "$client" link set c0 up
ip -n "$server" link set s0 up
ip netns exec "$server" nft -f - <<'NFT' || die "no rules in the server"
table inet filter {
	chain input {
		type filter hook input priority 0;
		tcp dport 7020-7039 drop
	}
}
NFT

# counts: of the states in $T/out, "20 dropped 40 closed".
counts() {
	python3 -c '
import collections, json, sys
rows = (json.loads(line) for line in sys.stdin)
states = collections.Counter(row["state"] for row in rows if row["record"] == "outcome")
print(*[f"{n} {state}" for state, n in sorted(states.items())])' <"$T/out"
}
# truth WHAT: 7000-7059 were probed, and all of them are what they are.
truth() {
	[ "$(counts)" = "40 closed 20 dropped" ] || fail "$1: $(counts)"
}
in_client() { ip netns exec "$client" "$@"; }
probe="$PORTOLAN probe --format jsonl 10.80.0.2:7000-7059"

# shellcheck disable=SC2086 # words
{
	expect_rc 1 in_client $probe
	truth "nothing is amiss"
	expect_rc 1 in_client sh -c 'ulimit -n 16; exec "$@"' sh $probe
	truth "16 descriptors"
	in_client sysctl -qw net.ipv4.ip_local_port_range="40000 40002"
	expect_rc 1 in_client $probe
	truth "three source ports"
	in_client sysctl -qw net.ipv4.ip_local_port_range="32768 60999"

	# The interface goes away, and its route with it: what was known stays, the rest was not tested.
	start in_client "$PORTOLAN" probe --format jsonl --rate 100 10.80.0.2:6000-6399
	sleep 2
	ip -n "$client" link set c0 down
	wait "$pid"
	rc=$?
}
[ "$rc" = 1 ] || fail "the interface went away: exit $rc, not 1"
cp "$log" "$T/out"
counts | grep -Eq '^[0-9]+ closed [0-9]+ not-attempted$' || fail "the interface went away: $(counts)"
has "$T/out" "went away meanwhile"
ip -n "$client" link set c0 up

# No memory for so much: it says so, with the status of what could not be run. (Sanitizers want more than that
# to begin with.)
little() { in_client sh -c 'ulimit -v 60000; exec "$@"' sh "$PORTOLAN" "$@"; }
if little --version >/dev/null 2>&1; then
	all=10.80.0.2:1-65535
	expect_rc 3 little probe $all $all $all $all
	has "$T/err" "memory"
fi
