# Derived rules, loaded and probed at their boundaries: a site of three zones with translations and what is
# forbidden, over IPv4 and IPv6; and the two FTP gateways of the document, whose policies let exactly the
# document's connections through, a relay in each gateway's place.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
language=${1:-nft}
case $language in
nft) command -v nft >/dev/null || skip "no nft(8): install nftables" ;;
*) command -v "$language-restore" >/dev/null || skip "no $language-restore(8): install iptables" ;;
esac
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"
# The system's own, which every user can run.
python=/usr/bin/python3
test -x "$python" || skip "no $python"
id -u proxy >/dev/null 2>&1 || skip "no user proxy, as whom a gateway runs"

# host NAME: a namespace in which neighbours are trusted at once; its full name in $ns.
host() {
	namespace "$1"
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
}
# router NAMESPACE
router() {
	ip netns exec "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
		echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
}
# wire NAMESPACE INTERFACE NAMESPACE INTERFACE
wire() {
	ip -n "$1" link add name "$2" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}
# address NAMESPACE INTERFACE ADDRESS ...
address() {
	address_ns=$1 address_dev=$2
	shift 2
	for a; do
		case $a in
		*:*) ip -n "$address_ns" -6 address add "$a" dev "$address_dev" nodad ;;
		*) ip -n "$address_ns" address add "$a" dev "$address_dev" ;;
		esac || die "no address $a"
	done
}
options= # of derive, for the next loads
# load NAMESPACE SITE CATALOG DEVICE: its rules, twice: the second time they replace themselves.
load() {
	if [ "$language" = nft ]; then
		load_nft "$@"
		return
	fi
	load_iptables "$@" iptables
	load_iptables "$@" ip6tables
	loaded="$loaded $1"
}
load_nft() {
	# shellcheck disable=SC2086 # words on purpose
	portolan policy derive "$2" --catalog "$3" --device "$4" $options >"$T/$4.nft" || die "derive $4"
	ip netns exec "$1" nft -f "$T/$4.nft" || die "nft: $4"
	ip netns exec "$1" nft -s list table inet portolan >"$T/once"
	ip netns exec "$1" nft -f "$T/$4.nft" || die "nft again: $4"
	ip netns exec "$1" nft -s list table inet portolan >"$T/twice"
	same "$T/once" "$T/twice"
}
loaded=
# load_iptables NAMESPACE SITE CATALOG DEVICE iptables|ip6tables: the namespace's chains are hooked in once only.
load_iptables() {
	text=$T/$4.$5 tool=$5-${language#iptables-}
	# shellcheck disable=SC2086 # words on purpose
	portolan policy derive "$2" --catalog "$3" --device "$4" $options --format "$5" >"$text" || die "derive $4"
	grep -v '^-I' "$text" >"$text.again"
	case "$loaded " in *" $1 "*) cp "$text.again" "$text" ;; esac
	ip netns exec "$1" "$tool-restore" --noflush --test <"$text" || die "$tool-restore --test: $4"
	ip netns exec "$1" "$tool-restore" --noflush <"$text" || die "$tool-restore: $4"
	save "$1" "$tool" >"$T/once"
	ip netns exec "$1" "$tool-restore" --noflush <"$text.again" || die "$tool-restore again: $4"
	save "$1" "$tool" >"$T/twice"
	same "$T/once" "$T/twice"
	# No rule is lost, and none is more than it says: of ours as many as lines of the text.
	[ "$(grep -c '^-A PORTOLAN' "$T/twice")" = "$(grep -c '^-A' "$text")" ] || fail "$4: not as many rules as lines"
	[ "$(grep -c -e '-j PORTOLAN' "$T/twice")" = 5 ] || fail "$4: not hooked in five times"
}
# save NAMESPACE TOOL: without counters and times
save() {
	ip netns exec "$1" "$2-save" | grep -v '^#' | sed 's/\[[0-9:]*\]//'
}
# others WORDS: a rule of somebody else, in the firewall's IPv4; nothing where they have no common tables.
others() {
	[ "$language" = nft ] || ip netns exec "$fw" "$language" "$@" || die "$language $*"
}

# passes NAMESPACE SOURCE TARGET PORTS WANTED [COMMAND ...]: which of the ports the network lets through, with
# commas; nothing listens on most of them, and a target's own reset is an answer. COMMAND is put in front.
passes() {
	passes_ns=$1 source=$2 target=$3 ports=$4 want=$5
	shift 5
	case $target in *:*) target="[$target]" ;; esac
	ip netns exec "$passes_ns" "$@" "$PORTOLAN" probe --no-blame --source "$source" --timeout 400 --i-may-probe 0.0.0.0/0 \
		--i-may-probe ::/0 --format jsonl "$target:$ports" >"$T/probed" 2>"$T/err"
	got=$("$python" -c '
import json, sys
records = [json.loads(line) for line in sys.stdin]
tried = [r for r in records if r["record"] == "outcome"]
assert tried and all(r["state"] in ("open", "open-reset", "closed", "dropped", "silent") for r in tried), tried
print(",".join(str(r["port"]) for r in sorted(tried, key=lambda r: r["port"]) if r["state"] in ("open", "closed")))
' <"$T/probed" 2>>"$T/err") || cat "$T/err"
	[ "$got" = "$want" ] || fail "from $source to $target $ports ${1+as }$*: \"$got\" pass, not \"$want\""
}

# --- three zones -------------------------------------------------------------------------------------

host fw; fw=$ns
host inside; inside=$ns
host dmz; dmz=$ns
host out; out=$ns
router "$fw"
wire "$fw" eth0 "$inside" eth0
wire "$fw" eth1 "$dmz" eth0
wire "$fw" eth2 "$out" eth0
address "$fw" eth0 10.1.0.1/16 2001:db8:1::1/48
address "$fw" eth1 10.9.0.1/24 2001:db8:9::1/64
address "$fw" eth2 198.51.100.7/24 2001:db8:ff::7/64
address "$inside" eth0 10.1.0.20/16 10.1.0.21/16 10.1.0.22/16 2001:db8:1::20/48 2001:db8:1::21/48
address "$dmz" eth0 10.9.0.8/24 10.9.0.9/24 2001:db8:9::8/64 2001:db8:9::9/64
address "$out" eth0 198.51.100.50/24 2001:db8:ff::50/64
for ns in "$inside 10.1.0.1 2001:db8:1::1" "$dmz 10.9.0.1 2001:db8:9::1" "$out 198.51.100.7 2001:db8:ff::7"; do
	# shellcheck disable=SC2086 # words on purpose
	set -- $ns
	ip -n "$1" route add default via "$2"
	ip -n "$1" -6 route add default via "$3"
done

# Without rules all of it passes, so that what does not later is the rules' doing.
passes "$dmz" 10.9.0.9 10.1.0.20 5431-5433 5431,5432,5433
passes "$out" 2001:db8:ff::50 2001:db8:9::8 442,443 442,443

# What others let through is not let through for that, and what they drop is not let through either.
others -N OTHERS
others -A OTHERS -p tcp -j ACCEPT
others -A FORWARD -j OTHERS
zones=$SOURCE_DIR/tests/golden/policy/three-zones
load "$fw" "$zones/site.yaml" "$zones/catalog" fw1
# web1 alone, to the two databases alone, on one port, from one side
passes "$dmz" 10.9.0.8 10.1.0.20 5431-5433 5432
passes "$dmz" 10.9.0.8 10.1.0.21 5431-5433 5432
passes "$dmz" 10.9.0.8 10.1.0.22 5431-5433 ""
passes "$dmz" 10.9.0.9 10.1.0.20 5431-5433 ""
passes "$dmz" 2001:db8:9::8 2001:db8:1::20 5431-5433 5432
passes "$dmz" 2001:db8:9::8 2001:db8:1::21 5431-5433 ""
passes "$dmz" 2001:db8:9::9 2001:db8:1::20 5431-5433 ""
passes "$inside" 10.1.0.20 10.9.0.8 443,5432 ""
others -I OTHERS -p tcp -d 10.1.0.21 -j DROP
[ "$language" = nft ] || passes "$dmz" 10.9.0.8 10.1.0.21 5432 ""
others -D OTHERS 1
passes "$dmz" 10.9.0.8 10.1.0.21 5432 5432
# The page: over IPv4 by what is dialled only, and not by the address behind it.
passes "$out" 198.51.100.50 198.51.100.7 442-444 443
passes "$out" 198.51.100.50 10.9.0.8 442-444 ""
passes "$out" 2001:db8:ff::50 2001:db8:9::8 442-444 443
passes "$out" 2001:db8:ff::50 2001:db8:9::9 442-444 ""
passes "$out" 2001:db8:ff::50 2001:db8:1::20 5432 ""
# Nothing ends at the firewall, and nothing starts there.
passes "$inside" 10.1.0.20 10.1.0.1 22,443 ""
passes "$fw" 10.1.0.1 10.1.0.20 22,5432 ""
# pings NAMESPACE SOURCE TARGET STATE: from web1, not to it.
pings() {
	ip netns exec "$1" "$PORTOLAN" probe --ping --source "$2" --timeout 400 --format jsonl "$3" >"$T/probed"
	has "$T/probed" "\"state\":\"$4\""
}
pings "$dmz" 10.9.0.8 10.1.0.20 open
pings "$dmz" 2001:db8:9::8 2001:db8:1::20 open
pings "$dmz" 10.9.0.9 10.1.0.20 dropped
pings "$inside" 10.1.0.20 10.9.0.8 dropped
# The time, as one address to all.
start ip netns exec "$out" "$python" -u -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("198.51.100.50", 123))
print("ready")
while True:
    data, who = s.recvfrom(100)
    print(data.decode(), "from", who[0])
    s.sendto(b"noon", who)
'
time_log=$log time_pid=$pid
wait_for 5 grep -q ready "$time_log" || die "no time server"
# ask SOURCE
ask() {
	ip netns exec "$inside" "$python" -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0)); s.settimeout(1)
s.sendto(sys.argv[1].encode(), ("198.51.100.50", 123))
try: print(s.recv(100).decode())
except TimeoutError: print("nothing")
' "$1" >"$T/answer"
}
ask 10.1.0.21
has "$T/answer" noon
has "$time_log" "10.1.0.21 from 198.51.100.7"
ask 10.1.0.22
has "$T/answer" nothing
has_not "$time_log" "10.1.0.22"
stop "$time_pid"

# What nobody needs is refused by the firewall itself, whose answer has to get out; from one side only.
cp -r "$zones/catalog" "$T/catalog"
cat >>"$T/catalog/shop.yaml" <<'END'
  who:
    from: user
    to: web
    needs: tcp/113
    level: optional
    without: the page waits
    if_unused: reset
    why: an old habit
    doc: {in: d}
END
passes "$out" 198.51.100.50 10.9.0.8 112-114 ""
load "$fw" "$zones/site.yaml" "$T/catalog" fw1
passes "$out" 198.51.100.50 10.9.0.8 112-114 113
passes "$out" 2001:db8:ff::50 2001:db8:9::8 112-114 113
passes "$out" 2001:db8:ff::50 2001:db8:9::9 112-114 ""
passes "$inside" 10.1.0.20 10.9.0.8 112-114 ""

# Lists of ports, longer than one rule can say in every language; what replaces the rules before.
many=$SOURCE_DIR/tests/golden/policy/many-ports
load "$fw" "$many/site.yaml" "$many/catalog" fw1
odd=1001,1003,1005,1007,1009,1011,1013,1015,1017,1019
passes "$dmz" 10.9.0.8 10.1.0.20 1000-1020 "$odd"
passes "$dmz" 2001:db8:9::8 2001:db8:1::20 1000-1020 "$odd"
passes "$dmz" 10.9.0.8 10.1.0.20 1029-1032,1039-1047,1049-1052,1059-1062 \
	1030,1031,1040,1041,1042,1043,1044,1045,1046,1050,1051,1060,1061
passes "$dmz" 10.9.0.8 10.1.0.20 112,114,5432 ""
passes "$dmz" 10.9.0.9 10.1.0.20 1001,1030 ""
passes "$inside" 10.1.0.20 10.9.0.8 1001,1030 ""
# Three protocols that only their numbers tell apart: two may pass.
protocols() {
	ip netns exec "$dmz" "$python" -c '
import socket
for number in 0, 47, 48:
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, number or socket.IPPROTO_RAW)
    if number == 0:
        header = bytes([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 0, 0, 0]) + socket.inet_aton("10.9.0.8") + socket.inet_aton("10.1.0.20")
        s.sendto(header + b"12345678", ("10.1.0.20", 0))
    else:
        s.sendto(b"\0" * 8, ("10.1.0.20", 0))
' || die "cannot send"
}
start ip netns exec "$inside" "$python" -u -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x800))
print("ready")
while True:
    packet, where = s.recvfrom(100)
    if where[2] == 0 and packet[9] in (0, 47, 48):
        print("protocol", packet[9])
'
wire_log=$log wire_pid=$pid
wait_for 5 grep -q ready "$wire_log" || die "nobody listens"
protocols
wait_for 3 grep -q "protocol 47" "$wire_log" || fail "no protocol 47"
sleep 0.3
has "$wire_log" "protocol 0"
has_not "$wire_log" "protocol 48"
stop "$wire_pid"
others -C FORWARD -j OTHERS

# --- C, F, N, S --------------------------------------------------------------------------------------

host C; C=$ns
host F; F=$ns
host N; N=$ns
host S; S=$ns
router "$F"
router "$N"
wire "$C" eth0 "$F" eth0
wire "$F" eth1 "$N" eth0
wire "$N" eth1 "$S" eth0
address "$C" eth0 10.20.0.10/24 10.20.0.11/24
address "$F" eth0 10.20.0.1/24
address "$F" eth1 10.21.0.1/24
address "$N" eth0 10.21.0.2/24
address "$N" eth1 198.51.100.2/24
address "$S" eth0 203.0.113.21/24 203.0.113.22/24
ip -n "$C" route add default via 10.20.0.1
ip -n "$F" route add default via 10.21.0.2
ip -n "$N" route add 10.20.0.0/24 via 10.21.0.1
ip -n "$N" route add 203.0.113.0/24 dev eth1
ip -n "$S" route add 198.51.100.2 dev eth0
ip -n "$S" route add default via 198.51.100.2
passes "$S" 203.0.113.21 10.20.0.10 1024 1024

chain=$SOURCE_DIR/examples/ftp/site.yaml
load "$F" "$chain" "$SOURCE_DIR/catalog" F
load "$N" "$chain" "$SOURCE_DIR/catalog" N
proxy="setpriv --reuid proxy --regid proxy --clear-groups"
# shellcheck disable=SC2086 # words on purpose
if ! $proxy test -x "$PORTOLAN"; then
	skip "privilege: the user proxy cannot run $PORTOLAN"
fi
# Each line: FROM SOURCE TARGET PORTS, which of them pass, and for whom.
while read -r from source target ports want who; do
	case $from in
	C) from=$C ;; F) from=$F ;; N) from=$N ;; S) from=$S ;; *) continue ;;
	esac
	[ "$want" = - ] && want=
	[ "$who" = proxy ] && who=$proxy
	# shellcheck disable=SC2086 # words on purpose
	passes "$from" "$source" "$target" "$ports" "$want" $who
done <<'END'
# F in: the conversation and its data from C, data from N
C 10.20.0.10 10.20.0.1 20-22,39999,40000,40999,41000 21,40000,40999
C 10.20.0.11 10.20.0.1 21,40000 -
N 10.21.0.2 10.21.0.1 21,40999,41000,41999,42000 41000,41999 proxy
# F out: as the proxy only
F 10.20.0.1 10.20.0.10 1023,1024,65535 1024,65535 proxy
F 10.20.0.1 10.20.0.10 1023,1024,65535 -
F 10.20.0.1 10.20.0.11 1024,65535 - proxy
F 10.21.0.1 10.21.0.2 20-22,41999,42000,42999,43000 21,42000,42999 proxy
F 10.21.0.1 10.21.0.2 21,42000 -
# F passes nothing on
C 10.20.0.10 10.21.0.2 21,42000 -
C 10.20.0.10 203.0.113.21 21,1024 -
N 10.21.0.2 10.20.0.10 1024 - proxy
# N in and out
S 203.0.113.21 198.51.100.2 20-22,42999,43000,43999,44000 43000,43999
S 203.0.113.22 198.51.100.2 43000 -
N 198.51.100.2 203.0.113.21 20-22,1023,1024,65535 21,1024,65535 proxy
N 198.51.100.2 203.0.113.21 21,1024 -
N 198.51.100.2 203.0.113.22 21,1024 - proxy
S 203.0.113.21 10.21.0.1 41000 -
S 203.0.113.21 10.20.0.10 1024 -
END

# A relay in each gateway's place: what S says arrives at C, on the conversation and on data of both modes.
cat >"$T/relay.py" <<'END'
import socket, sys, threading
# relay.py LISTEN:PORT SOURCE TARGET:PORT: each connection to the one is one from there to the other.
def end(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)
def pump(a, b):
    while data := a.recv(4096):
        b.sendall(data)
    b.shutdown(socket.SHUT_WR)
listener = socket.create_server(end(sys.argv[1]))
print("ready", flush=True)
while True:
    near, _ = listener.accept()
    far = socket.create_connection(end(sys.argv[3]), source_address=(sys.argv[2], 0), timeout=5)
    for a, b in (near, far), (far, near):
        threading.Thread(target=pump, args=(a, b), daemon=True).start()
END
cat >"$T/say.py" <<'END'
import socket, sys
# say.py ADDRESS:PORT WORDS: to each that comes
host, port = sys.argv[1].rsplit(":", 1)
listener = socket.create_server((host, int(port)))
print("ready", flush=True)
while True:
    peer, who = listener.accept()
    print(who[0], flush=True)
    peer.sendall(sys.argv[2].encode())
    peer.close()
END
# hear NAMESPACE SOURCE ADDRESS PORT
hear() {
	ip netns exec "$1" "$python" -c '
import socket, sys
s = socket.create_connection((sys.argv[2], int(sys.argv[3])), source_address=(sys.argv[1], 0), timeout=5)
print(s.makefile().read())
' "$2" "$3" "$4" >"$T/heard" 2>&1
}
chmod 755 "$T"
# relay NAMESPACE LISTEN SOURCE TARGET
relay() {
	# Port 21 is a low one: a gateway binds it before it becomes its user.
	start ip netns exec "$1" setpriv --reuid proxy --regid proxy --clear-groups --inh-caps=+net_bind_service \
		--ambient-caps=+net_bind_service "$python" "$T/relay.py" "$2" "$3" "$4"
	wait_for 5 grep -q ready "$log" || die "no relay at $2: $(cat "$log")"
}
# say NAMESPACE ADDRESS:PORT WORDS
say() {
	start ip netns exec "$1" "$python" "$T/say.py" "$2" "$3"
	wait_for 5 grep -q ready "$log" || die "nobody at $2: $(cat "$log")"
}
say "$S" 203.0.113.21:21 "220 hello"
control=$log
relay "$N" 10.21.0.2:21 198.51.100.2 203.0.113.21:21
relay "$F" 10.20.0.1:21 10.21.0.1 10.21.0.2:21
hear "$C" 10.20.0.10 10.20.0.1 21
has "$T/heard" "220 hello"
has "$control" 198.51.100.2
# passive
say "$S" 203.0.113.21:50000 "a file"
relay "$N" 10.21.0.2:42000 198.51.100.2 203.0.113.21:50000
relay "$F" 10.20.0.1:40999 10.21.0.1 10.21.0.2:42000
hear "$C" 10.20.0.10 10.20.0.1 40999
has "$T/heard" "a file"
# active
say "$C" 10.20.0.10:50001 "a place"
relay "$F" 10.21.0.1:41000 10.20.0.1 10.20.0.10:50001
relay "$N" 198.51.100.2:43999 10.21.0.2 10.21.0.1:41000
hear "$S" 203.0.113.21 198.51.100.2 43999
has "$T/heard" "a place"

# The least exposure: nobody begins anything towards N from outside, nor towards F from N; the rest stays.
options=--least-exposure
least=$SOURCE_DIR/tests/golden/policy/ftp-least/site.yaml
load "$F" "$least" "$SOURCE_DIR/catalog" F
load "$N" "$least" "$SOURCE_DIR/catalog" N
options=
passes "$S" 203.0.113.21 198.51.100.2 21,42000,43000,43999 ""
# shellcheck disable=SC2086 # words on purpose
passes "$N" 10.21.0.2 10.21.0.1 41000,41999 "" $proxy
# shellcheck disable=SC2086 # words on purpose
passes "$F" 10.21.0.1 10.21.0.2 21,42000,42999,43000 21,42000,42999 $proxy
# shellcheck disable=SC2086 # words on purpose
passes "$N" 198.51.100.2 203.0.113.21 21,1024 21,1024 $proxy
passes "$C" 10.20.0.10 10.20.0.1 21,40000 21,40000
hear "$C" 10.20.0.10 10.20.0.1 40999
has "$T/heard" "a file"

# --- load balancers ----------------------------------------------------------------------------------

# On the way: whom it serves, on its one port; who dials a member itself does not get there.
balanced=$SOURCE_DIR/tests/golden/policy/balancer-nat
address "$inside" eth0 10.1.0.5/16
cp "$balanced/site.yaml" "$T/source.yaml"
# Only nftables chooses by the client's address.
[ "$language" = nft ] || sed -i 's/balance: source/balance: round-robin/' "$T/source.yaml"
load "$fw" "$T/source.yaml" "$balanced/catalog" lb1
passes "$out" 198.51.100.50 198.51.100.7 443,8442-8444 8443
passes "$out" 198.51.100.50 10.9.0.8 443,8443 ""
passes "$inside" 10.1.0.5 198.51.100.7 443,8443 8443
passes "$inside" 10.1.0.20 198.51.100.7 8443 ""
passes "$fw" 10.9.0.1 10.9.0.8 443,8080 8080
# members NAMESPACE: two that say who they are, and hear who comes
members() {
	say "$1" 10.9.0.8:443 "one"
	one=$log one_pid=$pid
	say "$1" 10.9.0.9:443 "two"
	two=$log two_pid=$pid
}
# hear_often NAMESPACE SOURCE ADDRESS PORT
hear_often() {
	: >"$T/heard-all"
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		hear "$@"
		cat "$T/heard" >>"$T/heard-all"
	done
	grep -vx -e one -e two -e '' "$T/heard-all" && fail "try $i, not of a member"
	sort -u "$T/heard-all" | grep -v '^$' | tr '\n' ' '
}
members "$dmz"
heard=$(hear_often "$out" 198.51.100.50 198.51.100.7 8443)
if [ "$language" = nft ]; then
	case $heard in "one " | "two ") ;; *) fail "a client has one member, not: $heard" ;; esac
else
	[ "$heard" = "one two " ] || fail "in turn: $heard"
fi
cat "$one" "$two" >"$T/seen"
has "$T/seen" 198.51.100.50
sed 's/balance: source/balance: random/' "$balanced/site.yaml" >"$T/random.yaml"
load "$fw" "$T/random.yaml" "$balanced/catalog" lb1
heard=$(hear_often "$out" 198.51.100.50 198.51.100.7 8443)
[ "$heard" = "one two " ] || fail "at random: $heard"
ip -n "$fw" route add default via 198.51.100.50
# What the box has been told is what the site's flows need, member by member.
ip netns exec "$fw" "$PORTOLAN" policy collect "$T/lb1.bundle" 2>"$T/err" || cat "$T/err"
portolan policy explain "$T/random.yaml" --catalog "$balanced/catalog" --bundle lb1="$T/lb1.bundle" >"$T/explained"
rc=$?
[ $rc = 0 ] || fail "explain: $rc $(cat "$T/explained")"
has_not "$T/explained" instead
stop "$one_pid"
stop "$two_pid"

# Beside it: one wire for all, and members see the balancer.
host wire; wire=$ns
host lb; lb=$ns
host m; m=$ns
host user; user=$ns
router "$lb"
ip -n "$wire" link add br0 type bridge
ip -n "$wire" link set br0 up
for end in "$lb" "$m" "$user"; do
	wire "$wire" "e${end##*-}" "$end" eth0
	ip -n "$wire" link set "e${end##*-}" master br0
done
address "$lb" eth0 10.9.0.1/24
address "$m" eth0 10.9.0.8/24 10.9.0.9/24
address "$user" eth0 10.9.0.50/24
beside=$SOURCE_DIR/tests/golden/policy/balancer-one-arm
load "$lb" "$beside/site.yaml" "$beside/catalog" lb1
passes "$user" 10.9.0.50 10.9.0.1 442-444 443
passes "$lb" 10.9.0.1 10.9.0.8 443 ""
pings "$lb" 10.9.0.1 10.9.0.9 open
members "$m"
heard=$(hear_often "$user" 10.9.0.50 10.9.0.1 443)
[ "$heard" = "one two " ] || fail "in turn, beside: $heard"
cat "$one" "$two" >"$T/seen"
has "$T/seen" 10.9.0.1
has_not "$T/seen" 10.9.0.50

# --- a zone behind two interfaces --------------------------------------------------------------------

host legs; legs=$ns
host near; near=$ns
host far; far=$ns
router "$legs"
wire "$legs" eth0 "$inside" eth7
wire "$legs" eth1 "$near" eth0
wire "$legs" eth2 "$far" eth0
address "$legs" eth0 10.1.255.1/30
address "$inside" eth7 10.1.255.2/30
address "$legs" eth1 10.9.0.1/24
address "$legs" eth2 10.9.1.1/24
address "$near" eth0 10.9.0.8/24
address "$far" eth0 10.9.1.8/24 10.9.1.9/24
ip -n "$legs" route add 10.1.0.0/16 via 10.1.255.2
ip -n "$inside" route add 10.9.0.8 via 10.1.255.1
ip -n "$near" route add default via 10.9.0.1
ip -n "$far" route add default via 10.9.1.1
two=$SOURCE_DIR/tests/golden/policy/two-legs
passes "$far" 10.9.1.8 10.9.0.8 442,443 442,443
load "$legs" "$two/site.yaml" "$two/catalog" fw1
passes "$near" 10.9.0.8 10.1.0.20 5431,5432 5432
passes "$far" 10.9.1.9 10.1.0.20 5432 ""
# From one leg to the other what is required there.
passes "$far" 10.9.1.8 10.9.0.8 442,443 443
passes "$far" 10.9.1.9 10.9.0.8 443 ""
passes "$near" 10.9.0.8 10.9.1.9 443,5432 5432

# --- answers without state ---------------------------------------------------------------------------

address "$legs" eth0 10.1.0.1/16
ip -n "$legs" route del 10.1.0.0/16 via 10.1.255.2
ip -n "$legs" route add 10.1.0.20 via 10.1.255.2
# What was translated before stays with iptables until it is emptied by hand.
for chain in PREROUTING POSTROUTING; do
	[ "$language" = nft ] || ip netns exec "$legs" "$language" -t nat -F "PORTOLAN-$chain"
done
keepless=$SOURCE_DIR/tests/golden/policy/stateless-udp
load "$legs" "$keepless/site.yaml" "$keepless/catalog" fw1
# datagram FROM-NAMESPACE SOURCE PORT TO-NAMESPACE TARGET PORT: what arrives, and whether an answer does
datagram() {
	ip netns exec "$1" "$python" -c '
import os, socket, sys
_, here, port, there, target, to = sys.argv
def bound(address, number):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, int(number))); s.settimeout(0.5)
    return s
a = bound(here, port)
fd = os.open("/run/netns/" + there, os.O_RDONLY)
assert __import__("ctypes").CDLL(None, use_errno=True).setns(fd, 0) == 0
b = bound(target, to)
a.sendto(b"question", (target, int(to)))
try:
    who = b.recvfrom(100)[1]
    b.sendto(b"answer", who)
    print("arrives,", "answered" if a.recv(100) else "")
except TimeoutError: print("nothing" if "who" not in globals() else "arrives, no answer")
' "$2" "$3" "$4" "$5" "$6"
}
# told WANTED FROM-NAMESPACE ...
told() {
	want=$1
	shift
	got=$(datagram "$@" 2>"$T/err") || cat "$T/err"
	[ "$got" = "$want" ] || fail "$2:$3 to $5:$6: \"$got\", not \"$want\""
}
told "arrives, answered" "$inside" 10.1.0.20 40000 "$near" 10.9.0.8 53
told "arrives, answered" "$inside" 10.1.0.20 123 "$near" 10.9.0.8 123
told "arrives, no answer" "$inside" 10.1.0.20 500 "$near" 10.9.0.8 53
told "nothing" "$inside" 10.1.0.20 40000 "$near" 10.9.0.8 123
# Servers begin nothing, but for what looks like an answer.
told "nothing" "$near" 10.9.0.8 4000 "$inside" 10.1.0.20 5000
told "nothing" "$near" 10.9.0.8 123 "$inside" 10.1.0.20 5000
told "nothing" "$near" 10.9.0.8 53 "$inside" 10.1.0.20 514
told "arrives, answered" "$near" 10.9.0.8 53 "$inside" 10.1.0.20 5000

# --- from exactly one to exactly one -----------------------------------------------------------------

address "$C" eth0 10.40.0.11/16 10.40.0.12/16
address "$F" eth0 10.40.0.1/16
address "$S" eth0 203.0.113.5/24 203.0.113.6/24
ip -n "$N" route add 10.40.0.0/16 via 10.21.0.1
one_to_one=$SOURCE_DIR/tests/golden/policy/passthru/site.yaml
load "$F" "$one_to_one" "$SOURCE_DIR/catalog" F
load "$N" "$one_to_one" "$SOURCE_DIR/catalog" N
passes "$S" 203.0.113.5 198.51.100.2 1351-1353 1352
passes "$S" 203.0.113.6 198.51.100.2 1351-1353 ""
passes "$S" 203.0.113.5 10.40.0.11 1352 ""
passes "$S" 203.0.113.5 10.40.0.12 1352 ""
passes "$C" 10.40.0.11 203.0.113.5 1352 ""
passes "$N" 10.21.0.2 10.40.0.11 1352 ""
