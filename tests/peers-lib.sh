# Sourced first of all by the net tests that talk to real servers: . "$SOURCE_DIR/tests/peers-lib.sh"
# It sources tests/lib.sh itself.
#
# tools/peers has unpacked the servers into build/peers/root. Here that tree is laid over this system's in a
# mount namespace of the test's own, with the accounts that the servers want: each finds everything where it
# was built to find it, on a system that does not change. What is written goes to memory and is gone with
# the test.
#
#	need_peers openssh-server ...	else the test is skipped
#	peer sshd NAMESPACE		starts it there on its usual port, until it answers; its id in $pid
#	peer_stop PID NAMESPACE		ends it, and sees that nothing of it is left
#	inside NAMESPACE COMMAND ...	runs a command there, in the laid-over tree ($R)

if [ -z "${PEERS_INSIDE-}" ]; then
	if unshare --mount --propagation private true 2>/dev/null; then
		PEERS_INSIDE=yes exec unshare --mount --propagation private sh "$0" "$@"
	fi
fi
# shellcheck source=tests/lib.sh
. "$SOURCE_DIR/tests/lib.sh"
PEERS=${PEERS:-$SOURCE_DIR/build/peers}
R=$PEERS/run

need_privilege() {
	[ "${CI-}" = true ] && die "privilege: $*"
	skip "privilege: $*"
}

need_peers() {
	[ -n "${PEERS_INSIDE-}" ] || need_privilege "no mount namespaces here"
	need_namespaces
	for package; do
		[ -e "$PEERS/have/$package.whole" ] || skip "$package is not unpacked: run tools/peers"
	done
	peers_lay_over
}

peers_lay_over() {
	mkdir -p "$R" || die "cannot write to $PEERS"
	mount -t tmpfs -o mode=755 tmpfs "$R" 2>"$T/err" || need_privilege "no tmpfs: $(cat "$T/err")"
	mkdir "$R/proc" "$R/dev" "$R/run" "$R/tmp" "$R/root" "$R/home" "$R/srv"
	for tree in usr etc var; do
		mkdir -p "$R/.upper/$tree" "$R/.work/$tree" "$R/$tree" "$PEERS/root/$tree"
		mount -t overlay -o "lowerdir=$PEERS/root/$tree:/$tree,upperdir=$R/.upper/$tree,workdir=$R/.work/$tree" \
			overlay "$R/$tree" 2>"$T/err" || need_privilege "no overlay: $(cat "$T/err")"
	done
	for link in bin lib lib64 sbin; do
		ln -s "usr/$link" "$R/$link"
	done
	rm -f "$R/var/run"
	ln -s /run "$R/var/run"
	mount -t proc proc "$R/proc" || need_privilege "cannot mount proc"
	mount -t tmpfs -o mode=755 tmpfs "$R/run"
	mount -t tmpfs tmpfs "$R/tmp"
	mount -t tmpfs -o mode=755 tmpfs "$R/dev"
	mkdir -m 1777 "$R/dev/shm"
	for device in null zero full random urandom; do
		: >"$R/dev/$device"
		mount --bind "/dev/$device" "$R/dev/$device"
	done
	ln -s /proc/self/fd "$R/dev/fd"
	ln -s /proc/self/fd/2 "$R/dev/stderr"
	id=700
	for account in sshd bind openldap postfix postdrop dovecot dovenull ftp redis mysql www-data _rpc; do
		id=$((id + 1))
		grep -q "^$account:" "$R/etc/group" || echo "$account:x:$id:" >>"$R/etc/group"
		gid=$(sed -n "s/^$account:[^:]*:\([0-9]*\):.*/\1/p" "$R/etc/group")
		grep -q "^$account:" "$R/etc/passwd" ||
			echo "$account:x:$id:$gid::/nonexistent:/usr/sbin/nologin" >>"$R/etc/passwd"
	done
	printf '127.0.0.1 localhost peer.test\n::1 localhost\n' >"$R/etc/hosts"
	printf 'peer.test\n' >"$R/etc/hostname"
	rm -f "$R/etc/resolv.conf"
	: >"$R/etc/resolv.conf"
}

inside() {
	in_ns=$1
	shift
	ip netns exec "$in_ns" chroot "$R" "$@"
}

# The same in the background: its id in $pid, its output in $log.
start_inside() {
	in_ns=$1
	shift
	start ip netns exec "$in_ns" chroot "$R" "$@"
}

# ask NAMESPACE TRANSPORT PORT BYTES WANTED: does what answers there say it? BYTES with printf's escapes.
ask() {
	ip netns exec "$1" python3 "$SOURCE_DIR/tests/ask.py" "$2" "$3" "$4" "$5"
}

# peer NAME NAMESPACE
peer() {
	peer_name=$1
	[ -e "$T/made-$1" ] || { "make_$1" >"$T/out" 2>&1 || die "$1: $(cat "$T/out")"; }
	: >"$T/made-$1"
	"run_$1" "$2"
	wait_for 20 "answers_$1" "$2" && return
	die "$peer_name does not answer: $(tail -n 20 "$log")"
}

peer_is_gone() { [ -z "$(ip netns pids "$1")" ]; }
peer_stop() {
	stop "$1"
	wait_for 10 peer_is_gone "$2" || fail "left over in $2: $(ip netns pids "$2" | tr '\n' ' ')"
}

# One peer each: make (once), run, answers.

make_sshd() {
	mkdir -p "$R/run/sshd" "$R/etc/ssh"
	chroot "$R" ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/peer_key
	printf 'HostKey /etc/ssh/peer_key\nPidFile none\n' >"$R/etc/ssh/peer.conf"
}
run_sshd() { start_inside "$1" /usr/sbin/sshd -D -e -f /etc/ssh/peer.conf; }
answers_sshd() { ask "$1" tcp 22 '' 'SSH-2.0-OpenSSH'; }

make_nginx() {
	mkdir -p "$R/var/log/nginx" "$R/var/lib/nginx"
	cat >"$R/etc/nginx/peer.conf" <<'END'
daemon off;
worker_processes 1;
error_log stderr;
pid /run/nginx.pid;
events {}
http {
	access_log off;
	server { listen 80; listen [::]:80; return 200 "a peer\n"; }
}
END
}
run_nginx() { start_inside "$1" /usr/sbin/nginx -c /etc/nginx/peer.conf; }
answers_nginx() { ask "$1" tcp 80 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.1 200'; }

make_named() {
	mkdir -p "$R/run/named" "$R/var/cache/bind"
	cat >"$R/etc/bind/peer.conf" <<'END'
options { directory "/var/cache/bind"; recursion no; listen-on { any; }; listen-on-v6 { any; }; };
controls {};
zone "peer.test" { type primary; file "/etc/bind/peer.zone"; };
END
	cat >"$R/etc/bind/peer.zone" <<'END'
$TTL 60
@ SOA ns admin 1 60 60 60 60
@ NS ns
ns A 127.0.0.1
ns AAAA ::1
END
}
run_named() { start_inside "$1" /usr/sbin/named -g -n 1 -c /etc/bind/peer.conf; }
# ns.peer.test A: the answer is authoritative, without error, and holds 127.0.0.1.
answers_named() {
	ask "$1" udp 53 '\x12\x34\0\0\0\x01\0\0\0\0\0\0\x02ns\x04peer\x04test\0\0\x01\0\x01' '\x7f\0\0\x01'
}

make_slapd() {
	mkdir -p "$R/var/lib/ldap" "$R/run/slapd"
	cat >"$R/etc/ldap/peer.conf" <<'END'
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix dc=peer,dc=test
directory /var/lib/ldap
END
}
run_slapd() { start_inside "$1" /usr/sbin/slapd -d 0 -h ldap:/// -f /etc/ldap/peer.conf; }
# An anonymous bind, and its success.
answers_slapd() {
	ask "$1" tcp 389 '\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0' '\x61\x07\x0a\x01\0'
}

make_krb5kdc() {
	mkdir -p "$R/etc/krb5kdc" "$R/var/lib/krb5kdc"
	cat >"$R/etc/krb5.conf" <<'END'
[libdefaults]
	default_realm = PEER.TEST
	dns_lookup_kdc = false
	rdns = false
[realms]
	PEER.TEST = {
		kdc = 127.0.0.1
		admin_server = 127.0.0.1
	}
[logging]
	kdc = STDERR
	admin_server = STDERR
END
	cat >"$R/etc/krb5kdc/kdc.conf" <<'END'
[realms]
	PEER.TEST = {
		acl_file = /etc/krb5kdc/kadm5.acl
	}
END
	echo '*/admin@PEER.TEST *' >"$R/etc/krb5kdc/kadm5.acl"
	chroot "$R" kdb5_util create -s -W -r PEER.TEST -P master </dev/null
	chroot "$R" kadmin.local -q 'addprinc -pw secret user/admin'
}
run_krb5kdc() { start_inside "$1" /usr/sbin/krb5kdc -n; }
answers_krb5kdc() { echo secret | inside "$1" kinit -c /tmp/peer.cc user/admin; }

# It has the database of the KDC, so that comes first.
make_kadmind() { [ -e "$R/etc/krb5kdc/kdc.conf" ] || make_krb5kdc; }
run_kadmind() { start_inside "$1" /usr/sbin/kadmind -nofork; }
# Without a KDC nobody gets a ticket for it: a null call of the RPC program 2112 (kadm5), and its reply.
answers_kadmind() {
	ask "$1" tcp 749 '\x80\0\0\x28\0\0\0\x07\0\0\0\0\0\0\0\x02\0\0\x08\x40\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' \
		'\0\0\0\x07\0\0\0\x01'
}

make_postfix() {
	mkdir -p "$R/var/spool/postfix" "$R/var/lib/postfix" "$R/etc/postfix"
	cp "$R/usr/share/postfix/main.cf.debian" "$R/etc/postfix/main.cf"
	cp "$R"/usr/share/postfix/*.proto "$R/etc/postfix/" 2>/dev/null
	# Not in a chroot of its own.
	sed 's/^\([a-z-]* *\(inet\|unix\|fifo\|pass\) *[^ ]* *[^ ]* *\)y/\1n/' \
		"$R/usr/share/postfix/master.cf.dist" >"$R/etc/postfix/master.cf"
	cat >>"$R/etc/postfix/main.cf" <<'END'
myhostname = peer.test
mydestination = peer.test
inet_interfaces = all
maillog_file = /var/log/postfix.log
END
	chroot "$R" chown postfix /var/lib/postfix
	chroot "$R" postfix set-permissions >/dev/null 2>&1 # it stumbles over manuals that are not there
	chroot "$R" postfix check
}
# Not "postfix start-fg": that is a script, which leaves its daemon behind when it is ended.
run_postfix() { start_inside "$1" /usr/lib/postfix/sbin/master -d -c /etc/postfix; }
answers_postfix() { ask "$1" tcp 25 '' '220 peer.test ESMTP'; }

make_dovecot() {
	mkdir -p "$R/run/dovecot" "$R/var/lib/dovecot" "$R/etc/dovecot"
	cat >"$R/etc/dovecot/peer.conf" <<'END'
protocols = imap pop3
ssl = no
disable_plaintext_auth = no
log_path = /dev/stderr
default_login_user = dovenull
default_internal_user = dovecot
mail_location = mbox:/tmp/mail
passdb {
	driver = static
	args = password=secret
}
userdb {
	driver = static
	args = uid=65534 gid=65534 home=/tmp
}
END
}
run_dovecot() { start_inside "$1" /usr/sbin/dovecot -F -c /etc/dovecot/peer.conf; }
answers_dovecot() {
	ask "$1" tcp 143 'a LOGIN user secret\r\nb LOGOUT\r\n' 'a OK' && ask "$1" tcp 110 '' '+OK Dovecot'
}

# FTP servers: anonymous users, who see nothing, and passive ports from 50000 to 50009. What vsftpd and ProFTPD are
# told stands in $R/var/log/ftp-NAME.log.
make_ftp_home() {
	mkdir -p "$R/srv/ftp"
	sed -i 's/^\(ftp:.*\):[^:]*:\([^:]*\)$/\1:\/srv\/ftp:\2/' "$R/etc/passwd"
}

make_vsftpd() {
	make_ftp_home
	mkdir -p "$R/run/vsftpd/empty"
	cat >"$R/etc/vsftpd.conf" <<'END'
listen_ipv6=YES
background=NO
anonymous_enable=YES
secure_chroot_dir=/run/vsftpd/empty
pasv_min_port=50000
pasv_max_port=50009
xferlog_enable=YES
xferlog_std_format=NO
log_ftp_protocol=YES
vsftpd_log_file=/var/log/ftp-vsftpd.log
END
}
run_vsftpd() { start_inside "$1" /usr/sbin/vsftpd /etc/vsftpd.conf; }
answers_vsftpd() { ask "$1" tcp 21 'USER anonymous\r\nPASS x@\r\nQUIT\r\n' '230 Login successful'; }

make_proftpd() {
	make_ftp_home
	mkdir -p "$R/run/proftpd"
	cat >"$R/etc/proftpd/peer.conf" <<'END'
ServerType standalone
UseIPv6 on
DefaultAddress 127.0.0.1
DefaultServer on
AuthPAM off
WtmpLog off
PidFile /run/proftpd/pid
ScoreboardFile /run/proftpd/scoreboard
DelayTable none
PassivePorts 50000 50009
LogFormat told "%r"
ExtendedLog /var/log/ftp-proftpd.log ALL told
User nobody
Group nogroup
<Anonymous /srv/ftp>
	User ftp
	Group ftp
	UserAlias anonymous ftp
	RequireValidShell off
</Anonymous>
END
}
run_proftpd() { start_inside "$1" /usr/sbin/proftpd -n -c /etc/proftpd/peer.conf; }
answers_proftpd() {
	ask "$1" tcp 21 'USER anonymous\r\nPASS x@\r\nQUIT\r\n' '230 Anonymous access granted'
}

make_pureftpd() { make_ftp_home; }
run_pureftpd() { start_inside "$1" /usr/sbin/pure-ftpd -e -H -c 50 -C 50 -p 50000:50009; }
answers_pureftpd() { ask "$1" tcp 21 'USER anonymous\r\nPASS x@\r\nQUIT\r\n' '230 '; }

make_redis() { mkdir -p "$R/var/lib/redis"; }
run_redis() { start_inside "$1" redis-server --save '' --dir /tmp --protected-mode no; }
answers_redis() { ask "$1" tcp 6379 'PING\r\n' '+PONG'; }

make_mariadbd() {
	mkdir -p "$R/var/lib/mysql" "$R/run/mysqld"
	# What mariadb-install-db does, which wants a client's programs too.
	{
		printf 'CREATE DATABASE mysql;\nUSE mysql;\n'
		echo 'SET @auth_root_socket = NULL;'
		cat "$R/usr/share/mysql/mysql_system_tables.sql" "$R/usr/share/mysql/mysql_system_tables_data.sql"
	} | chroot "$R" mariadbd --no-defaults --bootstrap --user=root --datadir=/var/lib/mysql
}
run_mariadbd() {
	start_inside "$1" mariadbd --no-defaults --user=root --datadir=/var/lib/mysql --port=3306 \
		--socket=/run/mysqld/mysqld.sock
}
answers_mariadbd() { ask "$1" tcp 3306 '' 'MariaDB'; }

# listens NAMESPACE UDP-PORT: for those that cannot be asked by a connected socket, or not without effort.
listens() { ip netns exec "$1" ss -Hlun "sport = :$2" | grep -q .; }

# Some want an address that is not the loopback's.
with_address() { ip -n "$1" address replace 192.0.2.1/32 dev lo; }

make_unbound() {
	cat >"$R/etc/unbound/peer.conf" <<'END'
server:
	interface: 0.0.0.0
	interface: ::0
	access-control: 0.0.0.0/0 allow
	access-control: ::0/0 allow
	do-daemonize: no
	use-syslog: no
	logfile: ""
	pidfile: ""
	chroot: ""
	username: ""
	module-config: "iterator"
	local-data: "ns.peer.test. A 127.0.0.1"
remote-control:
	control-enable: no
END
}
run_unbound() { start_inside "$1" /usr/sbin/unbound -d -p -c /etc/unbound/peer.conf; }
answers_unbound() { answers_named "$1"; }

make_chronyd() {
	mkdir -p "$R/run/chrony"
	printf 'local stratum 8\nallow\ncmdport 0\n' >"$R/etc/chrony/peer.conf"
}
# -x: this machine's clock is left alone.
run_chronyd() { start_inside "$1" /usr/sbin/chronyd -d -x -u root -f /etc/chrony/peer.conf; }
# A client's request of version 4, and the stratum in its answer.
answers_chronyd() {
	ask "$1" udp 123 '\x23\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08' '\x08'
}

make_snmpd() {
	mkdir -p "$R/var/lib/snmp"
	printf 'agentaddress udp:161,udp6:161\nrocommunity public\n' >"$R/etc/snmp/peer.conf"
}
run_snmpd() { start_inside "$1" /usr/sbin/snmpd -f -Lo -C -c /etc/snmp/peer.conf -I -smux; }
# sysDescr of version 2c, and its answer.
answers_snmpd() {
	ask "$1" udp 161 '\x30\x28\x02\x01\x01\x04\x06public\xa0\x1b\x02\x03POR\x02\x01\0\x02\x01\0\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\0\x05\0' 'Linux'
}

make_freeradius() {
	mkdir -p "$R/var/run/freeradius" "$R/var/log/freeradius" "$R/etc/freeradius/peer"
	cat >"$R/etc/freeradius/peer/radiusd.conf" <<'END'
prefix = /usr
run_dir = /run
logdir = /tmp
raddbdir = /etc/freeradius/peer
log { destination = stdout }
security { allow_vulnerable_openssl = yes }
client four { ipaddr = 0.0.0.0/0
	secret = secret }
client six { ipv6addr = ::/0
	secret = secret }
listen { type = auth
	ipaddr = *
	port = 1812 }
listen { type = auth
	ipv6addr = ::
	port = 1812 }
server default {
	authorize {
		reject
	}
}
modules {
	always reject {
		rcode = reject
	}
}
END
}
run_freeradius() { start_inside "$1" /usr/sbin/freeradius -f -l stdout -d /etc/freeradius/peer -n radiusd; }
answers_freeradius() { listens "$1" 1812; }

make_tftpd() { mkdir -p "$R/srv/tftp"; }
run_tftpd() { start_inside "$1" /usr/sbin/in.tftpd -L -a ':69' -u nobody -s /srv/tftp; }
answers_tftpd() { listens "$1" 69; }

make_turnserver() { :; }
run_turnserver() { start_inside "$1" /usr/bin/turnserver -n --log-file stdout --no-tls --no-dtls --no-cli -L 127.0.0.1 -L ::1; }
# A binding request, and its answer's cookie and id.
answers_turnserver() { ask "$1" udp 3478 '\0\x01\0\0\x21\x12\xa4\x42abcdefghijkl' '\x21\x12\xa4\x42abcdefghijkl'; }

make_openvpn() {
	mkdir -p "$R/etc/openvpn" "$R/dev/net"
	mknod "$R/dev/net/tun" c 10 200
	chroot "$R" openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=peer -keyout /etc/openvpn/peer.key \
		-out /etc/openvpn/peer.crt
	cat >"$R/etc/openvpn/peer.conf" <<'END'
proto udp6
port 1194
dev tun
server 192.0.2.128 255.255.255.128
dh none
ca /etc/openvpn/peer.crt
cert /etc/openvpn/peer.crt
key /etc/openvpn/peer.key
END
}
run_openvpn() { start_inside "$1" /usr/sbin/openvpn --config /etc/openvpn/peer.conf; }
# A hard reset of session abcdefgh, which the answer names.
answers_openvpn() { ask "$1" udp 1194 '\x38abcdefgh\0\0\0\0\0' 'abcdefgh'; }

make_kamailio() {
	mkdir -p "$R/run/kamailio"
	cat >"$R/etc/kamailio/peer.cfg" <<'END'
#!KAMAILIO
children=1
disable_tcp=yes
log_stderror=yes
auto_aliases=no
listen=udp:127.0.0.1:5060
listen=udp:[::1]:5060
loadmodule "sl.so"
loadmodule "maxfwd.so"
loadmodule "pv.so"
request_route {
	force_rport();
	if (!mf_process_maxfwd_header("10")) {
		sl_send_reply("483", "Too Many Hops");
		exit;
	}
	sl_send_reply("200", "OK");
}
END
}
run_kamailio() { start_inside "$1" /usr/sbin/kamailio -DD -E -m 32 -M 4 -f /etc/kamailio/peer.cfg; }
answers_kamailio() { listens "$1" 5060; }

make_rpcbind() { mkdir -p "$R/run/rpcbind"; }
run_rpcbind() { start_inside "$1" /usr/sbin/rpcbind -f; }
answers_rpcbind() { inside "$1" rpcinfo -n 111 -u 127.0.0.1 100000 2; }

# The whole of NFS, without the kernel's: it tells rpcbind where it is.
make_ganesha() {
	make_rpcbind
	mkdir -p "$R/srv/nfs" "$R/var/lib/nfs/ganesha" "$R/run/ganesha"
	cat >"$R/etc/ganesha/peer.conf" <<'END'
NFS_CORE_PARAM { Protocols = 3, 4; Enable_NLM = false; Enable_RQUOTA = false; MNT_Port = 20048; }
NFSV4 { Graceless = true; RecoveryBackend = fs; }
EXPORT { Export_Id = 1; Path = /srv/nfs; Pseudo = /nfs; Access_Type = RO; FSAL { Name = VFS; } }
END
}
run_ganesha() {
	# shellcheck disable=SC2016 # expanded inside
	start_inside "$1" sh -c '
		rpcbind -f & bind=$!
		trap "kill $bind \$nfs; wait" TERM
		until rpcinfo -n 111 -u 127.0.0.1 100000 2; do sleep 0.1; done
		ganesha.nfsd -F -L STDOUT -f /etc/ganesha/peer.conf -p /run/ganesha/pid & nfs=$!
		wait'
}
answers_ganesha() { inside "$1" rpcinfo -t 127.0.0.1 100003 3; }

make_inetd() {
	for service in time daytime echo discard chargen; do
		printf '%s dgram udp wait root internal\n%s dgram udp6 wait root internal\n' $service $service
		printf '%s stream tcp nowait root internal\n%s stream tcp6 nowait root internal\n' $service $service
	done >"$R/etc/inetd.peer"
}
run_inetd() { start_inside "$1" /usr/sbin/inetd -d /etc/inetd.peer; }
answers_inetd() { listens "$1" 37 && listens "$1" 13; }

make_vlserver() {
	mkdir -p "$R/etc/openafs/server" "$R/var/lib/openafs/db" "$R/var/log/openafs"
	printf '>peer.test\n192.0.2.1 #peer.test\n' >"$R/etc/openafs/server/CellServDB"
	echo peer.test >"$R/etc/openafs/server/ThisCell"
	echo "192.0.2.1 $(uname -n)" >>"$R/etc/hosts" # it looks for its own name
}
run_vlserver() {
	with_address "$1"
	start_inside "$1" /usr/lib/openafs/vlserver -noauth
}
answers_vlserver() { listens "$1" 7003; }

make_nmbd() {
	mkdir -p "$R/run/samba" "$R/var/lib/samba/private" "$R/var/cache/samba" "$R/var/log/samba"
	printf '[global]\nnetbios name = peer\nworkgroup = HARBOUR\ninterfaces = lo\nbind interfaces only = no\n' \
		>"$R/etc/samba/peer.conf"
}
run_nmbd() {
	with_address "$1"
	start_inside "$1" /usr/sbin/nmbd --foreground --no-process-group --debug-stdout --configfile=/etc/samba/peer.conf
}
answers_nmbd() { listens "$1" 137; }

# A domain controller of Active Directory.
make_samba() {
	mkdir -p "$R/run/samba" "$R/var/lib/samba/private" "$R/var/cache/samba" "$R/var/log/samba"
	rm -f "$R/etc/samba/smb.conf"
	chroot "$R" samba-tool domain provision --realm=AD.PEER.TEST --domain=PEER --host-name=dc1 --host-ip=192.0.2.1 \
		--adminpass=Passw0rd- --server-role=dc --dns-backend=NONE --option='posix:eadb = /var/lib/samba/eadb.tdb' \
		--option='vfs objects = dfs_samba4 acl_xattr xattr_tdb'
}
run_samba() {
	with_address "$1"
	start_inside "$1" /usr/sbin/samba -F --debug-stdout --no-process-group
}
answers_samba() { ask "$1" tcp 135 '' ''; }

make_rsyslogd() {
	cat >"$R/etc/rsyslog.peer" <<'END'
module(load="imudp")
input(type="imudp" port="514")
*.* /tmp/syslog
END
}
run_rsyslogd() { start_inside "$1" /usr/sbin/rsyslogd -n -f /etc/rsyslog.peer -i NONE; }
answers_rsyslogd() { listens "$1" 514; }

make_dropbear() {
	mkdir -p "$R/etc/dropbear"
	chroot "$R" dropbearkey -t ed25519 -f /etc/dropbear/peer_key
}
run_dropbear() { start_inside "$1" /usr/sbin/dropbear -F -E -p 22 -P '' -r /etc/dropbear/peer_key; }
answers_dropbear() { ask "$1" tcp 22 '' 'SSH-2.0-dropbear'; }

make_telnetd() {
	for family in tcp tcp6; do
		echo "telnet stream $family nowait root /usr/sbin/telnetd telnetd"
	done >"$R/etc/inetd.telnet"
}
run_telnetd() { start_inside "$1" /usr/sbin/inetd -d /etc/inetd.telnet; }
answers_telnetd() { ask "$1" tcp 23 '' '\xff\xfd'; }

make_oidentd() { : >"$R/etc/oidentd.peer"; }
run_oidentd() { start_inside "$1" /usr/sbin/oidentd --foreground --nosyslog -C /etc/oidentd.peer; }
answers_oidentd() { ask "$1" tcp 113 '0, 0\r\n' 'ERROR'; }

make_rsyncd() { printf 'use chroot = no\nreverse lookup = no\n[peer]\n\tpath = /srv\n' >"$R/etc/rsyncd.peer"; }
run_rsyncd() { start_inside "$1" rsync --daemon --no-detach --config=/etc/rsyncd.peer; }
answers_rsyncd() { ask "$1" tcp 873 '' '@RSYNCD: '; }

make_nats() { :; }
run_nats() { start_inside "$1" /usr/sbin/nats-server -p 4222; }
answers_nats() { ask "$1" tcp 4222 '' 'INFO {'; }

make_ngircd() {
	cat >"$R/etc/ngircd/peer.conf" <<'END'
[Global]
Name = irc.peer.test
Info = a peer
AdminEMail = admin@peer.test
[Options]
DNS = no
Ident = no
PAM = no
END
}
run_ngircd() { start_inside "$1" /usr/sbin/ngircd -n -f /etc/ngircd/peer.conf; }
answers_ngircd() { ask "$1" tcp 6667 'PING :x\r\n' '451'; }

make_vnc() { :; }
run_vnc() { start_inside "$1" /usr/bin/Xtigervnc :1 -rfbport 5900 -SecurityTypes None,VncAuth -rfbauth /dev/null; }
answers_vnc() { ask "$1" tcp 5900 '' 'RFB 003.008'; }

# News, for readers alone; it wants a history and an overview that exist.
make_nnrpd() {
	mkdir -p "$R/var/lib/news" "$R/run/news" "$R/var/spool/news/overview" "$R/var/log/news"
	printf 'domain: peer.test\nfqdn: peer.test\n' >>"$R/etc/news/inn.conf"
	printf 'junk 0000000000 0000000001 n\n' >"$R/var/lib/news/active"
	for file in active.times newsgroups history; do
		: >"$R/var/lib/news/$file"
	done
	chroot "$R" chown -R news:news /var/lib/news /run/news /var/spool/news /var/log/news
	chroot "$R" setpriv --reuid news --regid news --clear-groups sh -c \
		'cd /var/lib/news && /usr/lib/news/bin/makedbz -i -o; /usr/lib/news/bin/makehistory -x -O'
	: # there are no articles, about which it complains
}
run_nnrpd() { start_inside "$1" /usr/lib/news/bin/nnrpd -D -f -p 119; }
answers_nnrpd() { ask "$1" tcp 119 '' 'InterNetNews'; }
