# How things are tried that are no connections: datagrams to a real name server and around it, and pings, as root
# and without any privilege, with the answers, refusals and drops that nftables makes.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers bind9
command -v nft >/dev/null || skip "no nft(8): install nftables"
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"

namespace client; client=$ns
namespace fw; fw=$ns
namespace servers; servers=$ns
# No second of silence until an interface trusts its own address: neighbours are asked from it.
for ns in "$client" "$fw" "$servers"; do
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
done
wire() {
	ip -n "$1" link add name "$2" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}
wire "$client" eth0 "$fw" eth0
wire "$servers" eth0 "$fw" eth1
ip -n "$client" address add 192.0.2.10/24 dev eth0
ip -n "$client" -6 address add 2001:db8:a::10/64 dev eth0 nodad
ip -n "$fw" address add 192.0.2.1/24 dev eth0
ip -n "$fw" -6 address add 2001:db8:a::1/64 dev eth0 nodad
ip -n "$fw" address add 203.0.113.1/24 dev eth1
ip -n "$fw" -6 address add 2001:db8:b::1/64 dev eth1 nodad
for host in 20 30 40; do
	ip -n "$servers" address add 203.0.113.$host/24 dev eth0
	ip -n "$servers" -6 address add 2001:db8:b::$host/64 dev eth0 nodad
done
ip -n "$client" route add default via 192.0.2.1
ip -n "$client" -6 route add default via 2001:db8:a::1
ip -n "$servers" route add default via 203.0.113.1
ip -n "$servers" -6 route add default via 2001:db8:b::1
for ns in "$fw" "$servers"; do
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
done
ip netns exec "$fw" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
ip netns exec "$fw" nft -f - <<'END' || die "nft"
table inet truth {
	chain forward {
		type filter hook forward priority filter; policy accept;
		udp dport 1002 drop
		udp dport 1003 reject with icmpx admin-prohibited
		udp dport 1004 reject with icmpx port-unreachable
		ip daddr 203.0.113.30 icmp type echo-request drop
		ip6 daddr 2001:db8:b::30 icmpv6 type echo-request drop
		ip daddr 203.0.113.40 icmp type echo-request reject with icmpx admin-prohibited
		ip6 daddr 2001:db8:b::40 icmpv6 type echo-request reject with icmpx admin-prohibited
	}
}
END
# Our own firewall, too.
ip netns exec "$client" nft -f - <<'END' || die "nft"
table inet own {
	chain output {
		type filter hook output priority filter; policy accept;
		udp dport 1005 drop
	}
}
END
peer named "$servers"
cat >"$T/echo.py" <<'END'
import select, socket
echo = []
for address in ('203.0.113.20', '2001:db8:b::20'):
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, 1006))
    echo.append(s)
print('ready', flush=True)
while True:
    for s in select.select(echo, [], [])[0]:
        bytes, peer = s.recvfrom(2048)
        s.sendto(bytes, peer)
END
start ip netns exec "$servers" python3 "$T/echo.py"
wait_for 5 grep -q ready "$log" || die "no echo: $(cat "$log")"

mkdir "$T/catalog"
cat >"$T/catalog/tried.yaml" <<'END'
portolan: 1
product: tried
title: made to be tested
documents: {made: {title: made up}}
roles:
  client: {title: the client}
  server: {title: a server}
  mute: {title: one that no ping reaches}
  shut: {title: one that no ping may reach}
requirements:
END
# requirement NAME ROLE NEEDS [LINE]
requirement() {
	printf '  %s:\n    from: client\n    to: %s\n    needs: %s\n    why: made up\n    doc: {in: made, row: made}\n' "$1" "$2" "$3"
	[ -z "${4-}" ] || printf '    %s\n' "$4"
}
{
	requirement dns server udp/53 'service: dns'
	requirement vacant server udp/1001
	requirement dropped server udp/1002
	requirement rejected server udp/1003
	requirement forged server udp/1004
	requirement own server udp/1005
	requirement impostor server udp/1006
	requirement ping server icmp/echo
	requirement ping-dropped mute icmp/echo
	requirement ping-rejected shut icmp/echo
} >>"$T/catalog/tried.yaml"
chmod -R go+rX "$T"

# One line for each outcome: requirement, state, cause, by, how, network, service, proved.
answers() {
	python3 - "$T/out" <<'END'
import json, sys
for o in (json.loads(line) for line in open(sys.argv[1])):
    if o['record'] == 'outcome':
        print(o['requirements'][0].split('/')[1],
              *(o[k] for k in ('state', 'cause', 'by', 'how', 'network', 'service', 'proved')), sep=', ')
END
}

# check_as PREFIX COMMAND ...: of the hosts with that prefix, as whom the command makes it; $T/answers
check_as() {
	prefix=$1
	shift
	# shellcheck disable=SC2086 # words on purpose
	expect_rc 1 ip netns exec "$client" "$@" "$PORTOLAN" check --catalog "$T/catalog" --format jsonl tried \
		server="${prefix}20" mute="${prefix}30" shut="${prefix}40"
	answers | sort >"$T/answers"
}

# truths PREFIX ROUTER ICMP PORT-UNREACHABLE PROHIBITED
truths() {
	cat <<END
dns, open, target, ${1}20, dns, pass, pass, dns
dropped, silent, unproven, None, no answer, unknown, unknown, None
forged, rejected, hop, $2, $3 $4, fail, unknown, None
impostor, open, target, ${1}20, an answer, pass, unknown, None
own, rejected, local-firewall, None, send: Operation not permitted, fail, unknown, None
ping, open, target, ${1}20, echo reply, pass, pass, None
ping-dropped, dropped, unproven, None, no answer, fail, unknown, None
ping-rejected, rejected, hop, $2, $3 $5, fail, unknown, None
rejected, rejected, hop, $2, $3 $5, fail, unknown, None
vacant, closed, target, ${1}20, $3 $4, pass, fail, None
END
}
truths 203.0.113. 192.0.2.1 icmp 3/3 3/13 >"$T/truths4"
truths 2001:db8:b:: 2001:db8:a::1 icmp6 1/4 1/1 >"$T/truths6"

# Root pings by a raw socket.
ip netns exec "$client" sh -c 'echo 1 0 >/proc/sys/net/ipv4/ping_group_range'
check_as 203.0.113. env
same "$T/truths4" "$T/answers"
check_as 2001:db8:b:: env
same "$T/truths6" "$T/answers"

# Nobody may not ping, says what is missing, and finds all the rest.
check_as 203.0.113. setpriv --reuid 65534 --regid 65534 --clear-groups
sed 's/^\(ping[-a-z]*\),.*/\1, not-attempted, local-resource, None, ping socket: Permission denied, unknown, unknown, None/' \
	"$T/truths4" >"$T/truths"
same "$T/truths" "$T/answers"
has "$T/out" 'net.ipv4.ping_group_range'

# With the setting that it was told of, nobody may, by a ping socket.
ip netns exec "$client" sh -c 'echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range'
check_as 203.0.113. setpriv --reuid 65534 --regid 65534 --clear-groups
same "$T/truths4" "$T/answers"
check_as 2001:db8:b:: setpriv --reuid 65534 --regid 65534 --clear-groups
same "$T/truths6" "$T/answers"
