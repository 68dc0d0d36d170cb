# portolan listen in namespaces of its own: a client that the site names, a stranger, and the server that stands in.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"

# --- the network and the documents ------------------------------------------------------------------

namespace client; client=$ns
namespace stranger; stranger=$ns
namespace server; server=$ns
# wire NS IF NET: from it to the server, which is .1 there.
wire() {
	ip -n "$1" link add name eth0 type veth peer name "$2" netns "$server" || die "no veth"
	ip -n "$1" link set eth0 up
	ip -n "$server" link set "$2" up
	ip -n "$1" address add "10.78.$3.2/24" dev eth0
	ip -n "$1" -6 address add "fd78:$3::2/64" dev eth0 nodad
	ip -n "$server" address add "10.78.$3.1/24" dev "$2"
	ip -n "$server" -6 address add "fd78:$3::1/64" dev "$2" nodad
	ip -n "$1" route add default via "10.78.$3.1"
	ip -n "$1" -6 route add default via "fd78:$3::1"
}
wire "$client" eth0 1
wire "$stranger" eth1 2

mkdir "$T/catalog"
{
	cat <<'END'
portolan: 1
product: truth
title: made to be tested
documents: {made: {title: made up}}
roles: {client: {title: the client}, server: {title: the server}}
requirements:
END
	# requirement FEATURE NEEDS
	requirement() {
		printf '  %s:\n    from: client\n    to: server\n    when: %s\n    needs: %s\n' "$1" "$1" "$2"
		printf '    why: made up\n    doc: {in: made, row: made}\n'
	}
	requirement web tcp/443
	requirement one tcp/7001
	requirement datagram udp/7001
	requirement span tcp/7100-7119
	requirement wide tcp/20000-20999
	requirement wide_datagram udp/21000-21999
	requirement high tcp/32700-32800
	requirement signalling sctp/2905
	echo features:
} >"$T/truth.yaml"
sed -n 's/^    when: \(.*\)/  \1: made up/p' "$T/truth.yaml" >"$T/features"
cat "$T/truth.yaml" "$T/features" >"$T/catalog/truth.yaml"

# site FEATURE ...
site() {
	cat >"$T/site.yaml" <<END
portolan: 1
site: truths
zones:
  here: {networks: [10.78.1.0/24, "fd78:1::/64"]}
hosts:
  client: {addresses: [10.78.1.2, "fd78:1::2"]}
  server: {addresses: [10.78.1.1, "fd78:1::1"]}
uses:
  - product: truth
    roles: {client: client, server: server}
    features: [$(echo "$*" | sed 's/ /, /g')]
END
}

# listen OPTION ...: started; its id in $pid, its output in $log. It is ready when it has told what is open. A
# job in the background ignores SIGINT: env lets it in again.
as=
listen() {
	# shellcheck disable=SC2086 # words on purpose
	start env --default-signal=INT ip netns exec "$server" $as "$PORTOLAN" listen --catalog "$T/catalog" "$@" \
		"$T/site.yaml"
	wait_for 10 grep -q 'Standing in for\|"stand-in"' "$log" || die "nothing stands in: $(cat "$log")"
}
# ended SIGNAL STATUS: the running one, ended so, ends with it.
ended() {
	kill "-$1" "$pid"
	wait "$pid"
	rc=$?
	[ $rc = "$2" ] || { fail "exit $rc after $1, not $2"; sed 's/^/  | /' "$log"; }
}
# from NS: python in it, the program on standard input.
from() { ip netns exec "$1" python3 -; }
# tables: those of nftables at the server.
tables() { ip netns exec "$server" nft list tables; }
open_ports() { ip netns exec "$client" "$PORTOLAN" probe --timeout 2000 "$@" >"$T/out" 2>"$T/err" || fail "not all open: $(cat "$T/out" "$T/err")"; }

# --- named and foreign sources ----------------------------------------------------------------------

site one datagram span
listen
has "$log" "Standing in for server of truths: 44 open for 60 minutes, 0 already served, 0 not open."
has "$log" "  tcp/7001 at 10.78.1.1 for client: open"
has "$log" "  tcp/7100-7119 at fd78:1::1 for client: open"
has "$log" "  udp/7001 at 10.78.1.1 for client: open"
# It gave up what it no longer needs, and is at the named addresses only.
grep -E '^(Uid|CapEff|CapPrm|NoNewPrivs)' "/proc/$pid/status" | tr '\t' ' ' >"$T/status"
has "$T/status" "Uid: 65534 65534 65534 65534"
has "$T/status" "CapPrm: 0000000000000000"
has "$T/status" "CapEff: 0000000000000000"
has "$T/status" "NoNewPrivs: 1"
ip netns exec "$server" ss -Hltun >"$T/sockets"
has_not "$T/sockets" "10.78.2.1"
has_not "$T/sockets" "*:"
has_not "$T/sockets" "0.0.0.0:7"

open_ports 10.78.1.1:7001,7100-7119 '[fd78:1::1]:7001,7100-7119'
from "$client" <<'END' || fail "the client's view"
import socket, time
for family, at in ((socket.AF_INET, '10.78.1.1'), (socket.AF_INET6, 'fd78:1::1')):
    s = socket.create_connection((at, 7001), 2)
    s.sendall(b'hello, who is there?')
    s.settimeout(0.3)
    try:
        assert False, s.recv(100)
    except socket.timeout:
        pass  # kept, and nothing is said
    s.shutdown(socket.SHUT_WR)
    s.settimeout(2)
    try:
        assert False, s.recv(100)
    except ConnectionResetError:
        pass
    u = socket.socket(family, socket.SOCK_DGRAM)
    u.settimeout(2)
    u.connect((at, 7001))
    for sent, want in ((b'who are you?', b'portolanyou?'), (b'abc', b'por'), (b'x' * 1400, b'portolan' + b'x' * 1392)):
        u.send(sent)
        assert u.recv(2000) == want, sent
    for sent in (b'', b'p', b'portolanyou?'):
        u.send(sent)
    u.settimeout(0.5)
    try:
        assert False, u.recv(100)
    except socket.timeout:
        pass
    # Rationed: a burst gets at most what two seconds may.
    for _ in range(300):
        u.send(b'who are you?')
    answers = 0
    try:
        while True:
            u.recv(100)
            answers += 1
    except socket.timeout:
        pass
    assert 1 <= answers <= 100, answers
END
from "$stranger" <<'END' || fail "the stranger's view"
import socket
try:
    s = socket.create_connection(('10.78.1.1', 7001), 2)
    s.settimeout(2)
    assert False, s.recv(100)
except ConnectionResetError:
    pass
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.settimeout(0.5)
u.sendto(b'who are you?', ('10.78.1.1', 7001))
try:
    assert False, u.recv(100)
except socket.timeout:
    pass
END
[ "$(grep -c arrived "$log")" = 3 ] || fail "not three first arrivals"
has "$log" "tcp/7001 from 10.78.1.2 (client): truth/one arrived"
has "$log" "udp/7001 from 10.78.1.2 (client): truth/datagram arrived"
# A check from the client: the network lets it through, and a stand-in is no service.
expect_rc 0 ip netns exec "$client" "$PORTOLAN" check --network --format jsonl \
	--catalog "$T/catalog" "$T/site.yaml"
has "$T/out" "a stand-in of portolan listen answered"
ended INT 0
has "$log" "3 of 3 required flows were seen arriving; 0 could not be seen."
has "$log" "2 connections or datagrams came from sources that no flow names; they got nothing."
for ns in "$client" "$server" "$stranger"; do
	ip netns exec "$ns" ss -Htan state time-wait >"$T/lingering"
	[ -s "$T/lingering" ] && fail "in TIME_WAIT: $(cat "$T/lingering")"
done

# Many at once: the oldest make room, and it goes on when they are gone.
listen
from "$client" <<'END' || fail "many connections"
import select, socket, time
many = [socket.create_connection(('10.78.1.1', 7001), 2) for _ in range(300)]
closed = set()
end = time.monotonic() + 20
while time.monotonic() < end and not closed:
    many.append(socket.create_connection(('10.78.1.1', 7001), 2))
    closed.update(select.select(many, [], [], 0.2)[0])
assert closed and closed == set(many[:len(closed)]), [many.index(s) for s in closed]
for s in many:
    s.close()
END
open_ports 10.78.1.1:7001
ended TERM 0
has "$log" "NOT SEEN: nobody tried, or something is in the way"
has "$log" "  client -> server tcp/7100-7119  truth/span"

# --- what is served is left alone, and what is not allowed is told ----------------------------------

start ip netns exec "$server" python3 "$SOURCE_DIR/tools/stand-in.py" any/tcp@10.78.1.1:7001 'any/tcp@[fd78:1::1]:7001' \
	any/tcp@10.78.1.1:7105
served=$pid
wait_for 5 grep -q ready "$log" || die "no server: $(cat "$log")"
site one span
listen --format jsonl
python3 - "$log" <<'END' || fail "records: $(cat "$log")"
import json, sys
spans = {(r['at'], r['ports']): r for r in map(json.loads, open(sys.argv[1])) if r['record'] == 'stand-in'}
assert len(spans) == 4
assert spans['10.78.1.1', '7001']['served'] == '7001' and spans['10.78.1.1', '7001']['open'] == ''
assert spans['10.78.1.1', '7100-7119']['served'] == '7105'
assert spans['10.78.1.1', '7100-7119']['open'] == '7100-7104,7106-7119'
END
open_ports 10.78.1.1:7100-7104
ended INT 0
python3 - "$log" <<'END' || fail "records: $(cat "$log")"
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
seen = {r['requirements'][0]: r for r in records if r['record'] == 'seen'}
assert seen['truth/one']['seen'] == 'not-watched', seen
assert seen['truth/span']['seen'] == 'part' and seen['truth/span']['arrived'] == '7100-7104', seen
assert [r['port'] for r in records if r['record'] == 'arrival'] in ([p] for p in range(7100, 7105))
s = records[-1]
assert (s['record'], s['seen'], s['in_part'], s['not_watched'], s['exit']) == ('summary', 1, 1, 1, 0), s
END
stop "$served"

# As somebody without privileges: what is below 1024 is told with its remedy, the others are open.
as="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all"
chmod -R a+rX "$T"
site web one signalling
listen
has "$log" "2 open for 60 minutes, 0 already served, 3 not open."
has "$log" "  tcp/443 at 10.78.1.1 for client: not open: needs a privilege"
has "$log" "  tcp/7001 at 10.78.1.1 for client: open"
has "$log" "  sctp/2905 for client: not open: only TCP and UDP are stood in for"
has "$log" "net.ipv4.ip_unprivileged_port_start=0"
open_ports 10.78.1.1:7001
ended INT 3
has "$log" "1 of 3 required flows were seen arriving; 2 could not be seen."
site wide
# shellcheck disable=SC2086 # words on purpose
expect_rc 3 ip netns exec "$server" $as "$PORTOLAN" listen --redirect --catalog "$T/catalog" "$T/site.yaml"
has "$T/err" "nft does not make the rules"
# Where there are not enough descriptors, that is told.
site wide one
as="prlimit --nofile=500:500 $as"
listen
has "$log" "  tcp/7001 at 10.78.1.1 for client: open"
has "$log" "not open: one socket a port is too much here"
has "$log" "--redirect"
open_ports 10.78.1.1:7001
ended INT 3
as=

# --- wide ranges ------------------------------------------------------------------------------------

# One socket each, except where this host's own connections start.
site wide wide_datagram high
listen
has "$log" "  tcp/20000-20999 at 10.78.1.1 for client: open"
has "$log" "  tcp/32700-32800 at 10.78.1.1 for client: 32700-32767 open; 32768-32800 not open: one socket a port is too much here"
open_ports 10.78.1.1:20000-20999
ended INT 3

# Through one, with rules that are there as long as it is; an SSH server in the midst is left alone.
start ip netns exec "$server" python3 "$SOURCE_DIR/tools/stand-in.py" ssh/tcp@10.78.1.1:20007
served=$pid
wait_for 5 grep -q ready "$log" || die "no server: $(cat "$log")"
listen --redirect
has "$log" "  tcp/20000-20999 at 10.78.1.1 for client: 20000-20006,20008-20999 open, redirected to 20000; 20007 already served"
has "$log" "  tcp/32700-32800 at 10.78.1.1 for client: open, redirected to 32700"
tables >"$T/out"
has "$T/out" "table inet portolan-listen-"
ip netns exec "$server" ss -Hltun >"$T/sockets"
[ "$(wc -l <"$T/sockets")" = 7 ] || fail "not seven sockets: $(cat "$T/sockets")"
open_ports 10.78.1.1:20000-20999,32700-32800
open_ports '[fd78:1::1]:32700-32800'
from "$client" <<'END' || fail "through the redirect"
import socket
s = socket.create_connection(('10.78.1.1', 20007), 2)
assert s.recv(100).startswith(b'SSH-2.0-')
for family, at in ((socket.AF_INET, '10.78.1.1'), (socket.AF_INET6, 'fd78:1::1')):
    for port in (21000, 21500, 21999):
        u = socket.socket(family, socket.SOCK_DGRAM)
        u.settimeout(2)
        u.connect((at, port))
        u.send(b'who are you?')
        assert u.recv(100) == b'portolanyou?', port
END
# The stranger is not redirected: nobody listens there.
from "$stranger" <<'END' || fail "the stranger through the redirect"
import socket
try:
    socket.create_connection(('10.78.1.1', 20500), 2)
    assert False
except ConnectionRefusedError:
    pass
END
ended INT 0
has "$log" "3 of 3 required flows were seen arriving, 2 of them in part; 0 could not be seen."
has "$log" "at ports that the redirect does not tell apart"
tables >"$T/out"
[ -s "$T/out" ] && fail "a table stays after SIGINT: $(cat "$T/out")"
listen --redirect
open_ports 10.78.1.1:32700-32800
ended TERM 0
tables >"$T/out"
[ -s "$T/out" ] && fail "a table stays after SIGTERM: $(cat "$T/out")"
has "$log" "1 of 3 required flows were seen arriving; 0 could not be seen."
# The kernel sees to it where it cannot do so itself.
listen --redirect
tables >"$T/out"
has "$T/out" "table inet portolan-listen-"
kill -9 "$pid"
wait "$pid"
# shellcheck disable=SC2317 # called by wait_for
no_tables() { [ -z "$(tables)" ]; }
wait_for 5 no_tables || fail "a table stays after kill -9: $(tables)"
stop "$served"

# --- the command line -------------------------------------------------------------------------------

# shellcheck disable=SC2317 # called by expect_rc
try() { ip netns exec "$server" "$PORTOLAN" listen --catalog "$T/catalog" "$@" "$T/site.yaml"; }
expect_rc 2 try --for 0
expect_rc 2 try --for 1441
has "$T/err" "--for wants 1 to 1440 minutes"
expect_rc 2 try --format json
expect_rc 2 try --as nobody
expect_rc 0 try --as client
has "$T/out" "Standing in for client of truths: 0 open"
exit 0
