#!/bin/sh
# room.sh: what speaks there? A room of real servers, on their usual ports and on others', and of those that are no
# service at all, asked by portolan identify and by nmap -sV. Prints of each what it proved, named, and got wrong or
# misled about, its time and its memory, and the ratios; then the same room through a wire that loses packets.
#
#	ROOM="redis sshd"	these servers alone
#	NMAP=no			ours alone
#	LOSS=5			percent of the packets, each way; 0: not at all
#	RUNS=50			so many times more, remembering; then once more as if for the first time
# shellcheck disable=SC2317,SC2329 # make_NAME and its like are called by the name of their server
. "$SOURCE_DIR/tests/bench/room-lib.sh"
. "$SOURCE_DIR/tests/bench/nmap-lib.sh"
NMAP=${NMAP-yes} LOSS=${LOSS-5} RUNS=${RUNS-0}
need_peers openssh-server
servers_of dialogues-web dialogues-directories dialogues-bittorrent dialogues-tls
# Those that look at whom they speak with.
make_agent() {
	make_zabbix
	sed -i 's,^Server=.*,Server=0.0.0.0/0,; s,^StartAgents=.*,StartAgents=3,' "$R/etc/zabbix/peer.conf"
}
run_agent() { run_zabbix "$1"; }
answers_agent() { answers_zabbix "$1"; }
make_mail_tls() {
	make_certificate
	make_dovecot
	sed 's/^ssl = no/ssl = required/' "$R/etc/dovecot/peer.conf" >"$R/etc/dovecot/tls.conf"
	printf 'ssl_cert = </etc/peer.crt\nssl_key = </etc/peer.key\n' >>"$R/etc/dovecot/tls.conf"
}
run_mail_tls() { start_inside "$1" /usr/sbin/dovecot -F -c /etc/dovecot/tls.conf; }
answers_mail_tls() { listens_tcp "$1" 993; }
make_slapd_tls() {
	make_certificate
	make_slapd
	{
		printf 'TLSCertificateFile /etc/peer.crt\nTLSCertificateKeyFile /etc/peer.key\n'
		cat "$R/etc/ldap/peer.conf"
	} >"$R/etc/ldap/tls.conf"
}
run_slapd_tls() { start_inside "$1" /usr/sbin/slapd -d 0 -h ldaps:/// -f /etc/ldap/tls.conf; }
answers_slapd_tls() { listens_tcp "$1" 636; }
make_strangers() { :; }
run_strangers() { start ip netns exec "$1" python3 "$SOURCE_DIR/tests/bench/room_strangers.py"; }
answers_strangers() { grep -q ready "$log"; }
# It lets whoever comes first pass to SSH, TLS or HTTP, by the first bytes.
make_sslh() {
	make_sshd
	make_openssl
	make_nginx
}
run_sslh() {
	peer sshd "$1"
	peer openssl "$1"
	peer nginx "$1"
	start_inside "$1" /usr/sbin/sslh -f -n -p 127.0.0.1:9443 --ssh 127.0.0.1:22 --tls 127.0.0.1:443 --http 127.0.0.1:80
}
answers_sslh() { listens_tcp "$1" 9443; }

# --- who is in it -----------------------------------------------------------------------------------

room() {
	cat <<-'END'
		sshd ssh:22@22,443,1352
		dropbear ssh:22@22,8022
		nginx http:80@80,8443
		nginx_tls https:443@443,5061 https:444@444 tls:445@9443
		apache http:80@80 https:443@443,1352
		lighttpd http:80@80,9999
		cupsd ipp,http,https:631@631,40001
		etcd etcd,http:2379@2379,40001
		dockerd docker:2375@2375,40001
		squid http-proxy:3128@3128,8080
		tinyproxy http-proxy:8888@8888,40001
		privoxy http-proxy:8118@8118,25
		microsocks socks5:1080@1080,40001
		microsocks_login socks5:1080@1080,40001
		danted socks5:1080@1080,40001
		redis redis:6379@6379,40001,1352
		redis_login redis:6379@6379
		memcached memcached:11211@11211,40001 udp/memcached:11211@11211
		memcached_login memcached:11211@11211
		postgres postgresql:5432@5432,40001
		mosquitto mqtt:1883@1883,40001
		mosquitto_login mqtt:1883@1883
		rabbitmq amqp:5672@5672,40001 epmd:4369@4369
		gitd git:9418@9418,40001
		epmd epmd:4369@4369,40001
		agent zabbix-agent:10050@10050,40001
		xvfb x11:6000@6000
		xvfb_closed x11:6000@40001
		sip sip:5060@5060,40001
		turnserver stun:3478@3478,40001 udp/stun:3478@3478
		vpn openvpn:1194@1194,40001
		openvpn udp/openvpn:1194@1194
		openssl tls:443@443
		retry tls:443@443
		old tls,https:443@443
		gnutls tls,https:443@443
		gnutls12 tls,https:443@443,40001
		stunnel tls:443@443
		caddy https:443@443,40001 udp/quic:443@443
		slapd ldap:389@389,40001,1352
		slapd_tls ldaps:636@636,40001
		samba ldap:389@389 gc,ldap:3268@3268 smb:445@445,40001 netbios-session:139@139 kerberos:88@88 kpasswd:464@464 epmap:135@135,40002 udp/cldap:389@389 udp/kerberos:88@88 udp/kpasswd:464@464 udp/netbios:137@137
		smbd smb:445@445,40001 netbios-session:139@139
		xrdp rdp:3389@3389,40001
		krb5kdc kerberos:88@88,40001 udp/kerberos:88@88
		kadmind kpasswd:464@464,40001 kadmin:749@749,40002 udp/kpasswd:464@464
		heimdal kerberos:88@88
		rpcbind rpcbind:111@111,40001 udp/rpcbind:111@111
		ganesha nfs:2049@2049,40001 rpcbind:111@111
		postfix smtp:25@25,587,40001
		dovecot imap:143@143,40001 pop3:110@110,40002
		mail_tls imaps:993@993,40001 pop3s:995@995,40002
		vsftpd ftp:21@21,40001
		proftpd ftp:21@21,1352
		pureftpd ftp:21@21
		mariadbd mysql:3306@3306,40001
		named dns:53@53,40001 udp/dns:53@53
		unbound dns:53@53 udp/dns:53@53
		telnetd telnet:23@23,40001
		oidentd ident:113@113,40001
		rsyncd rsync:873@873,40001
		nats nats:4222@4222,40001
		ngircd irc:6667@6667,40001
		vnc vnc:5900@5900,40001
		nnrpd nntp:119@119,40001
		inetd time:37@37,40001 daytime:13@13 echo:7@7 chargen:19@19 -silent:9@9 udp/time:37@37 udp/daytime:13@13 udp/echo:7@7 udp/chargen:19@19
		chronyd udp/ntp:123@123
		snmpd udp/snmp:161@161
		freeradius udp/radius:1812@1812
		kamailio udp/sip:5060@5060
		vlserver udp/afs:7003@7003
		transmission bittorrent:51413@1352 udp/bittorrent-dht,utp:51413@51413
		rtorrent bittorrent:6881@1352
		aria2 bittorrent:6881@40001 udp/bittorrent-dht:6881@6881
		scripted mssql:1433@1433,40001 adws:9389@9389 oracle-tns:1521@1521 nrpc:1352@1352 teamviewer:5938@5938 kadmin4:751@751
		sslh ssh,tls,http:9443@443,40001
		strangers -silent:5001@1352,40001,9100,443 -echo:5002@40002,21 -junk:5003@40003 -junk:5004@1521,40004 -junk:5005@1723,40005 -junk:5006@40006 -drip:5007@22,40007 -closed:5008@40008 -closed:5009@40009 -reset:5010@40010 -junk:5011@40011 -junk:5012@40012,80 -junk:5013@25,40013 -junk:5014@40014 -junk:5015@40015
		hushed -silent:5001@21,25,22
	END
}
make_hushed() { :; }
run_hushed() { run_strangers "$1"; }
answers_hushed() { answers_strangers; }

need_room
began=$(date +%s)
: >"$T/rows"
room | while read -r name row; do
	[ -z "${ROOM-}" ] || case " $ROOM " in *" $name "*) ;; *) continue ;; esac
	echo "$name ${row%%#*}"
done >"$T/rows"
while read -r name row <&3; do
	# shellcheck disable=SC2086 # words on purpose
	serve $name $row
done 3<"$T/rows"
echo "room: $room_seats servers, $(grep -c ' tcp ' "$T/truth") ports over TCP and $(grep -c ' udp ' "$T/truth") over UDP, in $(($(date +%s) - began)) s"

# --- who is asked -----------------------------------------------------------------------------------

# asked TRANSPORT: HOST:PORTS ...
asked() {
	awk -v transport="$1" '$2 == transport { ports[$1] = ports[$1] (ports[$1] ? "," : "") $3 }
		END { for (host in ports) print host ":" ports[host] }' "$T/truth" | sort -V
}
# timed FILE COMMAND ...: its output there, and its seconds and kilobytes in FILE.cost.
timed() {
	timed_to=$1
	shift
	ip netns exec "$client" python3 - "$timed_to" "$@" <<'PY'
import os, sys, time
out, *command = sys.argv[1:]
began = time.monotonic()
pid = os.fork()
if pid == 0:
    os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    os.execvp(command[0], command)
_, status, usage = os.wait4(pid, 0)
with open(out + '.cost', 'w') as f:
    print(f'{time.monotonic() - began:.3f} {usage.ru_maxrss}', file=f)
sys.exit(0 if os.WIFEXITED(status) and os.WEXITSTATUS(status) < 2 else 1)
PY
}
judged() { python3 "$SOURCE_DIR/tests/bench/room_judge.py" "$@"; }

# shellcheck disable=SC2046 # words on purpose
ours() {
	ours_transport=$1 ours_to=$2
	shift 2
	[ "$ours_transport" = tcp ] || set -- --udp
	# Nothing is remembered of an earlier run.
	rm -rf "${XDG_STATE_HOME:?}"
	timed "$ours_to" "$PORTOLAN" identify "$@" --format jsonl $(asked "$ours_transport") || die "identify: $?"
	judged ours "$ours_transport" "$T/truth" "$ours_to"
}
ours tcp "$T/ours.tcp"
ours udp "$T/ours.udp"

run=0
while [ $run -lt "$RUNS" ]; do
	# shellcheck disable=SC2046 # words on purpose
	timed "$T/again" "$PORTOLAN" identify --format jsonl $(asked tcp) || die "identify: $?"
	run=$((run + 1))
done
if [ "$RUNS" != 0 ]; then
	echo "the last of $RUNS runs more, and one that remembers nothing:"
	judged ours tcp "$T/truth" "$T/again"
	ours tcp "$T/ours.after"
fi

if [ "$NMAP" != no ]; then
	nmap=$(tool_nmap "-sV -T4 -n -Pn --min-hostgroup 128 -oX - -p $(awk '$2 == "tcp" { print $3 }' "$T/truth" | sort -nu | paste -sd,)" | cut -f2)
	# shellcheck disable=SC2046,SC2086 # words on purpose
	[ -z "$nmap" ] || timed "$T/nmap.tcp" $nmap $(asked tcp | sed 's/:.*//') || die "nmap"
	[ -z "$nmap" ] || judged nmap tcp "$T/truth" "$T/nmap.tcp"
fi

if [ "$LOSS" != 0 ]; then
	for ns in $test_namespaces; do
		[ "$ns" = "$room" ] || ip netns exec "$ns" nft "add table inet loss; add chain inet loss in { type filter hook prerouting priority -300; }; add rule inet loss in iifname wire numgen random mod 1000 < $((LOSS * 10)) drop" || die "no loss"
	done
	echo "through a wire that loses $LOSS % each way:"
	ours tcp "$T/ours.lossy"
	ours udp "$T/ours.lossy-udp"
fi
