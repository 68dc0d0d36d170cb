# portolan check against truths made with nftables: a client, a firewall and servers, in namespaces of their
# own. Each truth is a feature of one product; a run asks for one of them, or a few.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"

# --- the network ------------------------------------------------------------------------------------

namespace client; client=$ns
namespace fw; fw=$ns
namespace servers; servers=$ns
wire() {
	ip -n "$1" link add name "$2" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}
wire "$client" eth0 "$fw" eth0
wire "$servers" eth0 "$fw" eth1
ip -n "$client" address add 192.0.2.10/24 dev eth0
ip -n "$client" -6 address add 2001:db8:a::10/64 dev eth0 nodad
ip -n "$fw" address add 192.0.2.1/24 dev eth0
ip -n "$fw" -6 address add 2001:db8:a::1/64 dev eth0 nodad
ip -n "$fw" address add 192.0.2.2/24 dev eth0 # a proxy's, which is down
ip -n "$fw" address add 203.0.113.1/24 dev eth1
ip -n "$fw" -6 address add 2001:db8:b::1/64 dev eth1 nodad
for host in 20 30 40; do
	ip -n "$servers" address add 203.0.113.$host/24 dev eth0
	ip -n "$servers" -6 address add 2001:db8:b::$host/64 dev eth0 nodad
done
ip -n "$client" route add default via 192.0.2.1
ip -n "$client" -6 route add 2001:db8:b::/64 via 2001:db8:a::1 # and no other IPv6
ip -n "$servers" route add default via 203.0.113.1
ip -n "$servers" -6 route add default via 2001:db8:b::1
# Who rations its ICMP errors (6, then one a second) would make a rejection look like a drop.
for ns in "$fw" "$servers"; do
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
done
ip netns exec "$fw" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
ip netns exec "$fw" nft -f - <<'END' || die "nft"
table inet truth {
	chain forward {
		type filter hook forward priority filter; policy accept;
		tcp dport { 1002, 1007, 1020, 1022 } drop
		tcp dport { 1003, 1008 } reject with icmpx admin-prohibited
		ip daddr 203.0.113.40 drop
		ip6 daddr { 2001:db8:b::30, 2001:db8:b::40 } drop
	}
}
END
# 20 has all that is open, over both families; 30 answers over IPv4 only; 40 is behind a closed wall.
listeners=
for port in 1001 1005 1010 1011 1021; do
	listeners="$listeners any/tcp@203.0.113.20:$port any/tcp@[2001:db8:b::20]:$port"
done
# shellcheck disable=SC2086 # words on purpose
start ip netns exec "$servers" python3 "$SOURCE_DIR/tools/stand-in.py" $listeners \
	any/tcp@203.0.113.30:1001 'any/tcp@[2001:db8:b::30]:1001'
wait_for 5 grep -q ready "$log" || die "no servers: $(cat "$log")"

# --- the documents ----------------------------------------------------------------------------------

mkdir "$T/catalog"
{
	cat <<'END'
portolan: 1
product: truth
title: made to be tested
documents: {made: {title: made up}}
roles:
  client: {title: the client}
  server: {title: the server}
  dual: {title: a server over two families}
  single: {title: one whose IPv6 address we have no route to}
  alone: {title: a server that nothing reaches}
  far: {title: a server outside the scope}
  named: {title: a server by name}
  sunk: {title: a server whose name leads back to the client}
requirements:
END
	# requirement FEATURE ROLE LINES
	requirement() {
		printf '  %s:\n    from: client\n    to: %s\n    when: %s\n    why: made up\n    doc: {in: made, row: made}\n' "$1" "$2" "$1"
		shift 2
		printf '    %s\n' "$@"
	}
	requirement open server 'needs: tcp/1001'
	requirement dropped server 'needs: tcp/1002'
	requirement rejected server 'needs: tcp/1003'
	requirement vacant server 'needs: tcp/1004'
	requirement fallback server 'needs: tcp/1002 else tcp/1001 degraded'
	requirement equal server 'needs: tcp/1002 else tcp/1001'
	requirement either server 'needs: tcp/1003 or tcp/1001'
	requirement neither server 'needs: tcp/1002 or tcp/1003'
	requirement both server 'needs: [tcp/1001, tcp/1003]'
	requirement span server 'needs: tcp/1010-1011'
	requirement gap server 'needs: tcp/1010-1012'
	requirement hollow server 'needs: tcp/1012-1013'
	requirement optional server 'needs: tcp/1003' 'level: optional' 'without: nothing is lost'
	requirement beside server 'needs: tcp/1001' 'also: tcp/1003'
	requirement families dual 'needs: tcp/1001'
	requirement unrouted single 'needs: tcp/1001'
	requirement outside far 'needs: tcp/1001'
	requirement nameless named 'needs: tcp/1001'
	requirement proxied server 'needs: tcp/1001' 'via: proxy'
	requirement looped sunk 'needs: tcp/1001'
	requirement datagram server 'needs: udp/1001'
	requirement never_open server 'forbid: tcp/1005'
	requirement never_vacant server 'forbid: tcp/1006'
	requirement never_dropped server 'forbid: tcp/1007'
	requirement never_rejected server 'forbid: tcp/1008'
	requirement never_alone alone 'forbid: tcp/1007'
	requirement never_but_one server 'forbid: tcp/1020-1022'
	requirement but_one server 'needs: tcp/1021'
	printf '  back:\n    from: server\n    to: client\n    when: back\n    needs: tcp/1001\n'
	printf '    why: made up\n    doc: {in: made, row: made}\n'
	echo features:
} >"$T/truth.yaml"
sed -n 's/^    when: \(.*\)/  \1: made up/p' "$T/truth.yaml" >"$T/features"
cat "$T/truth.yaml" "$T/features" >"$T/catalog/truth.yaml"

# site FEATURE ...: its scope has $scope_names, too
scope_names=
site() {
	cat >"$T/site.yaml" <<END
portolan: 1
site: truths
zones:
  here: {networks: [192.0.2.0/24, "2001:db8:a::/64"]}
  there: {networks: [203.0.113.0/24, "2001:db8:b::/64", "2001:db8:c::/64", 198.51.100.0/24]}
hosts:
  client: {addresses: [192.0.2.10, "2001:db8:a::10"]}
  server: {addresses: [203.0.113.20]}
  dual: {addresses: [203.0.113.30, "2001:db8:b::30"]}
  single: {addresses: [203.0.113.20, "2001:db8:c::20"]}
  alone: {addresses: [203.0.113.40]}
  far: {addresses: [198.51.100.40]}
  named: {name: server.example.com, zone: there}
  sunk: {name: loop.test, zone: there}
devices:
  wall:
    owner: the wall's owner
    interfaces:
      here: {zone: here, addresses: [192.0.2.1, "2001:db8:a::1"]}
      there: {zone: there, addresses: [203.0.113.1, "2001:db8:b::1"]}
    filter: stateful
  gate:
    owner: proxy team
    interfaces: {in: {zone: here, addresses: [192.0.2.2]}}
    http_proxy: {listen: 9}
uses:
  - product: truth
    roles: {client: client, server: server, dual: dual, single: single, alone: alone, far: far, named: named, sunk: sunk}
    features: [$(echo "$*" | sed 's/ /, /g')]
scope: [192.0.2.0/24, 203.0.113.0/24, "2001:db8:a::/64", "2001:db8:b::/64", "2001:db8:c::/64"$scope_names]
END
}
# shellcheck disable=SC2317 # called by expect_rc
check() { ip netns exec "$client" "$PORTOLAN" check --catalog "$T/catalog" --timeout 300 "$@" "$T/site.yaml"; }

# --- the truths -------------------------------------------------------------------------------------

# verdict REQUIREMENT FIELD: of its record in $T/out; "turn" as who:device:owner, "outcome" as state:cause:device.
verdict() {
	python3 - "$T/out" "$1" "$2" <<'END'
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
v = next(r for r in records if r['record'] == 'verdict' and r['requirement'] == 'truth/' + sys.argv[2])
outcome = {r['id']: r for r in records if r['record'] == 'outcome'}
if sys.argv[3] == 'turn':
    print(':'.join(str(v['turn'][k]) for k in ('who', 'device', 'owner')) if v['turn'] else '-')
elif sys.argv[3] == 'outcome':
    print(':'.join(str(outcome[v['decisive']][k]) for k in ('state', 'cause', 'device')) if v['decisive'] else '-')
else:
    print(v[sys.argv[3]])
END
}

# truth "FEATURE ..." "OPTIONS" EXIT VERDICT OUTCOME TURN [WORDS ...]: of the first feature; the words are in the text.
truth() {
	features=$1 options=$2 exit=$3
	name=${1%% *} truth="$4 $5 $6"
	shift 6
	# shellcheck disable=SC2086 # words on purpose
	site $features
	# shellcheck disable=SC2086
	expect_rc "$exit" check --format jsonl $options
	got="$(verdict "$name" verdict) $(verdict "$name" outcome) $(verdict "$name" turn)"
	[ "$got" = "$truth" ] || fail "$features $options: $got, not $truth"
	# shellcheck disable=SC2086
	expect_rc "$exit" check --all $options
	for words; do
		has "$T/out" "$words"
	done
}

wall="network:wall:the wall's owner"
truth open '' 0 pass open:target:None - "From client of truths: 1 holds."
truth dropped '' 1 fail dropped:unproven:None "$wall" "1 fails." "it comes to 192.0.2.1 (hop 1)"
truth dropped --network 1 fail dropped:unproven:None "$wall"
truth rejected '' 1 fail rejected:hop:wall "$wall" "192.0.2.1 answered: administratively prohibited (icmp 3/13)" \
	"next move: the wall's owner (wall)"
truth rejected --network 1 fail rejected:hop:wall "$wall"
truth vacant '' 1 fail closed:target:None server:None:None "only nobody listens yet" "next move: the server's administrator"
truth vacant --network 0 pass closed:target:None - "1 holds." "only nobody listens yet"
truth vacant --strict 1 fail closed:target:None server:None:None
truth fallback '' 0 degraded open:target:None - "1 holds by a fallback" "client -> server tcp/1001"
truth equal '' 0 pass open:target:None - "what comes first does not pass" "client -> server tcp/1001"
truth either '' 0 pass open:target:None -
truth neither '' 1 fail dropped:unproven:None "$wall"
truth both '' 1 fail rejected:hop:wall "$wall" "client -> server tcp/1003"
truth span '' 0 pass open:target:None -
truth gap '' 0 pass open:target:None -
truth gap --network 0 pass open:target:None -
truth hollow '' 1 fail closed:target:None server:None:None "nobody listens on any port of the range"
truth hollow --network 0 pass closed:target:None - "nobody listens on any port of the range"
truth optional '' 0 fail rejected:hop:wall "$wall" "1 optional or recommended does not hold" "optional; without it: nothing is lost"
truth beside '' 0 pass open:target:None - "fails, and decides nothing" "203.0.113.20:1003 rejected"
truth families '' 0 degraded dropped:unproven:None "$wall" "IPv6 gets no answer" "about 250 ms" "[2001:db8:b::30]:1001"
truth unrouted '' 0 pass open:target:None - "over IPv4 alone: this host has no route to its IPv6 address"
truth outside '' 3 not-tested - - "not tested: its address is outside the site's scope"
truth nameless '' 3 not-tested - - "not tested: its name is not in the site's scope"
truth proxied '' 1 fail closed:target:gate "network:gate:proxy team" "client -> gate tcp/9, for server" \
	"next move: proxy team (gate)"
truth datagram '' 1 fail closed:target:None server:None:None "nobody listens"
truth "datagram dropped" '' 1 fail closed:target:None server:None:None "2 fail"
truth "never_open open" '' 1 forbidden-open open:target:None "$wall" "1 is forbidden, yet open" "it is open"
truth "never_vacant open" '' 1 forbidden-open closed:target:None "$wall" "only nobody listens yet"
truth "never_dropped open" '' 0 pass dropped:unproven:None - "2 hold"
truth never_dropped '' 1 forbidden-open dropped:unproven:None - "it cannot be shown closed: nothing else gets through"
truth never_rejected '' 0 pass rejected:hop:wall -
truth "never_alone open" '' 1 forbidden-open dropped:unproven:None - "it cannot be shown closed"
truth "never_but_one but_one" '' 0 pass dropped:unproven:None - "2 hold"
truth "back open" '' 0 elsewhere - - "1 holds; 1 starts elsewhere"
truth "back" '' 0 elsewhere - - "nothing that is required starts here; 1 starts elsewhere"

# A name that leads back to this host: what listens here is not what is meant. A probe of that name is
# of what it gives.
printf '127.0.0.1 localhost loop.test\n::1 loop.test\n' >"$T/hosts"
# shellcheck disable=SC2016,SC2317 # the inner shell's words; called by expect_rc
sunk() { ip netns exec "$client" sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$T/hosts" "$PORTOLAN" "$@"; }
start ip netns exec "$client" python3 "$SOURCE_DIR/tools/stand-in.py" any/tcp@127.0.0.1:1001 'any/tcp@[::1]:1001'
wait_for 5 grep -q ready "$log" || die "no local server: $(cat "$log")"
scope_names=', loop.test'
site looped
scope_names=
expect_rc 1 sunk check --catalog "$T/catalog" --no-history --format jsonl "$T/site.yaml"
[ "$(verdict looped outcome)" = unreachable:dns:None ] || fail "a loopback name: $(verdict looped outcome)"
[ "$(verdict looped turn)" = name-service:None:None ] || fail "a loopback name: $(verdict looped turn)"
[ "$(grep -c '"how":"dns: loopback"' "$T/out")" = 2 ] || fail "a loopback name: not both addresses"
expect_rc 1 sunk check --catalog "$T/catalog" --no-history "$T/site.yaml"
has "$T/out" "the resolver gives this host's own loopback address for it"
expect_rc 0 sunk probe loop.test:1001
has "$T/out" "all 2 ports are open."

# Nothing went outside the scope, nor out to be resolved: the counters tell of packets there.
ip netns exec "$fw" nft -f - <<'END' || die "nft"
table inet count {
	chain forward {
		type filter hook forward priority -300;
		ip daddr 198.51.100.0/24 counter comment "outside"
	}
}
END
site outside nameless open
expect_rc 3 check
ip netns exec "$fw" nft list table inet count >"$T/counter"
has "$T/counter" "counter packets 0 bytes 0"

# --- who is asked -----------------------------------------------------------------------------------

site open back
expect_rc 2 check --as nobody
has "$T/err" 'the site has no host "nobody"'
expect_rc 0 check --as client
namespace stranger
expect_rc 2 ip netns exec "$ns" "$PORTOLAN" check --catalog "$T/catalog" "$T/site.yaml"
has "$T/err" "say which one it is with --as HOST"
expect_rc 3 ip netns exec "$ns" "$PORTOLAN" check --catalog "$SOURCE_DIR/catalog" stanford-from-outside imap=203.0.113.20
has "$T/err" "no address but the loopback's"
# A machine that is several hosts of the site must be told which one it is.
expect_rc 2 ip netns exec "$servers" "$PORTOLAN" check --catalog "$T/catalog" "$T/site.yaml"
has "$T/err" 'this host has addresses of "server" and of "'
# From the server's side the flow back is the one that counts.
expect_rc 1 ip netns exec "$servers" "$PORTOLAN" check --as server --catalog "$T/catalog" "$T/site.yaml"
has "$T/out" "From server of truths: 1 fails; 1 starts elsewhere (1 comes in here, which needs a far side)."
expect_rc 2 check --timeout 0
expect_rc 2 check --format xml

# --- a part of it -------------------------------------------------------------------------------------

site open rejected dropped
expect_rc 1 check
has "$T/out" "2 fail, 1 holds"
expect_rc 1 check --failing --no-history
has "$T/out" "2 fail."
expect_rc 1 check --failing --only rejected --no-history
has "$T/out" "1 fails."
expect_rc 0 check --failing --only open --no-history
has "$T/out" "nothing of this failed when it was last tested"
# A run that looked at a part says nothing of the rest.
expect_rc 0 check --only open
expect_rc 1 check --failing
has "$T/out" "2 fail."

# --- json, and a run that is interrupted --------------------------------------------------------------

site open rejected beside
expect_rc 1 check --format json
python3 - "$T/out" <<'END' || fail "json"
import json, sys
run = json.load(open(sys.argv[1]))
kinds = [r['record'] for r in run['records']]
assert kinds == ['outcome'] * 2 + ['verdict'] * 3 + ['summary'], kinds
assert run['vantage'] == 'client' and run['site'] == 'truths'
assert run['records'][0]['requirements'] == ['truth/open', 'truth/beside'], run['records'][0]
assert run['records'][-1]['exit'] == 1
END

# interrupted SIGNAL: the run's output in $T/out, its status in $rc. What is known by then is printed; the rest
# was not tested.
interrupted() {
	run ip netns exec "$client" python3 - "$1" "$PORTOLAN" check --catalog "$T/catalog" --timeout 20000 --all \
		"$T/site.yaml" <<'END'
import signal, subprocess, sys, time
with subprocess.Popen(sys.argv[2:]) as check:
    time.sleep(1)
    check.send_signal(getattr(signal, sys.argv[1]))
    sys.exit(check.wait(timeout=5))
END
}
site dropped open
for signal in SIGINT SIGTERM; do
	interrupted $signal
	[ "$rc" = 3 ] || fail "exit $rc after $signal, not 3"
	has "$T/out" "1 was not tested, 1 holds."
	has "$T/out" "interrupted before it was known"
	has_not "$T/out" "next move"
done
site dropped open rejected
interrupted SIGINT
[ "$rc" = 1 ] || fail "exit $rc with a known failure, not 1"
exit 0
