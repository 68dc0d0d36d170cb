# The audit of services of hosts and networks, with real servers: as they should not be, and hardened; what is asked of
# everybody, and what only the owner may try. All of them run in one namespace, on ports of their own.
# shellcheck disable=SC2317 # make_NAME and its like are called by name
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers openssh-server dropbear-bin samba rsync slapd tigervnc-standalone-server microsocks tinyproxy vsftpd snmpd \
	unbound freeradius inetutils-telnetd openbsd-inetd krb5-kdc rpcbind nfs-ganesha nfs-ganesha-vfs
# shellcheck source=tests/dialogues-lib.sh
. "$SOURCE_DIR/tests/dialogues-lib.sh"
held=$BUILD_DIR/tests/net/topic

namespace hosts
at=192.0.2.7
ip -n "$ns" address add $at/32 dev lo

# says_codes "CODES" TOPIC PORT: what is noted, in this order.
says_codes() {
	ip netns exec "$ns" "$held" "$2" 127.0.0.1 "$3" >"$T/said" 2>&1 || fail "$2: $(cat "$T/said")"
	said=$(sed -n 's/^\([a-z0-9-]*\): .*/\1/p' "$T/said" | tr '\n' ' ')
	[ "$said" = "$1${1:+ }" ] || fail "$2 of port $3: \"$said\", not \"$1\": $(cat "$T/said")"
}

{
	make_sshd
	chroot "$R" ssh-keygen -q -t rsa -b 2048 -N '' -f /etc/ssh/peer_rsa
	chroot "$R" ssh-keygen -q -t rsa -b 1024 -N '' -f /etc/ssh/short_rsa
	{
		cat "$R/etc/ssh/peer.conf"
		printf 'HostKey /etc/ssh/peer_rsa\nHostKeyAlgorithms +ssh-rsa\nCiphers +3des-cbc\nMACs +hmac-md5\n'
		echo 'KexAlgorithms +diffie-hellman-group1-sha1'
	} >"$R/etc/ssh/old.conf"
	{
		cat "$R/etc/ssh/peer.conf"
		printf 'KexAlgorithms curve25519-sha256\nCiphers aes256-gcm@openssh.com\nMACs hmac-sha2-256-etm@openssh.com\n'
	} >"$R/etc/ssh/hard.conf"
	make_dropbear
	printf 'HostKey /etc/ssh/short_rsa\nKexAlgorithms diffie-hellman-group14-sha256\nMACs hmac-sha2-256\n' >"$R/etc/ssh/short.conf"
	make_vsftpd
	make_slapd
	make_snmpd
	make_unbound
	make_freeradius
	make_telnetd
	make_ganesha
	sed -i 's/Enable_RQUOTA = false/Enable_RQUOTA = true; Rquota_Port = 875/' "$R/etc/ganesha/peer.conf"
	make_krb5kdc
	sed 's/default_realm/allow_rc4 = true\n\t&/' "$R/etc/krb5.conf" >"$R/etc/krb5.rc4"
	sed 's/acl_file/kdc_ports = 8088\n\t\tkdc_tcp_ports = 8088\n\t\t&/' "$R/etc/krb5kdc/kdc.conf" >"$R/etc/krb5kdc/rc4.conf"
	chroot "$R" kadmin.local -q 'cpw -randkey -e aes256-cts:normal,arcfour-hmac:normal krbtgt/PEER.TEST'
} >"$T/out" 2>&1
printf '. 60 SOA a b 1 2 3 4 5\n. 60 NS a.root.\na.root. 60 A 127.0.0.1\n' >"$R/etc/unbound/root.zone"
cat >>"$R/etc/unbound/peer.conf" <<'END'
auth-zone:
	name: "."
	zonefile: "/etc/unbound/root.zone"
	for-downstream: no
	fallback-enabled: no
END
cat >"$R/tmp/peer.ldif" <<'END'
dn: dc=peer,dc=test
objectClass: dcObject
objectClass: organization
o: peer
dc: peer

dn: ou=people,dc=peer,dc=test
objectClass: organizationalUnit
ou: people
END
chroot "$R" slapadd -f /etc/ldap/peer.conf -l /tmp/peer.ldif >"$T/out" 2>&1 || die "slapadd: $(cat "$T/out")"
mkdir -p "$R/run/samba" "$R/var/lib/samba/private" "$R/var/cache/samba" "$R/var/log/samba" "$R/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$R/dev/pts" || die "no devpts"
ln -s pts/ptmx "$R/dev/ptmx"
printf '[global]\nnetbios name = peer\nserver min protocol = NT1\nmap to guest = bad user\n' >"$R/etc/samba/loose.conf"
printf 'use chroot = no\nreverse lookup = no\n[peer]\n\tpath = /srv\n' >"$R/etc/rsyncd.peer"
printf 'Port 8888\nMaxClients 10\nTimeout 60\n' >"$R/etc/tinyproxy.loose"

# MongoDB is not in Debian: hello, and then a list of no databases, as the manual has it.
cat >"$T/mongodb.py" <<'PYTHON'
import contextlib, socket, struct
listening = socket.create_server(('', 27017))
while True:
    peer, _ = listening.accept()
    with peer, contextlib.suppress(ConnectionError):
        while len(asked := peer.recv(4096)) > 16:
            said = b'\x04databases\0\5\0\0\0\0' if b'listDatabases' in asked else b'\x10maxWireVersion\0\x15\0\0\0'
            said += b'\x01ok\0' + struct.pack('<d', 1) + b'\0'
            said = struct.pack('<IBI', 0, 0, 4 + len(said)) + said
            peer.sendall(struct.pack('<I', 16 + len(said)) + b'\1\0\0\0' + asked[4:8] + struct.pack('<I', 2013) + said)
PYTHON

start ip netns exec "$ns" python3 "$T/mongodb.py"
run_sshd "$ns"
start_inside "$ns" /usr/sbin/sshd -D -e -p 2201 -f /etc/ssh/old.conf
start_inside "$ns" /usr/sbin/sshd -D -e -p 2202 -f /etc/ssh/hard.conf
start_inside "$ns" /usr/sbin/sshd -D -e -p 2204 -o PidFile=none -f /etc/ssh/short.conf
start_inside "$ns" /usr/sbin/dropbear -F -E -p 2203 -P '' -r /etc/dropbear/peer_key
start_inside "$ns" /usr/sbin/smbd --foreground --debug-stdout --configfile=/etc/samba/loose.conf
start_inside "$ns" /usr/bin/Xtigervnc :1 -rfbport 5901 -SecurityTypes None
start_inside "$ns" microsocks -p 1080
start_inside "$ns" microsocks -p 1081 -u user -P secret
start_inside "$ns" tinyproxy -d -c /etc/tinyproxy.loose
run_vsftpd "$ns"
run_rsyncd "$ns"
run_slapd "$ns"
run_snmpd "$ns"
run_unbound "$ns"
run_freeradius "$ns"
run_telnetd "$ns"
run_ganesha "$ns"
run_krb5kdc "$ns"
start_inside "$ns" env KRB5_CONFIG=/etc/krb5.rc4 KRB5_KDC_PROFILE=/etc/krb5kdc/rc4.conf /usr/sbin/krb5kdc -n
for port in 22 2201 2202 2203 2204 445 139 5901 1080 1081 8888 21 873 389 53 23 88 8088 20048 27017; do
	wait_for 20 listens_tcp "$ns" $port || die "nothing on $port"
done
for port in 161 1812; do
	wait_for 20 listens "$ns" $port || die "nothing on $port"
done

# What is asked of everybody, all at once: CODE PORT a line, of what is found.
for how in '' --udp; do
	ports=2201,2202,2203,2204,445,139,5901,1080,1081,389,23,88,8088,111,20048,27017
	[ -z "$how" ] || ports=53,88,111,161,1812,20048
	# shellcheck disable=SC2086 # no word, or one
	ip netns exec "$ns" "$PORTOLAN" audit --profile strict --format jsonl $how $at:$ports >>"$T/told" 2>"$T/err"
	[ $? = 1 ] || fail "audit $how: $(cat "$T/err")"
done
python3 -c 'if True:
	import json, sys
	for r in map(json.loads, sys.stdin):
		if r["record"] == "finding":
			print(r["code"], r["subject"].rsplit(":", 1)[1])' <"$T/told" | sort >"$T/found"
sort >"$T/wanted" <<'END'
amplifier 111
cleartext 27017
dns-version 53
kerberos-rc4 8088
mongodb-open 27017
nfs-everybody 20048
nfs-everybody 20048
no-authentication 111
reflector 111
rpc-obsolete 111
rpc-obsolete 111
ldap-tls-missing 389
radius-unsigned-answer 1812
radius-unsigned-request 1812
smb-netbios-signing 139
smb-netbios1 139
smb-signing 445
smb1 445
socks-no-login 1080
ssh-rsa-below-3072 2201
ssh-rsa-sha1 2201
ssh-rsa-sha1 2203
ssh-short-mac 2201
ssh-short-mac 2203
ssh-short-rsa 2204
ssh-sha1-kex 2203
ssh-weak-cipher 2201
ssh-weak-kex 2201
ssh-weak-mac 2201
telnet-cleartext-login 23
vnc-cleartext 5901
vnc-no-password 5901
END
same "$T/wanted" "$T/found"

# What only the owner may try, of a site's hosts.
cat >"$T/site.yaml" <<'YAML'
portolan: 1
site: here
zones:
  all: {networks: [192.0.2.0/24]}
hosts:
  a: {addresses: [192.0.2.7]}
YAML
: >"$T/told"
for how in '' --udp; do
	ports=21,389,445,873,1080,1081,8888
	[ -z "$how" ] || ports=53,161
	# shellcheck disable=SC2086 # no word, or one
	ip netns exec "$ns" "$PORTOLAN" audit --active --format jsonl $how --ports $ports "$T/site.yaml" >>"$T/told" 2>"$T/err"
	[ -s "$T/told" ] || fail "audit --active $how: $(cat "$T/err")"
done
python3 -c 'if True:
	import json, sys
	for r in map(json.loads, sys.stdin):
		if r["record"] == "finding" and r["code"] != "not-required":
			print(r["code"], r["subject"].rsplit(":", 1)[1])' <"$T/told" | sort >"$T/found"
sort >"$T/wanted" <<'END'
cleartext 873
dns-recursion 53
ftp-anonymous 21
ftp-tls-missing 21
http-open-proxy 8888
ldap-anonymous 389
ldap-tls-missing 389
rsync-listed 873
rsync-no-password 873
smb-guest 445
smb-null-session 445
smb-signing 445
smb1 445
snmp-public 161
socks-no-login 1080
socks-open-proxy 1080
END
same "$T/wanted" "$T/found"

# One topic at a time; nothing where there is nothing.
says_codes 'rsync-listed rsync-no-password' rsync 873
says_codes '' snmp-private 161
says_codes '' socks-relay 1081
says_codes '' kerberos 88
exit 0
