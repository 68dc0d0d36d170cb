# portolan check as its judges would, second part: operators, ranges, pings, what is forbidden, names, translation,
# stand-ins, and the catalog's own products without a site. See tests/net/servers.sh.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers openssh-server nginx bind9 unbound rsyslog openafs-dbserver vsftpd krb5-kdc krb5-admin-server
command -v nft >/dev/null || skip "no nft(8): install nftables"
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"
. "$SOURCE_DIR/tests/town-lib.sh"
town

make_vsftpd
sed -i 's/^listen=/listen_ipv6=/' "$R/etc/vsftpd.conf"
: >"$T/made-vsftpd"
for name in sshd nginx krb5kdc rsyslogd vlserver vsftpd; do
	peer "$name" "$open"
done
ip -n "$open" address del 192.0.2.1/32 dev lo
listeners=
for port in 3001 3002 3003 3004; do
	listeners="$listeners any/tcp@203.0.113.20:$port any/tcp@[2001:db8:b::20]:$port"
done
# shellcheck disable=SC2086 # words on purpose
start ip netns exec "$open" python3 "$SOURCE_DIR/tools/stand-in.py" $listeners
wait_for 5 grep -q ready "$log" || die "no stand-in: $(cat "$log")"
ip netns exec "$fw" nft -f - <<'END' || die "nft"
insert rule inet town forward iifname home tcp dport 3003 drop
insert rule inet town forward iifname home tcp dport 3006 reject with icmpx admin-prohibited
insert rule inet town forward iifname home udp dport 7005 drop
END

# --- operators, ranges, prerequisites, what is forbidden ------------------------------------------------

cat >"$T/words.table" <<'END'
span | open | tcp/3001-3002 | | pass | open target target | pass unknown | -
span-gap | open | tcp/3004-3005 | | pass | open target target | pass unknown | -
span-drop | open | tcp/3001-3004 | | fail | dropped unproven - | fail unknown | network:wall
span-barred | open | tcp/3004-3006 | | fail | rejected hop fw | fail unknown | network:wall
span-hollow | open | tcp/3010-3019 | | fail | closed target target | pass fail | server
span-dropped | dropped | tcp/3010-3019 | | fail | dropped unproven - | fail unknown | network:wall
span-empty | empty | tcp/3010-3019 | | fail | closed target target | pass fail | server
afs-dropped | dropped | udp/7000-7008 | service: afs | fail | silent unproven - | unknown fail | network:wall
afs-empty | empty | udp/7000-7008 | service: afs | fail | closed target target | unknown fail | server
or-first | open | tcp/22 or tcp/3003 | | pass | open target target | pass unknown | -
or-second | open | tcp/3006 or tcp/22 | | pass | open target target | pass unknown | -
or-none | open | tcp/3003 or tcp/3006 | | fail | dropped unproven - | fail unknown | network:wall
else-second | open | tcp/3003 else tcp/22 | | pass | open target target | pass unknown | -
else-less | open | tcp/3003 else tcp/22 degraded | | degraded | open target target | pass unknown | -
else-none | open | tcp/3003 else tcp/3006 | | fail | rejected hop fw | fail unknown | network:wall
nested | open | (tcp/3003 or tcp/22) else tcp/3006 | | pass | open target target | pass unknown | -
list | open | [tcp/22, tcp/3001, tcp/3002 or tcp/3003] | | pass | open target target | pass unknown | -
list-broken | open | [tcp/22, tcp/3003 or tcp/3006] | | fail | dropped unproven - | fail unknown | network:wall
also | open | tcp/22 | also: tcp/3003 | pass | open target target | pass unknown | -
optional | open | tcp/3003 | level: optional; without: nothing | fail | dropped unproven - | fail unknown | network:wall
after-1 | dropped | tcp/80 | | fail | dropped unproven - | fail unknown | network:wall
after-2 | dropped | tcp/22 | after: [after-1] | pass | open target target | pass unknown | -
after-3 | dropped | tcp/443 | after: [after-2] | fail | dropped unproven - | fail unknown | network:wall
never-open | open | forbid: tcp/80 | | forbidden-open | open target target | pass unknown | network:wall
never-vacant | open | forbid: tcp/81 | | forbidden-open | closed target target | pass fail | network:wall
never-some | open | forbid: tcp/70-90 | | forbidden-open | open target target | pass unknown | network:wall
never-dropped | dropped | forbid: tcp/81 | | pass | dropped unproven - | fail unknown | -
never-barred | barred | forbid: tcp/81 | | pass | rejected hop fw | fail unknown | -
never-guarded | guarded | forbid: tcp/81 | | pass | rejected target-firewall target | fail unknown | -
never-time | dropped | forbid: udp/123 | | pass | silent unproven - | unknown fail | -
never-log | dropped | forbid: udp/514 | | unproven | silent unproven - | unknown unknown | -
never-log-2 | open | forbid: udp/514 | | unproven | silent unproven - | unknown unknown | -
never-udp | barred | forbid: udp/53 | | pass | rejected hop fw | fail unknown | -
never-kdc | open | forbid: udp/88 | | forbidden-open | open target target | pass pass | network:wall
END
truths words 1 ''
expect_rc 1 check "$T/words.yaml"
has "$T/out" "nothing answers on any port of the range"
has "$T/out" "moot until words/after-1 works"
expect_rc 0 check --only never-dropped --only never-log "$T/words.yaml"
expect_rc 1 check --only never-dropped --only never-log --strict "$T/words.yaml"

# Without anything that gets through beside it, silence shows nothing; nobody says that it is open.
cat >"$T/alone.table" <<'END'
never | dropped | forbid: tcp/81 | | forbidden-open | dropped unproven - | fail unknown | -
END
truths alone 1 ''
expect_rc 1 check "$T/alone.yaml"
has "$T/out" "From client of town: 2 are forbidden and not shown closed."
has "$T/out" "FORBIDDEN, NOT SHOWN CLOSED"
has_not "$T/out" "YET OPEN"

# All ports of a host: what answers is told before what is only vacant.
cat >"$T/all.table" <<'END'
all | open | forbid: tcp/any | | forbidden-open | open target target | pass unknown | network:wall
END
truths all 1 '' nobody
expect_rc 1 check "$T/all.yaml"
has "$T/out" "203.0.113.20:21 open"
has "$T/out" "beside it: 6 open, 65526 closed, 1 rejected, 1 dropped"
start ip netns exec "$empty" python3 "$SOURCE_DIR/tools/stand-in.py" any/tcp@203.0.113.22:22 'any/tcp@[2001:db8:b::22]:22'
wait_for 5 grep -q ready "$log" || die "no stand-in: $(cat "$log")"
only_22=$pid
ip netns exec "$fw" nft -f - <<'END' || die "nft"
insert rule inet town forward iifname home ip daddr 203.0.113.22 tcp dport != 22 drop
insert rule inet town forward iifname home ip6 daddr 2001:db8:b::22 tcp dport != 22 reject with icmpx admin-prohibited
END
cat >"$T/closed.table" <<'END'
ssh | empty | tcp/22 | | pass | open target target | pass unknown | -
all-but | empty | forbid: tcp/any | | * | | |
END
truths closed 0 '' nobody
has "$T/out" '"record":"summary","pass":4,'
stop "$only_22"
ip netns exec "$fw" nft flush chain inet town forward
town_rules

# --- pings ----------------------------------------------------------------------------------------------

cat >"$T/pings.table" <<'END'
ping | open | icmp/echo | | pass | open target target | pass pass | -
ping-barred | barred | icmp/echo | | fail | rejected hop fw | fail unknown | network:wall
ping-walled | walled | icmp/echo | | fail | dropped unproven - | fail unknown | network:wall
beat | open | icmp/echo else tcp/22 | | pass | open target target | pass pass | -
beat-2 | barred | icmp/echo else tcp/22 | | pass | open target target | pass unknown | -
beat-3 | walled | icmp/echo else tcp/22 degraded | | degraded | open target target | pass unknown | -
beat-4 | barred | icmp/echo else tcp/80 | | fail | rejected hop fw | fail unknown | network:wall
END
ip netns exec "$client" sh -c 'echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range'
truths pings 1 ''
# Without the right to ping it is passed over where something else is enough.
ip netns exec "$client" sh -c 'echo 1 0 >/proc/sys/net/ipv4/ping_group_range'
grep '^beat' "$T/pings.table" | sed '/^beat /s/pass pass/pass unknown/
	/^beat-4/s/fail | .*/not-tested | not-attempted local-resource - | unknown unknown | this-host/' >"$T/beats.table"
truths beats 3 '' nobody
grep '^ping |' "$T/pings.table" |
	sed 's/pass | open target target | pass pass | -/not-tested | not-attempted local-resource - | unknown unknown | this-host/' \
		>"$T/noping.table"
truths noping 3 '' nobody

# --- names ----------------------------------------------------------------------------------------------

make_named
cat >>"$R/etc/bind/peer.zone" <<'END'
both A 203.0.113.20
both AAAA 2001:db8:b::20
alias CNAME both
six-dropped A 203.0.113.20
six-dropped AAAA 2001:db8:b::30
six-barred A 203.0.113.20
six-barred AAAA 2001:db8:b::40
six-reset A 203.0.113.20
six-reset AAAA 2001:db8:b::50
four-dropped A 203.0.113.30
four-dropped AAAA 2001:db8:b::20
no-route A 203.0.113.20
no-route AAAA 2001:db8:c::20
six-alone AAAA 2001:db8:c::20
half A 203.0.113.20
half A 203.0.113.30
text TXT nothing
END
: >"$T/made-named"
peer named "$odd"
make_unbound
sed -i 's/^server:/&\n\tlocal-zone: "test." nodefault/; s/interface: 0.0.0.0/interface: 127.0.0.1/; s/interface: ::0/val-permissive-mode: yes/' \
	"$R/etc/unbound/peer.conf"
printf 'stub-zone:\n\tname: "peer.test"\n\tstub-addr: 203.0.113.21\n' >>"$R/etc/unbound/peer.conf"
printf 'forward-zone:\n\tname: "bogus.test"\n\tforward-addr: 203.0.113.21\n' >>"$R/etc/unbound/peer.conf"
: >"$T/made-unbound"
ip -n "$client" -6 route del default
ip -n "$client" -6 route add 2001:db8:b::/64 via 2001:db8:a::1
peer unbound "$client"
resolver=$pid
echo "nameserver 127.0.0.1" >"$T/resolv.conf"
cat >"$T/names.table" <<'END'
both | both.peer.test | tcp/80 | | pass | open target target | pass unknown | -
alias | alias.peer.test | tcp/80 | | pass | open target target | pass unknown | -
six-dropped | six-dropped.peer.test | tcp/80 | | degraded | dropped unproven - | pass unknown | network:wall
six-barred | six-barred.peer.test | tcp/80 | | degraded | rejected hop fw | pass unknown | network:wall
six-reset | six-reset.peer.test | tcp/80 | | degraded | closed unproven target | pass unknown | network:wall
four-dropped | four-dropped.peer.test | tcp/80 | | degraded | dropped unproven - | pass unknown | network:wall
no-route | no-route.peer.test | tcp/80 | | pass | open target target | pass unknown | -
six-alone | six-alone.peer.test | tcp/80 | | fail | unreachable local-route - | fail unknown | this-host
half | half.peer.test | tcp/80 | | fail | dropped unproven - | fail unknown | network:wall
text | text.peer.test | tcp/80 | | fail | unreachable dns - | fail unknown | name-service
nowhere | nowhere.peer.test | tcp/80 | | fail | unreachable dns - | fail unknown | name-service
bogus | www.bogus.test | tcp/80 | | fail | unreachable dns - | fail unknown | name-service
END
truths names 1 ''
expect_rc 1 check "$T/names.yaml"
has "$T/out" "the whole connect timeout without"
has "$T/out" "IPv6 is refused at once"
has "$T/out" "the name exists, and gives no address"
has "$T/out" "the resolver says that there is no such name"
has "$T/out" "the resolver could not find out"
stop "$resolver"
head -1 "$T/names.table" |
	sed 's/pass | .*/not-tested | not-attempted dns - | unknown unknown | name-service/' >"$T/deaf.table"
truths deaf 3 ''
ip -n "$client" -6 route add default via 2001:db8:a::1

# --- a service behind a translation ------------------------------------------------------------------------

ip netns exec "$fw" nft -f - <<'END' || die "nft"
table ip nat {
	chain prerouting {
		type nat hook prerouting priority dstnat;
		ip daddr 198.51.100.1 tcp dport 2222 dnat to 203.0.113.20:22
	}
}
END
echo 'ssh | open | tcp/22 | | pass | open target other | pass unknown | -' >"$T/nat.table"
python3 "$SOURCE_DIR/tests/truths.py" product nat "$T/nat.table" >"$T/catalog/nat.yaml"
town_site nat open | sed 's/^    filter: stateful/&\n    destination_nat: [{at: "198.51.100.1:2222", to: "open4:22", transport: tcp}]/' >"$T/nat.yaml"
expect_rc 0 check --format jsonl "$T/nat.yaml"
has "$T/out" '"target":"198.51.100.1"'
has "$T/out" '"port":2222'

# --- stand-ins ---------------------------------------------------------------------------------------------

cat >"$T/early.table" <<'END'
app | empty | tcp/4001 | | pass | open target target | pass unknown | -
stream | empty | udp/4002 | | pass | open target target | pass unknown | -
END
sed 's/pass | open target target | pass unknown | -/fail | closed target target | pass fail | server/' "$T/early.table" \
	>"$T/before.table"
truths before 1 ''
{
	cat "$T/early.table"
	echo 'log | empty | udp/514 | service: syslog | * | | |'
} >"$T/late.table"
python3 "$SOURCE_DIR/tests/truths.py" product early "$T/late.table" >"$T/catalog/early.yaml"
town_site early empty >"$T/early.yaml"
for host in empty4 empty6; do
	start ip netns exec "$empty" "$PORTOLAN" listen --catalog "$T/catalog" --as $host "$T/early.yaml"
	wait_for 5 grep -q 4001 "$log" || die "portolan listen: $(cat "$log")"
done
# What never answers is as quiet with one; the stand-in itself tells that it arrived.
echo 'log | empty | udp/514 | service: syslog | unproven | silent unproven - | unknown unknown | -' >>"$T/early.table"
truths early 0 ''
has "$log" "udp/514"
expect_rc 0 check --all "$T/early.yaml"
has "$T/out" "a stand-in answered, the service itself is not there yet"

# --- the catalog, without a site ---------------------------------------------------------------------------

# laptop EXIT ARGUMENT ...
laptop() {
	want=$1
	shift
	expect_rc "$want" as root "$PORTOLAN" check --no-history --catalog "$SOURCE_DIR/catalog" "$@"
}
laptop 0 stanford-from-outside ssh=203.0.113.20
has "$T/out" "yes: read mail in a terminal"
laptop 0 stanford-from-outside ssh=2001:db8:b::20 --strict
laptop 1 stanford-from-outside web=203.0.113.20 --goal webmail
has "$T/out" "no: read mail in the browser: stanford-from-outside/https this-host -> web tcp/443 fails"
laptop 0 stanford-from-outside web=203.0.113.20 --goal webmail --network
laptop 2 stanford-from-outside ssh=203.0.113.20 kdc=203.0.113.20 --goal webmail
[ "$(grep -c 'add web=HOST' "$T/err")" = 1 ] || fail "asked more than once: $(cat "$T/err")"
laptop 1 stanford-from-outside kdc=203.0.113.20,203.0.113.30 kadmin=203.0.113.20 pop=203.0.113.20 --goal eudora-mail
has "$T/out" "this-host -> kdc-2 udp/88 fails"
laptop 0 stanford-from-outside ftp=203.0.113.20 --goal file-transfer
has "$T/out" "yes: fetch files with WS-FTP"
laptop 1 stanford-from-outside ftp=203.0.113.30 --goal file-transfer
has "$T/out" "moot until stanford-from-outside/ftp-control works"
laptop 0 stanford-from-outside afs=203.0.113.20 --goal files-in-afs
has "$T/out" "yes: work with files in AFS (part of it was not looked at)"
laptop 0 stanford-from-outside syslog=203.0.113.20
has "$T/out" "it may have arrived"
laptop 1 secure-ports --as internet inside=203.0.113.20,203.0.113.30
has "$T/out" "it cannot be shown closed"
laptop 2 passwordstate db=203.0.113.20 dc=203.0.113.20
has "$T/err" "which role is this host"
laptop 1 passwordstate --as web db=203.0.113.20 mail=203.0.113.30 --feature email
has "$T/out" "passwordstate/web-to-database  this-host -> db tcp/1433"
laptop 1 domino --as client domino=203.0.113.20 --setting nrpc_port=22 # where sshd is
has "$T/out" "it answered, and not in nrpc"
exit 0
