# portolan audit with services of text and data: set up carelessly in one namespace, carefully in the other, where none of
# this is to be found.
# shellcheck disable=SC2317 # here is called by expect_rc
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers postfix dovecot-imapd dovecot-pop3d vsftpd nginx postgresql mariadb-server-core redis-server memcached mosquitto \
	nats-server etcd-server slapd openssl
export PORTOLAN_CATALOG="$SOURCE_DIR/catalog"
at=192.0.2.7
here() { ip netns exec "$ns" "$PORTOLAN" "$@"; }

chroot "$R" openssl req -x509 -newkey rsa:2048 -nodes -days 60 -subj /CN=peer -addext "subjectAltName=IP:$at" \
	-keyout /etc/peer.key -out /etc/peer.crt 2>"$T/err" || die "no certificate: $(cat "$T/err")"
chmod 644 "$R/etc/peer.key"
make_postfix >"$T/out" 2>&1 || die "postfix: $(cat "$T/out")"
make_dovecot
make_vsftpd
make_mariadbd >"$T/out" 2>&1 || die "mariadb: $(cat "$T/out")"
echo "CREATE USER IF NOT EXISTS peer@'%';" >"$R/etc/mysql-init" # else it lets nobody in from elsewhere
cp -r --sparse=always "$R/var/lib/mysql" "$R/var/lib/mysql-old"
# For MariaDB: a certificate that an authority signed, and one that vouches for itself and is over.
mkdir -p "$R/tmp"
printf 'subjectAltName=IP:%s\n' $at >"$R/etc/names.cnf"
printf '[ca]\ndefault_ca=own\n[own]\ndatabase=/etc/ca.index\nserial=/etc/ca.serial\nnew_certs_dir=/tmp\npolicy=any\n[any]\n' \
	>"$R/etc/ca.cnf"
echo 'commonName=supplied' >>"$R/etc/ca.cnf"
: >"$R/etc/ca.index"
echo 01 >"$R/etc/ca.serial"
{
	chroot "$R" openssl req -new -key /etc/peer.key -subj /CN=db -out /etc/db.csr &&
		chroot "$R" openssl x509 -req -in /etc/db.csr -CA /etc/peer.crt -CAkey /etc/peer.key -CAcreateserial -days 60 \
			-extfile /etc/names.cnf -out /etc/db.crt &&
		chroot "$R" openssl ca -batch -config /etc/ca.cnf -selfsign -keyfile /etc/peer.key -in /etc/db.csr -md sha256 -notext \
			-extfile /etc/names.cnf -startdate 20250101000000Z -enddate 20250201000000Z -out /etc/over.crt
} >"$T/out" 2>&1 || die "no certificates: $(cat "$T/out")"
mkdir -p "$R/var/log/nginx" "$R/var/lib/nginx" "$R/var/lib/redis" "$R/var/lib/pg" "$R/run/postgresql"
chown 65534:65534 "$R/var/lib/pg" "$R/run/postgresql"
bin=$(cd "$R" && echo usr/lib/postgresql/*/bin)
chroot --userspec=65534:65534 "$R" "/$bin/initdb" -D /var/lib/pg --no-sync -A scram-sha-256 -U peer \
	--pwfile /etc/hostname >"$T/out" 2>&1 || die "initdb: $(cat "$T/out")"
install -o 65534 -g 65534 -m 600 "$R/etc/peer.key" "$R/var/lib/pg/peer.key"

# nginx_conf FILE LINES ...: each line is a server.
nginx_conf() {
	file=$1
	shift
	printf 'daemon off;\nworker_processes 1;\nerror_log stderr;\npid /run/nginx-%s.pid;\nevents { }\nhttp {\naccess_log off;\n' \
		"$file" >"$R/etc/nginx/$file.conf"
	printf 'ssl_certificate /etc/peer.crt;\nssl_certificate_key /etc/peer.key;\n' >>"$R/etc/nginx/$file.conf"
	for line; do
		printf 'server { %s }\n' "$line" >>"$R/etc/nginx/$file.conf"
	done
	echo '}' >>"$R/etc/nginx/$file.conf"
}

postgres() {
	start ip netns exec "$ns" chroot --userspec=65534:65534 "$R" "/$bin/postgres" -D /var/lib/pg -h '*' "$@"
}
# mariadb PORT DIRECTORY OPTION ...
mariadb() {
	port=$1
	directory=$2
	shift 2
	start_inside "$ns" mariadbd --no-defaults --user=root --datadir="/var/lib/$directory" --port="$port" \
		--socket="/run/mysqld/$port.sock" --init-file=/etc/mysql-init "$@"
}
# broken_off PORT: how many connections that ended before a login MariaDB has counted.
broken_off() {
	ip netns exec "$ns" python3 - "$1" <<'PYTHON'
import socket, struct, sys
server = socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=5)
stream = server.makefile('rb')
def say(number, body):
    server.sendall(struct.pack('<I', len(body) | number << 24) + body)
def hear():
    return stream.read(struct.unpack('<I', stream.read(4))[0] & 0xffffff)
hear()
say(1, struct.pack('<IIB23x', 0x8201, 1 << 24, 45) + b'peer\0\0')
hear()
say(0, b"\3SHOW GLOBAL STATUS LIKE 'Aborted_connects'")
answer = hear()
while not answer.startswith(b'\x10Aborted_connects'):
    answer = hear()
print(answer[18:].decode())
say(0, b'\1')
PYTHON
}
listening() {
	for port; do
		wait_for 15 sh -c "ip netns exec $ns ss -Hltn 'sport = :$port' | grep -q ." || die "nobody listens on $port"
	done
}
# healthy: etcd says of itself that it has a leader.
healthy() {
	ip netns exec "$ns" python3 - <<'PYTHON'
import http.client
asked = http.client.HTTPConnection('127.0.0.1', 2379, timeout=2)
asked.request('GET', '/health')
assert b'true' in asked.getresponse().read()
PYTHON
}
# found: the lines "CODE PORT" of all findings.
found() {
	python3 - "$T/out" <<'PYTHON' | sort >"$T/found"
import json, sys
for record in map(json.loads, open(sys.argv[1])):
    if record['record'] == 'finding':
        print(record['code'], record['subject'].rsplit(':', 1)[-1])
PYTHON
}
ours='^(etcd-|ldap-tls-|starttls-|login-before-|ftp-|http-|hsts-|cookie-|redis-|memcached-|mqtt-|nats-|postgresql-|mysql-)'

# Carelessly.
namespace careless
ip -n "$ns" address add $at/32 dev lo
echo local_enable=YES >>"$R/etc/vsftpd.conf"
nginx_conf careless 'listen 80; return 200 a;' \
	'listen 81; auth_basic peer; auth_basic_user_file /etc/hostname; location / { }' \
	'listen 443 ssl; add_header Set-Cookie "a=1; Path=/"; return 200 a;'
run_dovecot "$ns"
run_postfix "$ns"
run_vsftpd "$ns"
start_inside "$ns" /usr/sbin/nginx -c /etc/nginx/careless.conf
postgres
mariadb 3306 mysql
mariadb 3307 mysql-old --tls-version=TLSv1.2 --ssl-cert=/etc/over.crt --ssl-key=/etc/peer.key
start_inside "$ns" redis-server --save '' --dir /tmp --protected-mode no
start_inside "$ns" redis-server --save '' --dir /tmp --port 6380 --bind 0.0.0.0 --requirepass secret
start_inside "$ns" /usr/bin/memcached -u root -m 8
printf 'listener 1883\nallow_anonymous true\nuser root\n' >"$R/etc/mosquitto/careless.conf"
start_inside "$ns" /usr/sbin/mosquitto -c /etc/mosquitto/careless.conf
start_inside "$ns" /usr/sbin/nats-server -p 4222
start_inside "$ns" /usr/bin/etcd --data-dir /tmp/etcd --listen-client-urls http://0.0.0.0:2379 \
	--advertise-client-urls http://127.0.0.1:2379
peer slapd "$ns"
listening 21 25 80 81 110 143 443 1883 2379 3306 3307 4222 5432 6379 6380 11211
# etcd listens before it has elected itself, and answers nothing until then.
wait_for 30 healthy || die "etcd elects nobody"
expect_rc 1 here audit --format jsonl $at:21,25,80,81,110,143,389,443,1883,2379,3306,4222,5432,6379,6380,11211
found
cat >"$T/wanted" <<'LIST'
cookie-without-secure 443
etcd-open 2379
ftp-login-before-tls 21
ftp-tls-missing 21
hsts-missing 443
http-basic-cleartext 81
http-cleartext 80
ldap-tls-missing 389
login-before-tls 110
login-before-tls 143
memcached-open 11211
mqtt-anonymous 1883
mysql-tls-missing 3306
nats-cleartext 4222
nats-open 4222
postgresql-tls-missing 5432
redis-cleartext 6380
redis-open 6379
starttls-missing 110
starttls-missing 143
starttls-missing 25
LIST
grep -E "$ours" "$T/found" | diff -u "$T/wanted" - || fail "carelessly set up: $(cat "$T/out" "$T/err")"

# Behind MySQL's switch to TLS is seen what one handshake tells, on the connection that is made for the greeting anyhow:
# one of identify's and one more.
expect_rc 1 here audit --profile strict --format jsonl $at:3307
found
printf '%s 3307\n' certificate-expired certificate-self-signed mysql-sha1-login no-tls13 tls12 |
	diff -u - "$T/found" || fail "MariaDB's TLS: $(cat "$T/out" "$T/err")"
counted=$(broken_off 3307)
[ "$counted" = 2 ] || fail "MariaDB counted $counted connections, not 2"
for pid in $test_pids; do
	stop "$pid"
done
wait_for 10 peer_is_gone "$ns" || fail "left over: $(ip netns pids "$ns" | tr '\n' ' ')"

# Carefully, and from another host: Dovecot takes its own for safe.
namespace asks
asks=$ns
namespace careful
ip -n "$ns" link add eth0 type veth peer name eth0 netns "$asks"
ip -n "$ns" address add $at/24 dev eth0
ip -n "$asks" address add 192.0.2.8/24 dev eth0
ip -n "$ns" link set eth0 up
ip -n "$asks" link set eth0 up
printf 'smtpd_tls_cert_file = /etc/peer.crt\nsmtpd_tls_key_file = /etc/peer.key\nsmtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes\n' \
	>>"$R/etc/postfix/main.cf"
sed -i 's/^ssl = no/ssl = required\nssl_cert = <\/etc\/peer.crt\nssl_key = <\/etc\/peer.key/; s/^disable_plaintext_auth = no/disable_plaintext_auth = yes/' \
	"$R/etc/dovecot/peer.conf"
cat >>"$R/etc/vsftpd.conf" <<'LINES'
ssl_enable=YES
force_local_logins_ssl=YES
rsa_cert_file=/etc/peer.crt
rsa_private_key_file=/etc/peer.key
LINES
# shellcheck disable=SC2016 # nginx's own
nginx_conf careful 'listen 80; return 301 https://$host$request_uri;' \
	'listen 443 ssl; add_header Strict-Transport-Security max-age=31536000; add_header Set-Cookie "a=1; Secure"; return 200 a;'
run_dovecot "$ns"
run_postfix "$ns"
run_vsftpd "$ns"
start_inside "$ns" /usr/sbin/nginx -c /etc/nginx/careful.conf
postgres -l -c ssl_cert_file=/etc/peer.crt -c ssl_key_file=/var/lib/pg/peer.key
mariadb 3306 mysql --ssl-cert=/etc/db.crt --ssl-key=/etc/peer.key
start_inside "$ns" redis-server --save '' --dir /tmp --port 0 --tls-port 6379 --bind 0.0.0.0 --requirepass secret \
	--tls-cert-file /etc/peer.crt --tls-key-file /etc/peer.key --tls-ca-cert-file /etc/peer.crt --tls-auth-clients no
printf 'listener 8883\nallow_anonymous false\nuser root\ncertfile /etc/peer.crt\nkeyfile /etc/peer.key\n' \
	>"$R/etc/mosquitto/careful.conf"
start_inside "$ns" /usr/sbin/mosquitto -c /etc/mosquitto/careful.conf
start_inside "$ns" /usr/sbin/nats-server -p 4222 --user peer --pass secret --tls --tlscert /etc/peer.crt --tlskey /etc/peer.key
listening 21 25 80 110 143 443 3306 4222 5432 6379 8883
run ip netns exec "$asks" "$PORTOLAN" audit --format jsonl $at:21,25,80,110,143,443,3306,4222,5432,6379,8883
found
grep -E "$ours" "$T/found" && fail "carefully set up, and yet: $(cat "$T/out" "$T/err")"
grep ' 3306$' "$T/found" && fail "MariaDB, carefully set up, and yet: $(cat "$T/out" "$T/err")"
has "$T/out" '"services":11,'
exit 0
