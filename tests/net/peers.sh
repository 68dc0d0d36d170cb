# The servers that other tests talk to: each starts from where tools/peers unpacked it, in a network
# namespace of its own, on its usual port, answers, and is ended by its id with all that it started.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers openssh-server nginx bind9 slapd krb5-kdc krb5-admin-server postfix dovecot-imapd dovecot-pop3d \
	vsftpd proftpd-core pure-ftpd redis-server mariadb-server-core unbound chrony snmpd freeradius tftpd-hpa coturn \
	openvpn kamailio rpcbind nfs-ganesha nfs-ganesha-vfs openbsd-inetd openafs-dbserver rsyslog samba samba-ad-provision \
	samba-dsdb-modules samba-vfs-modules winbind

for name in ${PEERS_ONLY:-sshd nginx named slapd krb5kdc kadmind postfix dovecot vsftpd proftpd pureftpd redis \
	mariadbd unbound chronyd snmpd freeradius tftpd turnserver openvpn kamailio rpcbind ganesha inetd vlserver rsyslogd \
	nmbd samba}; do
	namespace "$name"
	"answers_$name" "$ns" >/dev/null 2>&1 && fail "$name answers before it is started"
	began=$(date +%s%N)
	peer "$name" "$ns"
	echo "$name: answers after $((($(date +%s%N) - began) / 1000000)) ms"
	peer_stop "$pid" "$ns"
	"answers_$name" "$ns" >/dev/null 2>&1 && fail "$name answers after it was ended"
done
exit 0
