# A long and lossy line, 300 ms there and back and 2 % lost each way, must not make a port "dropped" that
# answers: 10,000 checks in one run, and many runs of one check each that know nothing of each other.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
[ -e /dev/net/tun ] || skip "no /dev/net/tun"
namespace client
client=$ns
namespace server
server=$ns
start "$BUILD_DIR/tests/net/delay" "$client" "$server" 150 20
wait_for 5 grep -q ready "$log" || skip "privilege: no line: $(cat "$log")"
for end in "$client 10.79.0.1" "$server 10.79.0.2"; do
	# shellcheck disable=SC2086 # two words
	set -- $end
	ip -n "$1" addr add "$2/24" dev line
	ip -n "$1" link set line up txqueuelen 10000
done
ip netns exec "$server" nft -f - <<'NFT' || die "no rules in the server"
table inet filter {
	chain input {
		type filter hook input priority 0;
		tcp dport { 7, 5000, 20000 } drop
	}
}
NFT

# The line is as it should be: of the kernel's own single SYNs some get lost. --timeout leaves no time for more
# tries, and there the bad luck shows where nobody looks again.
in_client() { ip netns exec "$client" "$PORTOLAN" probe "$@"; }
expect_rc 1 in_client --no-blame --timeout 350 --format jsonl 10.79.0.2:10001-13000
grep -q '"state":"dropped"' "$T/out" || fail "nothing was lost on the line"

expect_rc 1 in_client --format jsonl 10.79.0.2:1-10000
[ "$(grep -c '"state":"closed"' "$T/out")" = 9998 ] ||
	fail "not closed, and should be: $(grep -v -e '"state":"closed"' -e '"port":7,' -e '"port":5000,' "$T/out")"
[ "$(grep -c '"state":"dropped"' "$T/out")" = 2 ] || fail "the two that are dropped are not"

alone() {
	seq 1 1000 | ip netns exec "$client" xargs -P 100 -I{} "$PORTOLAN" probe "10.79.0.2:3{}" >"$T/out" 2>"$T/err"
}
alone
[ "$(grep -c 'is closed' "$T/out")" = 1000 ] || fail "alone: $(grep -v -e 'is closed' -e 'a reset came' "$T/out" | head)"
run in_client 10.79.0.2:20000
has "$T/out" "10.79.0.2:20000 is dropped."
