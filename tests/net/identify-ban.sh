# A target that shuts out who sends odd first messages is asked no more, and that is told; one whose servers only close is not
# taken for one.
. "$SOURCE_DIR/tests/bench/lib.sh"
need_pair

cat >"$T/server.py" <<'END'
import selectors, socket, subprocess, sys
after, how = int(sys.argv[1]), sys.argv[2]
rules = f'add table inet guard; add set inet guard out {{ type ipv4_addr; }}; add chain inet guard in {{ type filter hook input priority 0; }}; add rule inet guard in ip saddr @out {how}'
subprocess.run(['nft', 'delete table inet guard'], stderr=subprocess.DEVNULL)
subprocess.run(['nft', rules], check=True)
waiting, heard = selectors.DefaultSelector(), 0
for port in range(40001, 40009):
    listener = socket.create_server(('', port))
    waiting.register(listener, selectors.EVENT_READ, listener)
print('ready', flush=True)
while True:
    for key, _ in waiting.select():
        if key.data:
            client, (address, _) = key.data.accept()
            waiting.register(client, selectors.EVENT_READ, None)
            continue
        try:
            junk = key.fileobj.recv(4096)
        except OSError:
            junk = b''
        waiting.unregister(key.fileobj)
        key.fileobj.close()
        heard += bool(junk)
        if heard == after:
            subprocess.run(['nft', f'add element inet guard out {{ {address} }}'], check=True)
END
serve() {
	start ip netns exec "$server" python3 "$T/server.py" "$@"
	wait_for 5 grep -q ready "$log" || die "no server: $(cat "$log")"
}
identify() { run ip netns exec "$client" "$PORTOLAN" identify --format "$1" "$server_addr:40001-40008,50001-50064"; }

for how in 'reject with tcp reset' drop; do
	serve 20 "$how"
	identify jsonl
	[ "$rc" = 1 ] || fail "$how: exit $rc"
	grep '"record":"outcome"' "$T/out" | grep -q '"how":"shut out".*shut this host out' || fail "$how: not told: $(cat "$T/out")"
	# None of the ports that nobody has was asked in vain and called closed after the ban.
	[ "$(grep -c '"state":"open"' "$T/out")" = 8 ] || fail "$how: not all that was open is: $(cat "$T/out")"
	stop "$pid"
	serve 20 "$how"
	identify text
	has "$T/out" "$server_addr has shut this host out after"
	stop "$pid"
done
# Nobody is shut out, and all of them close.
serve 0 drop
identify text
has_not "$T/out" 'shut'
has "$T/out" 'says nothing'
exit 0
