# The corner cases of FTP through the gateway, whose server the client names and whose server it stands before, in
# each mode towards the server; all between a client and a server that keep to a script (ftp_corners.py).
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
namespace corners

# gateway PORT LO OPTION ...: its data ports are a thousand from LO on for either side, or $ports
gateway() {
	at=$1 lo=$2
	shift 2
	start ip netns exec "$ns" "$PORTOLAN" ftp-gateway --listen "127.0.0.1:$at" --listen "[::1]:$at" \
		--client-ports "$lo-$((lo + ${ports-999}))" \
		--server-ports "$((lo + 1000))-$((lo + 1000 + ${ports-999}))" --limit data=2 --limit idle=4 --limit per-source=0 \
		--allow 127.0.0.0/8=127.0.0.2,1024-65535 --allow 127.0.0.0/8=127.0.0.1,1024-65535 \
		--allow ::1=127.0.0.2,1024-65535 --allow ::1=::1,1024-65535 --allow 127.0.0.0/8=::1,1024-65535 \
		--allow 127.0.0.0/8=127.0.0.0/8,1024-65535 \
		--allow 127.0.0.0/8=169.254.0.0/16,1024-65535 "$@"
	wait_for 10 grep -q '^ready$' "$log" || die "no gateway: $(cat "$log")"
	gateways="${gateways-} $pid"
}

# corners NAME OPTION ...: in the background; what it says is in $T/NAME. corners_end: none of it failed.
corners() {
	name=$1
	shift
	ip netns exec "$ns" python3 "$SOURCE_DIR/tests/net/ftp_corners.py" -v "$@" >"$T/$name" 2>&1 &
	running="${running-} $!=$name"
}
corners_end() {
	for one in $running; do
		wait "${one%%=*}" || { fail "${one#*=}"; grep -v -e '^ok ' -e '^skip ' "$T/${one#*=}" | sed 's/^/  | /'; }
		tail -n 1 "$T/${one#*=}" | sed "s/^/${one#*=}: /"
	done
	running=
}

gateway 2121 20000 --explicit
gateway 2122 22000 --server 127.0.0.2:2100
# The cases themselves: each is seen to pass, or to fail, where there is no gateway.
corners direct --direct
corners explicit --patience 2 --idle 4 --gateway6 "[::1]:2121" 127.0.0.1:2121
corners reverse --patience 2 --idle 4 --gateway6 "[::1]:2122" --login plain --server 127.0.0.2:2100 127.0.0.1:2122
corners_end

gateway 2123 24000 --explicit --server-modes passive
gateway 2124 26000 --explicit --server-modes active
gateway 2125 28000 --server 127.0.0.2:2101 --server-modes passive-then-active
ports=9 gateway 2126 30000 --explicit --without-port
corners passive --converts --patience 2 127.0.0.1:2123
corners active --converts --patience 2 --gateway6 "[::1]:2124" 127.0.0.1:2124
corners passive-then-active --converts --login plain --server 127.0.0.2:2101 127.0.0.1:2125
# Many transfers, and few ports; and no PORT at all.
corners ten-ports --only transfers-without-end --transfers 300 127.0.0.1:2126
corners without-port --only active-without-port --without-port 127.0.0.1:2126
corners_end

# They have nothing to say beside their log: no sanitizer has.
for pid in $gateways; do
	stop "$pid"
done
grep -hv -e '^{' -e '^ready' "$T"/log.* >"$T/beside" && fail "beside the log: $(cat "$T/beside")"
exit 0
