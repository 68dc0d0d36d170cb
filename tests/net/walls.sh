#!/bin/sh
# In the sandbox names are still found, in the DNS and in the hosts file of before; who was redirected is asked where it
# meant to go.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v python3 >/dev/null || skip "no python3"
command -v nft >/dev/null || skip "no nft"
walls=$BUILD_DIR/tests/net/walls

namespace host
host=$ns
cat >"$T/resolver.py" <<'PY'
# Every name but gone.test is 192.0.2.7.
import socket, struct

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    q, peer = s.recvfrom(512)
    end = q.index(b"\0", 12) + 5
    kind = struct.unpack(">H", q[end - 4:end - 2])[0]
    gone = q[12:17] == b"\4gone"
    answer = b"" if gone or kind != 1 else b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("192.0.2.7")
    s.sendto(q[:2] + struct.pack(">HHHHH", 0x8183 if gone else 0x8180, 1, bool(answer), 0, 0) + q[12:end] + answer, peer)
PY
start ip netns exec "$host" python3 "$T/resolver.py"
wait_for 5 grep -q ready "$log" || die "no resolver: $(cat "$log")"
echo "nameserver 127.0.0.1" >"$T/resolv.conf"
printf '127.0.0.1 localhost\n192.0.2.8 filed.test filed\n2001:db8::8 FILED.test\n0.0.0.0 blocked.test\n' >"$T/hosts"
# shellcheck disable=SC2016  # the inner shell's words
here='mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/hosts" /etc/hosts && exec "$@"'
expect_rc 0 ip netns exec "$host" sh -c "$here" "$T" "$walls" names asked.test gone.test filed.test blocked.test
sort "$T/out" >"$T/sorted"
sort >"$T/want" <<'END_OF_LIST'
root 1 filter 1
asked.test 192.0.2.7
asked.test 192.0.2.7
gone.test nxdomain
gone.test nxdomain
filed.test 192.0.2.8 2001:db8::8
filed.test 192.0.2.8 2001:db8::8
blocked.test no host's address
blocked.test no host's address
END_OF_LIST
same "$T/want" "$T/sorted"

ip -n "$host" address add 192.0.2.1/32 dev lo
ip -n "$host" address add 2001:db8::1/128 dev lo nodad
dialled() { ip netns exec "$host" "$walls" dialled "$@"; }
expect_rc 0 dialled 127.0.0.1 2121 127.0.0.1 2121
has "$T/out" "127.0.0.1 2121"
ip netns exec "$host" nft -f - <<'NFT' || die "nft"
table inet t {
	chain c {
		type nat hook output priority -100
		tcp dport 21 redirect to :2121
	}
}
NFT
expect_rc 0 dialled 127.0.0.1 2121 192.0.2.1 21
has "$T/out" "192.0.2.1 21"
expect_rc 0 dialled ::1 2121 2001:db8::1 21
has "$T/out" "2001:db8::1 21"
# Not redirected, though conntrack knows it.
expect_rc 0 dialled 127.0.0.1 2122 127.0.0.1 2122
has "$T/out" "127.0.0.1 2122"
