# The audit of TLS with real servers, configured badly and well, and with a scripted one for what no library of today
# speaks: each weakness is found where it is, and nothing on servers as they should be. Where sslscan is there, it
# must not see more versions and families of ciphers.
# shellcheck disable=SC2317 # make_NAME and its like are called by the name of their peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers nginx gnutls-bin openssl
topic=$BUILD_DIR/tests/net/topic
namespace tls

mkdir -p "$R/var/log/nginx" "$R/var/lib/nginx"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=peer.test -days 30 -keyout "$R/etc/rsa.key" -out "$R/etc/rsa.crt" \
	2>"$T/err" || die "no certificate: $(cat "$T/err")"
openssl req -x509 -newkey rsa:1024 -nodes -subj /CN=peer.test -days 30 -keyout "$R/etc/short.key" \
	-out "$R/etc/short.crt" 2>"$T/err" || die "no certificate: $(cat "$T/err")"
openssl dhparam -dsaparam -out "$R/etc/dh1024.pem" 1024 2>"$T/err" || die "no prime: $(cat "$T/err")"

# A chain: an authority that is signed with SHA-1 has signed what the server shows.
make_chain() {
	printf 'subjectAltName = DNS:localhost, DNS:*.peer.test\n' >"$T/names"
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=root -days 30 -keyout "$T/root.key" -out "$T/root.crt" &&
		openssl req -newkey rsa:2048 -nodes -subj /CN=authority -keyout "$T/ca.key" -out "$T/ca.csr" &&
		openssl x509 -req -in "$T/ca.csr" -CA "$T/root.crt" -CAkey "$T/root.key" -CAcreateserial -sha1 -days 30 \
			-out "$T/ca.crt" &&
		openssl req -newkey rsa:2048 -nodes -subj /CN=peer.test -keyout "$R/etc/chain.key" -out "$T/chain.csr" &&
		openssl x509 -req -in "$T/chain.csr" -CA "$T/ca.crt" -CAkey "$T/ca.key" -CAcreateserial -sha256 -days 900 \
			-extfile "$T/names" -out "$T/chain.crt"
}
make_chain 2>"$T/err" || die "no chain: $(cat "$T/err")"
cat "$T/chain.crt" "$T/ca.crt" >"$R/etc/chain.crt"

# Mozilla's "modern" and "intermediate" (5.7), a default, and an old one; DH of a prime of its own.
cat >"$R/etc/nginx/audit.conf" <<'END'
daemon off;
worker_processes 1;
error_log stderr error;
pid /run/nginx.pid;
events {}
http {
	access_log off;
	ssl_certificate /etc/rsa.crt;
	ssl_certificate_key /etc/rsa.key;
	server { listen 441 ssl; ssl_protocols TLSv1.3; }
	server {
		listen 442 ssl;
		ssl_protocols TLSv1.2 TLSv1.3;
		ssl_prefer_server_ciphers off;
		ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;
	}
	server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; }
	server {
		listen 444 ssl;
		ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
		ssl_ciphers ALL:NULL:@SECLEVEL=0;
		ssl_prefer_server_ciphers on;
		ssl_dhparam /etc/dh1024.pem;
	}
	server { listen 445 ssl; ssl_reject_handshake on; }
	server {
		listen 446 ssl;
		ssl_protocols TLSv1.3;
		ssl_ciphers ALL:@SECLEVEL=0;
		ssl_certificate /etc/chain.crt;
		ssl_certificate_key /etc/chain.key;
	}
}
END
start_inside "$ns" /usr/sbin/nginx -c /etc/nginx/audit.conf
nginx_log=$log

# gnutls PORT PRIORITY
gnutls() {
	start_inside "$ns" gnutls-serv --quiet --http --port "$1" --x509certfile /etc/rsa.crt --x509keyfile /etc/rsa.key \
		--priority "$2"
}
# s_server PORT OPTIONS
s_server() {
	server_port=$1
	shift
	start_inside "$ns" openssl s_server -quiet -accept "$server_port" "$@"
}
gnutls 451 'SECURE192:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA'
gnutls 452 'NORMAL:+VERS-TLS-ALL:+ARCFOUR-128:+3DES-CBC:+NULL:+ANON-ECDH:+CURVE-SECP192R1:+SIGN-RSA-SHA1:%NO_ETM:%NO_SESSION_HASH:%DISABLE_SAFE_RENEGOTIATION'
s_server 461 -cert /etc/rsa.crt -key /etc/rsa.key -tls1_3 -groups P-521
s_server 462 -cert /etc/short.crt -key /etc/short.key -serverpref -cipher 'DHE:@SECLEVEL=0'
s_server 463 -cert /etc/rsa.crt -key /etc/rsa.key -tls1_1 -cipher 'ECDHE:@SECLEVEL=0'
port=470
for kind in ancient old careless odd named silent; do
	port=$((port + 1))
	start ip netns exec "$ns" python3 "$SOURCE_DIR/tests/net/audit_tls_server.py" "$port" "$kind"
done
last_port=$port

listens_tcp() { [ -n "$(ip netns exec "$1" ss -Hltn "sport = :$2")" ]; }
for port in 441 442 443 444 445 446 451 452 461 462 463 $(seq 471 "$last_port"); do
	wait_for 10 listens_tcp "$ns" "$port" || die "nobody listens on $port: $(tail -n 5 "$T"/log.*)"
done

# codes: of what a topic noted, a line each.
codes() { sed -n 's/^\([a-z0-9-]*\): .*/\1/p' | sort; }
# notes PORT CODES [NAME]: that is noted there, in any order, after at most $most connections.
notes() {
	ip netns exec "$ns" "$topic" tls 127.0.0.1 "$1" ${3:+"$3"} >"$T/said" 2>&1 || fail "$1: $(cat "$T/said")"
	codes <"$T/said" >"$T/noted"
	printf '%s\n' "$2" | tr ' ' '\n' | sed '/^$/d' | sort >"$T/wanted"
	cmp -s "$T/noted" "$T/wanted" || fail "port $1: noted and wanted: $(diff "$T/noted" "$T/wanted")"
	[ "$(sed -n '$s/.*, //p' "$T/said")" -le "$most" ] || fail "port $1: more than $most connections: $(cat "$T/said")"
}

# As they should be: of TLS 1.2 no more than that it is not 1.3, which "strict" alone tells.
most=2
notes 441 ''
notes 461 ''
notes 445 ''
most=6
notes 442 'tls12'
notes 451 'tls12'

most=8
notes 443 'tls12 tls-no-forward-secrecy'
most=13
notes 444 'tls12 tls11 tls10 no-tls13 tls-null tls-anonymous tls-no-forward-secrecy tls-dh-short'
notes 452 'tls12 tls11 tls10 no-tls13 tls-null tls-anonymous tls-rc4 tls-3des tls-cbc tls-no-forward-secrecy
tls-no-secure-renegotiation tls-no-extended-master-secret tls-weak-curve tls-sha1-signature'
notes 462 'tls12 tls11 tls10 tls-dh-short tls-dh-common'
notes 463 'tls11 no-tls13 tls-null'

notes 471 'ssl2 ssl3 no-tls13 tls-des tls-rc4 tls-3des tls-export tls-cbc tls-no-forward-secrecy tls-dh-short
tls-dh-common'
notes 472 'ssl3 tls10 no-tls13 tls-anonymous tls-export tls-rc4 tls-3des tls-cbc tls-no-forward-secrecy tls-dh-short
tls-compression tls-no-secure-renegotiation tls-no-extended-master-secret'
notes 473 'tls10 tls11 tls12 no-tls13 tls-rc4 tls-des tls-cbc tls-dh-short tls-dh-common tls-weak-curve
tls-md5-signature tls-no-extended-master-secret tls-no-fallback-scsv'
most=6
notes 474 'tls12 no-tls13'
notes 475 'tls12 no-tls13' peer.test
most=2
notes 475 ''
most=7
notes 476 ''

[ ! -s "$nginx_log" ] || fail "nginx has something to say of it: $(cat "$nginx_log")"

# told PROFILE TARGET CODES: by the command, with the certificate's; what is inside has its own tests.
told() {
	ip netns exec "$ns" "$PORTOLAN" audit --format jsonl --profile "$1" "$2" >"$T/said" 2>&1
	sed -n 's/.*"record":"finding".*"code":"\([^"]*\)".*/\1/p' "$T/said" | grep -E '^(tls|no-tls|ssl|certificate)' | sort >"$T/noted"
	printf '%s\n' "$3" | tr ' ' '\n' | sed '/^$/d' | sort >"$T/wanted"
	cmp -s "$T/noted" "$T/wanted" || fail "$2: told and wanted: $(diff "$T/noted" "$T/wanted")"
}
told default 127.0.0.1:442 'certificate-self-signed'
told strict 127.0.0.1:444 'certificate-self-signed tls12 tls11 tls10 no-tls13 tls-null tls-anonymous tls-dh-short
tls-no-forward-secrecy'
told default 127.0.0.1:446 'certificate-weak-chain'
told strict localhost:446 'certificate-weak-chain certificate-long-lived'
told default localhost:443 'certificate-self-signed certificate-other-name tls-no-forward-secrecy'

# sslscan's word on versions and families, in our codes.
sslscan_codes() {
	inside "$ns" sslscan --no-colour --no-heartbleed --no-check-certificate --no-compression --no-renegotiation \
		"127.0.0.1:$1" 2>/dev/null | awk '
		/^TLSv1.0 +enabled/ { print "tls10" }
		/^TLSv1.1 +enabled/ { print "tls11" }
		/^TLSv1.2 +enabled/ { print "tls12" }
		/^TLSv1.3 +disabled/ { print "no-tls13" }
		/^(Preferred|Accepted)/ {
			if ($5 ~ /NULL/) print "tls-null"
			if ($5 ~ /^(ADH|AECDH|DH_anon|TLS_.*_anon)/) print "tls-anonymous"
			if ($5 ~ /RC4/) print "tls-rc4"
			if ($5 ~ /DES-CBC3|3DES|IDEA/) print "tls-3des"
			if ($5 !~ /DHE|ADH|AECDH|^TLS_/ || $5 ~ /^TLS_RSA_WITH/) print "tls-no-forward-secrecy"
		}' | sort -u
}
if [ -e "$PEERS/have/sslscan.whole" ]; then
	for port in 442 443 444 452 463; do
		ip netns exec "$ns" "$topic" tls 127.0.0.1 "$port" | codes |
			grep -xE 'tls1[012]|no-tls13|tls-(null|anonymous|rc4|3des|no-forward-secrecy)' >"$T/ours"
		sslscan_codes "$port" >"$T/theirs"
		unseen=$(comm -13 "$T/ours" "$T/theirs" | tr '\n' ' ')
		[ -z "$unseen" ] || fail "port $port: sslscan sees more: $unseen"
		grep -q . "$T/theirs" || fail "port $port: sslscan sees nothing"
	done
fi
exit 0
