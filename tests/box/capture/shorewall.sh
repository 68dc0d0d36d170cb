# shorewall: Shorewall and Shorewall6 of one router with three zones, one of them nested by addresses, and a zone of
# IPsec: macros, actions, limits, DNAT, SNAT, marks, rate limits by rule, MAC lists, blacklists, conntrack helpers,
# accounting, routing stopped by zones, smurfs, TCP flags.
. "$(dirname "$0")/lib.sh"
need shorewall shorewall6 ipset iptables
lay_over
router

set_in() { sed -i "s|^$2=.*|$2=$3|" "/etc/$1/$1.conf"; }
for product in shorewall shorewall6; do
	set_in $product VERBOSITY 0
	set_in $product LOG_LEVEL info
	set_in $product MODULESDIR /run
done
set_in shorewall IP_FORWARDING On
set_in shorewall6 IP_FORWARDING On
set_in shorewall CLAMPMSS Yes
set_in shorewall DETECT_DNAT_IPADDRS Yes

ipset create guests hash:ip
ipset add guests 10.2.0.99

cd /etc/shorewall || exit
cat >zones <<'X'
fw	firewall
net	ipv4
loc	ipv4
dmz	ipv4
adm:loc	ipv4
tun	ipsec	mode=tunnel
X
cat >interfaces <<'X'
?FORMAT 2
net	eth0	tcpflags,dhcp,nosmurfs,routefilter,logmartians,sourceroute=0
-	eth1	tcpflags,nosmurfs,routefilter,maclist,dhcp,arp_filter=1
dmz	eth2	tcpflags,nosmurfs,rpfilter,routeback
X
cat >hosts <<'X'
loc	eth1:10.1.0.0/24
adm	eth1:10.1.0.0/28,10.1.0.32
tun	eth0:198.51.100.0/24	ipsec
X
cat >maclist <<'X'
ACCEPT	eth1	02:00:00:00:00:fe
ACCEPT	eth1	02:00:00:00:00:0a	10.1.0.9
DROP	eth1	02:00:00:00:00:0b
X
cat >policy <<'X'
$FW	net	ACCEPT
$FW	all	ACCEPT
adm	all	ACCEPT
loc	net	ACCEPT
loc	dmz	REJECT	info
dmz	net	REJECT
net	all	DROP	info	8/sec:30
all	all	REJECT	info
X
cat >rules <<'X'
?SECTION ALL
DROP	net:203.0.113.64/26	all	udp
?SECTION ESTABLISHED
?SECTION RELATED
ACCEPT	all	dmz:10.2.0.22	tcp	1024:
?SECTION INVALID
DROP	net	all
?SECTION UNTRACKED
ACCEPT	dmz	fw	udp	514
?SECTION NEW
Invalid(DROP)	net	all	tcp
NotSyn(DROP)	net	all	tcp
DNS(ACCEPT)	loc	$FW
SSH(ACCEPT)	loc,dmz:10.2.0.7	$FW
SSH(ACCEPT)	loc	dmz
Ping(ACCEPT)	loc,dmz	$FW
Ping(DROP)	net	$FW
Web(ACCEPT)	net	dmz:10.2.0.8
ACCEPT:info	net	$FW	tcp	2022	-	-	3/min:5
ACCEPT	net	$FW	tcp	8443	-	192.0.2.1	s:ssh:10/min:3
ACCEPT	net	dmz	tcp	9000:9009,9100	-	-	-	-	-	20
ACCEPT+	loc	net	tcp	8081
DNAT	net	dmz:10.2.0.22:22	tcp	2222
DNAT	net	dmz:10.2.0.25	tcp	25,465,587	-	192.0.2.1
DNAT	net	dmz:10.2.0.50-10.2.0.52	udp	4000:4010
DNAT-	net	10.2.0.60	tcp	6000
REDIRECT	loc	3128	tcp	80	-	!192.0.2.1,10.2.0.8
REDIRECT	loc:!10.1.0.77	5353	udp	53	-	!10.1.0.1
REJECT	loc	net	tcp	25,135:139
DROP	net:198.51.100.0/28,198.51.100.32	all
LOG:debug	dmz	net	tcp	6667
ACCEPT	dmz	net:203.0.113.1,203.0.113.9	tcp	80,443
ACCEPT	dmz:+guests	net	udp	123
REJECT	$FW	net	tcp	25	-	-	-	!101
ACCEPT	$FW	loc	icmp	8
ACCEPT	loc:10.1.0.40-10.1.0.49	dmz	tcp	5432	; time=timestart=08:00&timestop=18:00
ACCEPT	loc	dmz	tcp	3306	; mark=0x10/0xff
ADD(guests:src)	dmz	$FW	tcp	7000
A_REJECT	dmz	loc	tcp	445
CONTINUE	loc	dmz	tcp	8888
NONAT	loc	-	tcp	8082
NFQUEUE(3,bypass)	dmz	net	tcp	7778
Auth(REJECT)	net	all
Trcrt(ACCEPT)	all	all
X
cat >snat <<'X'
?FORMAT 2
MASQUERADE	10.1.0.0/24!10.1.0.5	eth0
SNAT(192.0.2.1:40000-50000)	10.2.0.0/24	eth0	udp
SNAT(192.0.2.1)	10.2.0.0/24	eth0:!198.51.100.0/24
CONTINUE	10.1.0.5	eth0
X
cat >netmap <<'X'
DNAT	192.0.2.128/28	eth0	10.2.0.128/28
SNAT	10.2.0.128/28	eth0	192.0.2.128/28
X
cat >blrules <<'X'
DROP	net:203.0.113.0/25	all
BLACKLIST	net	all	tcp	1433
WHITELIST	net:203.0.113.7	all
X
cat >mangle <<'X'
MARK(0x10/0xff):P	eth1	0.0.0.0/0	tcp	3306
CONNMARK(0x20)	10.1.0.0/28	0.0.0.0/0	tcp	22
SAVE(0xff):F	eth1	eth0	tcp
RESTORE(0xff):P	eth2	-	tcp
TTL(+1):F	eth1	eth0	udp	33434
DSCP(EF):F	eth1	eth0	udp	5060
X
cat >conntrack <<'X'
?FORMAT 3
NOTRACK:P	eth0	-	udp	123
CT:helper:ftp:PO	-	-	tcp	21
DROP:P	203.0.113.192/26	-	udp
X
cat >stoppedrules <<'X'
ACCEPT	eth1	-
X
cat >accounting <<'X'
COUNT	-	eth0	eth1
web	-	eth1	eth0	tcp	-	80
X
cd /etc/shorewall6 || exit
cat >zones <<'X'
fw	firewall
net	ipv6
loc	ipv6
dmz	ipv6
X
cat >interfaces <<'X'
?FORMAT 2
net	eth0	tcpflags,forward=1,accept_ra=0
loc	eth1	tcpflags,forward=1
dmz	eth2	tcpflags,forward=1,rpfilter
X
cat >policy <<'X'
$FW	all	ACCEPT
loc	net	ACCEPT
net	all	DROP	info
all	all	REJECT	info
X
cat >rules <<'X'
?SECTION NEW
Ping(ACCEPT)	all	all
SSH(ACCEPT)	loc	$FW
Web(ACCEPT)	net	dmz:[2001:db8:2::8]
DROP	net:[2001:db8:bad::/48]	all
DNAT	net	dmz:[2001:db8:2::25]:2525	tcp	25	-	2001:db8::1
ACCEPT	loc:[2001:db8:1::40-2001:db8:1::4f]	dmz	tcp	5432
AllowICMPs	all	all
X
cat >snat <<'X'
?FORMAT 2
SNAT(2001:db8::1)	2001:db8:2::/64	eth0
X
shorewall start
shorewall6 start
bundle
