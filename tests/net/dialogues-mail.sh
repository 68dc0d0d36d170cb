# The dialogues of what greets, or is asked in lines of text, with real servers: each proves its own over both families,
# and is taken for nothing else. In the manner of dialogues.sh.
# shellcheck disable=SC2317 # talk_NAME is called by the name of its peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers openssh-server dropbear-bin postfix vsftpd proftpd-core pure-ftpd dovecot-imapd dovecot-pop3d openbsd-inetd \
	inetutils-telnetd oidentd rsync nats-server ngircd tigervnc-standalone-server mariadb-server-core inn2
dialogue=$BUILD_DIR/tests/net/dialogue

held() {
	ip netns exec "$ns" "$dialogue" "$@" >"$T/said" 2>&1 || fail "$name: $*: $(cat "$T/said")"
}

# says WORDS SERVICE ADDRESS PORT
says() {
	held "$2" tcp "$3" "$4"
	grep -qxE -e "$1" "$T/said" || fail "$name: $*: \"$(cat "$T/said")\", not \"$1\""
}

# both WORDS SERVICE PORT: over both families.
both() {
	for address in 127.0.0.1 ::1; do
		says "$1" "$2" "$address" "$3"
	done
}

# not_taken PORT SERVICE ...: what listens there is none of these.
not_taken() {
	port=$1
	shift
	for service; do
		held "$service" tcp 127.0.0.1 "$port"
		grep -q '^proved' "$T/said" && fail "$name is taken for $service: $(cat "$T/said")"
	done
}

logs() { wait_for 5 grep -q "$1" "$2" || fail "$name: not in its log: $1"; }

talk_sshd() {
	both 'proved: OpenSSH_9\..*' ssh 22
	logs 'Received disconnect from ::1 port [0-9]*:11:' "$log"
	not_taken 22 smtp ftp telnet vnc
}
talk_dropbear() {
	both 'proved: dropbear_20.*' sftp 22
	logs 'Disconnect received' "$log"
	not_taken 22 mysql rsync
}
talk_postfix() {
	both 'proved: peer\.test ESMTP Postfix .*' smtp 25
	logs 'disconnect from localhost\[::1\] ehlo=1 quit=1 commands=2' "$R/var/log/postfix.log"
	not_taken 25 ftp nntp pop3 daytime ssh
}
talk_vsftpd() {
	both 'proved: \(vsFTPd .*\)' ftp 21
	logs 'FTP response: Client "::1", "221 Goodbye."' "$R/var/log/ftp-vsftpd.log"
	not_taken 21 smtp nntp ssh
}
talk_proftpd() {
	says 'proved: ProFTPD Server .*' ftp 127.0.0.1 21
	not_taken 21 smtp irc
}
talk_pureftpd() {
	both 'proved: Welcome to Pure-FTPd .*' ftp 21
	not_taken 21 smtp daytime
}
talk_dovecot() {
	both 'proved: Dovecot .* ready\.' imap 143
	both 'proved: Dovecot .* ready\.' pop3 110
	not_taken 143 pop3 nats
	not_taken 110 imap ssh
}
talk_telnetd() {
	both 'proved: it knows AUTHENTICATION ENCRYPT' telnet 23
	not_taken 23 time ssh mysql
}
talk_oidentd() {
	both proved ident 113
	not_taken 113 irc dns
}
talk_rsyncd() {
	both 'proved: protocol 3[0-9]\.[0-9]' rsync 873
	not_taken 873 ssh irc
}
talk_nats() {
	both 'proved: version 2\..*' nats 4222
	not_taken 4222 pop3 imap
}
talk_ngircd() {
	both 'proved: irc\.peer\.test' irc 6667
	logs 'Got QUIT command' "$log"
	not_taken 6667 ident
}
talk_vnc() {
	both 'proved: version 3\.8: no login, VNC password' vnc 5900
	not_taken 5900 ssh rsync
}
talk_mariadbd() {
	both 'proved: 1[0-9]\..*-MariaDB.*' mysql 3306
	with_address "$ns"
	says "proved: Host '.*' is not allowed to connect to this MariaDB server" mariadb 192.0.2.1 3306
	not_taken 3306 time ssh vnc
}
talk_nnrpd() {
	both 'proved: .* InterNetNews NNRP server INN .*' nntp 119
	not_taken 119 smtp ftp
}
talk_inetd() {
	with_address "$ns"
	for address in 192.0.2.1 ::1; do
		says 'proved: its clock says 20.* UTC' time "$address" 37
		says 'proved: .*[0-2][0-9]:[0-5][0-9]:.*' daytime "$address" 13
		says other time "$address" 13
	done
}

for name in ${PEERS_ONLY:-sshd dropbear postfix vsftpd proftpd pureftpd dovecot telnetd oidentd rsyncd nats ngircd vnc \
	mariadbd nnrpd inetd}; do
	namespace "$name"
	peer "$name" "$ns"
	"talk_$name"
	peer_stop "$pid" "$ns"
done

# A kpop server in the library's own words: nobody packages one.
name=kpop
namespace kpop
start ip netns exec "$ns" python3 "$SOURCE_DIR/tests/net/kpop_server.py"
wait_for 5 grep -q ready "$log" || fail "kpop: $(cat "$log")"
both 'proved: realm PEER\.TEST' kpop 1109
not_taken 1109 kerberos kpasswd
stop "$pid"

# A tarpit of SSH: lines, one after the other, and never an identification.
name=tarpit
namespace tarpit
start ip netns exec "$ns" python3 -c 'if True:
	import socket, threading, time
	s = socket.create_server(("127.0.0.1", 22))
	print("ready", flush=True)
	def drip(c):
		try:
			while True:
				c.sendall(b"x\r\n")
				time.sleep(0.3)
		except OSError:
			pass
	while True:
		threading.Thread(target=drip, args=(s.accept()[0],), daemon=True).start()'
wait_for 5 grep -q ready "$log" || fail "tarpit: $(cat "$log")"
says other smtp 127.0.0.1 22
expect_rc 0 ip netns exec "$ns" "$PORTOLAN" probe --service ssh 127.0.0.1:22
has "$T/out" 'it spoke, and not as far as ssh can be told by'
stop "$pid"
exit 0
