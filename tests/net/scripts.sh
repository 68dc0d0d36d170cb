# Vantages without portolan: the script that `check --script sh` writes, run under every shell and means that a
# host may have, the probe that `check --ssh` carries over, and what `check --results` makes of them, against
# truths made with nftables.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers busybox-static netcat-openbsd netcat-traditional ncat iputils-ping openssh-server bind9
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
ip -n "$fw" address add 203.0.113.1/24 dev eth1
ip -n "$fw" -6 address add 2001:db8:b::1/64 dev eth1 nodad
ip -n "$servers" address add 203.0.113.20/24 dev eth0
ip -n "$servers" -6 address add 2001:db8:b::20/64 dev eth0 nodad
ip -n "$client" route add 203.0.113.0/24 via 192.0.2.1 # and no others
ip -n "$client" -6 route add 2001:db8:b::/64 via 2001:db8:a::1
ip -n "$servers" route add default via 203.0.113.1
ip -n "$servers" -6 route add default via 2001:db8:b::1
ip netns exec "$fw" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
ip netns exec "$fw" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
ip netns exec "$fw" nft -f - <<'END' || die "nft"
table inet truth {
	chain forward {
		type filter hook forward priority filter
		tcp dport 1002 drop
		tcp dport 1003 reject with icmpx admin-prohibited
		tcp dport 1005 reject
		tcp dport 1007 reject with icmpx no-route
		udp dport 1003 reject with icmpx admin-prohibited
	}
}
END
start ip netns exec "$servers" python3 "$SOURCE_DIR/tools/stand-in.py" any/tcp@203.0.113.20:1001 \
	'any/tcp@[2001:db8:b::20]:1001'
wait_for 5 grep -q ready "$log" || die "no servers: $(cat "$log")"
peer named "$servers"
# Where a blocked name would lead to, if somebody connected to its address.
start ip netns exec "$client" python3 "$SOURCE_DIR/tools/stand-in.py" any/tcp@127.0.0.1:1009
own_server=$pid
wait_for 5 grep -q ready "$log" || die "no server: $(cat "$log")"
echo '0.0.0.0 blocked.test' >>"$R/etc/hosts"

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
  server: {title: a server}
  unrouted: {title: one that the client has no route to}
  named: {title: a server by name}
  nameless: {title: one whose name nobody knows}
  blocked: {title: one whose name is blocked}
requirements:
END
	# requirement NAME FEATURE FROM TO NEEDS
	requirement() {
		printf '  %s:\n    from: %s\n    to: %s\n    when: %s\n    needs: %s\n' "$1" "$3" "$4" "$2" "$5"
		printf '    why: made up\n    doc: {in: made, row: made}\n'
	}
	requirement open quiet client server tcp/1001
	requirement dropped quiet client server tcp/1002
	requirement vacant quiet client server tcp/1004
	requirement unrouted quiet client unrouted tcp/1001
	requirement ping quiet client server icmp/echo
	requirement dns quiet client server udp/53
	requirement named quiet client named tcp/1004
	requirement nameless quiet client nameless tcp/1004
	requirement blocked quiet client blocked tcp/1009
	requirement back quiet server client tcp/1004
	requirement open-again loud client server tcp/1001
	requirement prohibited loud client server tcp/1003
	requirement unreachable loud client server tcp/1005
	requirement no-route loud client server tcp/1007
	requirement udp-prohibited loud client server udp/1003
	requirement udp-vacant loud client server udp/1004
	printf 'features:\n  quiet: made up\n  loud: made up\n'
} >"$T/catalog/truth.yaml"

# site FEATURE: what the run is about. Without ICMP errors ("quiet") a refusal is a reset; with them it is open.
site() {
	cat >"$T/site.yaml" <<END
portolan: 1
site: truths
zones:
  here: {networks: [192.0.2.0/24, "2001:db8:a::/64"]}
  there: {networks: [203.0.113.0/24, "2001:db8:b::/64", "2001:db8:c::/64"]}
hosts:
  client: {addresses: [192.0.2.10, "2001:db8:a::10"]}
  server: {addresses: [203.0.113.20, "2001:db8:b::20"]}
  unrouted: {addresses: ["2001:db8:c::20"]}
  named: {name: localhost, zone: there}
  nameless: {name: missing.test, zone: there}
  blocked: {name: blocked.test, zone: there}
devices:
  wall:
    interfaces:
      here: {zone: here, addresses: [192.0.2.1, "2001:db8:a::1"]}
      there: {zone: there, addresses: [203.0.113.1, "2001:db8:b::1"]}
    filter: stateful
uses:
  - product: truth
    roles: {client: client, server: server, unrouted: unrouted, named: named, nameless: nameless, blocked: blocked}
    features: [$1]
END
}
# shellcheck disable=SC2317 # called by expect_rc
check() { portolan check --catalog "$T/catalog" "$@" "$T/site.yaml"; }

# states: of each requirement that was tried, the states, causes and devices of its outcomes, from $T/out.
states() {
	python3 - "$T/out" <<'END'
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
outcomes = {r['id']: r for r in records if r['record'] == 'outcome'}
for v in records:
    if v['record'] == 'verdict' and v['outcomes']:
        what = [outcomes[i] for i in v['outcomes']]
        assert all(o['vantage'] == v['from'] for o in what), what
        print(v['requirement'].split('/')[1], *sorted({f"{o['state']}:{o['cause']}:{o['device']}" for o in what}))
END
}
# same_states WANTED NAME: those in $T/out are the wanted ones.
same_states() {
	states >"$T/got"
	diff -u "$1" "$T/got" || fail "$2: not these outcomes"
	[ ! -s "$T/err" ] || fail "$2: $(cat "$T/err")"
}

# --- the hosts --------------------------------------------------------------------------------------

# A root like a container's: busybox and nothing else.
box=$R/srv/box
mkdir -p "$box/bin" "$box/proc" "$box/dev" "$box/tmp" "$box/etc"
cp "$R/usr/bin/busybox" "$box/bin/busybox"
for applet in $("$box/bin/busybox" --list); do
	[ "$applet" = busybox ] || ln -s busybox "$box/bin/$applet"
done
mount -t proc proc "$box/proc" || die "proc"
: >"$box/dev/null"
mount --bind /dev/null "$box/dev/null" || die "/dev/null"
printf '127.0.0.1 localhost\n' >"$box/etc/hosts"

# path_with NAME [NC]: a folder with the programs that the script may use, and that nc; no bash.
path_with() {
	mkdir -p "$R/srv/path-$1"
	for tool in sh mktemp date sed sort cut tr cat wc rm grep timeout getent head tail ping true; do
		ln -s "/usr/bin/$tool" "$R/srv/path-$1/$tool"
	done
	[ $# = 1 ] || ln -s "$2" "$R/srv/path-$1/nc"
}
path_with openbsd /bin/nc.openbsd
path_with traditional /bin/nc.traditional
path_with ncat /usr/bin/ncat
path_with none

left_over() {
	for folder in "$R"/tmp/portolan.* "$box"/tmp/portolan.*; do
		[ ! -e "$folder" ] || echo "$folder"
	done
}

# judged NAME MEANS WANTED COMMAND ...: the script by that command, in the client's place; its results are judged.
judged() {
	name=$1 means=$2 wanted=$3
	shift 3
	cp "$T/script.sh" "$R/srv/script.sh"
	cp "$T/script.sh" "$box/script.sh"
	run ip netns exec "$client" "$@"
	[ "$rc" = 0 ] || fail "$name: exit $rc"
	[ ! -s "$T/err" ] || fail "$name: $(cat "$T/err")"
	cp "$T/out" "$T/$name.results"
	[ -z "$(left_over)" ] || fail "$name leaves $(left_over)"
	run check --results "$T/$name.results" --format jsonl
	same_states "$wanted" "$name"
	has "$T/out" "\"method\":\"script\",\"means\":[\"$means\"]"
}

# each_means WANTED: under every shell and means that speaks both families.
each_means() {
	judged dash 'bash /dev/tcp' "$1" chroot "$R" dash /srv/script.sh
	judged bash 'bash /dev/tcp' "$1" chroot "$R" bash /srv/script.sh
	judged openbsd 'nc (openbsd)' "$1" chroot "$R" env PATH=/srv/path-openbsd sh /srv/script.sh
	judged ncat 'nc (ncat)' "$1" chroot "$R" env PATH=/srv/path-ncat sh /srv/script.sh
	# There nothing reads /etc/hosts, and no resolver can be asked.
	sed 's/^\(named\|nameless\|blocked\) .*/\1 not-attempted:dns:None/' "$1" >"$T/want-box"
	judged busybox 'nc (busybox)' "$T/want-box" chroot "$box" /bin/sh /script.sh
}

# --- quiet ------------------------------------------------------------------------------------------

site quiet
expect_rc 0 check --script sh --from client
cp "$T/out" "$T/script.sh"
if command -v shellcheck >/dev/null; then
	shellcheck -s sh "$T/script.sh" || fail "shellcheck"
fi
cat >"$T/want" <<'END'
open open:target:None
dropped dropped:unproven:None
vacant closed:target:None
unrouted unreachable:local-route:None
ping open:target:None
dns not-attempted:local-resource:None
named closed:target:None
nameless not-attempted:dns:None
blocked unreachable:dns:None
END
each_means "$T/want"

# The traditional nc speaks IPv4 only; with no means at all nothing is tried. Neither is told as closed.
cat >"$T/want-four" <<'END'
open not-attempted:local-resource:None open:target:None
dropped dropped:unproven:None not-attempted:local-resource:None
vacant closed:target:None not-attempted:local-resource:None
unrouted not-attempted:local-resource:None
ping open:target:None
dns not-attempted:local-resource:None
named closed:target:None not-attempted:local-resource:None
nameless not-attempted:dns:None
blocked unreachable:dns:None
END
judged traditional 'nc (traditional)' "$T/want-four" chroot "$R" env PATH=/srv/path-traditional sh /srv/script.sh
sed 's/^\(open\|dropped\|vacant\|unrouted\|named\) .*/\1 not-attempted:local-resource:None/' "$T/want" >"$T/want-none"
judged none ping "$T/want-none" chroot "$R" env PATH=/srv/path-none sh /srv/script.sh
has "$T/out" "neither nc nor bash with timeout is here"

# What starts elsewhere is told so, until its host's results come too.
run check --results "$T/bash.results"
has "$T/out" "From client of truths:"
has "$T/out" "starts elsewhere"
expect_rc 0 check --script sh --from server
cp "$T/out" "$R/srv/server.sh"
ip netns exec "$servers" chroot "$R" sh /srv/server.sh >"$T/server.results"
run check --results "$T/bash.results" --results "$T/server.results" --format jsonl
{
	cat "$T/want"
	echo back closed:target:None
} >"$T/want-both"
same_states "$T/want-both" "two vantages"
run check --results "$T/bash.results" --results "$T/server.results"
has "$T/out" "From client and server of truths:"
has_not "$T/out" "elsewhere"

# Interrupted, it tells what it knows, and leaves nothing; the reader says what is missing.
cp "$T/script.sh" "$R/srv/script.sh"
run ip netns exec "$client" chroot "$R" timeout -s TERM 1 sh /srv/script.sh
cp "$T/out" "$T/cut.results"
has "$T/cut.results" portolan-results
has_not "$T/cut.results" portolan-end
[ -z "$(left_over)" ] || fail "the interrupted script leaves $(left_over)"
run check --results "$T/cut.results"
has "$T/err" "the last line is missing"
has "$T/out" "the results say nothing of it"

# --- loud -------------------------------------------------------------------------------------------

site loud
expect_rc 0 check --script sh --from client
cp "$T/out" "$T/script.sh"
cat >"$T/want" <<'END'
open-again open:target:None
prohibited rejected:unproven:None
unreachable closed:unproven:None
no-route rejected:unproven:None
udp-prohibited not-attempted:local-resource:None
udp-vacant not-attempted:local-resource:None
END
each_means "$T/want"

# Results of another plan are told, and what is not in this one is left out.
site quiet
run check --results "$T/bash.results"
has "$T/err" "results of another plan"
has "$T/err" "of what is not in the plan were left out"

# --- ssh --------------------------------------------------------------------------------------------

peer sshd "$client"
ssh-keygen -q -t ed25519 -N '' -f "$T/key"
mkdir -m 700 "$R/root/.ssh"
cp "$T/key.pub" "$R/root/.ssh/authorized_keys"
PORTOLAN_SSH="ssh -F none -oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null -oLogLevel=ERROR -i $T/key"
export PORTOLAN_SSH
# From the firewall, which is no host of the site.
# shellcheck disable=SC2317 # called by expect_rc
over_ssh() {
	ip netns exec "$fw" "$PORTOLAN" check --catalog "$T/catalog" --from client --ssh-to "$@" "$T/site.yaml"
}
# told WANTED: by the probe that was carried over.
told() {
	run over_ssh root@192.0.2.10 --format jsonl
	same_states "$1" ssh
	has "$T/out" '"method":"ssh","means":["remote probe"]'
	[ -z "$(left_over)" ] || fail "the probe leaves $(left_over)"
}
site quiet
cat >"$T/want" <<'END'
open open:target:None
dropped dropped:unproven:None
vacant closed:target:None
unrouted unreachable:local-route:None
ping open:target:None
dns open:target:None
named closed:target:None
nameless not-attempted:dns:None
blocked unreachable:dns:None
END
told "$T/want"
has "$T/out" '"proved":"dns"'
# Which ICMP error came, and from whom, is known there.
site loud
cat >"$T/want" <<'END'
open-again open:target:None
prohibited rejected:hop:wall
unreachable rejected:hop:wall
no-route rejected:hop:wall
udp-prohibited rejected:hop:wall
udp-vacant closed:target:None
END
told "$T/want"
has "$T/out" '"how":"icmp 3/13"'
has "$T/out" '"how":"icmp6 1/1"'

stop "$own_server"
# What goes wrong is said in words, and nothing is judged.
expect_rc 3 over_ssh nobody@192.0.2.10
has "$T/err" "ssh cannot log in to nobody@192.0.2.10"
[ ! -s "$T/out" ] || fail "a report without results"
mkdir -p "$R/srv/noexec"
mount -t tmpfs -o noexec tmpfs "$R/srv/noexec" || die "tmpfs"
peer_stop "$pid" "$client"
echo 'SetEnv TMPDIR=/srv/noexec' >>"$R/etc/ssh/peer.conf"
peer sshd "$client"
expect_rc 3 over_ssh root@192.0.2.10
has "$T/err" "the probe did not run on root@192.0.2.10"
[ -z "$(ls -A "$R/srv/noexec")" ] || fail "the probe leaves something where it cannot run"
peer_stop "$pid" "$client"
exit 0
