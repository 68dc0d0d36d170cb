# portolan ports in a namespace whose listeners are known: as root, as nobody, and beside a site.
. "$SOURCE_DIR/tests/lib.sh"
: "${T:?}"
need_namespaces
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"
chmod 755 "$T"

namespace server
ip -n "$ns" link add name eth0 type veth peer name eth1 || die "no veth"
ip -n "$ns" link set eth0 up
ip -n "$ns" link set eth1 up
ip -n "$ns" address add 10.79.1.1/24 dev eth0
ip -n "$ns" -6 address add fd79:1::1/64 dev eth0 nodad
ip netns exec "$ns" sysctl -qw net.ipv4.ip_local_port_range="32768 60999" \
	net.ipv4.ip_local_reserved_ports=40002 net.ipv4.ip_unprivileged_port_start=1024

# A name that would clear the screen, and forge a line.
cat >"$T/server.py" <<'END'
import ctypes, os, socket, sys, time
prctl = ctypes.CDLL(None).prctl
prctl(15, b"evil\x1b[2J\nudp", 0, 0, 0) # PR_SET_NAME
if sys.argv[2] == "nobody":
	os.setgroups([])
	os.setgid(65534)
	os.setuid(65534)
	prctl(4, 1, 0, 0, 0) # PR_SET_DUMPABLE: /proc tells of it as of a process that was never root
held = []
for line in open(sys.argv[1]):
	kind, address, port, *options = line.split()
	family = socket.AF_INET6 if ":" in address else socket.AF_INET
	s = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
	if "only" in options or "both" in options:
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, "only" in options)
	if "lo" in options:
		s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
	s.bind((address, int(port)))
	if kind == "tcp":
		s.listen()
	if "to" in options:
		s.connect(("127.0.0.1", 9))
	held.append(s)
print(os.getpid(), flush=True)
time.sleep(300)
END
# serve USER: a process of that user with the sockets on standard input; its id in $server.
serve() {
	cat >"$T/$1.in"
	start ip netns exec "$ns" python3 "$T/server.py" "$T/$1.in" "$1"
	wait_for 10 grep -q '^[0-9]' "$log" || die "it does not listen: $(cat "$log")"
	server=$(cat "$log")
}
serve root <<'END'
tcp 0.0.0.0 23
tcp :: 443 both
tcp :: 80 only
tcp 127.0.0.1 5432
tcp 10.79.1.1 40001
tcp 10.79.1.1 40002
tcp ::ffff:10.79.1.1 8443 both
tcp 0.0.0.0 1352 lo
tcp 10.79.1.1 8080
tcp 10.79.1.1 8080
udp 0.0.0.0 53
udp ::1 53
udp 0.0.0.0 50000
udp 127.0.0.1 7777 to
END
root=$server
serve nobody <<'END'
tcp 0.0.0.0 7001
tcp 0.0.0.0 7100
END
other=$server

# ports OPTION ...: in the namespace, as $as.
as=
ports() {
	# shellcheck disable=SC2086 # words on purpose
	ip netns exec "$ns" $as "$PORTOLAN" ports "$@" >"$T/out" 2>"$T/err"
	rc=$?
}
cat >"$T/ask.py" <<'END'
import json, sys
for line in open(sys.argv[1]):
	record = json.loads(line)
	names = dict.fromkeys(("port", "in_chart")) | record | {"record": record["record"]}
	if eval(sys.argv[2], names):
		print(eval(sys.argv[3], names))
END
# asked CONDITION VALUE WANT: of the records that it holds for, the value.
asked() {
	got=$(python3 "$T/ask.py" "$T/out" "$1" "$2")
	[ "$got" = "$3" ] || fail "$1: $2 is \"$got\", not \"$3\""
}

# --- as root ---------------------------------------------------------------------------------------

ports --format jsonl
[ $rc = 0 ] || fail "exit $rc: $(cat "$T/err")"
asked 'record == "listener"' 'f"{transport} {address} {port} {stack} {reach} {link} {sockets}"' \
	"tcp 0.0.0.0 23 ipv4 every None 1
udp 0.0.0.0 53 ipv4 every None 1
tcp :: 80 ipv6 every None 1
tcp :: 443 both every None 1
tcp 0.0.0.0 7001 ipv4 every None 1
tcp 0.0.0.0 7100 ipv4 every None 1
tcp 10.79.1.1 8080 ipv4 address None 2
tcp 10.79.1.1 8443 ipv4 address None 1
tcp 10.79.1.1 40001 ipv4 address None 1
tcp 10.79.1.1 40002 ipv4 address None 1
udp 0.0.0.0 50000 ipv4 every None 1
udp ::1 53 ipv6 loopback None 1
tcp 0.0.0.0 1352 ipv4 loopback lo 1
tcp 127.0.0.1 5432 ipv4 loopback None 1"
asked 'port == 23' 'f"{owner} {pid} {user}"' "told $root root"
asked 'port == 7001' 'f"{owner} {pid} {user}"' "told $other nobody"
asked 'port == 23' 'command.split()[-2:]' "['$T/root.in', 'root']"
asked 'port == 23' 'number["name"], number["instead"]' "('telnet', ['ssh'])"
asked 'port == 8443' 'number["known"]' "['https']"
asked 'record == "finding"' 'f"{code} {subject} {severity}"' "listener-ephemeral tcp/40001 low
listener-ephemeral udp/50000 info"
asked 'record == "ports"' 'f"{by} {all_processes}"' "sock_diag True"
for form in text csv json jsonl; do
	ports --format $form
	[ $rc = 0 ] || fail "$form: exit $rc"
	! grep -q "$(printf '\033')" "$T/out" || fail "$form: an escape of a process's name came through"
	[ $form = csv ] || ! grep -q '^udp' "$T/out" || fail "$form: a process's name forged a line"
done
ports --format csv
widths=$(python3 -c 'import csv, sys; print({len(row) for row in csv.reader(sys.stdin)})' <"$T/out")
[ "$widths" = "{17}" ] || fail "rows of csv have $widths fields"
ports --format json
python3 -m json.tool <"$T/out" >/dev/null || fail "not JSON"
ports --udp --format jsonl
asked 'record == "summary"' 'listeners' 3

# --- as nobody: what is not told is said to be so ------------------------------------------------------

as="setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/nonexistent XDG_STATE_HOME=/nonexistent"
# shellcheck disable=SC2086 # words on purpose
if $as test -x "$PORTOLAN"; then
	ports --format jsonl
	[ $rc = 0 ] || fail "exit $rc: $(cat "$T/err")"
	asked 'port == 23' 'f"{owner} {pid} {process} {user} {unit} {package}"' \
		"not-told None None root None None"
	asked 'port == 7001' 'f"{owner} {pid} {user}"' "told $other nobody"
	asked 'record == "ports"' 'all_processes' False
	ports
	has "$T/out" "not told (needs root)"
fi
as=

# --- what a program is from ----------------------------------------------------------------------------

# listen_with PERL PORT: on loopback.
listen_with() {
	# shellcheck disable=SC2016 # Perl's own variables
	start ip netns exec "$ns" "$1" -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 1) or die;
		$| = 1; print "listens"; sleep 300' "$2"
	wait_for 10 grep -q listens "$log" || die "perl does not listen: $(cat "$log")"
}
if dpkg-query -S /usr/bin/perl >"$T/package" 2>&1; then
	listen_with /usr/bin/perl 6001
	cp /usr/bin/perl "$T/perl"
	listen_with "$T/perl" 6002
	rm "$T/perl"
	ports --format jsonl
	asked 'port == 6001' 'f"{process} {program} {package} {replaced}"' \
		"perl /usr/bin/perl $(cut -d: -f1 "$T/package") False"
	asked 'port == 6002' 'f"{program} {package} {replaced}"' "$T/perl None True"
	ports
	has "$T/out" "its file was replaced since"
fi

# --- beside a site --------------------------------------------------------------------------------------

mkdir "$T/catalog"
cat >"$T/catalog/truth.yaml" <<'END'
portolan: 1
product: truth
title: made to be tested
documents: {made: {title: made up}}
roles: {client: {title: the client}, server: {title: the server}}
requirements:
  web: {from: client, to: server, needs: tcp/443, why: made up, doc: {in: made, row: made}}
  database: {from: client, to: server, needs: tcp/5432, why: made up, doc: {in: made, row: made}}
  span: {from: client, to: server, needs: tcp/7100-7102, why: made up, doc: {in: made, row: made}}
  either: {from: client, to: server, needs: tcp/9998 or tcp/8443, why: made up, doc: {in: made, row: made}}
  wish: {from: client, to: server, needs: tcp/9999, level: optional, why: made up, without: less,
    doc: {in: made, row: made}}
  mail: {from: client, to: server, needs: tcp/8080, service: smtp, why: made up, doc: {in: made, row: made}}
  itself: {from: server, to: server, needs: tcp/23, why: made up, doc: {in: made, row: made}}
END
# site ADDRESSES: of the server.
site() {
	cat >"$T/site.yaml" <<END
portolan: 1
site: truths
zones:
  here: {networks: [10.79.1.0/24, 192.0.2.0/24, "fd79:1::/64"]}
hosts:
  client: {addresses: [10.79.1.2]}
  server: {addresses: [$1]}
uses:
  - product: truth
    roles: {client: client, server: server}
END
}
site '10.79.1.1, "fd79:1::1"'
ports --catalog "$T/catalog" --format jsonl "$T/site.yaml"
[ $rc = 1 ] || fail "exit $rc: $(cat "$T/err")"
asked 'record == "missing"' 'f"{transport} {ports} {level} {loopback_only}"' "tcp 5432 required True
tcp 7101-7102 required False
tcp 9999 optional False"
asked 'port == 443' 'in_chart, [(w["requirement"], w["from"]) for w in wanted_by]' \
	"(True, [('truth/web', 'client')])"
asked 'in_chart' 'port' "23
443
7100
8080
8443"
asked 'record == "finding"' 'f"{severity} {code} {subject}"' "medium listener-wide tcp/23
medium listener-not-in-chart udp/53
medium listener-not-in-chart tcp/80
low listener-not-in-chart tcp/7001
low listener-number-of-another tcp/8080
low listener-not-in-chart tcp/40001
low listener-not-in-chart tcp/40002
low listener-ephemeral tcp/40001
info listener-ephemeral udp/50000"
asked 'record == "summary"' 'f"{missing_required} {exit}"' "2 1"
ports --catalog "$T/catalog" "$T/site.yaml"
has "$T/out" "Nobody listens yet:"
has "$T/out" "truth/web from client"
has "$T/out" "not in the chart"
ports --catalog "$T/catalog" --format csv "$T/site.yaml"
has "$T/out" "missing-required,tcp,7101-7102,"
widths=$(python3 -c 'import csv, sys; print({len(row) for row in csv.reader(sys.stdin)})' <"$T/out")
[ "$widths" = "{17}" ] || fail "rows of csv have $widths fields"
ports --catalog "$T/catalog" --udp "$T/site.yaml"
[ $rc = 0 ] || fail "--udp: exit $rc"

# Another host than this one; and one whose addresses are translated on the way.
site 192.0.2.1
ports --catalog "$T/catalog" "$T/site.yaml"
[ $rc = 2 ] || fail "a host that is not in the site: exit $rc"
has "$T/err" "say which one it is with --as HOST"
ports --catalog "$T/catalog" --as server --format jsonl "$T/site.yaml"
asked 'port == 443' 'in_chart' True
exit 0
