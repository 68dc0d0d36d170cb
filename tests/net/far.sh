# Both sides of a check: what is dropped, forged or lost, and where, over two routers, as root and without any
# privilege, IPv4 and IPv6. A port is a truth: see the table at the end of this file.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"

# --- the network --------------------------------------------------------------------------------------

for name in client r1 r2 server; do
	namespace $name
	eval "$name=\$ns"
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
		echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
		echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
done
# wire NS NS NET: from .1 to .2
wire() {
	ip -n "$1" link add name "to$3" type veth peer name "to$3" netns "$2" || die "no veth"
	for end in 1 2; do
		at=$1
		[ $end = 2 ] && at=$2
		ip -n "$at" link set "to$3" up
		ip -n "$at" address add "10.83.$3.$end/24" dev "to$3"
		ip -n "$at" -6 address add "fd83:$3::$end/64" dev "to$3" nodad
	done
}
wire "$client" "$r1" 1
wire "$r1" "$r2" 2
wire "$r2" "$server" 3
# route NS VIA
route() {
	ip -n "$1" route add default via "10.83.${2%.*}.${2#*.}"
	ip -n "$1" -6 route add default via "fd83:${2%.*}::${2#*.}"
}
route "$client" 1.2
route "$server" 3.1
route "$r1" 2.2
route "$r2" 2.1
ip -n "$r1" route add 10.83.1.0/24 dev to1 2>/dev/null
ip -n "$r2" route add 10.83.3.0/24 dev to3 2>/dev/null

rules() { ip netns exec "$1" nft -f - || die "no rules in $1"; }
rules "$client" <<'END'
table inet own {
	chain output {
		type filter hook output priority 0;
		tcp dport 7011 drop
	}
	chain input {
		type filter hook input priority 0;
		tcp dport 7203 drop
	}
}
END
rules "$r1" <<'END'
table inet way {
	chain forward {
		type filter hook forward priority 0;
		tcp dport 7001 drop
		tcp sport { 7004, 7015 } drop
		tcp dport 7005 reject with tcp reset
		tcp dport 7012 reject with icmpx admin-prohibited
		udp sport { 7103, 7107 } drop
		tcp dport 7202 drop
		tcp dport 7205 reject with tcp reset
	}
}
END
# What shakes hands in the server's name, with nothing behind it.
rules "$r2" <<'END'
table inet way {
	chain prerouting {
		type nat hook prerouting priority -100;
		tcp dport 7007 redirect
	}
	chain forward {
		type filter hook forward priority 0;
		tcp dport 7002 drop
		tcp dport 7006 reject with tcp reset
		udp dport 7102 drop
		tcp sport 7204 drop
	}
}
END
rules "$server" <<'END'
table inet own {
	chain prerouting {
		type nat hook prerouting priority -100;
		tcp dport 7016 redirect to :7009
	}
	chain input {
		type filter hook input priority 0;
		tcp dport { 7003, 7008 } drop
		tcp dport 7013 reject with tcp reset
		udp dport 7104 drop
		icmp type echo-request drop
		icmpv6 type echo-request drop
	}
	chain output {
		type filter hook output priority 0;
		tcp sport 7014 drop
	}
}
END

# --- services -----------------------------------------------------------------------------------------

cat >"$T/services.py" <<'END'
import selectors
import socket
import sys

waiting = selectors.DefaultSelector()
for word in sys.argv[1:]:
    kind, port = word.split('/')
    s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM if kind == 'tcp' else socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind(('::', int(port)))
    if kind == 'tcp':
        s.listen(64)
    waiting.register(s, selectors.EVENT_READ, kind)
kept = []
print('ready', flush=True)
while True:
    for key, _ in waiting.select():
        if key.data == 'tcp':
            kept.append(key.fileobj.accept()[0])
            continue
        data, peer = key.fileobj.recvfrom(2000)
        if key.data == 'udp':
            key.fileobj.sendto(b'yes ' + data, peer)
END
start ip netns exec "$server" python3 "$T/services.py" tcp/7008 tcp/7009 tcp/7015 silent/7101 udp/7106 udp/7107
wait_for 10 grep -q ready "$log" || die "no services: $(cat "$log")"
start ip netns exec "$r2" python3 "$T/services.py" tcp/7007
wait_for 10 grep -q ready "$log" || die "no middlebox: $(cat "$log")"

start ip netns exec "$client" python3 "$T/services.py" tcp/7207
wait_for 10 grep -q ready "$log" || die "no service at the client: $(cat "$log")"

# --- keys ---------------------------------------------------------------------------------------------

chmod 755 "$T"
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --ambient-caps=-all --no-new-privs"
# at SIDE USER COMMAND ...: there, as that user, with the keys of that side
at() {
	side=$1 user=$2
	shift 2
	prefix=
	[ "$user" = nobody ] && prefix=$nobody
	eval "space=\$$side"
	# shellcheck disable=SC2086 # words on purpose
	env XDG_STATE_HOME="$T/state-$side-$user" ip netns exec "$space" $prefix "$@"
}
for user in root nobody; do
	for side in client server; do
		mkdir "$T/state-$side-$user"
		[ "$user" = nobody ] && chown 65534:65534 "$T/state-$side-$user"
		at "$side" "$user" "$PORTOLAN" keys >"$T/key-$side-$user" || die "no key of $user at $side"
		[ "$(at "$side" "$user" "$PORTOLAN" keys)" = "$(cat "$T/key-$side-$user")" ] || fail "another key the second time"
		[ "$(stat -c %a "$T/state-$side-$user/portolan/key")" = 600 ] || fail "others may read the key"
	done
done

# listen USER OPTIONS: the far side; its id in $pid, its output in $log
listen() {
	user=$1
	shift
	prefix=
	[ "$user" = nobody ] && prefix=$nobody
	# shellcheck disable=SC2086 # words on purpose
	start env --default-signal=INT XDG_STATE_HOME="$T/state-server-$user" ip netns exec "$server" $prefix \
		"$PORTOLAN" listen "$@"
	wait_for 10 grep -q 'Told what is tried' "$log" || die "nobody is told: $(cat "$log")"
}

# --- the table ----------------------------------------------------------------------------------------

# truth | as root | without privileges: state, cause, candidates. Without, that its own filter dropped something is
# seen as a number alone, so the filter cannot be told from the way; nor where something else came to nothing
# meanwhile, as a packet to a group may: "or" has what is said then.
cat >"$T/table" <<'END'
tcp/7001 | dropped hop hop:r1,hop:r2             | dropped hop hop:r1,hop:r2
tcp/7002 | dropped hop hop:r2                    | dropped hop hop:r2 or dropped unproven hop:r2,target-firewall
tcp/7003 | dropped target-firewall               | dropped unproven hop:r2,target-firewall
tcp/7004 | dropped return-path                   | dropped return-path or dropped unproven return-path,target-firewall
tcp/7005 | closed hop                            | closed hop or closed unproven hop:?,target-firewall
tcp/7006 | closed hop                            | closed hop or closed unproven hop:?,target-firewall
tcp/7007 | open middlebox                        | open middlebox or open unproven middlebox,target
tcp/7008 | dropped target-firewall               | dropped unproven hop:r2,target-firewall
tcp/7009 | open target                           | open target
tcp/7010 | closed target                         | closed target
tcp/7011 | dropped local-firewall                | dropped local-firewall
tcp/7012 | rejected hop                          | rejected hop
tcp/7013 | closed target-firewall                | closed unproven hop:?,target-firewall
tcp/7014 | dropped target-firewall               | dropped unproven return-path,target-firewall
tcp/7015 | dropped return-path                   | dropped return-path or dropped unproven return-path,target-firewall
tcp/7016 | open target                           | open target or open unproven middlebox,target
udp/7101 | silent target or silent unproven target,target-firewall | silent unproven *
udp/7102 | dropped hop hop:r2                    | dropped hop hop:r2 or dropped unproven hop:r2,target-firewall
udp/7103 | dropped return-path                   | dropped return-path
udp/7104 | dropped target-firewall               | dropped unproven hop:r2,target-firewall
udp/7105 | closed target                         | closed target
udp/7106 | open target                           | open target
udp/7107 | dropped return-path                   | silent unproven *
icmp/0   | dropped target-firewall               | *
END
cat >"$T/compare.py" <<'END'
import json
import re
import sys

table, user, certain = sys.argv[1], sys.argv[2], {}
wanted = {}
for line in open(table):
    truth, root, nobody = (cell.strip() for cell in line.split('|'))
    wanted[truth] = root if user == 'root' else nobody
rows = [json.loads(line) for line in sys.stdin]
seen = 0
for o in rows:
    if o['record'] != 'outcome':
        continue
    truth = f"{o['transport']}/{o['port'] or 0}"
    candidates = (re.sub(r'hop:(10\.83\.|fd83:)([12])(\.|::)2$', r'hop:r\2', c) for c in o['candidates'])
    said = ' '.join(filter(None, (o['state'], o['cause'], ','.join(sorted(candidates)))))
    want = wanted[truth]
    ok = any(said.startswith(one[:-1]) if one.endswith('*') else said == one for one in want.split(' or '))
    seen += 1
    if not ok:
        print(f"{truth} at {o['target']}: {said}, not {want}: {o['evidence']}")
    if user == 'root' and o['cause'] != 'unproven' and truth != 'udp/7101' and (o['confidence'] != 'certain' or ('far' not in o['means'] and o['cause'] != 'local-firewall')):
        print(f"{truth} at {o['target']}: {o['confidence']} by {o['means']}")
print(f'{seen} compared', file=sys.stderr)
END
# judge WHAT USER: $T/out against the table
judge() {
	python3 "$T/compare.py" "$T/table" "$2" <"$T/out" >"$T/wrong" 2>"$T/count" || die "compare: $(cat "$T/count")"
	[ -s "$T/wrong" ] && fail "$1: $(cat "$T/wrong")"
	has_not "$T/count" "0 compared"
}

for user in root nobody; do
	for family in 4 6; do
		to=10.83.3.2
		at=10.83.3.2
		[ $family = 6 ] && to='[fd83:3::2]' at='[fd83:3::2]'
		control=${at#[}
		control=${control%]}
		listen "$user" --control "$control" --allow "$(cat "$T/key-client-$user")"
		probe() {
			run at client "$user" "$PORTOLAN" probe --format jsonl --far "$control" \
				--far-key "$(cat "$T/key-server-$user")" "$@"
			[ -s "$T/err" ] && fail "$user, IPv$family: $(cat "$T/err")"
		}
		probe "$to:7001-7016"
		judge "$user, IPv$family, TCP" "$user"
		probe --udp "$to:7101-7107"
		judge "$user, IPv$family, UDP" "$user"
		if [ "$user" = root ]; then
			probe --ping "$control"
			judge "$user, IPv$family, ping" "$user"
		fi
		stop "$pid"
	done
done

# --- who is let in, and what is told ------------------------------------------------------------------

server_key=$(cat "$T/key-server-root")
nobody_key=$(cat "$T/key-client-nobody")
lingers() { ip netns exec "$1" ss -Htan state time-wait | grep -q .; }
lingers "$client" && fail "something lingers: $(ip netns exec "$client" ss -Htan)"
listen root --control 10.83.3.2:7999 --allow "$(cat "$T/key-client-root"),10.83.1.77"
far() { run at client "$@"; }

# The wrong key, on either side, and no key: one sentence, and what was known stays.
far root "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$nobody_key" 10.83.3.2:7001
[ "$rc" = 1 ] || fail "a wrong key: exit $rc"
has "$T/err" "the far side at 10.83.3.2: its key is another one, $server_key"
has "$T/out" "10.83.3.2:7001 is dropped"
[ "$(wc -l <"$T/err")" = 1 ] || fail "more than one message: $(cat "$T/err")"
far nobody "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$server_key" 10.83.3.2:7001
has "$T/err" "it does not allow this user's key"
far root env XDG_STATE_HOME="$T/state-none" "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$server_key" 10.83.3.2:7001
has "$T/err" "run portolan keys"
far root "$PORTOLAN" probe --far 10.83.3.2:7998 --far-key "$server_key" 10.83.3.2:7001
has "$T/err" "the far side at 10.83.3.2: Connection refused"
chmod 640 "$T/state-client-root/portolan/key"
far root "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$server_key" 10.83.3.2:7001
has "$T/err" "others may read this key"
chmod 600 "$T/state-client-root/portolan/key"

# A key from a file; what is neither this host's nor comes from the peer is not watched.
printf '%s\n' "$server_key" >"$T/server.key"
far root "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "file:$T/server.key" 10.83.3.2:7002
has "$T/out" "nothing arrived at the far side"
far root "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$server_key" 10.83.2.2:7002
has "$T/err" "the target is no address of this host"
far root "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$server_key" '[fd83:3::2]:7002'
has "$T/err" "listen --allow KEY,ADDRESS"

# Two at a time: the second waits for the first.
one=$pid one_log=$log
for n in 1 2; do
	start at client root "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$server_key" 10.83.3.2:7001-7003
	eval "asker$n=$pid asked$n=$log"
done
wait "$asker1"
wait "$asker2"
for n in 1 2; do
	eval "cp \"\$asked$n\" '$T/out'"
	has "$T/out" "nothing arrived at the far side"
	has "$T/out" "not at its socket"
done
# One that is killed while it tries leaves nothing behind.
start ip netns exec "$client" env XDG_STATE_HOME="$T/state-client-root" "$PORTOLAN" probe --far 10.83.3.2:7999 \
	--far-key "$server_key" --timeout 5000 10.83.3.2:7001-7003
standing() { ip netns exec "$server" ss -Htln 'sport = :7001' | grep -q .; }
wait_for 20 standing || fail "no stand-in: $(cat "$log")"
kill -9 "$pid"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	standing || break
	sleep 0.2
done
standing && fail "a stand-in stays"
pid=$one log=$one_log
far root "$PORTOLAN" probe --far 10.83.3.2:7999 --far-key "$server_key" 10.83.3.2:7002
has "$T/out" "nothing arrived at the far side"

# Bad input.
expect_rc 2 portolan probe --far nowhere --far-key "$server_key" 10.83.3.2:7002
has "$T/err" '--far wants ADDRESS[:PORT]'
expect_rc 2 portolan probe --far 10.83.3.2 10.83.3.2:7002
has "$T/err" 'wants its key'
expect_rc 2 portolan probe --far 10.83.3.2 --far-key short 10.83.3.2:7002
has "$T/err" 'short is no key'
expect_rc 2 portolan probe --far-key "$server_key" 10.83.3.2:7002
has "$T/err" '--far-key goes with --far'
expect_rc 2 portolan listen --control 10.83.3.2
has "$T/err" 'give both'
expect_rc 2 portolan listen --control 10.83.3.2 --allow "$server_key,x"
has "$T/err" '"x" is no address'
expect_rc 2 portolan listen
has "$T/err" 'a SITE says what to stand in for'

# The private key is nowhere but in its file, and the process that sees packets is nobody's.
secret=$(sed -n 2p "$T/state-server-root/portolan/key")
for line in /proc/"$pid"/cmdline $(pgrep -P "$pid" | sed 's,.*,/proc/&/cmdline,'); do
	tr '\0' '\n' <"$line" >"$T/argv"
	has_not "$T/argv" "$secret"
	has_not "$T/argv" "PRIVATE"
done
for process in "$pid" $(pgrep -P "$pid"); do
	grep -q '^Uid:.65534' "/proc/$process/status" || fail "process $process keeps its user"
	grep -q '^CapEff:.0000000000000\(400\|000\)$' "/proc/$process/status" || fail "process $process keeps privileges"
done
kill -INT "$pid"
wait "$pid"
rc=$?
[ $rc = 0 ] || fail "listen --control: exit $rc"
cp "$log" "$T/out"
has "$T/out" "Told what is tried at 10.83.3.2 port 7999, by 1 key; looks at packets."
has "$T/out" "Told in"
has_not "$T/out" "$secret"
ip netns exec "$server" ss -Htlpn | grep -q portolan && fail "a listener stays"

# --- a site -------------------------------------------------------------------------------------------

mkdir "$T/catalog"
cat >"$T/catalog/truth.yaml" <<'END'
portolan: 1
product: truth
title: made to be tested
documents: {made: {title: made up}}
roles: {client: {title: the client}, server: {title: the server}}
requirements:
  walled: {from: client, to: server, needs: tcp/7003, why: made up, doc: {in: made, row: made}}
  lost: {from: client, to: server, needs: tcp/7004, why: made up, doc: {in: made, row: made}}
  served: {from: client, to: server, needs: tcp/7009, why: made up, doc: {in: made, row: made}}
  back: {from: server, to: client, needs: tcp/7201, why: made up, doc: {in: made, row: made}}
  back-served: {from: server, to: client, needs: tcp/7207, why: made up, doc: {in: made, row: made}}
  back-dropped: {from: server, to: client, needs: tcp/7202, why: made up, doc: {in: made, row: made}}
  back-walled: {from: server, to: client, needs: tcp/7203, why: made up, doc: {in: made, row: made}}
  back-lost: {from: server, to: client, needs: tcp/7204, why: made up, doc: {in: made, row: made}}
  back-forged: {from: server, to: client, needs: tcp/7205, why: made up, doc: {in: made, row: made}}
  back-datagram: {from: server, to: client, needs: udp/7206, why: made up, doc: {in: made, row: made}}
END
cat >"$T/site.yaml" <<'END'
portolan: 1
site: truths
zones:
  here: {networks: [10.83.1.0/24]}
  there: {networks: [10.83.3.0/24]}
hosts:
  client: {addresses: [10.83.1.1]}
  server: {addresses: [10.83.3.2]}
uses:
  - product: truth
    roles: {client: client, server: server}
END
# With a site it stands in besides; what it has itself is somebody's port to the far side, too.
listen root --for 5 --catalog "$T/catalog" --control 10.83.3.2 --allow "$(cat "$T/key-client-root")" "$T/site.yaml"
has "$log" "Standing in for server"
far root "$PORTOLAN" check --catalog "$T/catalog" --far server=10.83.3.2 --far-key "server=$server_key" \
	--format jsonl "$T/site.yaml"
[ "$rc" = 1 ] || fail "check --far: exit $rc: $(cat "$T/err")"
python3 - "$T/out" <<'END' >"$T/said"
import json
import sys

for line in open(sys.argv[1]):
    o = json.loads(line)
    if o['record'] == 'outcome':
        print(o['requirements'][0], o['state'], o['cause'], o['confidence'], ','.join(o['means']), o['vantage'])
    if o['record'] == 'verdict':
        print(o['requirement'], o['verdict'], o['network'])
END
has "$T/said" "truth/walled dropped target-firewall certain recverr,ttl,far"
has "$T/said" "truth/lost dropped return-path certain recverr,ttl,far"
has "$T/said" "truth/served open target certain"
# What comes in is tried from there. Where nobody listens here a stand-in of this host is reached.
has "$T/said" "truth/back closed target certain recverr,far server"
has "$T/said" "truth/back fail pass"
has "$T/said" "truth/back-served open target certain recverr,far server"
has "$T/said" "truth/back-served pass pass"
has "$T/said" "truth/back-dropped dropped hop certain recverr,far server"
has "$T/said" "truth/back-walled dropped target-firewall certain recverr,far server"
has "$T/said" "truth/back-lost dropped return-path certain recverr,far server"
has "$T/said" "truth/back-forged closed hop certain recverr,far server"
has "$T/said" "truth/back-datagram closed target certain recverr,far server"
has "$T/said" "truth/back-walled fail fail"
far root "$PORTOLAN" check --catalog "$T/catalog" --far server=10.83.3.2 --far-key "server=$server_key" "$T/site.yaml"
has "$T/out" "lost on the way back"
# What is kept is what both sides know.
grep -l '"cause":"return-path"' "$T"/state-client-root/portolan/runs/truths/*.jsonl >/dev/null || fail "the store has less"
expect_rc 2 portolan check --catalog "$T/catalog" --far elsewhere=10.83.3.2 --far-key "elsewhere=$server_key" "$T/site.yaml"
has "$T/err" 'the site has no host "elsewhere"'
stop "$pid"
exit 0
