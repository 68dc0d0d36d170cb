# Negotiated data connections against real FTP servers: opened, dropped, refused a login, over IPv4 and IPv6.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers vsftpd proftpd-core pure-ftpd
command -v nft >/dev/null || skip "no nft(8): install nftables"

namespace client; client=$ns
namespace server; server=$ns
ip -n "$client" link add name eth0 type veth peer name eth0 netns "$server"
for host in client:192.0.2.10:2001:db8:a::10 server:192.0.2.21:2001:db8:a::21; do
	where=$(eval echo "\$${host%%:*}")
	rest=${host#*:}
	ip -n "$where" address add "${rest%%:*}/24" dev eth0
	ip -n "$where" -6 address add "${rest#*:}/64" dev eth0 nodad
	ip -n "$where" link set eth0 up
done

# site FILE ADDRESS-OF-CLIENT ADDRESS-OF-SERVER
site() {
	cat >"$1" <<END
portolan: 1
site: ftp
zones: {net: {networks: [192.0.2.0/24, "2001:db8:a::/64"]}}
hosts:
  C: {addresses: ["$2"]}
  S: {addresses: ["$3"]}
uses:
  - product: ftp
    roles: {client: [{to: C, data_ports: 40000-40009}], server: S}
END
}
site "$T/v4.yaml" 192.0.2.10 192.0.2.21
site "$T/v6.yaml" 2001:db8:a::10 2001:db8:a::21

# The data connections' outcomes, one a line: mode or method, state, cause, network, service.
check_data() {
	run ip netns exec "$client" "$PORTOLAN" check "$1" --format jsonl
	python3 - "$T/out" <<'END'
import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r['record'] == 'outcome' and r['method'] == 'ftp':
        print(r['state'], r['cause'], r['network'], r['service'], r['evidence'][0])
END
}

# data FILE WHAT: the last run's data connections are those in $T/want, one a line.
data() {
	check_data "$1" | sed 's/4000[0-9]$/4000N/' >"$T/got"
	diff "$T/want" "$T/got" || fail "$2"
}

# Over both families; this one has passive ports of its own.
# shellcheck disable=SC2317 # called by peer
make_vsftpd6() {
	make_vsftpd
	sed -i 's/^listen=YES/listen_ipv6=YES/' "$R/etc/vsftpd.conf"
	printf 'pasv_min_port=50009\npasv_max_port=50009\n' >>"$R/etc/vsftpd.conf"
}
# shellcheck disable=SC2317
run_vsftpd6() { run_vsftpd "$1"; }
# shellcheck disable=SC2317
answers_vsftpd6() { answers_vsftpd "$1"; }
peer vsftpd6 "$server"
cat >"$T/want" <<'END'
open target pass pass the server opened its data connection to our port 4000N
open target pass pass the data connection to port 50009 opened
not-attempted unproven unknown unknown the server opens no data connection: 425 Use PORT or PASV first.
END
for family in v4 v6; do
	data "$T/$family.yaml" "vsftpd over $family"
done
peer_stop "$pid" "$server"

# --- a server that is not what it should be -----------------------------------------------------------

# Its answers are as ever, but for PASV.
cat >"$T/hostile.py" <<'END'
import socket, sys, threading
listener = socket.create_server(('192.0.2.21', 21))
socket.create_server(('192.0.2.21', 2222)) if sys.argv[1] == 'aim' else None
print('ready', flush=True)
answers = {
    'USER': b'230 in\r\n', 'PORT': b'500 no\r\n', 'QUIT': b'221 bye\r\n', 'EPSV': b'500 no\r\n', 'NLST': b'425 no\r\n',
    'PASV': {
        'aim': b'227 (192,0,2,21,8,174)\r\n',
        'other': b'227 (198,51,100,1,195,89)\r\n',
        'endless': b'227-' + b'x' * 6000,
        'escape': b'500 \x1b[31mred\r\n',
        'nothing': b'227 (192,0,2,21,0,0)\r\n',
        'text': b'hello\r\n',
    }[sys.argv[1]],
}

def serve(s):
    try:
        s.sendall(b'220 hello\r\n')
        for line in s.makefile('rb'):
            s.sendall(answers[line[:4].decode()])
    except OSError:
        pass

while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
END
# hostile WHAT WORDS ...: what is said of its passive data connection.
hostile() {
	start ip netns exec "$server" python3 "$T/hostile.py" "$1"
	wait_for 5 grep -q ready "$log" || die "the hostile server does not start"
	check_data "$T/v4-planned.yaml" >"$T/got"
	has "$T/got" "$2"
	has_not "$T/out" "$(printf '\033')"
	stop "$pid"
}
sed 's/server: S/server: [{to: S, data_ports: 50000-50009}]/' "$T/v4.yaml" >"$T/v4-planned.yaml"
hostile aim "unknown the server names port 2222 for its data connection, outside the planned 50000-50009"
hostile other "closed target pass fail"
hostile endless "what answers on port 21 is no FTP server"
hostile escape "negotiated no passive data connection: 500 "
hostile nothing "negotiated no passive data connection: 227 (192,0,2,21,0,0)"
hostile text "what answers on port 21 is no FTP server"
exit 0
