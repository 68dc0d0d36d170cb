# portolan check, identify and audit harm nobody: the whole catalog, and all ports, fifty times over, against real
# servers that throttle, block and ban; afterwards each still serves the host that checked, and nothing of the checks is left. What blocks is seen
# to block, by another host that behaves badly.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers openssh-server fail2ban rsyslog mariadb-server-core transmission-daemon vsftpd postfix dovecot-imapd \
	dovecot-pop3d slapd redis-server postgresql bind9 snmpd
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"
RUNS=50 NOBODY_RUNS=5
# What is instrumented is slow, and harms no more.
case $BUILD_DIR in *asan*) RUNS=10 NOBODY_RUNS=3 ;; esac
export PORTOLAN_CATALOG="$SOURCE_DIR/catalog"

# --- the network ------------------------------------------------------------------------------------

vantage=192.0.2.10 rowdy=192.0.2.66 first=192.0.2.100
namespace client; client=$ns
namespace server; server=$ns
ip -n "$client" link add name eth0 type veth peer name eth0 netns "$server"
for address in $vantage $rowdy; do
	ip -n "$client" address add "$address/24" dev eth0
done
for n in 0 1 2 3 4 5 6 7 8 9; do
	ip -n "$server" address add "192.0.2.10$n/24" dev eth0
done
ip -n "$client" link set eth0 up
ip -n "$server" link set eth0 up
# A closed UDP port that answers but once a second looks like a silent one.
ip netns exec "$server" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
printf '%s vantage\n%s rowdy\n' $vantage $rowdy >>"$R/etc/hosts"

# --- the servers ------------------------------------------------------------------------------------

# The log of sshd where Debian has it, for fail2ban to read.
make_authlog() {
	cat >"$R/etc/rsyslog.conf" <<'CONF'
module(load="imuxsock")
$ActionFileDefaultTemplate RSYSLOG_TraditionalFileFormat
auth,authpriv.* /var/log/auth.log
CONF
	: >"$R/var/log/auth.log"
}
run_authlog() { start_inside "$1" /usr/sbin/rsyslogd -n -f /etc/rsyslog.conf -i /run/rsyslogd.pid; }
answers_authlog() { [ -S "$R/dev/log" ]; }

make_sshd_throttled() {
	make_sshd
	echo 'MaxStartups 10:30:100' >>"$R/etc/ssh/peer.conf"
	# Of OpenSSH 9.8 and later.
	chroot "$R" /usr/sbin/sshd -t -f /etc/ssh/peer.conf -o 'PerSourcePenalties yes' &&
		echo 'PerSourcePenalties yes' >>"$R/etc/ssh/peer.conf"
	return 0
}
run_sshd_throttled() { start_inside "$1" /usr/sbin/sshd -D -f /etc/ssh/peer.conf; }
answers_sshd_throttled() { answers_sshd "$1"; }

# The jail of sshd as it is shipped, in its normal mode; but instead of a rule it writes whom it bans.
make_fail2ban() {
	mkdir -p "$R/run/fail2ban"
	cat >"$R/etc/fail2ban/action.d/peer.conf" <<'CONF'
[Definition]
actionban = echo "<name> <ip>" >>/tmp/bans
actionunban =
CONF
	cat >"$R/etc/fail2ban/jail.d/peer.conf" <<'CONF'
[DEFAULT]
backend = polling
banaction = peer
[sshd]
enabled = true
CONF
	printf '[Definition]\nlogtarget = STDERR\ndbfile = None\n' >"$R/etc/fail2ban/fail2ban.local"
	: >"$R/tmp/bans"
}
run_fail2ban() { start_inside "$1" fail2ban-server -xf start; }
answers_fail2ban() { inside "$1" fail2ban-client status sshd | grep -q auth.log; }

# A torrent of one byte, complete; a handshake that names it is answered.
make_transmission() {
	python3 - "$R" <<'PYTHON'
import hashlib, os, sys
root = sys.argv[1]
info = b'd6:lengthi1e4:name1:x12:piece lengthi16384e6:pieces20:' + hashlib.sha1(b'x').digest() + b'e'
for at in ('1352', '51413'):
    home = f'{root}/tmp/bt{at}'
    os.makedirs(home + '/torrents')
    open(home + '/x', 'wb').write(b'x')
    open(home + '/torrents/x.torrent', 'wb').write(b'd4:info' + info + b'e')
open(root + '/tmp/handshake', 'w').write(
    '\\x13BitTorrent protocol' + '\\0' * 8 + ''.join('\\x%02x' % b for b in hashlib.sha1(info).digest()) + '-PE0001-' + 'a' * 12)
PYTHON
}
run_transmission() {
	start_inside "$1" transmission-daemon -f -g "/tmp/bt$at" -w "/tmp/bt$at" -P "$at" -p "9$((at % 1000))" \
		--no-dht --no-lpd --no-portmap --encryption-tolerated
}
answers_transmission() { ask "$1" tcp "$at" "$(cat "$R/tmp/handshake")" 'BitTorrent protocol'; }

make_postgres() {
	mkdir -p "$R/var/lib/pg" "$R/run/postgresql"
	chown 65534:65534 "$R/var/lib/pg"
	chroot --userspec=65534:65534 "$R" "$(pg_bin)/initdb" -D /var/lib/pg -A trust -U peer --no-sync
	echo "host all all 192.0.2.0/24 trust" >>"$R/var/lib/pg/pg_hba.conf"
}
pg_bin() { (cd "$R" && echo usr/lib/postgresql/*/bin) | sed 's/ .*//; s,^,/,'; }
run_postgres() {
	start ip netns exec "$1" chroot --userspec=65534:65534 "$R" "$(pg_bin)/postgres" -D /var/lib/pg \
		-c unix_socket_directories= -c 'listen_addresses=*'
}
# The start of a conversation of version 3, as "peer": authentication is done.
answers_postgres() {
	ask "$1" tcp 5432 '\0\0\0\x25\0\x03\0\0user\0peer\0database\0postgres\0\0' 'R\0\0\0\x08\0\0\0\0'
}

# With a user from everywhere: others are sent away before they are greeted.
make_mariadb() {
	make_mariadbd
	echo "INSERT INTO mysql.global_priv VALUES ('%', 'peer', '{}');" |
		chroot "$R" mariadbd --no-defaults --bootstrap --user=root --datadir=/var/lib/mysql
}
run_mariadb() { run_mariadbd "$1"; }
answers_mariadb() { ask "$1" tcp 3306 '' 'mysql_native_password'; }

peers="authlog sshd_throttled fail2ban mariadb vsftpd postfix dovecot slapd redis named snmpd postgres"
for name in $peers; do
	peer "$name" "$server"
done
for at in 1352 51413; do
	peer transmission "$server"
done

# --- whom they serve --------------------------------------------------------------------------------

# served ADDRESS: all of them serve it, over the wire.
ask_as() {
	ip netns exec "$client" python3 "$SOURCE_DIR/tests/ask.py" "$2" "$3" "$4" "$5" $first "$1" >"$T/said" ||
		fail "$6 does not serve $1: $(cat "$T/said")"
}
served() {
	ask_as "$1" tcp 22 '' 'SSH-2.0-OpenSSH' OpenSSH
	ask_as "$1" tcp 3306 '' 'mysql_native_password' MariaDB
	ask_as "$1" tcp 21 'USER anonymous\r\nPASS x@\r\nQUIT\r\n' '230 Login successful' vsftpd
	ask_as "$1" tcp 25 'EHLO vantage\r\nQUIT\r\n' '250' Postfix
	ask_as "$1" tcp 143 'a LOGIN user secret\r\nb LOGOUT\r\n' 'a OK' Dovecot
	ask_as "$1" tcp 389 '\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0' '\x61\x07\x0a\x01\0' slapd
	ask_as "$1" tcp 6379 'PING\r\n' '+PONG' Redis
	ask_as "$1" tcp 5432 '\0\0\0\x25\0\x03\0\0user\0peer\0database\0postgres\0\0' 'R\0\0\0\x08\0\0\0\0' PostgreSQL
	ask_as "$1" udp 53 '\x12\x34\0\0\0\x01\0\0\0\0\0\0\x02ns\x04peer\x04test\0\0\x01\0\x01' '\x7f\0\0\x01' BIND
	ask_as "$1" udp 161 '\x30\x28\x02\x01\x01\x04\x06public\xa0\x1b\x02\x03POR\x02\x01\0\x02\x01\0\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\0\x05\0' 'Linux' snmpd
	for at in 1352 51413; do
		ask_as "$1" tcp $at "$(cat "$R/tmp/handshake")" 'BitTorrent protocol' "Transmission at $at"
	done
}
served $vantage
served $rowdy

# --- the host that checks ---------------------------------------------------------------------------

# Whatever it writes, wherever, lands in a layer of its own.
V=$R/vantage/root
mkdir -p "$R/vantage/upper" "$R/vantage/work" "$V"
mount -t overlay -o "lowerdir=/,upperdir=$R/vantage/upper,workdir=$R/vantage/work" overlay "$V" 2>"$T/err" ||
	need_privilege "no overlay: $(cat "$T/err")"
mkdir -p "$V$BUILD_DIR" "$V$SOURCE_DIR" "$V/h/0" "$V/h/65534"
mount --bind "$BUILD_DIR" "$V$BUILD_DIR"
mount --bind "$SOURCE_DIR" "$V$SOURCE_DIR"
mount -t proc proc "$V/proc"
mount --bind /dev "$V/dev"
chown 65534:65534 "$V/h/65534"
# shellcheck disable=SC2046 # words on purpose
python3 "$SOURCE_DIR/tests/whole_catalog.py" 192.0.2.0/24 $vantage $(seq -f "192.0.2.10%g" 0 9) >"$V/h/site.yaml" ||
	die "no site"
written() { find "$R/vantage/upper" ! -type d | sort; }
written >"$T/before"
nobody_may=
chroot --userspec=65534:65534 "$V" test -x "$PORTOLAN" -a -r "$SOURCE_DIR/catalog/ftp.yaml" && nobody_may=yes

# check USER OUT OPTION ...: one run, as that user.
check() {
	check_user=$1 check_out=$2
	shift 2
	ip netns exec "$client" chroot --userspec="$check_user:$check_user" "$V" env -i HOME="/h/$check_user" PATH=/usr/bin:/bin TZ=UTC LC_ALL=C \
		PORTOLAN_CATALOG="$PORTOLAN_CATALOG" "$PORTOLAN" check --format jsonl "$@" /h/site.yaml >"$check_out" 2>"$check_out.err"
	[ $? = 1 ] || fail "$check_out ended otherwise: $(tail -n 3 "$check_out.err")"
	[ ! -s "$check_out.err" ] || fail "$check_out complains: $(cat "$check_out.err")"
}
# left WHEN: nothing of the runs is.
left() {
	ip netns exec "$client" ss -Htan state time-wait >"$T/lingering"
	[ ! -s "$T/lingering" ] || fail "in TIME_WAIT $1: $(cat "$T/lingering")"
	ip netns pids "$client" >"$T/processes"
	[ ! -s "$T/processes" ] || fail "processes $1: $(cat "$T/processes")"
	ip netns exec "$client" nft list ruleset >"$T/rules"
	[ ! -s "$T/rules" ] || fail "rules $1: $(cat "$T/rules")"
	written | comm -13 "$T/before" - | grep -v "/upper/h/[0-9]*/\.local/state/portolan/" >"$T/stray"
	[ ! -s "$T/stray" ] || fail "files outside the state folder $1: $(cat "$T/stray")"
}

# --- the runs ---------------------------------------------------------------------------------------

began=$(date +%s)
mkdir "$T/runs"
n=0
while [ $n -lt $RUNS ]; do
	check 0 "$T/runs/root.$n"
	n=$((n + 1))
done
if [ "$nobody_may" ]; then
	while [ $n -lt $((RUNS + NOBODY_RUNS)) ]; do
		check 65534 "$T/runs/nobody.$n"
		n=$((n + 1))
	done
else
	echo "not run as nobody: the program or the catalog is not readable for others"
fi
echo "$n runs of the whole catalog in $(($(date +%s) - began)) s"
# Every port of a server, once; and five at a time, of one server: more at once would be too many for sshd.
ip netns exec "$client" "$PORTOLAN" probe --format jsonl $first:1-65535 >"$T/all"
pids=
for n in 1 2 3 4 5; do
	check 0 "$T/runs/beside.$n" --only passwordstate-0 &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid"
done
left "after the runs"
served $vantage

# What speaks there? The first time it is found out, then it is known.
began=$(date +%s)
n=0
while [ $n -lt $RUNS ]; do
	ip netns exec "$client" "$PORTOLAN" identify $first:21,22,25,143,389,1352,3306,5432,6379,51413 >"$T/identified" ||
		fail "identify, run $n: $(cat "$T/identified")"
	n=$((n + 1))
done
echo "$n runs of identify in $(($(date +%s) - began)) s"
n=0
while [ $n -lt $NOBODY_RUNS ]; do
	ip netns exec "$client" "$PORTOLAN" audit $first:21,22,25,143,389,1352,3306,5432,6379,51413 >"$T/audited"
	has_not "$T/audited" refused
	n=$((n + 1))
done
served $vantage

# All saw the same, one by one and five at a time, but for the ping that nobody may not send.
python3 - "$T/all" "$T/runs/root.0" "$T"/runs/*[0-9] <<'PYTHON' || fail "the runs disagree, or are wrong"
import collections, json, sys

def records(path, kind):
    return [r for r in map(json.loads, open(path)) if r['record'] == kind]

# Of Domino's question a peer of BitTorrent is silent, or closes in its own way.
def answer(o):
    if o['port'] in (1352, 51413) and o['state'] in ('silent', 'open', 'open-reset'):
        return 'open', None, o['proved']
    return o['state'], o['cause'], o['proved']

def seen(path):
    return {(o['target'], o['transport'], o['method'] != 'ftp' and o['port'], o['method'], o['flow']): answer(o)
            for o in records(path, 'outcome') if o['transport'] != 'icmp'}

served = {1352, 51413, 21, 22, 25, 143, 389, 3306, 5432, 6379}
first, *others = sys.argv[2:]
want = seen(first)
wrong = 0
for path in others:
    got = seen(path)
    if not got:
        print(path, 'is empty')
        wrong += 1
    for key in sorted(got if 'beside' in path else want.keys() | got.keys(), key=str):
        if want.get(key) != got.get(key):
            print(path, key, got.get(key), 'not', want.get(key))
            wrong += 1
reached = collections.Counter()
for (target, transport, port, method, flow), (state, cause, proved) in want.items():
    reached[transport, port] += 1
    is_served = port in served if transport == 'tcp' else port in (53, 161)
    if method != 'ftp' and state != ('open' if is_served else 'closed'):
        print(target, transport, port, method, state, cause)
        wrong += 1
for port in served:
    if not reached['tcp', port]:
        print('nothing in the catalog speaks of', port)
        wrong += 1
# The two RPC ports of Transmission are there, too, and what its peers need.
open_ports = {o['port'] for o in records(sys.argv[1], 'outcome') if o['state'] == 'open'}
if not served - {51413} <= open_ports or len(open_ports) > len(served) + 10:
    print('open:', sorted(open_ports))
    wrong += 1
sys.exit(wrong != 0)
PYTHON

sleep 2 # fail2ban looks at the log once a second
[ ! -s "$R/tmp/bans" ] || fail "banned: $(cat "$R/tmp/bans")"
grep -i 'throttling\|penalt\|past MaxStartups' "$R/var/log/auth.log" && fail "sshd had to throttle"

# --- and they would have ----------------------------------------------------------------------------

# The other host asks for users that do not exist, says wrong first words, and keeps connections.
for n in 1 2 3 4 5 6; do
	ip netns exec "$client" chroot "$R" ssh -b $rowdy -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null "nosuch$n@$first" true >/dev/null 2>&1
done
ip netns exec "$client" python3 - $first $rowdy <<'PYTHON'
import socket, sys
server, source = sys.argv[1:]
for _ in range(110):
    with socket.create_connection((server, 3306), 5, (source, 0)) as s:
        s.recv(1)
        s.sendall(b'GET / HTTP/1.0\r\n\r\n')
        try:
            while s.recv(1000):
                pass
        except ConnectionResetError:
            pass
socket.create_connection((server, 6379), 5, (source, 0)).close()
many = [socket.create_connection((server, 22), 5, (source, 0)) for _ in range(40)]
PYTHON
ip netns exec "$client" ss -Htan state time-wait | grep -q "$rowdy.*:6379" || fail "nothing is in TIME_WAIT"
wait_for 10 grep -q "sshd $rowdy" "$R/tmp/bans" || fail "fail2ban bans nobody: $(cat "$R/tmp/bans")"
grep -qi 'throttling' "$R/var/log/auth.log" || fail "sshd throttles nobody"
ip netns exec "$client" python3 "$SOURCE_DIR/tests/ask.py" tcp 3306 '' 'blocked because of many connection errors' \
	$first $rowdy || fail "MariaDB blocks nobody"
served $vantage
