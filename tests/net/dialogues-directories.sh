# The dialogues of directories, logins, files and desktops with real servers, over both families; with scripted ones
# where Debian has none; and what an echo, junk and other servers come to.
# shellcheck disable=SC2317 # make_NAME and its like are called by the name of their peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers slapd xrdp krb5-kdc krb5-admin-server heimdal-kdc rpcbind samba samba-ad-provision samba-dsdb-modules \
	samba-vfs-modules winbind
# shellcheck source=tests/dialogues-lib.sh
. "$SOURCE_DIR/tests/dialogues-lib.sh"

ours='ldap smb netbios rdp mssql adws oracle-tns nrpc teamviewer kadmin kadmin4'

# It is known for what it is, and for nothing else: none_but SERVICE PORT.
none_but() {
	for service in $ours; do
		[ "$service" = "$1" ] || not_taken tcp "$2" "$service"
	done
}

# A file server of old, which knows SMB 1 alone and signs nothing.
make_smbd() {
	mkdir -p "$R/run/samba" "$R/var/lib/samba/private" "$R/var/cache/samba" "$R/var/log/samba"
	printf '[global]\nnetbios name = peer\nserver %s protocol = NT1\nserver %s protocol = NT1\nserver signing = disabled\n' \
		min max >"$R/etc/samba/old.conf"
}
# In a process group of its own: it ends its whole group when it is ended.
run_smbd() { start_inside "$1" /usr/sbin/smbd --foreground --debug-stdout --configfile=/etc/samba/old.conf; }
answers_smbd() { listens_tcp "$1" 445; }

make_xrdp() {
	mkdir -p "$R/run/xrdp"
	chroot "$R" xrdp-keygen xrdp /etc/xrdp/rsakeys.ini
	chroot "$R" openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=peer -keyout /etc/xrdp/key.pem \
		-out /etc/xrdp/cert.pem
}
run_xrdp() { start_inside "$1" /usr/sbin/xrdp --nodaemon; }
answers_xrdp() { listens_tcp "$1" 3389; }

make_heimdal() {
	mkdir -p "$R/var/lib/heimdal-kdc"
	printf '[libdefaults]\n\tdefault_realm = HEIMDAL.TEST\n' >"$R/etc/heimdal.conf"
}
run_heimdal() { start_inside "$1" /usr/lib/heimdal-servers/kdc --config-file=/etc/heimdal.conf; }
answers_heimdal() { listens_tcp "$1" 88; }

# From specification, or from what is known of them: MS-TDS 4.2, MC-NMF and MS-NLMP, TNS, NRPC, TeamViewer, krb4. 7001
# echoes, 7002 sends text, 7003 sends bytes by chance.
make_scripted() { :; }
run_scripted() {
	start ip netns exec "$1" python3 -c 'if True:
		import os, socket, socketserver, threading
		def script(*steps):
			return lambda asked, n: steps[n] if n < len(steps) else b""
		words = b"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=0)(ALIAS=LISTENER))"
		name = "dc1.ad.test".encode("utf-16-le")
		info = bytes([3, 0, len(name), 0]) + name + bytes(4)
		challenge = (b"NTLMSSP\0\2\0\0\0" + bytes(8) + b"\x05\x82\x8a\0" + os.urandom(8) + bytes(8) +
			bytes([len(info), 0, len(info), 0, 48, 0, 0, 0]) + info)
		notes = b"\1\0\x3d\5" + bytes(9) + b"CN=mail/O=Peer\0\0"
		answers = {
			1433: script(bytes.fromhex("0401002b00000100" "00001a0006010020000102002100010300220000"
				"0400220001ff" "100003e80000" "03" "00" "00")),
			9389: script(b"\n", b"\x16\1\0\0" + bytes([len(challenge)]) + challenge),
			1521: script(b"\0\x08\0\0\x0b\0\0\0", bytes([0, 12 + len(words)]) + b"\0\0\4\0\0\0\0\0" +
				bytes([0, len(words)]) + words),
			1352: script(bytes([11 + len(notes), 0, 0, 0, len(notes), 0, 0, 0]) + b"\3\0\0\x40\2\x0f\0" + notes),
			5938: script(b"\x17\x24\x11\4\0\0\0\0\0"),
			751: script(b"\0\x0cKYOULOSE\0\0\0\x27"),
			7001: lambda asked, n: asked,
			7002: script(b"220 what is that?\r\n"),
			7003: lambda asked, n: os.urandom(700),
		}
		class Handler(socketserver.BaseRequestHandler):
			def handle(self):
				answer = answers[self.server.server_address[1]]
				for n in range(8):
					asked = self.request.recv(4096)
					if not asked:
						return
					self.request.sendall(answer(asked, n))
		class Server(socketserver.ThreadingTCPServer):
			address_family = socket.AF_INET6
		for port in answers:
			server = Server(("::", port), Handler)
			threading.Thread(target=server.serve_forever).start()'
}
answers_scripted() { listens_tcp "$1" 7003; }

talk_slapd() {
	both 'proved: directory of dc=peer,dc=test, OpenLDAP' ldap tcp 389
	none_but ldap 389
	not_taken tcp 389 kerberos kpasswd dns epmap
}
talk_samba() {
	for port in 389 3268 445; do # they come one after the other
		wait_for 20 listens_tcp "$ns" "$port" || fail "samba: nothing on $port"
	done
	controller='proved: host dc1\.ad\.peer\.test, Samba Team .* 4\..*'
	both "$controller" ldap tcp 389
	both "$controller" gc tcp 3268
	both 'proved: SMB 3\.1\.1, signing required' smb tcp 445
	both proved netbios tcp 139
	not_taken tcp 445 ldap rdp epmap
	not_taken tcp 88 smb nrpc
	not_taken tcp 464 ldap kadmin
	not_taken tcp 135 smb kadmin4
}
talk_smbd() {
	for port in 139 445; do
		both 'proved: SMB 1, signing not possible' smb tcp "$port"
		both proved netbios tcp "$port"
	done
}
talk_xrdp() {
	both 'proved: it chose TLS' rdp tcp 3389
	none_but rdp 3389
}
talk_kadmind() {
	both 'proved: version 2' kadmin tcp 749
	not_taken tcp 749 nfs rpcbind ldap
	none_but none 464
}
talk_heimdal() {
	both "proved: its clock says 20.* UTC" kerberos tcp 88
	not_taken tcp 88 kpasswd kadmin
}
talk_rpcbind() {
	not_taken tcp 111 kadmin
}
talk_scripted() {
	both 'proved: SQL Server 2022 \(16\.0\.1000\), insists on encryption' mssql tcp 1433
	both 'proved: host dc1\.ad\.test' adws tcp 9389
	both 'proved: Oracle listener 19\.0\.0\.0\.0' oracle-tns tcp 1521
	both 'proved: server CN=mail/O=Peer' nrpc tcp 1352
	both proved teamviewer tcp 5938
	both 'proved: Kerberos 4, code 39' kadmin4 tcp 751
	not_taken tcp 1433 oracle-tns
	not_taken tcp 1521 mssql
	not_taken tcp 751 smb
	for port in 7001 7002 7003; do
		not_taken tcp "$port" kerberos kpasswd dns epmap rpcbind nfs
		none_but none "$port"
	done
}

talk_all slapd samba smbd xrdp kadmind heimdal rpcbind scripted

# Where nobody listens, the kernel says so.
namespace nobody
# shellcheck disable=SC2034 # what both() tells
name=nobody
for service in $ours; do
	both closed "$service" tcp 9
done
exit 0
