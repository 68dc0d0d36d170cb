# Sourced by the net tests of dialogues, behind tests/peers-lib.sh.
dialogue=$BUILD_DIR/tests/net/dialogue

held() {
	ip netns exec "$ns" "$dialogue" "$@" >"$T/said" 2>&1 || fail "$name: $*: $(cat "$T/said")"
}

# says WORDS SERVICE TRANSPORT ADDRESS PORT [WHAT]
says() {
	wanted=$1
	shift
	held "$@"
	grep -qxE -e "$wanted" "$T/said" || fail "$name: $*: \"$(cat "$T/said")\", not \"$wanted\""
}

# both WORDS SERVICE TRANSPORT PORT [WHAT]: over both families.
both() {
	words=$1 service=$2 transport=$3 port=$4
	shift 4
	for address in 127.0.0.1 ::1; do
		says "$words" "$service" "$transport" "$address" "$port" "$@"
	done
}

# not_taken TRANSPORT PORT SERVICE ...: what listens there is none of these.
not_taken() {
	transport=$1 port=$2
	shift 2
	for service; do
		held "$service" "$transport" 127.0.0.1 "$port"
		grep -q '^proved' "$T/said" && fail "$name is taken for $service: $(cat "$T/said")"
	done
}

# listens_tcp NAMESPACE PORT
listens_tcp() { [ -n "$(ip netns exec "$1" ss -Hltn "sport = :$2")" ]; }

# talk_all PEER ...: each in a namespace of its own, where talk_PEER speaks with it.
talk_all() {
	for name in ${PEERS_ONLY:-"$@"}; do
		namespace "$name"
		peer "$name" "$ns"
		"talk_$name"
		peer_stop "$pid" "$ns"
	done
}
