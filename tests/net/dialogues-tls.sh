# The dialogues for TLS and QUIC with real servers: each proves its own, over both families, and takes none for what it
# is not.
# shellcheck disable=SC2317 # make_NAME and its like are called by the name of their peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers nginx gnutls-bin stunnel4 openssl caddy openssh-server
# shellcheck source=tests/dialogues-lib.sh
. "$SOURCE_DIR/tests/dialogues-lib.sh"

make_certificate() {
	[ -e "$R/etc/peer.pem" ] && return
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=Harbour/CN=peer.test -days 30 \
		-keyout "$R/etc/peer.key" -out "$R/etc/peer.crt" && cat "$R/etc/peer.key" "$R/etc/peer.crt" >"$R/etc/peer.pem"
}

make_nginx_tls() {
	make_certificate
	mkdir -p "$R/var/log/nginx" "$R/var/lib/nginx"
	cat >"$R/etc/nginx/tls.conf" <<'END'
daemon off;
worker_processes 1;
error_log stderr;
pid /run/nginx.pid;
events {}
http {
	access_log off;
	ssl_certificate /etc/peer.crt;
	ssl_certificate_key /etc/peer.key;
	server { listen 443 ssl; listen [::]:443 ssl; ssl_protocols TLSv1.2 TLSv1.3; }
	server { listen 444 ssl; listen [::]:444 ssl; ssl_protocols TLSv1.2; }
	server { listen 445 ssl; listen [::]:445 ssl; ssl_reject_handshake on; }
}
END
}
run_nginx_tls() { start_inside "$1" /usr/sbin/nginx -c /etc/nginx/tls.conf; }
answers_nginx_tls() { listens_tcp "$1" 443; }

make_openssl() { make_certificate; }
run_openssl() { start_inside "$1" openssl s_server -quiet -accept 443 -cert /etc/peer.crt -key /etc/peer.key; }
answers_openssl() { listens_tcp "$1" 443; }

# It wants a curve that we have no key for: it asks for another ClientHello.
make_retry() { make_certificate; }
run_retry() {
	start_inside "$1" openssl s_server -quiet -accept 443 -cert /etc/peer.crt -key /etc/peer.key -tls1_3 -groups P-384
}
answers_retry() { listens_tcp "$1" 443; }

make_old() { make_certificate; }
run_old() {
	start_inside "$1" openssl s_server -quiet -accept 443 -cert /etc/peer.crt -key /etc/peer.key -tls1 \
		-cipher ALL:@SECLEVEL=0
}
answers_old() { listens_tcp "$1" 443; }

make_gnutls() { make_certificate; }
run_gnutls() {
	start_inside "$1" gnutls-serv --quiet --http --port 443 --x509certfile /etc/peer.crt --x509keyfile /etc/peer.key
}
answers_gnutls() { listens_tcp "$1" 443; }

make_gnutls12() { make_certificate; }
run_gnutls12() {
	start_inside "$1" gnutls-serv --quiet --http --port 443 --x509certfile /etc/peer.crt --x509keyfile /etc/peer.key \
		--priority NORMAL:-VERS-TLS1.3
}
answers_gnutls12() { listens_tcp "$1" 443; }

make_stunnel() {
	make_certificate
	cat >"$R/etc/stunnel.peer" <<'END'
foreground = yes
pid =
[peer]
accept = :::443
connect = 127.0.0.1:9
cert = /etc/peer.pem
END
}
run_stunnel() { start_inside "$1" stunnel /etc/stunnel.peer; }
answers_stunnel() { listens_tcp "$1" 443; }

make_caddy() {
	make_certificate
	cat >"$R/etc/caddy.peer" <<'END'
{
	admin off
	auto_https disable_redirects
}
:443 {
	tls /etc/peer.crt /etc/peer.key
	respond "a peer"
}
END
}
run_caddy() { start_inside "$1" env HOME=/tmp caddy run --adapter caddyfile --config /etc/caddy.peer; }
answers_caddy() { listens_tcp "$1" 443; }

name12='proved: TLS 1\.2, certificate peer\.test'

talk_nginx_tls() {
	both 'proved: TLS 1\.3' tls tcp 443
	both "$name12" tls tcp 444
	both 'proved: alert unrecognized_name' tls tcp 445
	not_taken tcp 443 dns kerberos epmap rpcbind
}
talk_openssl() {
	both 'proved: TLS 1\.3' tls tcp 443
}
talk_retry() {
	both 'proved: TLS 1\.3' tls tcp 443
}
talk_old() {
	both 'proved: TLS 1\.0, certificate peer\.test' tls tcp 443
}
talk_gnutls() {
	both 'proved: TLS 1\.3' tls tcp 443
}
talk_gnutls12() {
	both "$name12" tls tcp 443
}
talk_stunnel() {
	both 'proved: TLS 1\.3' tls tcp 443
}
talk_caddy() {
	both 'proved: TLS 1\.3' tls tcp 443
	both 'proved: version 1, .*' quic udp 443
	not_taken udp 443 utp bittorrent dns ntp
}
talk_sshd() {
	not_taken tcp 22 tls
}

talk_all nginx_tls openssl retry old gnutls gnutls12 stunnel caddy sshd
exit 0
