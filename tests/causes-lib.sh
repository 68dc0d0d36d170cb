# Sourced by causes.sh and causes-wide.sh: ways with routers on them, and a table of truths about these ways.
#
# A way: its clients, each a namespace of its own, on one link with router 1; router 1, ..., router N; a server.
# Each try of a row has a client and an address of the server of its own: what a router rations, and what a rule
# does, concerns no other row. Link 0 is the clients', link N the server's; on a link the left end is 1, the right
# one 2, and what is there for one row has that row's number.
#
# A row: NAME | HOW THE TRUTH IS MADE | TRANSPORT PORT | ANSWERS THAT ARE RIGHT | TRUTH
#
# - How: "PLACE CHAIN RULE; ...", a rule of nft; or "PLACE do COMMAND", "PLACE start COMMAND" (one that says
#   "ready"). PLACE is r1, r2 ..., server, client. TO and BACK are the packets of the row's flow, there and back;
#   macros() has all such words.
# - Answers: STATE/CAUSE, STATE/CAUSE/BY, or STATE[CANDIDATE,...]. R1 is router 1 as the clients see it.
# - Truth: what it is, as a candidate, or one of several; "-" where the answers say it.
: "${T:?tests/lib.sh comes first}"
need_namespaces
command -v nft >/dev/null || skip "no nft: install nftables"
command -v python3 >/dev/null || skip "no python3"
command -v setpriv >/dev/null || skip "no setpriv: install util-linux"
chmod 711 "$T" # nobody goes through there
lab=$SOURCE_DIR/tests/net
mkdir "$T/nft" "$T/out"
: >"$T/rows"
: >"$T/late"
printf 'nameserver 127.0.0.1\n' >"$T/resolv.conf"
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs"
row_n=9 # of the last row

# inside NS: the script that comes in.
inside() { ip netns exec "$1" sh -eu >"$T/inside" 2>&1 || die "in $1: $(cat "$T/inside")"; }
# place PLACE: its namespace on this way.
place() {
	case $1 in
	client) echo "$client" ;;
	*) echo "portolan-$$-$way-$1" ;;
	esac
}

# way NAME ID ROUTERS [MS]: build it; with MS the line behind router 1 takes so many milliseconds.
way() {
	way=$1 way_id=$2 way_routers=$3
	nodes="$(seq -f r%g "$3") server"
	for node in $nodes; do
		namespace "$way-$node"
		inside "$ns" <<-END
			cd /proc/sys/net
			echo 0 >ipv6/conf/default/accept_dad
			[ $node = server ] || echo 1 >ipv4/ip_forward
			[ $node = server ] || echo 1 >ipv6/conf/all/forwarding
		END
	done
	inside "$(place r1)" <<-END
		ip link add clients type bridge stp_state 0 mcast_snooping 0
		$(ends clients 0 1)
	END
	link=0 left=
	for node in $nodes; do
		right=$(place "$node")
		[ -z "$left" ] || join "$left" "$right" "${4-}"
		left=$right link=$((link + 1))
	done
	serve server
}
# serve PLACE: something listens there on all its addresses.
serve() {
	start ip netns exec "$(place "$1")" python3 "$lab/causes_server.py"
	wait_for 5 grep -q ready "$log" || die "no server: $(cat "$log")"
}
# ends IF LINK N: what gives that end of a link its addresses.
ends() {
	echo "ip addr add 10.$way_id.$2.$3/24 dev $1"
	echo "ip addr add fd00:$way_id:a$2::$3/64 dev $1 nodad"
	echo "ip link set $1 up"
}
# join LEFT RIGHT MS: two neighbours; routes to the server and back.
join() {
	out=right in=left
	if [ "$3" ] && [ "$link" = 1 ]; then
		[ -e /dev/net/tun ] || skip "no /dev/net/tun"
		start "$BUILD_DIR/tests/net/delay" "$1" "$2" "$3" 0
		wait_for 5 grep -q ready "$log" || skip "privilege: no line: $(cat "$log")"
		out=line in=line
	else
		ip link add $out netns "$1" type veth peer name $in netns "$2" || die "no veth"
	fi
	inside "$1" <<-END
		$(ends $out "$link" 1)
		ip route add default via 10.$way_id.$link.2
		ip route add default via fd00:$way_id:a$link::2
	END
	inside "$2" <<-END
		$(ends $in "$link" 2)
		for l in \$(seq 0 $((link - 1))); do
			ip route add 10.$way_id.\$l.0/24 via 10.$way_id.$link.1
			ip route add fd00:$way_id:a\$l::/64 via fd00:$way_id:a$link::1
		done
	END
}

# new_client N: one more on the way, in $client.
new_client() {
	namespace "$way-c$1"
	client=$ns
	ip link add "c$1" netns "$(place r1)" type veth peer name eth0 netns "$client" || die "no veth"
	ip -n "$(place r1)" link set "c$1" master clients up
	inside "$client" <<-END
		echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad
		$(ends eth0 0 "$1")
		ip route add default via 10.$way_id.0.1
		ip route add default via fd00:$way_id:a0::1
	END
}

# chain WORD: where it hooks in.
chain() {
	case $1 in
	raw) echo "type filter hook prerouting priority raw" ;;
	dnat) echo "type nat hook prerouting priority dstnat" ;;
	snat) echo "type nat hook postrouting priority srcnat" ;;
	mangle) echo "type filter hook postrouting priority mangle" ;;
	input | forward | output) echo "type filter hook $1 priority filter" ;;
	*) die "no such chain: $1" ;;
	esac
}
# macros: what the words of a row stand for, as a script of sed.
macros() {
	case $family in
	4) ttl="ip ttl" exceeded="icmp type time-exceeded" big="icmp type destination-unreachable" at=$server bits=32 ;;
	6) ttl="ip6 hoplimit" exceeded="icmpv6 type time-exceeded" big="icmpv6 type packet-too-big" at="[$server]" bits=128 ;;
	esac
	cat <<-END
		s/\<TO\>/$ip daddr SERVER/g
		s/\<BACK\>/$ip saddr SERVER/g
		s/\<FROM\>/$ip saddr CLIENT/g
		s/\<EXCEEDED\>/$ip daddr CLIENT $exceeded/g
		s/\<BIG\>/$ip daddr CLIENT $big/g
		s/\<SERVER\>/$server/g
		s/\<SERVER_AT\>/$at/g
		s/\<SERVER4\>/$server4/g
		s/\<SERVER6\>/$server6/g
		s/\<OWN3\>/$own3/g
		s/\<NEXT3\>/$(address 3 2)/g
		s/\<BITS\>/$bits/g
		s/\<CLIENT\>/$from/g
		s/\<TTL\>/$ttl/g
		s/\<IP\>/$ip/g
		s/\<V\>/$family/g
	END
}
# make PLACE CHAIN RULE ...: one part of how a row's truth is made; commands are left for later, when all is there.
make() {
	where=$(place "$1") what=$2
	shift 2
	words=$(echo "$*" | sed "$(macros)")
	case $what in
	do | start) printf '%s\t%s\t%s\n' "$where" "$what" "$words" >>"$T/late" ;;
	*)
		chain "$what" >/dev/null
		echo "$words" >>"$T/nft/$where.$what"
		;;
	esac
}
# address LINK N: of this row's family.
address() {
	case $family in
	4) echo "10.$way_id.$1.$2" ;;
	6) echo "fd00:$way_id:a$1::$2" ;;
	esac
}
# routers: their addresses, as a client sees them; name_routers turns R1 into the first of them, and so on.
routers() {
	address 0 1
	for r in $(seq 2 "$way_routers"); do
		address $((r - 1)) 2
	done
}
name_routers() { routers | awk '{ printf "s,\\<R%d\\>,%s,g\n", NR, $0 }'; }

# row FAMILY USER NAME HOW PORT ANSWERS TRUTH: a client, two addresses, and the rules. PORT: "tcp 7000", or with the
# name or address to ask for, "tcp 7000 gone.test"; "kerberos 7000" for a dialogue, "trace 7000" for portolan trace.
row() {
	row_n=$((row_n + 1))
	label=$3/$way/v$1/$2 user=$2
	new_client $row_n
	family=4 server4=$(address "$way_routers" $row_n)
	family=6 server6=$(address "$way_routers" $row_n)
	family=$1
	case $family in 4) ip=ip server=$server4 ;; 6) ip=ip6 server=$server6 ;; esac
	from=$(address 0 $row_n) own3=$(address 2 $row_n)
	inside "$(place server)" <<-END
		ip addr add $server4/24 dev left
		ip addr add $server6/64 dev left nodad
	END
	echo "$4" | tr ';' '\n' | while read -r where what rest; do
		[ -z "$where" ] || make "$where" "$what" "$rest"
	done || exit 1
	answers=$(echo "$6" | sed "$(macros); $(name_routers)") truth=$(echo "$7" | sed "$(name_routers)")
	# shellcheck disable=SC2046 # words
	set -- $(echo "$5" | sed "$(macros)")
	printf '%s\t' "$client" "$label" "$user" "$family" "$1" "${3:-$server}" "$2" "$answers" >>"$T/rows"
	printf '%s\t%s\n' "$truth" "$(routers | tr '\n' ' ')" >>"$T/rows"
}
# rows FAMILY USER: of all of $T/table.
rows() {
	while IFS='|' read -r name how port answers truth; do
		[ -z "$name" ] || row "$1" "$2" "${name%% *}" "$how" "$port" "$answers" "$truth"
	done <"$T/table"
}

# load_rules: all that the rows have made.
load_rules() {
	for at in $(find "$T/nft" -name '*.*' -exec basename {} \; | sed 's/\.[a-z]*$//' | sort -u); do
		{
			echo "table inet lab {"
			for file in "$T/nft/$at".*; do
				what=${file##*.}
				printf 'chain lab_%s {\n%s;\n' "$what" "$(chain "$what")"
				cat "$file"
				echo "}"
			done
			echo "}"
		} >"$T/ruleset"
		ip netns exec "$at" nft -f "$T/ruleset" || die "no rules in $at"
	done
}
do_late() {
	while IFS='	' read -r at what words; do
		case $what in
		do) ip netns exec "$at" sh -c "$words" <&- || die "in $at: $words" ;;
		start)
			start ip netns exec "$at" sh -c "exec $words"
			wait_for 5 grep -q ready "$log" || die "in $at: $words: $(cat "$log")"
			;;
		esac
	done <"$T/late"
}

# probe_row CLIENT LABEL USER FAMILY TRANSPORT HOST PORT: one try, its records in a file of the client's name.
cat >"$T/probe_row" <<'END'
as= option= host=$6 what=probe
[ "$3" = root ] || as=$NOBODY
[ "$5" != trace ] || what=trace
case $5 in tcp | trace) ;; udp) option=--udp ;; *) option="--service $5" ;; esac
case $6 in *:*) host="[$6]" ;; gone.test) option="$option --family $4" ;; esac
export HOME="$T/out/$1.home" XDG_STATE_HOME="$T/out/$1.home"
mkdir -m 777 "$HOME"
exec ip netns exec "$1" sh -c 'mount --bind "$0/resolv.conf" /etc/resolv.conf && exec "$@"' "$T" \
	$as "$PORTOLAN" $what --format jsonl $option "$host:$7" >"$T/out/$1" 2>"$T/out/$1.err"
END
# probe_rows N: all rows, N at once.
probe_rows() {
	export T PORTOLAN NOBODY="$nobody"
	# shellcheck disable=SC2016 # the inner shell's
	xargs -a "$T/rows" -d '\n' -n 1 -P "$1" sh -c 'IFS="	"; set -f; set -- $0; unset IFS; . "$T/probe_row"'
}
# judge NEEDED [exact]: hold what came against the truth; so many are to be decided. Exact: no less may remain than
# the table says.
judge() { python3 "$lab/causes_judge.py" "$T/rows" "$T/out" "$@" || fail "not the truth"; }

# unharmed N: the probes left no connection and no rule in the clients, and made no router that tracks connections
# remember more than N of them.
unharmed() {
	for ns in $test_namespaces; do
		case $ns in
		*-c[0-9]*)
			left=$(ip netns exec "$ns" ss -Htan state time-wait)
			[ -z "$left" ] || fail "in TIME_WAIT in $ns: $left"
			left=$(ip netns exec "$ns" nft list tables | grep -v '^table inet lab$')
			[ -z "$left" ] || fail "rules in $ns: $left"
			;;
		*-r[0-9])
			tracked=$(ip netns exec "$ns" cat /proc/sys/net/netfilter/nf_conntrack_count) || continue
			[ "$tracked" -le "$1" ] || fail "$ns tracks $tracked connections"
			;;
		esac
	done
}
