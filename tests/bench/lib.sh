# Sourced by the benches that need a network of their own: . "$SOURCE_DIR/tests/bench/lib.sh"
# Two namespaces with a veth pair, programs run in turns, and their best. What is not there is not compared with.
. "$SOURCE_DIR/tests/lib.sh"
PEERS=${PEERS:-$SOURCE_DIR/build/peers}

# need_pair: $client and $server, $client_addr and $server_addr.
need_pair() {
	need_namespaces
	namespace client
	client=$ns
	namespace server
	server=$ns
	client_addr=10.78.1.1
	server_addr=10.78.1.2
	ip link add c0 netns "$client" type veth peer name s0 netns "$server" || die "no veth pair"
	ip -n "$client" addr add "$client_addr/24" dev c0
	ip -n "$server" addr add "$server_addr/24" dev s0
	ip -n "$client" link set c0 up
	ip -n "$server" link set s0 up
}

. "$SOURCE_DIR/tests/bench/nmap-lib.sh"

# measure WHAT ROUNDS TOOLS: each tool in its turn, in $client; what they took to $T/best.
measure() {
	printf '%s' "$3" >"$T/tools"
	ip netns exec "$client" python3 "$SOURCE_DIR/tests/bench/turns.py" "$1" "$2" "$T/tools" >"$T/turns" ||
		die "$1 could not be measured"
	cat "$T/turns"
	cat "$T/turns" >>"$T/best"
}

# ratio WHAT TOOL OTHER wall|cpu GOAL: printed; with FLOOR=1 a failure where it is twice the goal.
ratio() {
	awk -v what="$1" -v tool="$2" -v other="$3" -v column="$4" -v goal="$5" -v floor="${FLOOR-}" '
	$1 == what && ($2 == tool || $2 == other) { v[$2] = column == "wall" ? $3 : $5 }
	END {
		if (!(tool in v) || !(other in v))
			exit 0
		r = v[tool] / v[other]
		printf "%s: %s is %.2f of %s (%s), goal %.2f\n", what, tool, r, other, column, goal
		exit floor && r > 2 * goal
	}' "$T/best" || fail "$1: a twofold regression against $3"
}

# limit WHAT TOOL SECONDS: the same for its wall clock against a fixed time.
limit() {
	awk -v what="$1" -v tool="$2" -v goal="$3" -v floor="${FLOOR-}" '
	$1 == what && $2 == tool {
		printf "%s: %s took %.3f s, goal %.2f\n", what, tool, $3, goal
		exit floor && $3 > 2 * goal
	}' "$T/best" || fail "$1: twice as long as it should take"
}
# each cpu|bytes GOAL: of what the program `engine` has just said for one check.
each() {
	awk -v what="$1" -v goal="$2" -v floor="${FLOOR-}" '{
		for (i = 2; i <= NF; i++) {
			if (what == "cpu" && $i == "us")
				v = $(i - 1)
			if (what == "bytes" && $i == "bytes")
				v = $(i - 1)
		}
		printf "  %s for each: %s, goal %s\n", what, v, goal
		exit floor && v > 2 * goal
	}' "$T/engine" || fail "$1: twice as much as it should be"
}
