# The dialogues over TCP of the web, proxies, queues, databases and what else is asked first: with real servers, each
# proves its own, over both families where the server has both, and is taken for none that it is not.
# shellcheck disable=SC2317 # make_NAME, run_NAME, answers_NAME and talk_NAME are called by the name of their peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers nginx apache2-bin lighttpd squid tinyproxy privoxy microsocks dante-server redis-server memcached mosquitto \
	rabbitmq-server postgresql git erlang-base zabbix-agent xvfb kamailio coturn openvpn cups-daemon etcd-server docker.io
. "$SOURCE_DIR/tests/dialogues-lib.sh"

# The web. nginx is tests/peers-lib.sh's, with a port that speaks TLS beside it.
make_certificate() {
	[ -e "$R/etc/peer.pem" ] && return
	chroot "$R" openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=peer -keyout /etc/peer.key -out /etc/peer.crt
	cat "$R/etc/peer.key" "$R/etc/peer.crt" >"$R/etc/peer.pem"
}

make_nginx_tls() {
	make_nginx
	make_certificate
	sed '/server {/a\
	server { listen 443 ssl; listen [::]:443 ssl; ssl_certificate /etc/peer.crt; ssl_certificate_key /etc/peer.key; }
' "$R/etc/nginx/peer.conf" >"$R/etc/nginx/peer-tls.conf"
}
run_nginx_tls() { start_inside "$1" /usr/sbin/nginx -c /etc/nginx/peer-tls.conf; }
answers_nginx_tls() { answers_nginx "$1"; }

make_apache() {
	make_certificate
	mkdir -p "$R/srv/www"
	cat >"$R/etc/apache2/peer.conf" <<'END'
ServerRoot /etc/apache2
ServerName peer.test
PidFile /run/apache2.pid
ErrorLog /dev/stderr
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
Listen 80
Listen 443
DocumentRoot /srv/www
<Location />
	Require all denied
</Location>
<VirtualHost *:443>
	SSLEngine on
	SSLCertificateFile /etc/peer.crt
	SSLCertificateKeyFile /etc/peer.key
</VirtualHost>
END
}
run_apache() { start_inside "$1" /usr/sbin/apache2 -D FOREGROUND -f /etc/apache2/peer.conf; }
answers_apache() { ask "$1" tcp 80 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }

make_lighttpd() {
	mkdir -p "$R/srv/www"
	# shellcheck disable=SC2016 # lighttpd's own
	printf 'server.document-root = "/srv/www"\nserver.port = 80\n$SERVER["socket"] == "[::]:80" { }\n' \
		>"$R/etc/lighttpd/peer.conf"
}
run_lighttpd() { start_inside "$1" /usr/sbin/lighttpd -D -f /etc/lighttpd/peer.conf; }
answers_lighttpd() { ask "$1" tcp 80 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }

make_cupsd() {
	mkdir -p "$R/var/spool/cups/tmp" "$R/var/cache/cups" "$R/var/log/cups" "$R/run/cups"
	grep -q '^lpadmin:' "$R/etc/group" || echo 'lpadmin:x:722:' >>"$R/etc/group"
	grep -q '^lp:' "$R/etc/passwd" || echo 'lp:x:7:7::/:/usr/sbin/nologin' >>"$R/etc/passwd"
	cat >"$R/etc/cups/peer.conf" <<'END'
Listen 0.0.0.0:631
Listen [::]:631
ServerAlias *
<Location />
	Order allow,deny
	Allow all
</Location>
END
	printf 'SystemGroup root\nUser lp\nGroup lp\nErrorLog stderr\n' >"$R/etc/cups/peer-files.conf"
}
run_cupsd() { start_inside "$1" /usr/sbin/cupsd -f -c /etc/cups/peer.conf -s /etc/cups/peer-files.conf; }
answers_cupsd() { ask "$1" tcp 631 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }

make_etcd() { :; }
run_etcd() {
	start_inside "$1" /usr/bin/etcd --data-dir /tmp/etcd --listen-client-urls http://0.0.0.0:2379 \
		--advertise-client-urls http://127.0.0.1:2379
}
answers_etcd() { ask "$1" tcp 2379 'GET /version HTTP/1.0\r\n\r\n' 'etcdserver'; }

# It only listens: there is nothing for containers here. Without --tls=false it waits 15 seconds for second thoughts.
make_dockerd() { mkdir -p "$R/sys" "$R/run/docker"; }
run_dockerd() {
	mountpoint -q "$R/sys" || mount --rbind /sys "$R/sys"
	start_inside "$1" /usr/sbin/dockerd -H 'tcp://[::]:2375' --tls=false --iptables=false --ip6tables=false --bridge=none \
		--data-root /tmp/docker --exec-root /run/docker --storage-driver vfs
}
answers_dockerd() { ask "$1" tcp 2375 'GET /_ping HTTP/1.0\r\n\r\n' 'Api-Version'; }

# Proxies.
make_squid() {
	mkdir -p "$R/var/spool/squid" "$R/var/log/squid" "$R/run/squid"
	grep -q '^proxy:' "$R/etc/passwd" || echo "proxy:x:713:713::/:/usr/sbin/nologin" >>"$R/etc/passwd"
	cat >"$R/etc/squid/peer.conf" <<'END'
http_port 3128
pid_filename none
cache_log /tmp/squid.log
access_log none
cache deny all
shutdown_lifetime 0 seconds
visible_hostname gate
pinger_enable off
cache_effective_user www-data
http_access allow all
END
}
run_squid() { start_inside "$1" /usr/sbin/squid -N -f /etc/squid/peer.conf; }
answers_squid() { ask "$1" tcp 3128 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }

make_tinyproxy() { printf 'Port 8888\nTimeout 10\nListen 127.0.0.1\nListen ::1\n' >"$R/etc/tinyproxy/peer.conf"; }
run_tinyproxy() { start_inside "$1" /usr/bin/tinyproxy -d -c /etc/tinyproxy/peer.conf; }
answers_tinyproxy() { ask "$1" tcp 8888 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }

make_privoxy() {
	mkdir -p "$R/var/log/privoxy"
	printf 'listen-address 127.0.0.1:8118\nlisten-address [::1]:8118\nconfdir /etc/privoxy\nlogdir /var/log/privoxy\n' \
		>"$R/etc/privoxy/peer.conf"
}
run_privoxy() { start_inside "$1" /usr/sbin/privoxy --no-daemon /etc/privoxy/peer.conf; }
answers_privoxy() { ask "$1" tcp 8118 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'; }

make_microsocks() { :; }
run_microsocks() { start_inside "$1" /usr/bin/microsocks -i :: -p 1080; }
answers_microsocks() { ask "$1" tcp 1080 '\x05\x01\0' '\x05\0'; }
make_microsocks_login() { :; }
run_microsocks_login() { start_inside "$1" /usr/bin/microsocks -i :: -p 1080 -u user -P secret; }
answers_microsocks_login() { ask "$1" tcp 1080 '\x05\x01\x02' '\x05\x02'; }

make_danted() {
	cat >"$R/etc/danted.peer" <<'END'
logoutput: stderr
internal: lo port = 1080
external: lo
socksmethod: none
user.privileged: root
user.unprivileged: root
client pass { from: 0/0 to: 0/0 }
socks pass { from: 0/0 to: 0/0 }
END
}
run_danted() { start_inside "$1" /usr/sbin/danted -f /etc/danted.peer; }
answers_danted() { ask "$1" tcp 1080 '\x05\x01\0' '\x05\0'; }

# Stores. redis is tests/peers-lib.sh's.
make_redis_login() { make_redis; }
run_redis_login() { start_inside "$1" redis-server --save '' --dir /tmp --requirepass secret; }
answers_redis_login() { ask "$1" tcp 6379 'PING\r\n' '-NOAUTH'; }

make_redis_protected() { make_redis; }
run_redis_protected() {
	with_address "$1"
	start_inside "$1" redis-server --save '' --dir /tmp --bind '* -::*'
}
answers_redis_protected() { ask "$1" tcp 6379 'PING\r\n' '+PONG'; }

make_memcached() { :; }
run_memcached() { start_inside "$1" /usr/bin/memcached -u root -l 127.0.0.1,::1 -U 11211 -m 8; }
answers_memcached() { ask "$1" tcp 11211 'version\r\n' 'VERSION '; }

make_memcached_login() { echo user:secret >"$R/etc/memcached.passwords"; }
run_memcached_login() { start_inside "$1" /usr/bin/memcached -u root -l 127.0.0.1,::1 -Y /etc/memcached.passwords -m 8; }
answers_memcached_login() { ask "$1" tcp 11211 'version\r\n' 'unauthenticated'; }

make_postgres() {
	mkdir -p "$R/var/lib/pg" "$R/run/postgresql"
	chown 65534:65534 "$R/var/lib/pg" "$R/run/postgresql"
	chroot --userspec=65534:65534 "$R" "$(pg_bin)/initdb" -D /var/lib/pg --no-sync -A scram-sha-256 -U peer --pwfile /etc/hostname
}
pg_bin() { (cd "$R" && echo usr/lib/postgresql/*/bin) | sed 's/ .*//; s,^,/,'; }
run_postgres() {
	start ip netns exec "$1" chroot --userspec=65534:65534 "$R" "$(pg_bin)/postgres" -D /var/lib/pg -h '*'
}
answers_postgres() { ask "$1" tcp 5432 '\0\0\0\x25\0\x03\0\0user\0peer\0database\0postgres\0\0' 'SCRAM-SHA-256'; }

# Queues.
make_mosquitto() {
	printf 'listener 1883\nallow_anonymous true\nuser root\n' >"$R/etc/mosquitto/peer.conf"
	printf 'listener 1883\nallow_anonymous false\nuser root\n' >"$R/etc/mosquitto/peer-login.conf"
}
run_mosquitto() { start_inside "$1" /usr/sbin/mosquitto -c /etc/mosquitto/peer.conf; }
answers_mosquitto() { listens_tcp "$1" 1883; }
make_mosquitto_login() { make_mosquitto; }
run_mosquitto_login() { start_inside "$1" /usr/sbin/mosquitto -c /etc/mosquitto/peer-login.conf; }
answers_mosquitto_login() { listens_tcp "$1" 1883; }

make_rabbitmq() { mkdir -p "$R/var/lib/rabbitmq" "$R/var/log/rabbitmq"; }
# With an epmd of its own, else it leaves one behind.
run_rabbitmq() {
	# shellcheck disable=SC2016 # expanded inside
	start_inside "$1" env HOME=/var/lib/rabbitmq RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_LOGS=- sh -c '
		epmd & epmd=$!
		trap "kill $epmd \$rabbit; wait" TERM
		/usr/lib/rabbitmq/bin/rabbitmq-server & rabbit=$!
		wait'
}
answers_rabbitmq() { ask "$1" tcp 5672 'AMQP\0\0\x09\x01' '\0\x0a\0\x0a'; }

# Others.
make_gitd() {
	mkdir -p "$R/srv/git"
	chroot "$R" git init -q --bare /srv/git/one.git
}
run_gitd() { start_inside "$1" git daemon --export-all --base-path=/srv/git; }
answers_gitd() { listens_tcp "$1" 9418; }

make_epmd() { :; }
run_epmd() { start_inside "$1" epmd; }
answers_epmd() { ask "$1" tcp 4369 '\0\x01n' '\0\0\x11\x11'; }

make_zabbix() {
	mkdir -p "$R/var/log/zabbix"
	printf 'Server=127.0.0.1,::1\nAllowRoot=1\nLogType=console\nPidFile=/tmp/zabbix.pid\nStartAgents=1\n' \
		>"$R/etc/zabbix/peer.conf"
}
run_zabbix() { start_inside "$1" /usr/sbin/zabbix_agentd -f -c /etc/zabbix/peer.conf; }
answers_zabbix() { listens_tcp "$1" 10050; }

make_xvfb() { mkdir -p "$R/tmp/.X11-unix"; }
run_xvfb() { start_inside "$1" Xvfb :0 -listen tcp -ac -nolisten unix -screen 0 640x480x8; }
answers_xvfb() { listens_tcp "$1" 6000; }
# A cookie (of family 256, of IPv4, MIT-MAGIC-COOKIE-1), which we have not.
make_xvfb_closed() {
	make_xvfb
	printf '\1\0\0\011localhost\0\0010\0\022MIT-MAGIC-COOKIE-1\0\0200123456789abcdef' >"$R/tmp/cookies"
}
run_xvfb_closed() {
	start_inside "$1" Xvfb :0 -listen tcp -auth /tmp/cookies -nolisten unix -screen 0 640x480x8
}
answers_xvfb_closed() { listens_tcp "$1" 6000; }

make_sip() {
	make_kamailio
	sed 's/^disable_tcp=yes//; s/^listen=udp:\(.*\)$/listen=tcp:\1/' "$R/etc/kamailio/peer.cfg" >"$R/etc/kamailio/peer-tcp.cfg"
}
run_sip() { start_inside "$1" /usr/sbin/kamailio -DD -E -m 32 -M 4 -f /etc/kamailio/peer-tcp.cfg; }
answers_sip() { listens_tcp "$1" 5060; }

make_vpn() {
	make_openvpn
	sed 's/^proto udp6/proto tcp6-server/' "$R/etc/openvpn/peer.conf" >"$R/etc/openvpn/peer-tcp.conf"
}
run_vpn() { start_inside "$1" /usr/sbin/openvpn --config /etc/openvpn/peer-tcp.conf; }
answers_vpn() { listens_tcp "$1" 1194; }

talk_nginx_tls() {
	both 'proved: nginx/[0-9.]*' http tcp 80
	not_taken tcp 80 http-proxy
	not_taken tcp 443 http http-proxy ipp
}
talk_apache() {
	both 'proved: Apache/.*' http tcp 80
	not_taken tcp 80 http-proxy
	not_taken tcp 443 http http-proxy
}
talk_lighttpd() {
	both 'proved: lighttpd/.*' http tcp 80
	not_taken tcp 80 http-proxy
}
talk_cupsd() {
	both 'proved: CUPS/.*' http tcp 631
	both 'proved: CUPS/.*' ipp tcp 631
	not_taken tcp 631 http-proxy etcd
}
talk_etcd() {
	both 'proved: 404 Not Found' http tcp 2379
	both 'proved: 3[.0-9]*' etcd tcp 2379
	not_taken tcp 2379 http-proxy docker winrm
}
talk_squid() {
	both 'proved: squid/.*' http-proxy tcp 3128
	not_taken tcp 3128 http
}
talk_tinyproxy() {
	both 'proved: tinyproxy/.*' http-proxy tcp 8888
	not_taken tcp 8888 http
}
talk_privoxy() {
	both 'proved: 503 Connect failed' http-proxy tcp 8118
	not_taken tcp 8118 http
}
talk_dockerd() {
	both 'proved: Docker/.*, API 1[.0-9]*' docker tcp 2375
	not_taken tcp 2375 http http-proxy winrm etcd
}
talk_microsocks() {
	both 'proved: open to anybody' socks tcp 1080
	not_taken tcp 1080 redis memcached
}
talk_microsocks_login() { both 'proved: wants a password' socks tcp 1080; }
talk_danted() {
	both 'proved: open to anybody' socks tcp 1080
	not_taken tcp 1080 http redis
}
talk_redis() {
	both 'proved: open to anybody' redis tcp 6379
	not_taken tcp 6379 memcached http
}
talk_redis_login() { both 'proved: wants a password' redis tcp 6379; }
talk_redis_protected() {
	says 'proved: speaks to its own host only' redis tcp 192.0.2.1 6379
	both 'proved: open to anybody' redis tcp 6379
}
talk_memcached_login() { both 'proved: wants a password' memcached tcp 11211; }
talk_memcached() {
	both 'proved: 1[.0-9]*' memcached tcp 11211
	both 'proved: 1[.0-9]*' memcached udp 11211
	not_taken tcp 11211 redis socks
}

talk_mosquitto() {
	both 'proved: open to anybody' mqtt tcp 1883
	not_taken tcp 1883 amqp http
}
talk_mosquitto_login() { both 'proved: wants a login' mqtt tcp 1883; }
talk_rabbitmq() {
	both 'proved: RabbitMQ .*' amqp tcp 5672
	not_taken tcp 5672 mqtt http
}
talk_postgres() {
	both 'proved: wants a password, by SCRAM' postgresql tcp 5432
	not_taken tcp 5432 http mongodb x11
}
talk_gitd() {
	both 'proved: access denied or repository not exported: /portolan.invalid' git tcp 9418
	not_taken tcp 9418 epmd zabbix-agent
}
talk_epmd() {
	both proved epmd tcp 4369
	not_taken tcp 4369 x11 git
}
talk_zabbix() {
	both 'proved: 6[.0-9]*' zabbix-agent tcp 10050
	not_taken tcp 10050 http openvpn
}
talk_xvfb() {
	both 'proved: open to anybody: The X.Org Foundation, release [0-9]*' x11 tcp 6000
	not_taken tcp 6000 postgresql stun
}
talk_xvfb_closed() { both 'proved: Authorization required, but no authorization protocol specified' x11 tcp 6000; }
talk_sip() {
	both 'proved: kamailio .*' sip tcp 5060
	not_taken tcp 5060 http http-proxy
}
talk_turnserver() {
	both 'proved: Coturn-.*' stun tcp 3478
	not_taken tcp 3478 openvpn x11
}
talk_vpn() {
	both proved openvpn tcp 1194
	not_taken tcp 1194 stun epmd
}

talk_all nginx_tls apache lighttpd cupsd etcd dockerd squid tinyproxy privoxy microsocks microsocks_login danted redis \
	redis_login redis_protected memcached memcached_login mosquitto mosquitto_login rabbitmq postgres gitd epmd zabbix \
	xvfb xvfb_closed sip turnserver vpn
exit 0
