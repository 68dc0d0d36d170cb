# Through real proxies: Squid (open, Basic, Digest, forbidden), tinyproxy, microsocks and Dante. A client that has no
# other way, the proxies beside it, and a server behind them.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers squid tinyproxy microsocks dante-server nginx

namespace client; client=$ns
namespace proxy; proxy=$ns
namespace server; server=$ns
wire() {
	ip -n "$1" link add name "$2" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}
wire "$client" eth0 "$proxy" eth0
wire "$proxy" eth1 "$server" eth0
ip -n "$client" address add 192.0.2.10/24 dev eth0
ip -n "$client" -6 address add 2001:db8:a::10/64 dev eth0 nodad
ip -n "$proxy" address add 192.0.2.1/24 dev eth0
ip -n "$proxy" -6 address add 2001:db8:a::1/64 dev eth0 nodad
ip -n "$proxy" address add 203.0.113.1/24 dev eth1
ip -n "$proxy" -6 address add 2001:db8:b::1/64 dev eth1 nodad
ip -n "$server" address add 203.0.113.20/24 dev eth0
ip -n "$server" -6 address add 2001:db8:b::20/64 dev eth0 nodad
peer nginx "$server"

# --- the documents ----------------------------------------------------------------------------------

# site KIND PORT CREDENTIALS|- TARGET
site() {
	[ "$3" = - ] && credentials= || credentials=", credentials: \"$3\""
	cat >"$T/site.yaml" <<END
portolan: 1
site: proxied
zones:
  inside: {networks: [192.0.2.0/24, "2001:db8:a::/64"]}
  outside: {networks: [any]}
hosts:
  pc: {addresses: [192.0.2.10]}
  web: $4
devices:
  gate:
    owner: proxy team
    interfaces: {in: {zone: inside, addresses: [192.0.2.1]}}
    $1: {listen: $2$credentials}
uses:
  - product: proxied
    roles: {user: pc, web: web}
END
	mkdir -p "$T/catalog"
	cat >"$T/catalog/proxied.yaml" <<END
portolan: 1
product: proxied
title: made to be tested
documents: {made: {title: made up}}
roles:
  user: {title: the client}
  web: {title: the server}
requirements:
  page:
    from: user
    to: web
    needs: tcp/${PORT-80}
    via: proxy
    why: made up
    doc: {in: made, row: made}
END
}
web4='{addresses: [203.0.113.20]}'
web6='{addresses: ["2001:db8:b::20"]}'

# through WHAT VERDICT STATE CAUSE LEG HOW WORDS: what the last site's check says of the leg behind the proxy.
through() {
	run ip netns exec "$client" env LOGIN="${LOGIN-}" "$PORTOLAN" check "$T/site.yaml" --catalog "$T/catalog" --format jsonl
	got=$(python3 - "$T/out" <<'END'
import json, sys
verdict, last = None, None
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r['record'] == 'outcome' and r['method'] == 'talk':
        last = r
    if r['record'] == 'verdict':
        verdict = r['verdict']
if last:
    print(verdict, last['state'], last['cause'], last['leg'] or '-', last['how'], '|', last['evidence'][0])
else:
    print(verdict, 'none')
END
	)
	case $got in
	"$2 $3 $4 $5 $6 | "*"$7"*) ;;
	*)
		fail "$1: $got, not $2 $3 $4 $5 $6 | ... $7"
		sed 's/^/  | /' "$T/err"
		;;
	esac
}

# --- Squid ------------------------------------------------------------------------------------------

# squid_conf NAME LINES
squid_conf() {
	mkdir -p "$R/var/spool/squid" "$R/var/log/squid" "$R/run/squid"
	{
		printf 'http_port 3128\npid_filename none\ncache_log /tmp/squid.log\naccess_log none\ncache deny all\n'
		printf 'shutdown_lifetime 0 seconds\nvisible_hostname gate\nconnect_timeout 2 seconds\npinger_enable off\n'
		printf 'cache_effective_user www-data\nforward_timeout 3 seconds\n'
		printf '%s\n' "$1"
	} >"$R/etc/squid/test.conf"
}
make_squid() {
	grep -q '^proxy:' "$R/etc/passwd" || echo "proxy:x:713:713::/:/usr/sbin/nologin" >>"$R/etc/passwd"
	# user secret, for both kinds
	python3 -W ignore -c 'import crypt; print("user:" + crypt.crypt("secret", crypt.METHOD_SHA256))' \
		>"$R/etc/squid/basic"
	echo 'user:secret' >"$R/etc/squid/digest"
}
run_squid() { start_inside "$1" /usr/sbin/squid -N -f /etc/squid/test.conf; }
answers_squid() { ask "$1" tcp 3128 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }

squid_conf 'http_access allow all'
site http_proxy 3128 - "$web4"
peer squid "$proxy"
through "Squid, open" pass open target - handshake 'the proxy connected to the target'
site http_proxy 3128 - "$web6"
through "Squid, open, to IPv6" pass open target - handshake 'the proxy connected to the target'
# Without a site: the environment's proxy, and its exceptions.
quick() {
	run ip netns exec "$client" env "$@" --format jsonl
	got=$(sed -n 's/.*"record":"outcome".*"to":"203.0.113.20\|.*"via":"\([^"]*\)".*"state":"\([^"]*\)".*/\1 \2/p' "$T/out" | tail -n 1)
}
stanford="$PORTOLAN check stanford-from-outside web=203.0.113.20 --only http"
# shellcheck disable=SC2086 # words on purpose
quick https_proxy=http://192.0.2.1:3128 $stanford
[ "$got" = "http:proxy open" ] || fail "the environment's proxy: $got"
# shellcheck disable=SC2086
quick https_proxy=http://192.0.2.1:3128 no_proxy=localhost,203.0.113.0/24 $stanford
[ "$got" = "direct unreachable" ] || fail "no_proxy: $got"
# shellcheck disable=SC2086
quick http_proxy=https://192.0.2.1:3128 $stanford
[ "$rc" = 2 ] || fail "a proxy over TLS: exit $rc"
has "$T/err" "over TLS is not spoken"
PORT=81 site http_proxy 3128 - "$web4"
through "Squid, nobody listens" fail rejected proxy beyond 'http 503' 'got no connection to it'
peer_stop "$pid" "$proxy"

squid_conf 'acl bad port 80
http_access deny bad
http_access allow all'
site http_proxy 3128 - "$web4"
peer squid "$proxy"
through "Squid, forbidden" fail rejected proxy policy 'http 403' "own rules forbid it"
peer_stop "$pid" "$proxy"

login='acl known proxy_auth REQUIRED
http_access allow known
http_access deny all'
for scheme in basic digest; do
	helper=basic_ncsa_auth
	[ $scheme = digest ] && helper=digest_file_auth
	squid_conf "auth_param $scheme program /usr/lib/squid/$helper /etc/squid/$scheme
auth_param $scheme children 1
auth_param $scheme realm gate
$login"
	peer squid "$proxy"
	site http_proxy 3128 - "$web4"
	through "Squid, $scheme, no login" fail rejected proxy authentication 'http 407' 'wants a login'
	site http_proxy 3128 env:LOGIN "$web4"
	LOGIN=user:secret through "Squid, $scheme" pass open target - handshake 'the proxy connected'
	LOGIN=user:wrong through "Squid, $scheme, wrong" fail rejected proxy authentication 'http 407' 'does not take the login'
	has_not "$T/out" wrong:
	# By a file: below this folder, or where logins belong; no other file of this user's.
	mkdir -p "$HOME/.config/portolan"
	echo user:secret | tee "$HOME/.config/portolan/gate" >"$HOME/.netrc"
	site http_proxy 3128 "file:$HOME/.config/portolan/gate" "$web4"
	through "Squid, $scheme, a file" pass open target - handshake 'the proxy connected'
	site http_proxy 3128 "file:$HOME/.netrc" "$web4"
	through "Squid, $scheme, another file" fail rejected proxy authentication 'http 407' 'wants a login'
	has "$T/err" "is not below this folder"
	peer_stop "$pid" "$proxy"
done

# --- tinyproxy --------------------------------------------------------------------------------------

make_tinyproxy() { printf 'Port 8888\nTimeout 10\n' >"$R/etc/tinyproxy/test.conf"; }
run_tinyproxy() { start_inside "$1" /usr/bin/tinyproxy -d -c /etc/tinyproxy/test.conf; }
answers_tinyproxy() { ask "$1" tcp 8888 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }
peer tinyproxy "$proxy"
site http_proxy 8888 - "$web4"
through tinyproxy pass open target - handshake 'the proxy connected'
PORT=81 site http_proxy 8888 - "$web4"
through "tinyproxy, nobody listens" fail rejected proxy beyond 'http 500' 'got no connection to it'
peer_stop "$pid" "$proxy"

# --- SOCKS ------------------------------------------------------------------------------------------

make_microsocks() { :; }
run_microsocks() { start_inside "$1" /usr/bin/microsocks -p 1080; }
answers_microsocks() { ask "$1" tcp 1080 '\x05\x01\0' '\x05\0'; }
peer microsocks "$proxy"
site socks_proxy 1080 - "$web4"
through microsocks pass open target - handshake 'the proxy connected'
site socks_proxy 1080 - "$web6"
through "microsocks, to IPv6" pass open target - handshake 'the proxy connected'
PORT=81 site socks_proxy 1080 - "$web4"
through "microsocks, nobody listens" fail rejected proxy beyond 'socks 5' 'refused there'
peer_stop "$pid" "$proxy"

make_danted() {
	cat >"$R/etc/danted.conf" <<'END'
logoutput: stderr
internal: 192.0.2.1 port = 1080
external: eth1
socksmethod: none
user.privileged: root
user.unprivileged: root
client pass { from: 0/0 to: 0/0 }
socks block { from: 0/0 to: 0/0 port = 82 }
socks pass { from: 0/0 to: 0/0 }
END
}
run_danted() { start_inside "$1" /usr/sbin/danted -f /etc/danted.conf; }
answers_danted() { ip netns exec "$client" "$PORTOLAN" probe 192.0.2.1:1080; }
peer danted "$proxy"
site socks_proxy 1080 - "$web4"
through Dante pass open target - handshake 'the proxy connected'
PORT=82 site socks_proxy 1080 - "$web4"
through "Dante, forbidden" fail rejected proxy policy 'socks 2' 'own rules forbid it'
peer_stop "$pid" "$proxy"

# --- a proxy without a word -------------------------------------------------------------------------

# It takes the request, and neither connects nor refuses: that is no refusal, and its time is not --timeout's.
cat >"$T/mute.py" <<'END'
import socket
s = socket.create_server(('', 3129))
kept = []
while True:
    kept.append(s.accept())
END
start ip netns exec "$proxy" python3 "$T/mute.py"
wait_for 10 ip netns exec "$client" "$PORTOLAN" probe 192.0.2.1:3129 || die "nobody at port 3129: $(cat "$log")"
site http_proxy 3129 - "$web4"
through "a mute proxy" fail silent proxy beyond 'no answer' 'said nothing in 5000 ms'
run ip netns exec "$client" "$PORTOLAN" check "$T/site.yaml" --catalog "$T/catalog" --timeout 300
has "$T/out" '192.0.2.1:3129 silent: it accepted and acknowledged, and nothing that it said came in 3000 ms'
has "$T/out" 'beside it: 203.0.113.20:80 silent'
has_not "$T/out" rejected

# --- no proxy there ---------------------------------------------------------------------------------

site http_proxy 3128 - "$web4"
through "nobody there" fail rejected proxy connect rst 'a reset came instead'
run ip netns exec "$client" "$PORTOLAN" check "$T/site.yaml" --catalog "$T/catalog"
has "$T/out" "FAILS"
has "$T/out" "pc -> gate tcp/3128, for web"
has "$T/out" "next move: proxy team (gate)"
