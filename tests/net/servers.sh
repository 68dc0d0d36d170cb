# portolan check as its judges would: real servers behind real rules, over both families, as root and as nobody.
# Each line of a table (tests/truths.py) is a requirement and what must be said of it.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers openssh-server nginx bind9 unbound slapd krb5-kdc krb5-admin-server chrony snmpd freeradius tftpd-hpa \
	rsyslog nfs-ganesha nfs-ganesha-vfs rpcbind vsftpd samba samba-ad-provision samba-dsdb-modules \
	samba-vfs-modules winbind
command -v nft >/dev/null || skip "no nft(8): install nftables"
command -v setpriv >/dev/null || skip "no setpriv(1): install util-linux"
. "$SOURCE_DIR/tests/town-lib.sh"
town

# --- every service at every place ---------------------------------------------------------------------

make_unbound
sed -i 's/^server:/&\n\tinterface-automatic: yes/' "$R/etc/unbound/peer.conf"
make_snmpd
# Over IPv6 it answers from another address than it was asked at, where it has several.
sed -i 's/udp6:161/udp6:[2001:db8:b::20]:161/' "$R/etc/snmp/peer.conf"
make_vsftpd
sed -i 's/^listen=/listen_ipv6=/' "$R/etc/vsftpd.conf"
touch "$T/made-unbound" "$T/made-snmpd" "$T/made-vsftpd"
for name in sshd nginx unbound slapd krb5kdc kadmind chronyd snmpd freeradius tftpd rsyslogd vsftpd ganesha; do
	peer "$name" "$open"
done
silent=
for number in 20 30 40 50 60 70 80; do
	silent="$silent any/udp@203.0.113.$number:5555 any/udp@[2001:db8:b::$number]:5555"
done
# shellcheck disable=SC2086 # words on purpose
start ip netns exec "$open" python3 "$SOURCE_DIR/tools/stand-in.py" $silent
wait_for 5 grep -q ready "$log" || die "no stand-in: $(cat "$log")"

# expected KIND PLACE: of TCP what answers in a dialogue (P) and what only takes connections (T); of UDP whether a
# server always answers (A), sometimes (S) or never (N).
expected() {
	case $1:$2 in
	[ASP]:open) echo 'pass | open target target | pass pass | -' ;;
	T:open) echo 'pass | open target target | pass unknown | -' ;;
	N:open) echo 'unproven | silent unproven - | unknown unknown | -' ;;
	A:dropped | A:lost | A:walled) echo 'fail | silent unproven - | unknown fail | network:wall' ;;
	[SN]:dropped | [SN]:lost | [SN]:walled) echo 'unproven | silent unproven - | unknown unknown | -' ;;
	?:dropped | ?:lost | ?:walled) echo 'fail | dropped unproven - | fail unknown | network:wall' ;;
	[TP]:reset) echo 'fail | closed unproven target | unknown fail | network:wall' ;; # all its ports: by a hop, or a shorter way back
	?:barred | ?:reset) echo 'fail | rejected hop fw | fail unknown | network:wall' ;;
	?:guarded) echo 'fail | rejected target-firewall target | fail unknown | server' ;;
	?:empty) echo 'fail | closed target target | pass fail | server' ;;
	esac
}
for place in open dropped barred reset lost walled guarded empty; do
	while read -r id needs service kind; do
		[ "$service" = - ] && keys='' || keys="service: $service"
		echo "$id-$place | $place | $needs | $keys | $(expected "$kind" "$place")"
	done <<END
web tcp/80 http P
dns udp/53 dns A
dns-tcp tcp/53 dns P
time udp/123 ntp A
kdc udp/88 kerberos A
kdc-tcp tcp/88 kerberos P
password udp/464 kpasswd S
password-tcp tcp/464 kpasswd P
ldap tcp/389 ldap P
snmp udp/161 snmp S
radius udp/1812 radius S
tftp udp/69 tftp A
log udp/514 syslog N
rpcbind udp/111 rpcbind A
rpcbind-tcp tcp/111 rpcbind P
nfs tcp/2049 nfs P
kadmin tcp/749 - T
ftp tcp/21 ftp P
unknown udp/5555 - N
END
done >"$T/matrix.table"
[ "$(grep -c . "$T/matrix.table")" = 152 ] || fail "the table is not whole"
truths matrix 1 ''
grep '^log-open\|^unknown-open\|^radius-lost' "$T/matrix.table" >"$T/quiet.table"
truths quiet 0 ''
truths quiet 1 --strict
expect_rc 0 check "$T/quiet.yaml"
has "$T/out" "From client of town: 6 cannot be proven from here."
has "$T/out" "the last before the target; or the service keeps silent; it may have arrived, or been stopped by the hop"
grep '^web-empty\|^kdc-empty\|^dns-open' "$T/matrix.table" |
	sed 's/| fail | closed target target | pass fail | server/| pass | closed target target | pass fail | -/' >"$T/way.table"
truths way 0 --network

# --- services that are not what one thinks ------------------------------------------------------------

cat >"$T/odd.py" <<'END'
"""An echo on many UDP ports, and SQL Browsers: of one instance, of one that is gone, of two."""
import select, socket
one = b'ServerName;A;InstanceName;REPORTS;IsClustered;No;Version;16.0.1000.6;tcp;1450;;'
gone = one.replace(b'1450', b'1451')
two = one + gone.replace(b'REPORTS', b'SALES')
answers = {port: lambda q: q for port in (53, 69, 88, 111, 123, 161, 514, 1812, 5555)}
for port, text in (1434, one), (1435, gone), (1436, two):
    answers[port] = lambda q, text=text: b'\x05' + len(text).to_bytes(2, 'little') + text if q == b'\x03' else None
asked, waiting = {}, []
for address, family in ('203.0.113.21', socket.AF_INET), ('2001:db8:b::21', socket.AF_INET6):
    for port, answer in answers.items():
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.bind((address, port))
        asked[s] = answer
    waiting.append(socket.create_server((address, 1450), family=family))
print('ready', flush=True)
while True:
    for s in select.select([*asked, *waiting], [], [])[0]:
        if s in waiting:
            s.accept()[0].close()
            continue
        bytes, peer = s.recvfrom(2048)
        if (bytes := asked[s](bytes)) is not None:
            s.sendto(bytes, peer)
END
start ip netns exec "$odd" python3 "$T/odd.py"
wait_for 5 grep -q ready "$log" || die "no odd services: $(cat "$log")"
for port in 53 88 111 135 464 2049; do
	printf 'listen %s; listen [::]:%s; ' $port $port
done >"$T/ports"
sed -i "s/listen 80;/$(cat "$T/ports") &/" "$R/etc/nginx/peer.conf"
peer nginx "$odd"
make_named
sed -i 's/listen-on { any; }; listen-on-v6 { any; };/listen-on port 389 { any; }; listen-on-v6 port 389 { any; };/' \
	"$R/etc/bind/peer.conf"
run_named "$odd"
wait_for 10 listens "$odd" 389 || die "named: $(cat "$log")"

{
	for echo in dns:53 tftp:69 kerberos:88 rpcbind:111 ntp:123 snmp:161 syslog:514 radius:1812; do
		echo "echo-${echo%:*} | odd | udp/${echo#*:} | service: ${echo%:*} | fail | wrong-service target target | pass fail | server"
	done
	for web in dns:53 kerberos:88 rpcbind:111 epmap:135 kpasswd:464 nfs:2049; do
		echo "web-${web%:*} | odd | tcp/${web#*:} | service: ${web%:*} | fail | wrong-service target target | pass fail | server"
	done
	cat <<'END'
web-mapper | odd | rpc/drsuapi | | fail | wrong-service target target | unknown fail | server
dns-cldap | odd | udp/389 | service: cldap | fail | wrong-service target target | pass fail | server
echo | odd | udp/5555 | | pass | open target target | pass unknown | -
browser | odd | udp/1434 | service: mssql-browser | pass | open target target | pass pass | -
instance | odd | tcp/any-of 1400-1499 | child_of: browser; service: mssql | pass | open target target | pass unknown | -
instance-far | odd | tcp/any-of 49152-65535 | child_of: browser; service: mssql | not-tested | - | unknown unknown | -
browser-gone | odd | udp/1435 | service: mssql-browser | pass | open target target | pass pass | -
instance-gone | odd | tcp/any-of 1400-1499 | child_of: browser-gone; service: mssql | fail | closed target target | pass fail | server
browser-two | odd | udp/1436 | service: mssql-browser | pass | open target target | pass pass | -
instance-two | odd | tcp/any-of 1400-1499 | child_of: browser-two; service: mssql | not-tested | - | unknown unknown | -
browser-none | empty | udp/1434 | service: mssql-browser | fail | closed target target | pass fail | server
instance-none | empty | tcp/any-of 1400-1499 | child_of: browser-none; service: mssql | not-tested | - | unknown unknown | server
END
} >"$T/odd.table"
truths odd 1 ''

# --- directories --------------------------------------------------------------------------------------

namespace dc
dc=$ns
town_still "$dc"
town_host "$dc" dc 90
peer samba "$dc"
for port in 389 445 636 3268; do
	wait_for 20 ask "$dc" tcp $port '' '' || die "no domain controller on $port"
done
cat >"$T/rpc.table" <<'END'
drs | dc90 | rpc/drsuapi | | pass | open target target | pass unknown | -
lsa | dc90 | rpc/lsarpc | | pass | open target target | pass unknown | -
by-uuid | dc90 | rpc/e3514235-4b06-11d1-ab04-00c04fc2dcd2 | | pass | open target target | pass unknown | -
frs | dc90 | rpc/frs | | fail | open target target | unknown fail | application
both | dc90 | [rpc/drsuapi, rpc/frs] | | fail | open target target | unknown fail | application
either | dc90 | rpc/frs or rpc/lsarpc | | pass | open target target | pass unknown | -
wmi | dc90 | rpc/wmi | | not-tested | - | unknown unknown | -
wmi-or | dc90 | rpc/wmi or tcp/445 | | pass | open target target | pass pass | -
kdc | dc90 | [udp/88, tcp/88] | service: kerberos | pass | open target target | pass pass | -
password | dc90 | [udp/464, tcp/464] | service: kpasswd | pass | open target target | pass pass | -
cldap | dc90 | udp/389 | service: cldap | pass | open target target | pass pass | -
directory | dc90 | [tcp/389 or tcp/636, tcp/3268] | service: ldap | pass | open target target | pass pass | -
smb | dc90 | tcp/445 | service: smb | pass | open target target | pass pass | -
nfs | open | rpc/nfs | | pass | open target target | pass unknown | -
mountd | open | rpc/mountd | | pass | open target target | pass unknown | -
status | open | rpc/status | | fail | open target target | unknown fail | application
mount-empty | empty | rpc/mountd | | fail | closed target target | unknown fail | server
mount-dropped | dropped | rpc/mountd | | fail | dropped unproven - | fail unknown | network:wall
mount-barred | barred | rpc/mountd | | fail | rejected hop fw | fail unknown | network:wall
END
truths rpc 1 ''
sed 's/| fail | open target target | unknown fail | application$/| not-tested | open target target | unknown fail | application/' \
	"$T/rpc.table" | grep '^drs\|^frs\|^nfs\|^status' >"$T/rpcway.table"
truths rpcway 3 --network

# What they name is held up.
ip netns exec "$fw" nft -f - <<'END' || die "nft"
insert rule inet town forward iifname home tcp dport 49152-65535 drop
insert rule inet town forward iifname home tcp dport 20048 reject with icmpx admin-prohibited
END
cat >"$T/held.table" <<'END'
drs | dc90 | rpc/drsuapi | | fail | dropped unproven - | fail unknown | network:wall
mountd | open | rpc/mountd | | fail | rejected hop fw | fail unknown | network:wall
nfs | open | rpc/nfs | | pass | open target target | pass unknown | -
END
truths held 1 ''
exit 0
