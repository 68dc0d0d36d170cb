# portolan identify inside TLS: real servers under it, old ones, one that wants to be called by its name, one that
# wants a certificate, and some that only begin.
# shellcheck disable=SC2317 # make_NAME and its like are called by the name of their peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers nginx openssl dovecot-imapd dovecot-pop3d slapd stunnel4 openssh-server

listens_tcp() { [ -n "$(ip netns exec "$1" ss -Hltn "sport = :$2")" ]; }

identify() {
	ip netns exec "$ns" "$PORTOLAN" identify "$@" >"$T/out" 2>&1
	rc=$?
}

# says PORT WORD WORDS: the line of that port.
says() {
	grep -qE -e ":$1  +$2  .*$3" "$T/out" || fail "port $1 is not \"$2 ... $3\": $(cat "$T/out")"
}

certificate='certificate: peer\.test, EC 256, self-signed, until 20[0-9-]{8}'

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=Harbour/CN=peer.test -days 30 \
	-keyout "$R/etc/peer.key" -out "$R/etc/peer.crt" 2>"$T/err" || die "no certificate: $(cat "$T/err")"
cat "$R/etc/peer.key" "$R/etc/peer.crt" >"$R/etc/peer.pem"

make_web() {
	mkdir -p "$R/var/log/nginx" "$R/var/lib/nginx"
	cat >"$R/etc/nginx/tls.conf" <<'CONF'
daemon off;
worker_processes 1;
error_log stderr;
pid /run/nginx.pid;
events {}
http {
	access_log off;
	ssl_certificate /etc/peer.crt;
	ssl_certificate_key /etc/peer.key;
	server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; }
	server { listen 40443 ssl; ssl_protocols TLSv1.2; }
	server { listen 8443 ssl default_server; ssl_reject_handshake on; }
	server { listen 8443 ssl; server_name peer.test; }
	server { listen 40444 ssl; ssl_verify_client on; ssl_client_certificate /etc/peer.crt; }
}
CONF
}
run_web() { start_inside "$1" /usr/sbin/nginx -c /etc/nginx/tls.conf; }
answers_web() { listens_tcp "$1" 443; }

make_mail() {
	make_dovecot
	sed -e 's/^ssl = no/ssl = required/' "$R/etc/dovecot/peer.conf" >"$R/etc/dovecot/tls.conf"
	printf 'ssl_cert = </etc/peer.crt\nssl_key = </etc/peer.key\n' >>"$R/etc/dovecot/tls.conf"
}
run_mail() { start_inside "$1" /usr/sbin/dovecot -F -c /etc/dovecot/tls.conf; }
answers_mail() { listens_tcp "$1" 993; }

make_directory() {
	make_slapd
	{
		printf 'TLSCertificateFile /etc/peer.crt\nTLSCertificateKeyFile /etc/peer.key\n'
		cat "$R/etc/ldap/peer.conf"
	} >"$R/etc/ldap/tls.conf"
}
run_directory() { start_inside "$1" /usr/sbin/slapd -d 0 -h ldaps:/// -f /etc/ldap/tls.conf; }
answers_directory() { listens_tcp "$1" 636; }

# Without a certificate of ours there are no words: TLS 1.3 says so after the handshake, TLS 1.2 breaks it off.
make_shy() { :; }
run_shy() {
	start_inside "$1" openssl s_server -quiet -www -accept "$shy_port" -cert /etc/peer.crt -key /etc/peer.key \
		-Verify 1 "$shy_version"
}
answers_shy() { listens_tcp "$1" "$shy_port"; }

# TLS 1.0 with a key too small for today.
make_old() {
	openssl req -x509 -newkey rsa:1024 -nodes -sha1 -subj /CN=old.test -days 30 \
		-keyout "$R/etc/old.key" -out "$R/etc/old.crt"
}
run_old() {
	start_inside "$1" openssl s_server -quiet -www -accept 40010 -cert /etc/old.crt -key /etc/old.key -tls1 \
		-cipher ALL:@SECLEVEL=0
}
answers_old() { listens_tcp "$1" 40010; }

make_wrapped() {
	make_sshd
	cat >"$R/etc/stunnel.peer" <<'CONF'
foreground = yes
pid =
cert = /etc/peer.pem
[ssh]
accept = :::40022
connect = 127.0.0.1:22
[silent]
accept = :::40023
connect = 127.0.0.1:40002
CONF
}
run_wrapped() { start_inside "$1" stunnel /etc/stunnel.peer; }
answers_wrapped() { listens_tcp "$1" 40022; }

namespace inside
for name in web mail directory old sshd wrapped; do
	peer "$name" "$ns"
done
shy_port=40013 shy_version=-tls1_3
peer shy "$ns"
shy_port=40012 shy_version=-tls1_2
peer shy "$ns"

# A silent service for the tunnel; servers that begin a handshake: and keep silent, and speak garbage, and drip.
cat >"$T/begun.py" <<'PY'
import os, socket, threading, time

HELLO = (b'\x16\x03\x03\x00\x5d\x02\x00\x00\x59\x03\x03' + bytes(range(32)) + b'\x20' + bytes(32) +
         b'\xc0\x2b\x00\x00\x11\xff\x01\x00\x01\x00\x00\x0b\x00\x04\x03\x00\x01\x02\x00\x17\x00\x00')

def serve(port, talk):
    listener = socket.create_server(('127.0.0.1', port), backlog=64)
    def one(c):
        try:
            talk(c)
        except OSError:
            pass
    def run():
        while True:
            c, _ = listener.accept()
            threading.Thread(target=one, args=(c,), daemon=True).start()
    threading.Thread(target=run, daemon=True).start()

def silent(c):
    while c.recv(4096):
        pass
def begins(c):
    if c.recv(4096)[:1] == b'\x16':
        c.sendall(HELLO)
        silent(c)
def garbage(c):
    if c.recv(4096)[:1] == b'\x16':
        c.sendall(HELLO)
        while True:
            c.sendall(b'\x16\x03\x03\x40\x00' + os.urandom(16384))
def drip(c):
    if c.recv(4096)[:1] == b'\x16':
        c.sendall(HELLO)
        while True:
            c.sendall(b'\x16\x03\x03\x00\x01\x0b')
            time.sleep(0.1)
serve(40002, silent)
serve(40031, begins)
serve(40032, garbage)
serve(40033, drip)
print('ready', flush=True)
threading.Event().wait()
PY
start ip netns exec "$ns" python3 "$T/begun.py"
wait_for 5 grep -q ready "$log" || die "begun.py: $(cat "$log")"

identify 127.0.0.1:443,636,993,995,40010,40022,40443,40444
[ $rc = 0 ] || fail "exit $rc: $(cat "$T/out")"
says 443 https "TLS 1\.3, inside it http: .*; $certificate"
says 636 ldaps "TLS 1\.[23], inside it ldap.*; $certificate"
says 993 imaps "TLS 1\.[23], inside it imap: .*Dovecot.*; $certificate"
says 995 pop3s "TLS 1\.[23], inside it pop3.*; $certificate"
says 40010 https "TLS 1\.0, inside it http.*; certificate: old\.test, RSA 1024, self-signed"
says 40022 ssh "TLS 1\.3, inside it ssh: .*OpenSSH.*; $certificate"
says 40443 https "TLS 1\.2, inside it http.*; $certificate"
says 40444 https "TLS 1\.2, inside it http: .*; $certificate"
grep -q impostor "$T/out" && fail "an impostor: $(cat "$T/out")"

identify 127.0.0.1:40012,40013
says 40012 tls "TLS 1\.2, and no handshake: .*; it wants a certificate of who connects; $certificate"
says 40013 tls "TLS 1\.3; it wants a certificate of who connects; $certificate"

# Without ports those of services under TLS are tried, too.
identify 127.0.0.1
for row in 443:https 636:ldaps 993:imaps 995:pop3s; do
	says "${row%:*}" "${row#*:}" "TLS 1\.[23], inside it "
done

# By its name alone.
identify 127.0.0.1:8443
says 8443 tls "no handshake: .*; it answers to another name"
mount --bind "$R/etc/hosts" /etc/hosts || die "no hosts"
identify peer.test:8443
says 8443 https "TLS 1\.2, inside it http.*; $certificate"

# What is inside is not its number's.
ip netns exec "$ns" nft -f - <<-NFT || die "no redirection"
	table ip portolan_squat {
		chain out {
			type nat hook output priority -100
			tcp dport 1352 redirect to :443
		}
	}
NFT
identify 127.0.0.1:1352
says 1352 https "impostor: expected nrpc, proved https; TLS 1\.3, inside it http"

# Harmless: within the time, and TLS is all that is said.
begun=$(date +%s%N)
identify 127.0.0.1:40023,40031-40033
took=$((($(date +%s%N) - begun) / 1000000))
[ $took -lt 4000 ] || fail "it took $took ms"
says 40023 tls "TLS 1\.3; $certificate"
for port in 40031 40032 40033; do
	says "$port" tls "no handshake: "
done
for name in web mail directory old wrapped; do
	"answers_$name" "$ns" || fail "$name does not serve any more"
done
exit 0
