# The dialogues of src/proto with real servers: each proves its own, over both families where the server has both,
# and takes none for what it is not.
# shellcheck disable=SC2317 # talk_NAME is called by the name of its peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers bind9 unbound chrony snmpd freeradius tftpd-hpa coturn openvpn kamailio rpcbind nfs-ganesha nfs-ganesha-vfs \
	openbsd-inetd openafs-dbserver rsyslog krb5-kdc krb5-admin-server samba samba-ad-provision samba-dsdb-modules \
	samba-vfs-modules winbind
# shellcheck source=tests/dialogues-lib.sh
. "$SOURCE_DIR/tests/dialogues-lib.sh"

date='20[0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]'

talk_named() {
	both proved dns udp 53
	both proved dns tcp 53
	not_taken tcp 53 kerberos kpasswd rpcbind nfs epmap
	not_taken udp 53 netbios stun
}
talk_unbound() {
	both proved dns udp 53
	both proved dns tcp 53
}
talk_chronyd() {
	both 'proved: stratum 8' ntp udp 123
	not_taken udp 123 snmp
}
talk_snmpd() {
	both 'proved: engine by Net-SNMP' snmp udp 161
	not_taken udp 161 cldap
}
talk_freeradius() {
	both 'proved: it rejects who gives no name' radius udp 1812
	not_taken udp 1812 tftp
}
talk_tftpd() {
	both 'proved: File not found' tftp udp 69
	not_taken udp 69 mssql-browser
}
talk_turnserver() {
	both "proved: Coturn-.*" stun udp 3478
	not_taken udp 3478 sip
}
talk_openvpn() {
	both proved openvpn udp 1194
	not_taken udp 1194 ntp
}
talk_kamailio() {
	both 'proved: kamailio .*' sip udp 5060
	not_taken udp 5060 dns
}
talk_rpcbind() {
	for transport in udp tcp; do
		both proved rpcbind "$transport" 111
		both 'proved; port 111' rpcbind "$transport" 111 100000
		both 'proved; unknown' rpcbind "$transport" 111 nfs
		not_taken "$transport" 111 nfs
	done
	not_taken tcp 111 epmap kerberos
}
talk_ganesha() {
	for transport in udp tcp; do
		both 'proved: version 3' nfs "$transport" 2049
		both 'proved; port 2049' rpcbind "$transport" 111 nfs
		both 'proved; port 20048' rpcbind "$transport" 111 mountd
		both 'proved: version 3' mountd "$transport" 20048
		not_taken "$transport" 2049 rpcbind mountd
		not_taken "$transport" 20048 nfs rpcbind
	done
}
talk_inetd() {
	with_address "$ns" # it tells nothing to a loopback's address of IPv4
	for address in 192.0.2.1 ::1; do
		says "proved: its clock says $date UTC" time udp "$address" 37
		says 'proved: .*[0-2][0-9]:[0-5][0-9]:.*' daytime udp "$address" 13
		says other time udp "$address" 13
		says other daytime udp "$address" 37
		for transport in udp tcp; do
			says proved echo "$transport" "$address" 7
			says proved chargen "$transport" "$address" 19
			says other echo "$transport" "$address" 19
		done
		says silent discard udp "$address" 9
	done
	not_taken tcp 7 tls bittorrent dns kerberos rpcbind
	not_taken tcp 19 tls bittorrent dns kerberos rpcbind
}
talk_vlserver() { # of IPv4 only
	says 'proved: OpenAFS .*' afs udp 127.0.0.1 7003
	not_taken udp 7003 openvpn
}
talk_rsyslogd() {
	both silent syslog udp 514
	printf 'a message\n' | ip netns exec "$ns" python3 -c 'if True:
		import socket, sys
		socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(sys.stdin.buffer.read(), ("127.0.0.1", 514))'
	wait_for 5 grep -q 'a message' "$R/tmp/syslog" || fail "rsyslogd does not log"
	[ "$(wc -l <"$R/tmp/syslog")" = 1 ] || fail "we are in the log: $(cat "$R/tmp/syslog")"
}
talk_nmbd() { # of IPv4 only
	says 'proved: PEER in HARBOUR' netbios udp 127.0.0.1 137
	not_taken udp 137 dns
}
talk_krb5kdc() {
	both "proved: its clock says $date UTC" kerberos udp 88
	both "proved: its clock says $date UTC" kerberos tcp 88
	not_taken udp 88 kpasswd
	not_taken tcp 88 kpasswd dns
}
talk_kadmind() {
	both 'proved: realm PEER.TEST' kpasswd udp 464
	both 'proved: realm PEER.TEST' kpasswd tcp 464
	not_taken udp 464 kerberos
	not_taken tcp 464 kerberos
	not_taken tcp 749 nfs rpcbind
}
talk_samba() {
	for transport in udp tcp; do
		both "proved: its clock says $date UTC" kerberos "$transport" 88
		both 'proved: realm AD.PEER.TEST' kpasswd "$transport" 464
	done
	both 'proved: domain controller dc1\.ad\.peer\.test, site Default-First-Site-Name' cldap udp 389
	says 'proved: DC1 in PEER' netbios udp 127.0.0.1 137
	both proved epmap tcp 135
	for what in drsuapi lsarpc e3514235-4b06-11d1-ab04-00c04fc2dcd2; do
		both 'proved; port 49[0-9]*' epmap tcp 135 "$what"
	done
	both 'proved; unknown' epmap tcp 135 frs
	both 'proved: DCOM tells its ports only to those who log in' epmap tcp 135 wmi
	# What it names is there, and is another interface than the mapper's.
	held epmap tcp 127.0.0.1 135 drsuapi
	says other epmap tcp 127.0.0.1 "$(sed 's/.*port //' "$T/said")"
	not_taken tcp 135 rpcbind kerberos
	not_taken udp 389 snmp
}

talk_all named unbound chronyd snmpd freeradius tftpd turnserver openvpn kamailio rpcbind ganesha inetd vlserver rsyslogd \
	nmbd krb5kdc kadmind samba

# Where nobody listens, the kernel says so; also to a datagram without bytes.
namespace nobody
# shellcheck disable=SC2034 # what both() tells
name=nobody
both closed ntp udp 123
both closed syslog udp 514
both closed epmap tcp 135
exit 0
