# Negotiated data connections, against FTP servers behind a firewall, over IPv4 and IPv6, in each mode: what is
# true of the network, what the check says of each, and that nothing of it stays behind.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers vsftpd proftpd-core pure-ftpd
command -v nft >/dev/null || skip "no nft(8): install nftables"

# --- the network ------------------------------------------------------------------------------------

namespace client; client=$ns
namespace fw; fw=$ns
# wire NAMESPACE N: behind the firewall's ethN, as 10.0.N.10 and 2001:db8:N::10
wire() {
	ip -n "$fw" link add name "eth$2" type veth peer name eth0 netns "$1"
	ip -n "$fw" link set "eth$2" up
	ip -n "$1" link set eth0 up
	ip -n "$fw" address add "10.0.$2.1/24" dev "eth$2"
	ip -n "$fw" -6 address add "2001:db8:$2::1/64" dev "eth$2" nodad
	ip -n "$1" address add "10.0.$2.10/24" dev eth0
	ip -n "$1" -6 address add "2001:db8:$2::10/64" dev eth0 nodad
	ip -n "$1" route add default via "10.0.$2.1"
	ip -n "$1" -6 route add default via "2001:db8:$2::1"
}
ip netns exec "$fw" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
ip netns exec "$fw" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'

namespace vsftpd; vsftpd=$ns
namespace proftpd; proftpd=$ns
namespace pureftpd; pureftpd=$ns
namespace plain; plain=$ns
# No second of silence until an interface trusts its own address: neighbours are asked from it.
for ns in "$client" "$fw" "$vsftpd" "$proftpd" "$pureftpd" "$plain"; do
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
done
wire "$vsftpd" 1
wire "$proftpd" 2
wire "$pureftpd" 3
wire "$plain" 4
wire "$client" 9

# truth NAMESPACE HOOK RULE ...: these rules and no others there.
truth() {
	truth_ns=$1 truth_hook=$2
	shift 2
	{
		echo "table inet truth { chain c { type filter hook $truth_hook priority 0; }; }"
		echo "flush chain inet truth c"
		for rule; do
			echo "add rule inet truth c $rule"
		done
	} | ip netns exec "$truth_ns" nft -f - || die "nft: $*"
}

# site MODE [LINE]: the servers in that mode; LINE: another server
site() {
	cat >"$T/site.yaml" <<END
portolan: 1
site: ftp
zones: {net: {networks: [10.0.0.0/16, "2001:db8::/32"]}}
hosts:
  client: {addresses: [10.0.9.10, "2001:db8:9::10"]}
  vsftpd: {addresses: [10.0.1.10, "2001:db8:1::10"]}
  proftpd: {addresses: [10.0.2.10, "2001:db8:2::10"]}
  pureftpd: {addresses: [10.0.3.10, "2001:db8:3::10"]}
  plain: {addresses: [10.0.4.10]}
uses:
  - product: ftp
    roles:
      client: [{to: client, data_ports: 40000-40009}]
      server:
        - {to: vsftpd, data_ports: 50000-50009}
        - {to: proftpd, data_ports: 50000-50009}
        - {to: pureftpd, data_ports: 50000-50009}
        - {to: plain, data_ports: 50000-50009}
    modes: {data: [$1]}
END
}

# says MODE NAME [SERVER]: the check says of that server, or of vsftpd, proftpd and pureftpd, what comes in: the verdict
# of the data connection and whose move it is, then what was seen over IPv4 and over IPv6, each behind the server's
# name. Ports are written 4000x, 5000x and 5010x, others that a kernel chose "any".
says() {
	sort >"$T/wanted"
	site "$1"
	run ip netns exec "$client" "$PORTOLAN" check "$T/site.yaml" --format jsonl
	python3 - "$T/out" "${3-vsftpd proftpd pureftpd}" >"$T/all" <<'END'
import json, re, sys
names = {'1': 'vsftpd', '2': 'proftpd', '3': 'pureftpd', '4': 'plain'}
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r['record'] == 'verdict' and r['requirement'] == 'ftp/data':
        name, words = r['to'], [r['verdict'], r['turn']['who'] if r['turn'] else 'nobody']
    elif r['record'] == 'outcome' and r['method'] == 'ftp':
        name = names[re.search(r'(\d)[.:]+10$', r['target'])[1]]
        words = ['IPv%d' % r['family'], r['state'], r['cause'], r['confidence'], r['network'], r['service'], r['evidence'][0]]
    else:
        continue
    if name in sys.argv[2].split():
        words = re.sub(r'\b(4000|5000|5010)\d\b', r'\1x', ' '.join(words))
        print(name, re.sub(r'our port \d{5}$', 'our port any', words).replace('\x1b', '\\x1b'))
END
	sort "$T/all" >"$T/got"
	diff -u "$T/wanted" "$T/got" || { fail "$2"; sed 's/^/  | /' "$T/err"; }
}

# all LINE ...: of each of the three
all() {
	for name in vsftpd proftpd pureftpd; do
		for line; do
			echo "$name $line"
		done
	done
}

# A server of few words: it knows no EPSV, announces another address than its own, and without PORT connects to the
# conversation's own port, as RFC 959 has it.
cat >"$T/plain.py" <<'END'
import socket, sys, threading

def serve(c, peer):
    port, waiting = peer[1], None
    c.sendall(b'220 plain\r\n')
    for line in c.makefile('rb'):
        verb = line.split()[0].decode()
        if verb == 'USER':
            with open(sys.argv[1], 'ab') as f:
                f.write(line)
            c.sendall(b'230 in\r\n')
        elif verb == 'PASV':
            waiting = socket.create_server(('', 50000))
            c.sendall(b'227 at 192,168,7,7,%d,%d\r\n' % divmod(50000, 256))
        elif verb == 'LIST':
            c.sendall(b'150 to you\r\n')
            try:
                with socket.create_connection((peer[0], port), 5, ('', 20)) as d:
                    d.sendall(b'a\r\n')
                c.sendall(b'226 done\r\n')
            except OSError as e:
                c.sendall(b'425 %s\r\n' % str(e).encode())
        elif verb == 'NOOP':
            c.sendall(b'200 done\r\n')
        elif verb == 'QUIT':
            c.sendall(b'221 bye\r\n')
            break
        else:
            c.sendall(b'500 \x1b[31mwhat?\r\n')
    c.close()

s = socket.create_server(('', 21))
while True:
    threading.Thread(target=serve, args=s.accept()).start()
END

peer vsftpd "$vsftpd"; vsftpd_pid=$pid
peer proftpd "$proftpd"
peer pureftpd "$pureftpd"
start ip netns exec "$plain" python3 "$T/plain.py" "$T/users"
wait_for 10 ask "$plain" tcp 21 '' '220 plain' || die "the plain server does not answer: $(cat "$log")"

# --- what is true, and what is said -----------------------------------------------------------------

all 'pass nobody' \
	'IPv4 open target likely pass pass the data connection to port 5000x opened' \
	'IPv6 open target likely pass pass the data connection to port 5000x opened' | says passive open
all 'pass nobody' \
	'IPv4 open target likely pass pass the server opened its data connection to our port 4000x' \
	'IPv6 open target likely pass pass the server opened its data connection to our port 4000x' | says active open
{
	all 'not-tested nobody'
	for family in 4 6; do
		words="IPv$family not-attempted unproven certain unknown unknown the server opens no data connection: 425"
		echo "vsftpd $words Use PORT or PASV first."
		echo "proftpd $words Unable to build data connection: Connection refused"
		echo "pureftpd $words No data connection"
	done
	echo 'plain pass nobody'
	echo 'plain IPv4 open target likely pass pass the server opened its data connection to our port any'
} | says active-without-port open 'vsftpd proftpd pureftpd plain'
says passive 'another address' plain <<'END'
plain pass nobody
plain IPv4 open target likely pass pass the data connection to port 5000x opened; the server announces another address, 192.168.7.7
END
# To people, too, as far as they ask for what holds.
run ip netns exec "$client" "$PORTOLAN" check "$T/site.yaml" --all
tr -s ' \n' '  ' <"$T/out" >"$T/flat"
has "$T/flat" 'the data connection to port 50000 opened; the server announces another address, 192.168.7.7'

# What it says is printed, and does nothing else.
says active 'words of its own' plain <<'END'
plain not-tested nobody
plain IPv4 not-attempted unproven certain unknown unknown the server takes no port of ours: 500 \x1b[31mwhat?
END
has_not "$T/out" "$(printf '\033')"
run ip netns exec "$client" "$PORTOLAN" check "$T/site.yaml"
has "$T/out" '[31mwhat?'
has_not "$T/out" "$(printf '\033')"

# All the same so far: nothing of it stays here, and the servers were told good-bye.
waiting() { ip netns exec "$client" ss -Htan state time-wait | wc -l; }
[ "$(waiting)" = 0 ] || fail "in TIME_WAIT here: $(ip netns exec "$client" ss -Htan state time-wait)"
ip netns exec "$client" python3 - <<'END'
import socket
c = socket.create_connection(('10.0.1.10', 21))
c.shutdown(socket.SHUT_WR)
while c.recv(100):
    pass
END
[ "$(waiting)" = 1 ] || fail "a connection that this end closes is not seen in TIME_WAIT"
for server in vsftpd proftpd; do
	for verb in USER QUIT; do
		grep -c "$verb" "$R/var/log/ftp-$server.log" >"$T/$verb"
	done
	[ "$(cat "$T/USER")" -gt 6 ] || fail "$server's log tells of $(cat "$T/USER") users"
	# The control connection's own check does not log in.
	[ "$(cat "$T/QUIT")" -ge "$(cat "$T/USER")" ] || fail "$server: sessions that were left without a word"
done

# --- the way is not open ----------------------------------------------------------------------------

truth "$fw" forward 'tcp dport 50000-50009 drop'
all 'fail server' \
	'IPv4 dropped unproven possible fail unknown the data connection to port 5000x got no answer in 3500 ms' \
	'IPv6 dropped unproven possible fail unknown the data connection to port 5000x got no answer in 3500 ms' |
	says passive dropped
truth "$fw" forward 'tcp dport 50000-50009 reject with icmpx admin-prohibited'
all 'fail network' \
	'IPv4 rejected hop likely fail unknown 10.0.9.1 answered: administratively prohibited' \
	'IPv6 rejected hop likely fail unknown 2001:db8:9::1 answered: administratively prohibited' |
	says passive rejected
truth "$fw" forward
truth "$vsftpd" input 'tcp dport 50000-50009 reject with tcp reset'
words='closed target likely pass fail a reset came from port 5000x, which the server has just named'
says passive closed vsftpd <<END
vsftpd fail server
vsftpd IPv4 $words: its firewall, one on the way, or the server itself
vsftpd IPv6 $words: its firewall, one on the way, or the server itself
END
truth "$vsftpd" input

# told SERVER FAMILY WORDS: what that server says of a connection that it could not open
told() {
	echo "$1 IPv$2 rejected unproven possible fail unknown the server could not open its data connection: 425 $3"
}
# The server is told by the hop, over IPv6 by another error than over IPv4, and does not tell us by whom.
truth "$fw" forward 'tcp dport 40000-40009 reject with icmpx admin-prohibited'
{
	all 'fail this-host'
	told vsftpd 4 'Failed to establish connection.'
	told vsftpd 6 'Failed to establish connection.'
	told proftpd 4 'Unable to build data connection: No route to host'
	told proftpd 6 'Unable to build data connection: Permission denied'
	told pureftpd 4 'Could not open data connection to port 4000x: No route to host'
	told pureftpd 6 'Could not open data connection to port 4000x: Permission denied'
} | says active rejected
truth "$fw" forward
# This host's own firewall.
truth "$client" input 'tcp dport 40000-40009 reject with tcp reset'
{
	all 'fail this-host'
	for family in 4 6; do
		told vsftpd $family 'Failed to establish connection.'
		told proftpd $family 'Unable to build data connection: Connection refused'
		told pureftpd $family 'Could not open data connection to port 4000x: Connection refused'
	done
} | says active refused
truth "$client" input

# --- the server is not as planned -------------------------------------------------------------------

peer_stop "$vsftpd_pid" "$vsftpd"
sed -i 's/^pasv_\(...\)_port=5000/pasv_\1_port=5010/' "$R/etc/vsftpd.conf"
peer vsftpd "$vsftpd"; vsftpd_pid=$pid
words='not-attempted unproven certain unknown unknown'
beyond='outside the planned 5000x-5000x: its configuration or the site'\''s data_ports must change'
says passive 'outside the plan' vsftpd <<END
vsftpd not-tested nobody
vsftpd IPv4 $words the server names port 5010x for its data connection, $beyond
vsftpd IPv6 $words the server names port 5010x for its data connection, $beyond
END

peer_stop "$vsftpd_pid" "$vsftpd"
sed -i 's/^anonymous_enable=YES/anonymous_enable=NO\nlocal_enable=YES/' "$R/etc/vsftpd.conf"
run_vsftpd "$vsftpd"
wait_for 10 ask "$vsftpd" tcp 21 '' '220 ' || die "vsftpd does not answer"
says passive 'no anonymous users' vsftpd <<END
vsftpd not-tested nobody
vsftpd IPv4 $words no passive data connection without a login: 530 Login incorrect.
vsftpd IPv6 $words no passive data connection without a login: 530 Login incorrect.
END
says active 'no anonymous users' vsftpd <<END
vsftpd not-tested nobody
vsftpd IPv4 $words the server takes no port of ours without a login: 530 Login incorrect.
vsftpd IPv6 $words the server takes no port of ours without a login: 530 Login incorrect.
END

# --- no FTP server ----------------------------------------------------------------------------------

# A data connection that nobody negotiates fails, and it is the server's administrator who can look.
cat >"$T/first-words.py" <<'END'
import socket, sys, threading

def serve(c):
    c.sendall(sys.argv[2].encode('latin-1').decode('unicode_escape').encode())
    while c.recv(100):
        pass
    c.close()

s = socket.create_server(('', int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=s.accept()[:1]).start()
END
# impostor PORT WORDS STATE EVIDENCE WHOSE-MOVE: what answers there has these first words; the control connection's own check
# tells it, and the data connection fails with it
impostor() {
	start ip netns exec "$plain" python3 "$T/first-words.py" "$1" "$2"
	wait_for 10 ip netns exec "$client" "$PORTOLAN" probe "10.0.4.10:$1" || die "nobody at port $1: $(cat "$log")"
	cat >"$T/impostor.yaml" <<END
portolan: 1
site: impostor
zones: {net: {networks: [10.0.0.0/16]}}
hosts:
  client: {addresses: [10.0.9.10]}
  plain: {addresses: [10.0.4.10]}
uses:
  - product: ftp
    settings: {control_port: $1}
    roles: {client: client, server: plain}
    modes: {data: [passive]}
END
	expect_rc 1 ip netns exec "$client" "$PORTOLAN" check "$T/impostor.yaml"
	tr -s ' \n' '  ' <"$T/out" >"$T/flat"
	has "$T/flat" "10.0.4.10:$1 $3: $4"
	has "$T/flat" "next move: $5"
}
impostor 2101 'SSH-2.0-x\r\n' 'another service' 'it answered, and not in ftp' "the server's administrator"
impostor 2102 '421 Too many users\r\n' open 'the handshake came from as far away' 'the application team'
impostor 2103 '' silent 'the handshake completed, and nothing was said in 3000 ms' \
	"the server's administrator"

# --- an explicit gateway ----------------------------------------------------------------------------

# Its login names the server behind it, which is not there: the data connection is the gateway's own.
gateway() {
	cat >"$T/gateway.yaml" <<END
portolan: 1
site: gateway
zones:
  inside: {networks: [10.0.0.0/16, "2001:db8::/32"]}
  outside: {networks: [any]}
hosts:
  client: {addresses: [10.0.9.10]}
  far: {addresses: ["$1"]}
devices:
  gate:
    interfaces:
      in: {zone: inside, addresses: [10.0.4.10]}
      out: {zone: outside, addresses: [198.51.100.1]}
    ftp_gateway: {listen: 21, placement: explicit, modes: {client: passive, server: passive}}
uses:
  - product: ftp
    settings: {control_port: $2}
    roles: {client: client, server: far}
END
	: >"$T/users"
	run ip netns exec "$client" "$PORTOLAN" check "$T/gateway.yaml" --format jsonl
	has "$T/out" '"evidence":["the data connection to port 50000 opened; the server announces another address'
	printf 'USER %s\r\n' "$3" >"$T/wanted"
	same "$T/wanted" "$T/users"
}
gateway 203.0.113.21 21 anonymous@203.0.113.21
gateway 203.0.113.21 2100 anonymous@203.0.113.21:2100

# --- without a site file ----------------------------------------------------------------------------

# Only the way in which a program on a laptop asks.
expect_rc 0 ip netns exec "$client" "$PORTOLAN" check ftp server=10.0.2.10 --all
has "$T/out" 'From this-host of command-line: 2 hold.'

# --- this host's own firewall drops it --------------------------------------------------------------

# Last, for the servers go on trying.
truth "$client" input 'tcp dport 40000-40009 drop'
for name in proftpd pureftpd; do
	words="dropped unproven possible fail unknown the server's data connection to our port 4000x"
	echo "$name fail this-host"
	echo "$name IPv4 $words did not come in 6000 ms"
	echo "$name IPv6 $words did not come in 6000 ms"
done | says active blocked 'proftpd pureftpd'
