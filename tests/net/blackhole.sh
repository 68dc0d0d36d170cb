# A path MTU black hole: full-sized packets are dropped on the way, and nobody says so. What is short passes, so the
# port looks open; what it says comes without its beginning.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
namespace client; client=$ns
namespace router; router=$ns
namespace server; server=$ns
# wire NS INTERFACE NS NUMBER
wire() {
	ip -n "$1" link add name "$2" type veth peer name eth0 netns "$3" || die "no veth"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set eth0 up
	ip -n "$1" address add "10.85.$4.1/24" dev "$2"
	ip -n "$1" -6 address add "fd85:$4::1/64" dev "$2" nodad
	ip -n "$3" address add "10.85.$4.2/24" dev eth0
	ip -n "$3" -6 address add "fd85:$4::2/64" dev eth0 nodad
	ip -n "$3" route add default via "10.85.$4.1"
	ip -n "$3" -6 route add default via "fd85:$4::1"
}
wire "$router" eth0 "$client" 1
wire "$router" eth1 "$server" 2
ip netns exec "$router" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
# No offload: packets are as long on this wire as they would be on a real one.
ip netns exec "$server" ethtool -K eth0 tso off gso off >/dev/null 2>&1 || ip -n "$server" link set eth0 gso_max_segs 1
cat >"$T/server.py" <<'END'
import socket, sys, threading
page = b"HTTP/1.1 200 OK\r\nServer: long\r\nX-Long: " + b"x" * int(sys.argv[1]) + b"\r\n\r\n"
def serve(c):
    c.recv(1000)
    c.sendall(page)
    c.recv(1000)
s = socket.create_server(("::", int(sys.argv[2])), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=s.accept()[:1], daemon=True).start()
END
for server_of in "1600 8001" "600 8002"; do
	# shellcheck disable=SC2086 # two words
	start ip netns exec "$server" python3 "$T/server.py" $server_of
	wait_for 5 grep -q ready "$log" || die "no server"
done
# asks PORT STATE CAUSE: over both families
asks() {
	for to in 10.85.2.2 '[fd85:2::2]'; do
		ip netns exec "$client" "$PORTOLAN" probe --service http --format jsonl "$to:$1" >"$T/out"
		grep -q "\"state\":\"$2\",\"cause\":\"$3\"" "$T/out" || fail "$to:$1: $(cat "$T/out")"
	done
}
asks 8001 open target
asks 8002 open target
ip netns exec "$router" nft -f - <<'END' || die "nft"
table inet way {
	chain forward {
		type filter hook forward priority filter;
		iifname eth1 meta length > 1200 drop
	}
}
END
asks 8001 silent return-path
has "$T/out" "path MTU black hole"
asks 8002 open target
