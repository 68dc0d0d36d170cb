# The dialogues for BitTorrent with real peers: over TCP, and over UDP as uTP and as the directory; and what junk, echo
# and other servers come to.
# shellcheck disable=SC2317 # make_NAME and its like are called by the name of their peer
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers transmission-daemon aria2 rtorrent openssh-server nginx
# shellcheck source=tests/dialogues-lib.sh
. "$SOURCE_DIR/tests/dialogues-lib.sh"

# Nothing is looked for: no torrent but one of a file that nobody has, no tracker, and a namespace without a way out.
make_torrent() {
	printf 'd4:infod6:lengthi16384e4:name4:peer12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee' >"$R/etc/peer.torrent"
}

make_transmission() {
	mkdir -p "$R/etc/transmission-peer"
	cat >"$R/etc/transmission-peer/settings.json" <<'END'
{
	"dht-enabled": true, "encryption": 1, "lpd-enabled": false, "peer-port": 51413,
	"port-forwarding-enabled": false, "rpc-enabled": false, "utp-enabled": true
}
END
}
run_transmission() {
	with_address "$1"
	start_inside "$1" env TR_DHT_BOOTSTRAP= transmission-daemon --foreground --config-dir /etc/transmission-peer
}
answers_transmission() { listens_tcp "$1" 51413 && listens "$1" 51413; }

make_aria2() { make_torrent; }
run_aria2() {
	start_inside "$1" aria2c --no-conf --dir=/tmp --listen-port=6881 --enable-dht --enable-dht6 --dht-listen-port=6881 \
		--dht-file-path=/tmp/dht --dht-file-path6=/tmp/dht6 --dht-listen-addr6=::1 /etc/peer.torrent
}
answers_aria2() { listens_tcp "$1" 6881; }

make_rtorrent() { make_torrent; }
run_rtorrent() {
	options=system.daemon.set=true,network.port_range.set=6881-6881,network.port_random.set=no
	start_inside "$1" env TERM=dumb HOME=/tmp rtorrent -n -o "$options,protocol.encryption.set=allow_incoming" \
		/etc/peer.torrent
}
answers_rtorrent() { listens_tcp "$1" 6881; }

# To anything the same: 7001 echoes, 7002 sends text, 7003 more bytes by chance than a peer would.
make_others() { :; }
run_others() {
	start ip netns exec "$1" python3 -c 'if True:
		import os, socketserver, threading
		answers = {7001: lambda asked: asked, 7002: lambda asked: b"what is that?\r\n" * 20,
			7003: lambda asked: os.urandom(700)}
		class Handler(socketserver.BaseRequestHandler):
			def handle(self):
				asked = self.request.recv(4096)
				self.request.sendall(answers[self.server.server_address[1]](asked))
		for port in answers:
			server = socketserver.TCPServer(("127.0.0.1", port), Handler)
			threading.Thread(target=server.serve_forever).start()'
}
answers_others() { listens_tcp "$1" 7003; }

key='proved: a key to obfuscate what follows \(MSE\)'

talk_transmission() {
	both "$key" bittorrent tcp 51413
	not_taken tcp 51413 tls dns kerberos rpcbind epmap
	# Of IPv4 only, where the host has no address of IPv6 for the world; the directory is none for a loopback's.
	says proved utp udp 127.0.0.1 51413
	says proved bittorrent udp 192.0.2.1 51413
	not_taken udp 51413 quic dns ntp
}
talk_aria2() {
	both "$key" bittorrent tcp 6881
	not_taken tcp 6881 tls dns kerberos rpcbind epmap
	both 'proved: client A2' bittorrent udp 6881
	not_taken udp 6881 utp quic dns
}
talk_rtorrent() {
	both "$key" bittorrent tcp 6881
	not_taken tcp 6881 tls
}
talk_others() {
	not_taken tcp 7001 bittorrent
	not_taken tcp 7002 bittorrent
	not_taken tcp 7003 bittorrent
}
talk_sshd() {
	not_taken tcp 22 bittorrent
}
talk_nginx() {
	not_taken tcp 80 bittorrent
}

talk_all transmission aria2 rtorrent others sshd nginx
exit 0
