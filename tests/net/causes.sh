#!/bin/sh
# Who is in the way: client - r1 - r2 - server in namespaces of their own, each truth over IPv4 and IPv6, as root
# and as a user without any privilege, and with a line that takes its time. All knowledge is the client's: the far
# side tells nothing. Routers ration their ICMP errors as Linux has it by default.
. "$SOURCE_DIR/tests/lib.sh"
. "$SOURCE_DIR/tests/causes-lib.sh"

proxied="TO tcp dport 7009"
cat >"$T/table" <<END
open       ||tcp 7000|open/target/SERVER|-
closed     ||tcp 7009|closed/target/SERVER|-
drop-r1    |r1 forward TO tcp dport 7000 drop|tcp 7000|dropped[R1,R2]|R1
drop-r2    |r2 forward TO tcp dport 7000 drop|tcp 7000|dropped[R2,target-firewall,return-path]|R2
drop-server|server input TO tcp dport 7000 drop|tcp 7000|dropped[R2,target-firewall,return-path]|target-firewall
drop-reply |r1 forward BACK tcp sport 7000 drop|tcp 7000|dropped[R2,target-firewall,return-path]|return-path
own-drop   |client output TO tcp dport 7000 drop|tcp 7000|dropped/local-firewall|-
own-reject |client output TO tcp dport 7000 reject with tcp reset|tcp 7000|rejected/local-firewall|-
prohibit-r1|r1 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/hop/R1|-
reset-r1   |r1 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R1 closed/middlebox/R1|-
reset-r2   |r2 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R2 closed/middlebox/R2|-
unreach-r2 |r2 forward TO tcp dport 7000 reject with icmpx port-unreachable|tcp 7000|rejected/hop/R2|-
synproxy-r2|r2 raw $proxied tcp flags syn notrack; r2 forward $proxied ct state invalid,untracked synproxy mss 1400 wscale 7 timestamp sack-perm; r2 forward $proxied ct state invalid drop|tcp 7009|open-reset/middlebox/R2|-
no-port    |client do sysctl -qw net.ipv4.ip_local_port_range="40000 40001"; client start python3 $lab/causes_server.py hold SERVER 7000 2|tcp 7000|not-attempted/local-resource|-
no-name    |client start python3 $lab/causes_server.py names|tcp 7000 gone.test|unreachable/dns|-
udp-open   ||udp 7770|open/target/SERVER|-
udp-closed ||udp 7772|closed/target/SERVER|-
udp-prohibit-r1|r1 forward TO udp dport 7770 reject with icmpx admin-prohibited|udp 7770|rejected/hop/R1|-
udp-drop-r1|r1 forward TO udp dport 7770 drop|udp 7770|dropped[R1,R2] silent[R1,R2]|R1
udp-silent ||udp 7771|silent[target,R2,target-firewall,return-path]|target
udp-reply  |r1 forward BACK udp sport 7770 drop|udp 7770|silent[target,R2,target-firewall,return-path]|return-path
END

way near 81 2
for family in 4 6; do
	rows $family root
	rows $family nobody
done
# Sixty flows behind one firewall; what expires on the way is counted.
expires="r1 raw FROM TTL 1 counter; r2 raw FROM TTL 1 counter"
for family in 4 6; do
	row $family nobody many "r2 forward TO tcp dport 7100-7159 drop; $expires" "tcp 7100-7159" \
		"dropped[R2,target-firewall,return-path]" R2
done
grep '	many/' "$T/rows" >"$T/many"
grep -v '	many/' "$T/rows" >"$T/single"
mv "$T/single" "$T/rows"
# nft's synproxy takes an IPv6 checksum for one of IPv4, and drops what comes without a device that has looked at it.
grep -v ^synproxy "$T/table" >"$T/table.6"
way slow 82 2 3
rows 4 nobody
mv "$T/table.6" "$T/table"
rows 6 nobody
load_rules
do_late
probe_rows 24
judge 83 exact

# The sixty: all of them as well, in under 3 s, with at most 40 probes that expire on the way.
mv "$T/many" "$T/rows"
probe_rows 1
judge 0 exact
# expired ADDRESS: how many of its packets did.
expired() {
	for node in r1 r2; do
		ip netns exec "portolan-$$-near-$node" nft list chain inet lab lab_raw
	done | awk -v a="$1" '{ for (i = 1; i < NF; i++) if ($i == "packets" && $3 == a) n += $(i + 1) } END { print n + 0 }'
}
while IFS='	' read -r client label _; do
	out=$T/out/$client
	[ "$(grep -c '"record":"outcome"' "$out")" = 60 ] || fail "$label: not sixty outcomes"
	ms=$(sed -n 's/.*"elapsed_ms":\([0-9]*\).*/\1/p' "$out")
	[ "${ms:-9999}" -lt 3000 ] || fail "$label: ${ms:-no} ms"
	n=$(expired "$(sed -n 's/.*"source":"\([^"]*\)".*/\1/p' "$out" | head -n 1)")
	echo "$label: $ms ms, $n probes expired"
	{ [ "$n" -ge 2 ] && [ "$n" -le 40 ]; } || fail "$label: $n probes expired on the way"
done <"$T/rows"
unharmed 500
