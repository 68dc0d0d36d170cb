#!/bin/sh
# Who is in the way, over other ways than those of causes.sh: one router, five, and a way back that is another one;
# translators, balancers, mute and rationing routers, black holes, tarpits, swallowers, disguises, and this host's
# own part. Without privileges and from one side. Nothing may be wrong, nothing vaguer than it has to be.
#
# One family after the other: a kernel has 1,024 neighbours of a family for all of its namespaces.
if [ -z "${FAMILY-}" ]; then
	rc=0
	for family in 4 6; do
		FAMILY=$family sh "$0" || rc=$?
	done
	exit $rc
fi
. "$SOURCE_DIR/tests/lib.sh"
. "$SOURCE_DIR/tests/causes-lib.sh"

# What each row says beside its truth is what one side can know. The words for that:
end=R5,target-firewall,return-path # the last hop that answers is the last before the target
any="target-firewall,return-path,target,hop:?" # and nothing of the target answers at all
here="client start python3 $lab/causes_server.py"
syn="tcp dport 7009"
# proxy ROUTER: it shakes hands for port 7009, and then finds out about the target.
proxy() {
	echo "$1 raw TO $syn tcp flags syn notrack;
		$1 forward TO $syn ct state invalid,untracked synproxy mss 1400 wscale 7 timestamp sack-perm;
		$1 forward TO $syn ct state invalid drop" | tr -d '\n'
}

# --- five routers -----------------------------------------------------------------------------------
way five 85 5
serve r3 # in the target's name, where packets are led astray
cat >"$T/table" <<END
open          ||tcp 7000|open/target/SERVER|-
closed        ||tcp 7009|closed/target/SERVER|-
drop-r1       |r1 forward TO tcp dport 7000 drop|tcp 7000|dropped[R1,R2]|R1
drop-r3       |r3 forward TO tcp dport 7000 drop|tcp 7000|dropped[R3,R4]|R3
drop-into-r3  |r3 raw TO tcp dport 7000 drop|tcp 7000|dropped[R2,R3]|R3
drop-r4       |r4 forward TO tcp dport 7000 drop|tcp 7000|dropped[R4,R5]|R4
drop-r5       |r5 forward TO tcp dport 7000 drop|tcp 7000|dropped[$end]|R5
drop-server   |server input TO tcp dport 7000 drop|tcp 7000|dropped[$end]|target-firewall
reply-server  |server output BACK tcp sport 7000 drop|tcp 7000|dropped[$end]|return-path,target-firewall
reply-r4      |r4 forward BACK tcp sport 7000 drop|tcp 7000|dropped[$end]|return-path
reply-r1      |r1 forward BACK tcp sport 7000 drop|tcp 7000|dropped[$end]|return-path
reply-here    |client input BACK tcp sport 7000 drop|tcp 7000|dropped[$end,local-firewall]|return-path,local-firewall
prohibit-r3   |r3 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/hop/R3|-
prohibit-r5   |r5 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/hop/R5|-
unreach-r4    |r4 forward TO tcp dport 7000 reject with icmpx port-unreachable|tcp 7000|rejected/hop/R4|-
prohibit-end  |server input TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/target-firewall|-
unreach-end   |server input TO tcp dport 7000 reject with icmpx port-unreachable|tcp 7000|rejected/target-firewall|-
reset-end     |server input TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/target rejected/target-firewall|-
reset-r1      |r1 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R1 closed/middlebox/R1|-
reset-r3      |r3 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R3 closed/middlebox/R3|-
reset-r5      |r5 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R5 closed/middlebox/R5|-
disguise-r2   |r2 forward TO tcp dport 7000 reject with tcp reset; r2 output BACK tcp sport 7000 TTL set 60|tcp 7000|closed/hop/R2 closed/middlebox/R2|-
disguise-r4   |r4 forward TO tcp dport 7000 reject with tcp reset; r4 output BACK tcp sport 7000 TTL set 62|tcp 7000|closed/hop/R4 closed/middlebox/R4|-
disguise-255  |r3 forward TO tcp dport 7000 reject with tcp reset; r3 output BACK tcp sport 7000 TTL set 255|tcp 7000|closed/hop/R3 closed/middlebox/R3|-
ttl128-open   |server output BACK meta l4proto tcp TTL set 128|tcp 7000|open/target|-
ttl128-closed |server output BACK meta l4proto tcp TTL set 128|tcp 7009|closed/target|-
ttl128-reset  |server output BACK meta l4proto tcp TTL set 128; r3 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R3 closed/middlebox/R3|-
ttl255-closed |server output BACK meta l4proto tcp TTL set 255|tcp 7009|closed/target|-
ttl255-reset  |server output BACK meta l4proto tcp TTL set 255; r5 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R5 closed/middlebox/R5|-
ttl255-drop   |server output BACK meta l4proto tcp TTL set 255; r3 forward TO tcp dport 7000 drop|tcp 7000|dropped[R3,R4]|R3
mute3-drop-r2 |r3 output EXCEEDED drop; r2 forward TO tcp dport 7000 drop|tcp 7000|dropped[R2,hop:?,R4]|R2
mute3-drop-r3 |r3 output EXCEEDED drop; r3 forward TO tcp dport 7000 drop|tcp 7000|dropped[R2,hop:?,R4]|hop:?
mute3-drop-r4 |r3 output EXCEEDED drop; r4 forward TO tcp dport 7000 drop|tcp 7000|dropped[R4,R5]|R4
mute5-drop-end|r5 output EXCEEDED drop; server input TO tcp dport 7000 drop|tcp 7000|dropped[R4,hop:?,target-firewall,return-path]|target-firewall
mute3-reset   |r3 output EXCEEDED drop; r3 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R3 closed/middlebox/R3|-
ration-drop-r3|r1 output EXCEEDED limit rate over 1/second burst 1 packets drop; r2 output EXCEEDED limit rate over 1/second burst 1 packets drop; r3 forward TO tcp dport 7000 drop|tcp 7000|dropped[R3,R4]|R3
ration-drop-r4|r4 output EXCEEDED limit rate over 1/second burst 1 packets drop; r4 forward TO tcp dport 7000 drop|tcp 7000|dropped[R4,R5]|R4
hole-r3       |r3 do ip -V route add blackhole SERVER|tcp 7000|dropped[R2,$any]|hop:?
unreach-route |r3 do ip -V route add unreachable SERVER|tcp 7000|rejected/hop/R3 unreachable/hop/R3|-
prohibit-route|r4 do ip -V route add prohibit SERVER|tcp 7000|rejected/hop/R4|-
default-r3    |r3 forward TO drop|tcp 7000|dropped[R3,$any]|R3
default-r3-443|r3 forward TO tcp dport != 443 drop|tcp 7000|dropped[R3,R4,$any]|R3
default-end   |server input TO drop|tcp 7000|dropped[R5,$any]|target-firewall
default-end-22|server input TO tcp dport != 22 drop|tcp 7000|dropped[$end,$any]|target-firewall
stateful-r3   |r3 forward TO ct state established,related accept; r3 forward TO tcp dport 7001 ct state new accept; r3 forward TO drop|tcp 7000|dropped[R3,$any]|R3
proxy-nothing |$(proxy r3)|tcp 7009|open-reset/middlebox/R3|-
proxy-hole    |$(proxy r3); server input TO $syn drop|tcp 7009|open/middlebox/R3 silent/middlebox/R3 open-reset/middlebox/R3|-
proxy-128     |$(proxy r3); server output BACK meta l4proto tcp TTL set 128|tcp 7009|open-reset/middlebox/R3|-
redirect-r3   |r3 dnat TO tcp dport 7000 redirect|tcp 7000|open/middlebox/R3 open/hop/R3|-
redirect-reset|r3 dnat TO tcp dport 7000 redirect to :7009|tcp 7000|closed/middlebox/R3 closed/hop/R3|-
port-r3       |r3 dnat TO tcp dport 7000 redirect to :7009; r3 dnat TO tcp dport 7002 redirect to :7000|tcp 7002|open/middlebox/R3 open/hop/R3|-
trace-r3      |r3 dnat TO tcp dport 7000 redirect|trace 7000|open/middlebox/R3 open/hop/R3|-
trace-hole    |$(proxy r3); server input TO $syn drop|trace 7009|open/middlebox/R3 silent/middlebox/R3 open-reset/middlebox/R3|-
trace-open    ||trace 7000|open/target|-
moved-r3      |r3 dnat TO tcp dport 7009 dnat to :7000|tcp 7009|open/target|-
moved-closed  |r3 dnat TO tcp dport 7000 dnat to :7009|tcp 7000|closed/target|-
balanced      |r3 dnat TO tcp dport 7000 dnat to :numgen inc mod 2 map { 0 : 7000, 1 : 7002 }; server input TO tcp dport 7002 drop|tcp 7000|open/target|-
swallow-plain |r3 forward TO tcp dport 7000 tcp flags & psh != 0 drop|tcp 7000|open/target|-
swallow-kerberos|r3 forward TO tcp dport 7000 tcp flags & psh != 0 drop|kerberos 7000|silent/middlebox silent/hop silent[target,middlebox,hop:?]|middlebox
silent-kerberos ||kerberos 7000|silent/target|-
tarpit-kerberos |server output BACK tcp sport 7000 tcp window set 0|kerberos 7000|silent/target silent[target,middlebox]|target
mtu-hole      |r3 do ip -V route add SERVER via NEXT3 mtu 1280; r3 output BIG drop|tcp 7000|open/target|-
snat-open     |r2 snat FROM masquerade|tcp 7000|open/target|-
snat-closed   |r2 snat FROM masquerade|tcp 7009|closed/target|-
snat-drop-r4  |r2 snat FROM masquerade; r4 forward TO tcp dport 7000 drop|tcp 7000|dropped[R4,R5]|R4
snat-prohibit |r2 snat FROM masquerade; r4 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/hop/R4|-
snat-reset    |r2 snat FROM masquerade; r4 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R4 closed/middlebox/R4|-
nat-prohibit  |r3 dnat IP daddr OWN3 dnat IP to SERVER; r4 forward TO tcp dport 7000 reject with icmpx admin-prohibited; r3 do ip addr add OWN3/BITS dev left preferred_lft 0|tcp 7000 OWN3|rejected/hop|-
nat-open      |r3 dnat IP daddr OWN3 dnat IP to SERVER; r3 do ip addr add OWN3/BITS dev left preferred_lft 0|tcp 7000 OWN3|open/target|-
nat-closed    |r3 dnat IP daddr OWN3 dnat IP to SERVER; r3 do ip addr add OWN3/BITS dev left preferred_lft 0|tcp 7009 OWN3|closed/target|-
forward-open  |r3 dnat IP daddr OWN3 tcp dport 7000 dnat IP to SERVER; r3 do ip addr add OWN3/BITS dev left preferred_lft 0|tcp 7000 OWN3|open/target open/middlebox open/hop|-
forward-closed|r3 dnat IP daddr OWN3 tcp dport 7000 dnat IP to SERVER_AT:7009; r3 do ip addr add OWN3/BITS dev left preferred_lft 0|tcp 7000 OWN3|closed/target|-
forward-forbid|r3 dnat IP daddr OWN3 tcp dport 7000 dnat IP to SERVER; r3 do ip addr add OWN3/BITS dev left preferred_lft 0; r5 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000 OWN3|rejected/hop|-
route-unreach |client do ip -V route add unreachable SERVER|tcp 7000|unreachable/local-route|-
route-prohibit|client do ip -V route add prohibit SERVER|tcp 7000|unreachable/local-route rejected/local-route rejected[local-firewall,local-route]|local-route
route-hole    |client do ip -V route add blackhole SERVER|tcp 7000|unreachable/local-route|-
route-none    |client do ip -V route del default|tcp 7000|unreachable/local-route|-
link-down     |client do ip link set eth0 down|tcp 7000|unreachable/local-route not-attempted/local-resource|-
no-port       |client do sysctl -qw net.ipv4.ip_local_port_range="40000 40001"; $here hold SERVER 7000 2|tcp 7000|not-attempted/local-resource|-
own-drop      |client output TO tcp dport 7000 drop|tcp 7000|dropped/local-firewall|-
own-reject    |client output TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/local-firewall|-
own-reset     |client output TO tcp dport 7000 reject with tcp reset|tcp 7000|rejected/local-firewall|-
hole-beside   |r2 do ip -6 route add blackhole SERVER6; $here names SERVER4 SERVER6|tcp 7000 both.test|@hole@|hop:?
udp-open      ||udp 7770|open/target/SERVER|-
udp-closed    ||udp 7772|closed/target/SERVER|-
udp-silent    ||udp 7771|silent[target,$end]|target
udp-drop-r3   |r3 forward TO udp dport 7770 drop|udp 7770|dropped[R3,R4] silent[R3,R4]|R3
udp-drop-end  |server input TO udp dport 7770 drop|udp 7770|silent[target,$end]|target-firewall
udp-reply-r2  |r2 forward BACK udp sport 7770 drop|udp 7770|silent[target,$end]|return-path
udp-prohibit  |r4 forward TO udp dport 7770 reject with icmpx admin-prohibited|udp 7770|rejected/hop/R4|-
udp-unreach-r3|r3 forward TO udp dport 7770 reject with icmpx port-unreachable|udp 7770|rejected/hop/R3|-
udp-forbidden |server input TO udp dport 7770 reject with icmpx admin-prohibited|udp 7770|rejected/target-firewall|-
udp-own-drop  |client output TO udp dport 7770 drop|udp 7770|dropped/local-firewall rejected/local-firewall|-
udp-mute3     |r3 output EXCEEDED drop; r2 forward TO udp dport 7770 drop|udp 7770|dropped[R2,hop:?,R4] silent[R2,hop:?,R4]|R2
END
cp "$T/table" "$T/five"
hole=open/target
[ "$FAMILY" = 4 ] || hole="dropped[R1,$any]"
sed "s#@hole@#$hole#" "$T/five" >"$T/table"
rows "$FAMILY" nobody

# --- one router -------------------------------------------------------------------------------------
way one 84 1
end=R1,target-firewall,return-path
cat >"$T/table" <<END
open          ||tcp 7000|open/target|-
closed        ||tcp 7009|closed/target|-
drop-r1       |r1 forward TO tcp dport 7000 drop|tcp 7000|dropped[$end]|R1
drop-server   |server input TO tcp dport 7000 drop|tcp 7000|dropped[$end]|target-firewall
reply-r1      |r1 forward BACK tcp sport 7000 drop|tcp 7000|dropped[$end]|return-path
prohibit-r1   |r1 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/hop/R1|-
reset-r1      |r1 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R1 closed/middlebox/R1|-
proxy-r1      |$(proxy r1)|tcp 7009|open-reset/middlebox/R1|-
udp-closed    ||udp 7772|closed/target|-
udp-drop-r1   |r1 forward TO udp dport 7770 drop|udp 7770|silent[target,$end]|R1
END
rows "$FAMILY" nobody

# --- a way back that is another one ------------------------------------------------------------------
# way_back N: from the server over N other routers, b1 the first; the last is on the clients' link.
way_back() {
	left=$(place server) link=20
	for b in $(seq 1 "$1"); do
		namespace "$way-b$b"
		inside "$ns" <<-END
			cd /proc/sys/net
			echo 0 >ipv6/conf/default/accept_dad
			echo 1 >ipv4/ip_forward
			echo 1 >ipv6/conf/all/forwarding
		END
		ip link add back netns "$left" type veth peer name in netns "$ns" || die "no veth"
		inside "$left" <<-END
			$(ends back $link 1)
			ip route replace 10.$way_id.0.0/24 via 10.$way_id.$link.2
			ip route replace fd00:$way_id:a0::/64 via fd00:$way_id:a$link::2
		END
		inside "$ns" <<-END
			$(ends in $link 2)
		END
		left=$ns link=$((link + 1))
	done
	ip link add clients netns "$left" type veth peer name c9 netns "$(place r1)" || die "no veth"
	ip -n "$(place r1)" link set c9 master clients up
	inside "$left" <<-END
		$(ends clients 0 9)
	END
}
# There over three routers, back over one.
way short 86 3
way_back 1
end=R3,target-firewall,return-path
cat >"$T/table" <<END
open          ||tcp 7000|open/target|-
closed        ||tcp 7009|closed/target closed[target,R2,R3,hop:?,middlebox]|target
drop-r1       |r1 forward TO tcp dport 7000 drop|tcp 7000|dropped[R1,R2]|R1
drop-r3       |r3 forward TO tcp dport 7000 drop|tcp 7000|dropped[$end]|R3
drop-back     |b1 forward BACK tcp sport 7000 drop|tcp 7000|dropped[$end]|return-path
prohibit-r2   |r2 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/hop/R2|-
reset-r1      |r1 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R1 closed/middlebox/R1|-
reset-r3      |r3 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R3 closed/middlebox/R3 closed[target,R3,hop:?,middlebox]|R3
udp-drop-r1   |r1 forward TO udp dport 7770 drop|udp 7770|dropped[R1,R2] silent[R1,R2]|R1
END
rows "$FAMILY" nobody

# There over two, back over four.
way long 87 2
way_back 4
end=R2,target-firewall,return-path
cat >"$T/table" <<END
open          ||tcp 7000|open/target|-
traced        ||trace 7000|open/target|-
closed        ||tcp 7009|closed/target|-
drop-r1       |r1 forward TO tcp dport 7000 drop|tcp 7000|dropped[R1,R2]|R1
drop-back     |b2 forward BACK tcp sport 7000 drop|tcp 7000|dropped[$end]|return-path
prohibit-r2   |r2 forward TO tcp dport 7000 reject with icmpx admin-prohibited|tcp 7000|rejected/hop/R2|-
reset-r1      |r1 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R1 closed/middlebox/R1|-
reset-r2      |r2 forward TO tcp dport 7000 reject with tcp reset|tcp 7000|closed/hop/R2 closed/middlebox/R2|-
udp-silent    ||udp 7771|silent[target,$end]|target
END
rows "$FAMILY" nobody

load_rules
do_late
probe_rows 24
judge 80
unharmed 1200
