# Sourced after tests/peers-lib.sh by the net tests of the FTP gateway: four servers and five clients with a firewall
# and an address translator between them, each of the four a namespace of its own:
#
#	C 10.20.0.10 --- 10.20.0.1 F 10.21.0.1 --- 10.21.0.2 N 198.51.100.2 --- 203.0.113.21-24 S
#
# and over IPv6 2001:db8:20::10, 20::1, 21::1, 21::2, 99::2 and 113::21-24. On S .21 is vsftpd, .22 ProFTPD, .23 Pure-FTPd
# and .24 pyftpdlib, all with passive ports 30000-30999 and the user lab, password secret, in whose home are
# `every` (100 KiB, each byte value, and line ends of every kind), `empty` and `large` (3 MiB).
#
#	lab			makes it, with the servers running and nothing filtered
#	lab_policy SITE [CATALOG]	F and N have the rules of that file, $LAB_SITES/..., and none without it
#	lab_gateway F|N SITE [OPTION ...]	starts the gateway of that device, until it is ready; its id in $pid, its words in $log
#	lab_matrix [4|6 ...]	all clients with all servers, through the gateway whose addresses are in $gate4 and $gate6 if
#				they are set; a line for each in $T/results: FAMILY SERVER CLIENT MODE ok|WHY
#	lab_all, lab_none WORDS	all of them are ok, or none; else the test fails, with the conversations that went wrong

# shellcheck disable=SC2034 # the tests name files there
LAB_SITES=$SOURCE_DIR/tests/net/ftp-gateway
lab_servers='vsftpd proftpd pureftpd pyftpdlib'
# CLIENT/MODE. curl does one thing at a time, the others fetch one file and send one, but for wget, which cannot send.
lab_runs='curl/epsv curl/eprt curl/list curl/store curl/store-active curl/empty curl/large curl/resume
	tnftp/passive tnftp/active lftp/passive lftp/active wget/passive wget/active'
# What IPv6 has no commands for; ncftp does not know it.
lab_runs_of_old='curl/pasv curl/port tnftp/pasv ncftp/passive ncftp/active'
gate4=
gate6=
lab_crossed=	# yes: servers of the other family than the gateway's
lab_limit=10	# seconds that one client may take
lab_at_once=4

lab_need() {
	need_peers vsftpd proftpd-core pure-ftpd openbsd-inetd python3-pyftpdlib curl tnftp lftp ncftp wget
	command -v nft >/dev/null || skip "no nft(8): install nftables"
	id -u proxy >/dev/null 2>&1 || skip "no user proxy, as whom a gateway runs"
}

# --- the network ------------------------------------------------------------------------------------

# lab_wire NAMESPACE INTERFACE NAMESPACE INTERFACE
lab_wire() {
	ip -n "$1" link add name "$2" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}
# lab_address NAMESPACE INTERFACE ADDRESS/LENGTH ...
lab_address() {
	address_ns=$1 address_dev=$2
	shift 2
	for a; do
		case $a in
		*:*) ip -n "$address_ns" -6 address add "$a" dev "$address_dev" nodad ;;
		*) ip -n "$address_ns" address add "$a" dev "$address_dev" ;;
		esac || die "no address $a"
	done
}
# lab_route NAMESPACE TO WORDS ...
lab_route() {
	route_ns=$1 route_to=$2
	shift 2
	case $route_to$* in
	*:*) ip -n "$route_ns" -6 route add "$route_to" "$@" ;;
	*) ip -n "$route_ns" route add "$route_to" "$@" ;;
	esac || die "no route to $route_to"
}

lab_network() {
	namespace C; C=$ns
	namespace F; F=$ns
	namespace N; N=$ns
	namespace S; S=$ns
	for ns in "$C" "$F" "$N" "$S"; do
		# No second of silence until an interface trusts its own address.
		ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
	done
	for ns in "$F" "$N"; do
		ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	done
	lab_wire "$C" eth0 "$F" eth0
	lab_wire "$F" eth1 "$N" eth0
	lab_wire "$N" eth1 "$S" eth0
	lab_address "$C" eth0 10.20.0.10/24 2001:db8:20::10/64
	lab_address "$F" eth0 10.20.0.1/24 2001:db8:20::1/64
	lab_address "$F" eth1 10.21.0.1/24 2001:db8:21::1/64
	lab_address "$N" eth0 10.21.0.2/24 2001:db8:21::2/64
	lab_address "$N" eth1 198.51.100.2/24 2001:db8:99::2/64
	for n in 21 22 23 24; do
		lab_address "$S" eth0 203.0.113.$n/24 2001:db8:113::$n/64
	done
	lab_route "$C" default via 10.20.0.1
	lab_route "$C" default via 2001:db8:20::1
	lab_route "$F" default via 10.21.0.2
	lab_route "$F" default via 2001:db8:21::2
	lab_route "$N" 10.20.0.0/24 via 10.21.0.1
	lab_route "$N" 2001:db8:20::/64 via 2001:db8:21::1
	lab_route "$N" 203.0.113.0/24 dev eth1
	lab_route "$N" 2001:db8:113::/64 dev eth1
	lab_route "$S" default via 198.51.100.2 dev eth0 onlink
	lab_route "$S" default via 2001:db8:99::2 dev eth0 onlink
}

# lab_rules NAMESPACE SITE CATALOG DEVICE
lab_rules() {
	portolan policy derive "$2" --catalog "$3" --device "$4" >"$T/$4.nft" || die "derive $4"
	ip netns exec "$1" nft -f "$T/$4.nft" || die "nft: $4"
}
# lab_forget NAMESPACE: its rules and the connections that it tracks. A connection that N translated stays for two minutes
# after its end, and keeps N itself from dialling from that port: no packet of it gets out.
lab_forget() {
	ip netns exec "$1" nft flush ruleset
	ip netns exec "$1" python3 -c '
import socket, struct
NETFILTER, DELETE_CONNECTIONS, REQUEST_ACK = 12, 1 << 8 | 2, 5
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETFILTER)
s.send(struct.pack("=IHHIIBBH", 20, DELETE_CONNECTIONS, REQUEST_ACK, 1, 0, 0, 0, 0)) # of no family and no address: all
error, = struct.unpack_from("=i", s.recv(100), 16)
if error: raise OSError(-error)
' || die "cannot forget connections"
}
lab_policy() {
	lab_forget "$F"
	lab_forget "$N"
	[ $# = 0 ] && return
	lab_rules "$F" "$1" "${2-$SOURCE_DIR/catalog}" F
	lab_rules "$N" "$1" "${2-$SOURCE_DIR/catalog}" N
}

# lab_helper NAMESPACE: the kernel reads the conversation there, and lets through what it expects, on top of lab_policy's
# rules. False where it cannot.
lab_helper() {
	ip netns exec "$1" nft -f - <<'END'
table inet helper {
	ct helper ftp {
		type "ftp" protocol tcp
	}
	chain c {
		type filter hook prerouting priority mangle
		tcp dport 21 ct helper set "ftp"
	}
}
insert rule inet portolan p_forward ct state related ct helper "ftp" accept
END
}

lab_gateway() {
	case $1 in F) gateway_ns=$F ;; *) gateway_ns=$N ;; esac
	gateway_device=$1 gateway_site=$2
	shift 2
	start ip netns exec "$gateway_ns" "$PORTOLAN" ftp-gateway "$gateway_site" --device "$gateway_device" "$@"
	wait_for 10 grep -q '^ready' "$log" || die "the gateway on $gateway_device is not ready: $(cat "$log")"
}

# --- the servers ------------------------------------------------------------------------------------

# lab_server_address FAMILY SERVER
lab_server_address() {
	case $2 in
	vsftpd) n=21 ;; proftpd) n=22 ;; pureftpd) n=23 ;; pyftpdlib) n=24 ;;
	*) die "no server $2" ;;
	esac
	if [ "$1" = 4 ]; then echo "203.0.113.$n"; else echo "2001:db8:113::$n"; fi
}

lab_home() {
	mkdir -p "$R/home/lab" "$R/tmp/lab"
	echo 'lab:x:1500:1500::/home/lab:/bin/sh' >>"$R/etc/passwd"
	echo 'lab:x:1500:' >>"$R/etc/group"
	echo "lab:$(chroot "$R" openssl passwd -1 -salt lab secret):19000:0:99999:7:::" >>"$R/etc/shadow"
	python3 - "$R/home/lab" "$R/tmp/lab/up" <<'END' || die "no files"
import os, random, sys
home, up = sys.argv[1:]
random.seed(7)
ends = b'a\r\nb\nc\rd\r\r\n\n\xff\xff\xf4\xf2IAC\r\0'
some = lambda n: random.randbytes(n)
every = bytes(range(256)) * 4 + ends * 20
every += some(100 * 1024 - len(every))
for path, data in (f'{home}/every', every), (f'{home}/empty', b''), (f'{home}/large', some(3 << 20)), (up, every[::-1]):
    with open(path, 'wb') as f:
        f.write(data)
os.chown(home, 1500, 1500)
END
}

# It listens at one address: once for each family.
lab_vsftpd() {
	mkdir -p "$R/run/vsftpd/empty"
	printf 'auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n' >"$R/etc/pam.d/lab"
	lab_vsftpd_at 4 listen=YES listen_address=203.0.113.21
	lab_vsftpd_at 6 listen=NO listen_ipv6=YES listen_address6=2001:db8:113::21
}
# lab_vsftpd_at FAMILY LINE ...
lab_vsftpd_at() {
	config=/etc/vsftpd.$1
	shift
	cat >"$R$config" <<'END'
background=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
pam_service_name=lab
secure_chroot_dir=/run/vsftpd/empty
connect_from_port_20=YES
pasv_min_port=30000
pasv_max_port=30999
END
	printf '%s\n' "$@" >>"$R$config"
	start_inside "$S" /usr/sbin/vsftpd "$config"
}

# Not as a daemon of its own: that one pauses for 0.2 s whenever a session has ended.
lab_proftpd() {
	mkdir -p "$R/run/proftpd"
	cat >"$R/etc/proftpd/lab.conf" <<'END'
ServerType inetd
DefaultAddress 203.0.113.22 2001:db8:113::22
UseIPv6 on
DefaultServer on
UseReverseDNS off
AuthPAM off
RequireValidShell off
WtmpLog off
PidFile /run/proftpd/pid
ScoreboardFile /run/proftpd/scoreboard
DelayTable none
DelayEngine off
PassivePorts 30000 30999
User nobody
Group nogroup
AllowOverwrite on
END
	for address in 203.0.113.22:21 '[2001:db8:113::22]:21'; do
		case $address in *]*) transport=tcp6 ;; *) transport=tcp ;; esac
		echo "$address stream $transport nowait.10000 root /usr/sbin/proftpd proftpd -c /etc/proftpd/lab.conf"
	done >"$R/etc/inetd.lab"
	start_inside "$S" /usr/sbin/inetd -i /etc/inetd.lab
}

lab_pureftpd() {
	for address in 203.0.113.23 2001:db8:113::23; do
		start_inside "$S" /usr/sbin/pure-ftpd -l unix -H -S "$address,21" -c 100 -C 100 -p 30000:30999
	done
}

# A process for each session: where several share one, an event of a socket that has just been closed can reach the
# next one of that number, which is then never heard of again (1.5.7).
lab_pyftpdlib() {
	cat >"$R/tmp/lab/server.py" <<'END'
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import MultiprocessFTPServer
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user('lab', 'secret', '/home/lab', perm='elradfmwMT')
FTPHandler.passive_ports = range(30000, 31000)
MultiprocessFTPServer((sys.argv[1], 21), FTPHandler).serve_forever()
END
	for address in 203.0.113.24 2001:db8:113::24; do
		start_inside "$S" /usr/bin/python3 /tmp/lab/server.py "$address"
	done
}

lab_listen() { [ "$(ip netns exec "$S" ss -Htln 'sport = :21' | wc -l)" = 8 ]; }
lab() {
	lab_need
	lab_network
	lab_home
	lab_vsftpd 4 6
	lab_proftpd
	lab_pureftpd
	lab_pyftpdlib
	wait_for 10 lab_listen || die "not all servers listen: $(ip netns exec "$S" ss -Htlnp; cat "$T"/log.*)"
}

# --- the clients ------------------------------------------------------------------------------------

# lab_quote TEXT: as a URL has it
lab_quote() { printf '%s' "$1" | sed 's/%/%25/g; s/@/%40/g; s/:/%3A/g; s/\[/%5B/g; s/\]/%5D/g'; }
# In the client's namespace, in $work, within its time; what is said goes to $work/talk.
lab_client() {
	# shellcheck disable=SC2016 # expanded there
	inside "$C" env HOME="/tmp/lab/$run" timeout "$lab_limit" sh -c 'cd "$HOME" && exec "$@" >>talk 2>&1' sh "$@"
}

# Each: MODE HOST USER PASS, with HOST in brackets in $url. It fetches a file to $work/got and says which in $fetched,
# or sends ../up as $run and says so in $sent.
lab_curl() {
	url="ftp://$(lab_quote "$3"):$4@$url"
	fetched=every
	case $1 in
	epsv) set -- ;;
	pasv) set -- --disable-epsv ;;
	eprt) set -- --ftp-port - ;;
	port) set -- --ftp-port - --disable-eprt ;;
	store) fetched='' sent=yes && set -- -T ../up ;;
	store-active) fetched='' sent=yes && set -- -T ../up --ftp-port - ;;
	list) fetched='' && set -- ;;
	resume) head -c 50001 "$R/home/lab/every" >"$work/got" && set -- -C - ;;
	*) fetched=$1 && set -- ;;
	esac
	lab_client curl -sv --globoff --max-time "$lab_limit" "$@" -o got "$url/${sent:+$run}$fetched"
}
lab_tnftp() {
	fetched=every sent=yes
	case $1 in active) flag=-A ;; *) flag=-p ;; esac
	{
		[ "$1" != pasv ] || echo epsv4 # it is a switch, and on
		printf 'open %s\nuser %s %s\nbinary\nget every got\nput ../up %s\nbye\n' "$2" "$3" "$4" "$run"
	} >"$work/commands"
	lab_client sh -c "exec tnftp -dnvi $flag <commands"
}
lab_lftp() {
	fetched=every sent=yes
	case $1 in passive) passive=yes ;; *) passive=no ;; esac
	lab_client lftp -c "debug -T 9; set ftp:passive-mode $passive; set net:timeout 5; set net:max-retries 1; set cmd:fail-exit yes
		open -u '$3,$4' 'ftp://$url'; get every -o got; put ../up -o $run"
}
lab_ncftp() {
	fetched=every sent=yes
	case $1 in passive) flag=-F ;; *) flag=-E ;; esac
	lab_client ncftpget $flag -V -t 5 -r 0 -d talk -u "$3" -p "$4" -C "$2" every got &&
		lab_client ncftpput $flag -V -t 5 -r 0 -d talk -u "$3" -p "$4" -C "$2" ../up "$run"
}
lab_wget() {
	fetched=every
	case $1 in passive) flag=--passive-ftp ;; *) flag=--no-passive-ftp ;; esac
	lab_client wget -d -T 5 -t 1 $flag -O got "--ftp-user=$3" "--ftp-password=$4" "ftp://$url/every"
}

# The commands of another way: a client that takes it in silence has not shown that this one works.
lab_other_way() {
	case $1 in
	curl/epsv) echo 'PASV|EPRT|PORT' ;;
	curl/eprt) echo 'PASV|EPSV|PORT' ;;
	*/pasv) echo 'EPSV|EPRT|PORT' ;;
	curl/port) echo 'PASV|EPSV|EPRT' ;;
	*/active | */store-active) echo 'PASV|EPSV' ;;
	*) echo 'EPRT|PORT' ;;
	esac
}

# client_run CLIENT MODE HOST USER PASS: "ok", or why not; all of it in $R/tmp/lab/$run.
client_run() {
	work=$R/tmp/lab/$run url=$3 fetched='' sent=''
	case $3 in *:*) url="[$3]" ;; esac
	mkdir -p "$work"
	"lab_$1" "$2" "$3" "$4" "$5"
	client_judge $? "$1/$2"
}
# client_judge STATUS CLIENT/MODE
client_judge() {
	# curl makes no file of nothing.
	[ "$fetched" != empty ] || [ -e "$work/got" ] || : >"$work/got"
	if [ "$1" != 0 ]; then
		echo "exit $1"
	elif grep -qE "^([^ ]*> |.* Cmd: )($(lab_other_way "$2"))" "$work/talk"; then
		echo "it took another way"
	elif [ -n "$fetched" ] && ! cmp "$R/home/lab/$fetched" "$work/got" >"$work/cmp" 2>&1; then
		echo "$fetched did not arrive as it is: $(cat "$work/cmp")"
	elif [ -n "$sent" ] && ! cmp "$R/tmp/lab/up" "$R/home/lab/$run" >"$work/cmp" 2>&1; then
		echo "what was sent did not arrive as it is: $(cat "$work/cmp")"
	elif [ "$2" = curl/list ] && ! client_list every empty large; then
		echo "the list is not whole"
	else
		echo ok
	fi
}
# client_list FILE ...: they are in what was fetched
client_list() {
	for file; do
		grep -q "$file" "$work/got" || return
	done
}

# --- all of them ------------------------------------------------------------------------------------

# lab_one FAMILY SERVER CLIENT MODE
lab_one() {
	run=$lab_round-$1-$2-$3-$4
	address=$(lab_server_address "$1" "$2")
	case $1 in 4) gate=$gate4 ;; *) gate=$gate6 ;; esac
	if [ -z "$gate" ]; then
		why=$(client_run "$3" "$4" "$address" lab secret)
	else
		[ -z "$lab_crossed" ] || address=$(lab_server_address $((10 - $1)) "$2")
		case $address in *:*) address="[$address]" ;; esac
		why=$(client_run "$3" "$4" "$gate" "lab@$address" secret)
	fi
	echo "$1 $2 $3 $4 $why" >"$T/result.$run"
}

lab_round=0
lab_matrix() {
	lab_round=$((lab_round + 1))
	lab_words "$@" >"$T/runs"
	set -- # those that are running: the oldest of them makes room
	while read -r family server client mode; do
		if [ $# -ge "$lab_at_once" ]; then
			wait "$1"
			shift
		fi
		lab_one "$family" "$server" "$client" "$mode" &
		set -- "$@" $!
	done <"$T/runs"
	wait "$@"
	cat "$T/result.$lab_round"-* >"$T/results"
}
# lab_words FAMILY ...: what there is to run, a line each
lab_words() {
	for family; do
		runs=$lab_runs
		[ "$family" = 6 ] || runs="$runs $lab_runs_of_old"
		for what in $runs; do
			for server in $lab_servers; do
				echo "$family $server ${what%/*} ${what#*/}"
			done
		done
	done
}

# lab_table: families and runs down, servers across
lab_table() {
	awk '{ row = "IPv" $1 " " $3 " " $4; if (!(row in seen)) { seen[row] = 1; rows[++n] = row }
		cell[row, $2] = $5 == "ok" ? "ok" : "FAILS" }
		END { split("'"$lab_servers"'", servers, " ")
			printf "%-26s", ""; for (i = 1; i in servers; i++) printf " %-10s", servers[i]; print ""
			for (r = 1; r <= n; r++) { printf "%-26s", rows[r]
				for (i = 1; i in servers; i++) printf " %-10s", cell[rows[r], servers[i]]; print "" } }' "$T/results"
}

lab_all() {
	echo "$1: $(grep -c ' ok$' "$T/results") of $(wc -l <"$T/results") pass"
	grep -q -v ' ok$' "$T/results" || return 0
	fail "$1: not all pass"
	lab_table
	# Who fails in one way fails in it often.
	grep -v ' ok$' "$T/results" | head -n "${lab_shown:-8}" | while read -r family server client mode why; do
		echo "--- IPv$family $server $client $mode: $why"
		tail -n 25 "$R/tmp/lab/$lab_round-$family-$server-$client-$mode/talk"
	done
}
# Who did not even log in shows nothing.
lab_none() {
	echo "$1: $(grep -c ' ok$' "$T/results") of $(wc -l <"$T/results") pass"
	! grep ' ok$' "$T/results" || fail "$1: these pass"
	grep -LE '(^|[ <])230[ :-]' "$R/tmp/lab/$lab_round"-*/talk >"$T/strangers"
	[ ! -s "$T/strangers" ] || fail "$1: no login in $(cat "$T/strangers")"
}
