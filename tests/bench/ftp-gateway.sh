# The FTP gateway beside the way without it, in turns of one run: C - F - S, the server and the clients of ftp_load.c.
#
#	large		1 GiB each way, relayed by splice(2), and the gateway's own seconds of CPU for it
#	shaped		256 MiB through 1 Gbit/s
#	small		1,000 files of 1 KiB, against the kernel's helper where it is there
#	logins, noop, banner, idle
#
# Goals: large 0.72 of direct, 0.30 s; shaped 0.95; small 0.8; a banner 0.5 ms later at most; 3,000 logins a second; noop
# below 1 ms for 99 of 100; 8,000 sessions in one process at 8 KiB each.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
load=$BUILD_DIR/tests/bench/ftp_load
[ -x "$load" ] || die "ftp_load is not built: ninja -C build tests/bench/ftp_load"
namespace client; client=$ns
namespace fw; fw=$ns
namespace server; server=$ns
# wire NAMESPACE N: as 10.81.N.2 behind the firewall
wire() {
	ip link add eth0 netns "$1" type veth peer name "eth$2" netns "$fw"
	ip -n "$1" address add "10.81.$2.2/24" dev eth0
	ip -n "$fw" address add "10.81.$2.1/24" dev "eth$2"
	ip -n "$1" link set eth0 up
	ip -n "$fw" link set "eth$2" up
	ip -n "$1" route add default via "10.81.$2.1"
}
wire "$client" 1
wire "$server" 2
ip netns exec "$fw" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'

start ip netns exec "$server" "$load" serve 10.81.2.2 21 30000 39999
start ip netns exec "$fw" "$PORTOLAN" ftp-gateway --listen 10.81.1.1 --explicit --allow any=10.81.2.2 \
	--client-ports 40000-40999 --server-ports 41000-41999 --limit per-source=0 --limit sessions=0
wait_for 10 grep -q '^ready' "$log" || die "the gateway is not ready: $(cat "$log")"
# The one that is not root.
worker=$(for p in $(ip netns pids "$fw"); do awk -v p="$p" '/^Uid:/ && $2 { print p }' "/proc/$p/status"; done)
direct() { ip netns exec "$client" "$load" "$1" 10.81.2.2 21 x "$2" "$3"; }
through() { ip netns exec "$client" "$load" "$1" 10.81.1.1 21 x@10.81.2.2 "$2" "$3"; }
cpu() { awk '{ print ($14 + $15) / 100 }' "/proc/$worker/stat"; }

# in_turns WHAT ROUNDS WORDS ...: direct and through it, five times; the medians of both and of their ratio
in_turns() {
	what=$1 rounds=$2
	shift 2
	for _ in $(seq "$rounds"); do
		a=$(direct "$@") before=$(cpu) b=$(through "$@")
		echo "$a $b $before $(cpu)"
	done >"$T/turns"
	sed 's/^\([0-9.]*\) [0-9]* \([0-9.]*\) [0-9]* \([0-9.]*\) \([0-9.]*\)/\1 \2 \3 \4/' "$T/turns" |
		awk -v what="$what" '{ d[NR] = $1; g[NR] = $2; r[NR] = $1 / $2; c[NR] = $4 - $3 }
		function median(v,   i, j, t) {
			for (i = 1; i <= NR; i++)
				for (j = i + 1; j <= NR; j++)
					if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
			return v[int((NR + 1) / 2)]
		}
		END { printf "%s: direct %.3f s, through it %.3f s, ratio %.2f; %.2f s of CPU\n", what,
			median(d), median(g), median(r), median(c) }'
}
in_turns 'large, download' 5 get 1073741824 1
in_turns 'large, upload' 5 put 1073741824 1
ip netns exec "$fw" tc qdisc add dev eth1 root tbf rate 1gbit burst 256k latency 50ms
in_turns 'shaped to 1 Gbit/s' 3 get 268435456 1
ip netns exec "$fw" tc qdisc del dev eth1 root
in_turns 'small files' 5 get 1024 1000
if ip netns exec "$fw" nft -f - 2>/dev/null <<'END'
table inet helper {
	ct helper ftp { type "ftp" protocol tcp; }
	chain p { type filter hook prerouting priority mangle; tcp dport 21 ct helper set "ftp"; }
	chain f {
		type filter hook forward priority filter; policy drop;
		ct state established accept
		ct state related ct helper "ftp" accept
		tcp dport 21 accept
	}
}
END
then
	in_turns "small files, beside the kernel's helper" 5 get 1024 1000
	ip netns exec "$fw" nft flush ruleset
fi
echo "logins: direct $(direct logins 10000 50), through it $(through logins 10000 50) (seconds, sessions)"
echo "noop, 500 sessions: direct $(direct noop 500 20); through it $(through noop 500 20)"
echo "banner: direct $(direct banner 0 300); through it $(through banner 0 300)"

before=$(awk '/^Pss:/ { print $2 }' "/proc/$worker/smaps_rollup")
mkfifo "$T/end"
start sh -c "exec ip netns exec $client $load idle 10.81.1.1 21 x@10.81.2.2 8000 <$T/end"
exec 9>"$T/end"
wait_for 60 grep -q 8000 "$log" || die "8,000 sessions do not stand"
after=$(awk '/^Pss:/ { print $2 }' "/proc/$worker/smaps_rollup")
echo "idle: 8000 sessions, $(((after - before) * 1024 / 8000)) bytes each"
echo "noop beside them, 500 sessions: $(through noop 500 10)"
exec 9>&-
exit 0
