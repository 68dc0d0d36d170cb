#!/bin/sh
# audit-tls.sh [SECONDS]: whole audits of services under TLS, in connections a second that a server answers, beside
# OpenSSL's own client, which completes its handshakes (`openssl s_time -new`): on one core, against the same nginx on
# another, in one run. Prints both and the ratio; goal: 0.7. With FLOOR=1 it fails at less than half of that.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers nginx openssl
seconds=${1:-3}
services=100
command -v taskset >/dev/null || skip "no taskset(1): install util-linux"
[ "$(nproc)" -ge 2 ] || skip "one core alone: client and server would share it"
namespace tls

mkdir -p "$R/var/log/nginx" "$R/var/lib/nginx"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=peer.test -days 30 \
	-keyout "$R/etc/peer.key" -out "$R/etc/peer.crt" 2>"$T/err" || die "no certificate: $(cat "$T/err")"
{
	cat <<'END'
daemon off;
worker_processes 1;
error_log stderr error;
pid /run/nginx.pid;
events { worker_connections 4096; }
http {
	access_log off;
	ssl_certificate /etc/peer.crt;
	ssl_certificate_key /etc/peer.key;
	server { listen 80; location / { stub_status; } }
	server {
END
	seq -f 'listen 127.0.0.1:%g ssl;' 4001 $((4000 + services))
	echo '} }'
} >"$R/etc/nginx/bench.conf"
start_inside "$ns" taskset -c 0 /usr/sbin/nginx -c /etc/nginx/bench.conf

accepted() {
	inside "$ns" python3 -c 'import urllib.request
print(urllib.request.urlopen("http://127.0.0.1/").read().split()[7].decode())' 2>/dev/null
}
wait_for 10 accepted || die "nginx does not start: $(cat "$log")"

# rate COMMAND ...: connections a second, to $rate; those of asking for the count are not counted.
rate() {
	before=$(accepted)
	began=$(date +%s%N)
	"$@" >"$T/out" 2>&1
	ended=$(date +%s%N)
	connections=$(($(accepted) - before - 1))
	rate=$((connections * 1000000000 / (ended - began)))
}

rate ip netns exec "$ns" taskset -c 1 "$PORTOLAN" audit --i-may-probe 127.0.0.0/8 --rate 100000 \
	--format jsonl --ports 4001-$((4000 + services)) 127.0.0.1
grep -q "\"services\":$services," "$T/out" || die "not all of them were audited: $(tail -n 1 "$T/out")"
ours=$rate
echo "portolan audit: $services services, $connections connections, $ours a second"

rate inside "$ns" taskset -c 1 openssl s_time -new -time "$seconds" -connect 127.0.0.1:4001
theirs=$rate
echo "openssl s_time -new: $connections connections, $theirs a second"

awk -v ours="$ours" -v theirs="$theirs" -v floor="${FLOOR-}" 'BEGIN {
	printf "audit-tls: %.2f of the rate of OpenSSL, goal 0.70 and more\n", ours / theirs
	exit floor && ours / theirs < 0.35
}' || fail "a twofold regression"
exit 0
