#!/bin/sh
# ports.sh [ROUNDS]: all 65,535 TCP ports of one host by connect(2), closed and with 1,000 open, between
# two namespaces: portolan beside nmap -sT -T4 and beside a bare epoll loop with the same socket options,
# in turns. Prints the best of each and the ratios. With FLOOR=1 it fails where we are twice as slow as we mean to be.
. "$SOURCE_DIR/tests/bench/lib.sh"
rounds=${1:-7}
need_pair

# 1,000 ports that accept and close.
cat >"$T/server.py" <<'PY'
import resource, select, socket
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
epoll, listeners = select.epoll(), {}
for port in range(2000, 62000, 60):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.listen(512)
    listeners[s.fileno()] = s
    epoll.register(s.fileno(), select.EPOLLIN)
print("ready", flush=True)
while True:
    for fd, _ in epoll.poll():
        listeners[fd].accept()[0].close()
PY

bare="$BUILD_DIR/tests/bench/connect_bare $server_addr 1 65535 256"
ours="$PORTOLAN probe $server_addr:1-65535"
tools=$(tool bare "$bare"; tool portolan "$ours"; tool_nmap "-sT -T4 -n -Pn -p 1-65535 $server_addr")

measure closed "$rounds" "$tools"
start ip netns exec "$server" python3 "$T/server.py"
wait_for 5 grep -q ready "$log" || die "the server does not start: $(cat "$log")"
measure mixed "$rounds" "$tools"

for what in closed mixed; do
	ratio $what portolan nmap wall 1.0
	ratio $what portolan bare cpu 1.15
done
