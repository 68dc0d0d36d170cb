#!/bin/sh
# Names against a real resolver on the wire: why a name has no address is told apart, and /etc/hosts
# comes first.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v python3 >/dev/null || skip "no python3"

namespace host
host=$ns
cat >"$T/resolver.py" <<'PY'
# Answers what the first label says; every question is a line of output.
import socket, struct

CODES = {"gone": 3, "broken": 2, "shut": 5}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    q, peer = s.recvfrom(512)
    at, labels = 12, []
    while q[at]:
        labels.append(q[at + 1:at + 1 + q[at]].decode())
        at += 1 + q[at]
    kind = struct.unpack(">H", q[at + 1:at + 3])[0]
    name, question = labels[0], q[12:at + 5]
    print(".".join(labels), {1: "A", 28: "AAAA"}.get(kind, kind), flush=True)
    code, answer = CODES.get(name, 0), b""
    if name == "mute":
        continue
    if name == "half" and kind == 28:
        code = 2
    elif kind == 1 and name in ("both", "four", "half", "filed"):
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1")
    elif kind == 28 and name == "both":
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 28, 1, 60, 16) + socket.inet_pton(10, "::1")
    flags = 0x8180 | code
    s.sendto(q[:2] + struct.pack(">HHHHH", flags, 1, bool(answer), 0, 0) + question + answer, peer)
PY
cat >"$T/server.py" <<'PY'
import socket, time
s = socket.create_server(("::", 7001), family=socket.AF_INET6, dualstack_ipv6=True, backlog=100)
print("ready", flush=True)
while True:
    s.accept()[0].close()
PY
start ip netns exec "$host" python3 "$T/resolver.py"
asked=$log resolver_pid=$pid
start ip netns exec "$host" python3 "$T/server.py"
wait_for 5 grep -q ready "$asked" || die "no resolver: $(cat "$asked")"
wait_for 5 grep -q ready "$log" || die "no server: $(cat "$log")"

echo "nameserver 127.0.0.1" >"$T/resolv.conf"
printf '127.0.0.1 localhost\n127.0.0.1 filed.test\n::1 filed.test\n' >"$T/hosts"
# ip netns exec has a mount namespace of its own: the files of this machine stay as they are.
# shellcheck disable=SC2016  # the inner shell's words
here='mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/hosts" /etc/hosts && exec "$@"'
probe() { ip netns exec "$host" sh -c "$here" "$T" "$PORTOLAN" probe "$@"; }

expect_rc 0 probe both.test:7001
has "$T/out" "all 2 ports are open."
has "$T/out" "name both.test; IPv4: 127.0.0.1; IPv6: ::1"
expect_rc 0 probe four.test:7001
has "$T/out" "name four.test; IPv4: 127.0.0.1; IPv6: none"
expect_rc 0 probe half.test:7001
has "$T/out" "name half.test; IPv4: 127.0.0.1; IPv6: servfail"

expect_rc 0 probe filed.test:7001
has "$T/out" "name filed.test; IPv4: 127.0.0.1; IPv6: ::1"
has_not "$asked" "filed.test"

# how STATE WORDS NAME ARGUMENT ...: one name without an address.
how() {
	state=$1 words=$2
	shift 2
	expect_rc "$(case $state in not-attempted) echo 3 ;; *) echo 1 ;; esac)" \
		probe --format jsonl "$@"
	has "$T/out" "\"state\":\"$state\",\"cause\":\"dns\""
	has "$T/out" "\"how\":\"dns: $words\""
}
how unreachable nxdomain gone.test:7001
how unreachable servfail broken.test:7001
how unreachable refused shut.test:7001
how unreachable "no address of that family" --family 6 four.test:7001
how not-attempted timeout mute.test:7001

# Many names at once, with and without addresses.
expect_rc 1 probe both.test:7001 gone.test:7001 broken.test:7001 four.test:7001-7002
has "$T/out" "3 of 6 ports are open; 1 closed, 2 unreachable."

# An address asks nobody.
n=$(wc -l <"$asked")
expect_rc 0 probe 127.0.0.1:7001
[ "$(wc -l <"$asked")" = "$n" ] || fail "an address made us ask the resolver"

stop "$resolver_pid"
how not-attempted "no server" both.test:7001
