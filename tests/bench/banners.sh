# banners.sh: sixty ports that greet as a secure shell, a mail server, a file server do, asked by portolan identify and
# by nmap -sV over loopback in a namespace; then one port that keeps silent. Seconds, kilobytes, ratios.
. "$SOURCE_DIR/tests/peers-lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$SOURCE_DIR/tests/bench/lib.sh"
namespace banners
start ip netns exec "$ns" python3 -c 'if True:
	import selectors, socket
	words = [b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", b"220 peer.test ESMTP Postfix\r\n",
	         b"220 ProFTPD Server (peer) [127.0.0.1]\r\n", b"+OK Dovecot ready.\r\n"]
	chosen = selectors.DefaultSelector()
	for n in range(61):
		s = socket.create_server(("127.0.0.1", 20000 + n), backlog=64)
		chosen.register(s, selectors.EVENT_READ, words[n % 4] if n < 60 else b"")
	print("ready", flush=True)
	kept = []
	while True:
		for key, _ in chosen.select():
			if key.data is None:
				try:
					over = not key.fileobj.recv(4096)
				except OSError:
					over = True
				if over:
					chosen.unregister(key.fileobj)
					key.fileobj.close()
				continue
			c, _ = key.fileobj.accept()
			c.sendall(key.data)
			chosen.register(c, selectors.EVENT_READ, None)' 2>/dev/null
wait_for 5 grep -q ready "$log" || die "banners: $(cat "$log")"
# cost COMMAND ...: seconds and kilobytes.
cost() {
	ip netns exec "$ns" python3 - "$@" <<'PY'
import os, sys, time
began = time.monotonic()
pid = os.fork()
if pid == 0:
    os.dup2(os.open('/dev/null', os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
_, _, usage = os.wait4(pid, 0)
print(f'{time.monotonic() - began:.3f} {usage.ru_maxrss}')
PY
}
compare() {
	echo "$2: ours $(cost "$PORTOLAN" identify "127.0.0.1:$1")"
	nmap=$(tool_nmap "-sV -T4 -n -Pn -p $1 127.0.0.1" | cut -f2)
	# shellcheck disable=SC2086 # words on purpose
	[ -z "$nmap" ] || echo "$2: nmap $(cost $nmap)"
}
compare 20000-20059 "60 banners"
compare 20060 "1 silent"
