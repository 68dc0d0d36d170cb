# What goes wrong around `portolan check`: the descriptors, the ports and the memory of this host, its resolver, its
# interface, its disk, the user's patience. What could not be tried is told as that, with its cause; everything
# else in the same run stays right, and what was known is on the disk.
# shellcheck disable=SC2016,SC2317 # words of inner shells; functions called by expect_rc and wait_for
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
namespace client; client=$ns
namespace server; server=$ns
ip -n "$client" link add name eth0 type veth peer name eth0 netns "$server" || die "no veth pair"
ip -n "$client" address add 192.0.2.10/24 dev eth0
ip -n "$server" address add 192.0.2.1/24 dev eth0
ip -n "$client" link set eth0 up
ip -n "$server" link set eth0 up
ip netns exec "$server" nft -f - <<'NFT' || die "no rules in the server"
table inet filter {
	chain input {
		type filter hook input priority 0;
		tcp dport { 7020-7039, 53 } drop
		udp dport 53 drop
	}
}
NFT
start ip netns exec "$server" python3 "$SOURCE_DIR/tools/stand-in.py" any/tcp@192.0.2.1:7001
wait_for 5 grep -q ready "$log" || die "no server: $(cat "$log")"

# --- the documents ----------------------------------------------------------------------------------

mkdir "$T/catalog"
cat >"$T/catalog/faults.yaml" <<'YAML'
portolan: 1
product: faults
title: made to be tested
documents: {made: {title: made up}}
roles:
  client: {title: the client}
  server: {title: the server}
  named: {title: a server by name, optional: true}
features:
  many: many ports, all closed
requirements:
  open:    {from: client, to: server, needs: tcp/7001, why: made up, doc: {in: made, row: made}}
  vacant:  {from: client, to: server, needs: tcp/7002, why: made up, doc: {in: made, row: made}}
  dropped: {from: client, to: server, needs: tcp/7020-7039, why: made up, doc: {in: made, row: made}}
  many:    {from: client, to: server, needs: tcp/6000-6299, when: many, why: made up, doc: {in: made, row: made}}
  name:    {from: client, to: named, needs: tcp/7001, why: made up, doc: {in: made, row: made}}
YAML
site() {
	cat <<YAML
portolan: 1
site: faults
zones: {net: {networks: [192.0.2.0/24]}}
hosts:
  client: {addresses: [192.0.2.10]}
  server: {addresses: [192.0.2.1]}
  named: {name: server.example.com, zone: net}
uses:
  - product: faults
    roles: {client: client, server: server$1}
YAML
}
site '' >"$T/site.yaml"
site ', named: named' >"$T/named.yaml"
{ site '' && echo '    features: [many]'; } >"$T/many.yaml"

in_client() { ip netns exec "$client" "$@"; }
check() { in_client "$PORTOLAN" check --catalog "$T/catalog" --timeout 300 --format jsonl "$@"; }
# outcomes [FILE]: state and cause by requirement, and how often.
outcomes() {
	python3 - "${1:-$T/out}" <<'PYTHON'
import collections, json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
# What is kept a second time is what was found out later.
last = {r['id']: r for r in rows if r['record'] == 'outcome'}
seen = collections.Counter((r['requirements'][0].split('/')[1], r['state'], r['cause']) for r in last.values())
print(', '.join(f'{n} {" ".join(what)}' for what, n in sorted(seen.items())))
PYTHON
}
truth='20 dropped dropped unproven, 1 open open target, 1 vacant closed target'
many="20 dropped dropped unproven, 300 many closed target, 1 open open target, 1 vacant closed target"
# is WHAT WANTED [FILE]
is() { [ "$(outcomes "${3-}")" = "$2" ] || fail "$1: $(outcomes "${3-}")"; }
# quiet WHAT: nothing was complained of.
quiet() { [ ! -s "$T/err" ] || fail "$1: $(cat "$T/err")"; }
# once WORDS: it is said so on standard error, and once.
once() { [ "$(grep -c -e "$1" "$T/err")" = 1 ] || fail "not once: $1: $(cat "$T/err")"; }
runs=$XDG_STATE_HOME/portolan/runs/faults
last_run() { find "$runs" -name '*.jsonl' | sort | tail -n 1; }

expect_rc 1 check "$T/site.yaml"
is "nothing is amiss" "$truth"
quiet "nothing is amiss"

# --- resources --------------------------------------------------------------------------------------

few() { in_client sh -c 'ulimit -n "$1"; shift; exec "$@"' sh "$n" "$PORTOLAN" check --catalog "$T/catalog" --timeout 300 --format jsonl "$T/many.yaml"; }
for n in 16 24 64; do
	expect_rc 1 few
	is "$n descriptors" "$many"
	quiet "$n descriptors"
done
in_client sysctl -qw net.ipv4.ip_local_port_range="40000 40010"
expect_rc 1 check "$T/many.yaml"
is "11 source ports" "$many"
quiet "11 source ports"
# Of a host that has none left, somebody else has them all.
start ip netns exec "$client" python3 -c 'if True:
	import socket, time
	held = []
	for port in range(40000, 40011):
		s = socket.socket()
		s.bind(("192.0.2.10", port))
		held.append(s)
	print("ready", flush=True)
	time.sleep(60)'
wait_for 5 grep -q ready "$log" || die "the ports are not taken"
expect_rc 3 check "$T/site.yaml"
is "no source port" "20 dropped not-attempted local-resource, 1 open not-attempted local-resource, 1 vacant not-attempted local-resource"
has "$T/out" "no source port left: widen net.ipv4.ip_local_port_range"
stop "$pid"
in_client sysctl -qw net.ipv4.ip_local_port_range="32768 60999"

# With little memory it ends, and says why. (Sanitizers want more than that to begin with.)
limited() { in_client sh -c 'ulimit -v "$1"; shift; exec "$@"' sh "$n" "$PORTOLAN" "$@"; }
n=80000 ends=
limited --version >/dev/null 2>&1 && ends=tried
for n in ${ends:+4000 4600 5200 6000 7600 12000 20000 30000 40000 80000}; do
	run limited check --catalog "$T/catalog" --timeout 300 "$T/many.yaml"
	case $rc in
	1) ends="$ends whole" ;;
	3) ends="$ends told" && has "$T/err" "memory" ;;
	127) ;; # the system had none to start it
	*) fail "$n KiB of memory: exit $rc: $(cat "$T/err")" ;;
	esac
done
case $ends in
'' | *told*whole*) ;;
*) fail "with ever more memory: $ends" ;;
esac

# --- the resolver -----------------------------------------------------------------------------------

# ip netns exec has a mount namespace of its own: the files of this machine stay as they are.
# shellcheck disable=SC2016  # the inner shell's words
resolving() {
	in_client sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$T/resolv.conf" "$PORTOLAN" check \
		--catalog "$T/catalog" --timeout 300 --format jsonl "$@"
}
# unresolved WHAT STATE WORDS STATUS: of the name that is; all else is as it was. STATUS where only the name and
# the open port are asked for.
unresolved() {
	expect_rc 1 resolving "$T/named.yaml"
	is "$1" "20 dropped dropped unproven, 1 name $2 dns, 1 open open target, 1 vacant closed target"
	has "$T/out" "$3"
	quiet "$1"
	expect_rc "$4" resolving --only faults/name --only faults/open "$T/named.yaml"
}
printf 'nameserver 192.0.2.1\noptions timeout:1 attempts:1\n' >"$T/resolv.conf"
unresolved "a resolver that is dropped" not-attempted "dns: timeout" 3
has "$T/out" "resolver"
echo 'nameserver 192.0.2.10' >"$T/resolv.conf"
unresolved "nobody listens at the resolver" not-attempted "dns: no server" 3
start ip netns exec "$client" python3 -c 'if True:
	import socket
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("192.0.2.10", 53))
	print("ready", flush=True)
	while True:
		q, peer = s.recvfrom(512)
		s.sendto(q[:2] + b"\x81\x82" + q[4:6] + bytes(6) + q[12:], peer)'
wait_for 5 grep -q ready "$log" || die "no resolver: $(cat "$log")"
unresolved "a resolver that fails" unreachable "dns: servfail" 1
stop "$pid"

# --- half way ---------------------------------------------------------------------------------------

# slow OUTCOMES WORD ...: a check that takes three seconds, in the background, so many outcomes of which are on the
# disk. A job in the background ignores SIGINT: env lets it in again.
slow() {
	wanted=$1
	shift
	before=$(last_run)
	start env --default-signal=INT ip netns exec "$client" "$PORTOLAN" check --catalog "$T/catalog" \
		--timeout 3000 --format jsonl "$@"
	wait_for 5 has_outcomes || die "not kept: $(cat "$(last_run)")"
}
has_outcomes() { [ "$(last_run)" != "$before" ] && [ "$(grep -c '"record":"outcome"' "$(last_run)")" -ge "$wanted" ]; }
# ended STATUS
ended() {
	wait "$pid" 2>/dev/null
	rc=$?
	[ $rc = "$1" ] || { fail "exit $rc, not $1: $(tail -n 2 "$log")"; }
	[ -z "$(ip netns pids "$client")" ] || fail "left over: $(ip netns pids "$client")"
	in_client ss -Hta >"$T/sockets"
	[ ! -s "$T/sockets" ] || fail "sockets are left: $(cat "$T/sockets")"
}

for signal in INT TERM; do
	slow 2 "$T/site.yaml"
	kill -$signal "$pid"
	ended 1 # a requirement has failed
	is "after $signal" "20 dropped not-attempted local-resource, 1 open open target, 1 vacant closed target" "$log"
	has "$log" '"how":"interrupted"'
	slow 1 --only faults/open --only faults/dropped "$T/site.yaml"
	kill -$signal "$pid"
	ended 3 # none has, and one was not tested
done

# The kept file of one that is killed: whole lines, with what was known.
slow 2 "$T/site.yaml"
kill -KILL "$pid"
ended 137
is "what is left of a run that was killed" "1 open open target, 1 vacant closed target" "$(last_run)"
grep -q '"record":"summary"' "$(last_run)" && fail "it was killed too late"
killed=$(last_run) killed_id=$(basename "$killed" .jsonl)
printf '{"record":"outc' >>"$killed" # as a full disk leaves it
expect_rc 0 portolan diff --site faults last last
expect_rc 1 check "$T/site.yaml"
is "after one that was killed" "$truth"
quiet "after one that was killed"
has_not "$T/out" '"changed":"new"' # the last whole run is the one before
expect_rc 2 portolan diff --site faults "$killed_id" last
has "$T/err" "was cut off before its verdicts"

# The interface goes, or its address, with a third of it done: what came later was not tested, and is told so.
for gone in "link set eth0 down" "address del 192.0.2.10/24 dev eth0"; do
	slow 100 --rate 100 --only faults/many "$T/many.yaml"
	# shellcheck disable=SC2086 # words
	ip -n "$client" $gone
	ended 3 # of a range, a part does not decide
	outcomes "$log" >"$T/said"
	grep -Eqx '[0-9]+ many closed target, [0-9]+ many not-attempted local-resource' "$T/said" ||
		fail "$gone: $(cat "$T/said")"
	has "$log" "went away meanwhile"
	ip -n "$client" link set eth0 up
	ip -n "$client" address replace 192.0.2.10/24 dev eth0
done

# --- the disk, and the reader -----------------------------------------------------------------------

# A state folder that is full, that nobody may write to, that is no folder; and none. Told once, and the check goes
# on. A whole run is never made of half a line.
[ -n "$(command -v unshare)" ] || die "no unshare(1)"
full() {
	in_client unshare --mount sh -c 'mount -t tmpfs -o size=8k tmpfs "$0" && "$@"; rc=$?; cp -r "$0/portolan" "$0.was"; exit $rc' \
		"$T/full" env XDG_STATE_HOME="$T/full" "$PORTOLAN" check --catalog "$T/catalog" --timeout 300 --format jsonl "$T/many.yaml"
}
mkdir "$T/full"
expect_rc 1 full
is "a full disk" "$many"
once "no more of this run is kept"
find "$T/full.was" -name '*.jsonl' -exec cat {} + >"$T/kept"
[ -z "$(tail -c 1 "$T/kept")" ] || fail "half a line is kept"
: >"$T/file"
for state in "$T/file" /proc/portolan /dev/full; do
	expect_rc 1 in_client env XDG_STATE_HOME="$state" "$PORTOLAN" check --catalog "$T/catalog" --timeout 300 \
		--format jsonl "$T/site.yaml"
	is "state in $state" "$truth"
	once "this run is not kept"
done
expect_rc 1 in_client env -u XDG_STATE_HOME -u HOME "$PORTOLAN" check --catalog "$T/catalog" --timeout 300 \
	--format jsonl "$T/site.yaml"
is "no state folder" "$truth"
once "set HOME or XDG_STATE_HOME"
if command -v setpriv >/dev/null && setpriv --reuid 65534 --clear-groups test -x "$PORTOLAN" -a -r "$T/site.yaml"; then
	expect_rc 1 in_client setpriv --reuid 65534 --clear-groups "$PORTOLAN" check --catalog "$T/catalog" \
		--timeout 300 --format jsonl "$T/site.yaml"
	is "a state folder that is not ours" "$truth"
	once "this run is not kept"
fi

# Nobody reads: that the report is lost weighs more than what it says. The run is kept all the same.
full_output() { check "$T/site.yaml" >/dev/full; }
closed_output() { check "$T/site.yaml" >&-; }
for way in full closed; do
	before=$(last_run)
	${way}_output 2>"$T/err"
	[ $? = 3 ] || fail "output $way: another exit"
	[ -s "$T/err" ] || fail "output $way: nothing is said"
	[ "$(last_run)" != "$before" ] || fail "output $way: the run is not kept"
	is "output $way" "$truth" "$(last_run)"
	grep -q '"record":"summary"' "$(last_run)" || fail "output $way: kept without its end"
done

# --- several at once --------------------------------------------------------------------------------

pids=
for n in 1 2 3 4 5; do
	check "$T/many.yaml" >"$T/beside.$n" 2>"$T/beside.$n.err" &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid"
	[ $? = 1 ] || fail "one of several ended otherwise"
done
for n in 1 2 3 4 5; do
	is "one of several" "$many" "$T/beside.$n"
	[ ! -s "$T/beside.$n.err" ] || fail "one of several complains: $(cat "$T/beside.$n.err")"
done
[ "$(in_client ss -Htan state time-wait | wc -l)" = 0 ] || fail "in TIME_WAIT: $(in_client ss -Htan state time-wait)"
exit 0
