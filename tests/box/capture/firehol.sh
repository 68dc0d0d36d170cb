# firehol: both families at once: interfaces, routers and their inverses, services of its own and new ones,
# protection, blacklists, ipsets, DNAT, redirects, transparent proxies, marks, and rules of iptables in between.
. "$(dirname "$0")/lib.sh"
need firehol ipset iptables
lay_over
router

cat >/etc/firehol/firehol.conf <<'X'
version 6
FIREHOL_LOG_MODE="LOG"
FIREHOL_TRUST_LOOPBACK=1
FIREHOL_DROP_INVALID=1

server_harbour_ports="tcp/8443 udp/40000:40099"
client_harbour_ports="default"
admins="10.1.0.0/28 10.1.0.32"

ipv4 ipset create strangers hash:net
ipv4 ipset add strangers 203.0.113.0/24
ipv4 blacklist full inface eth0 "198.51.100.0/28 198.51.100.77"
ipv4 masquerade eth0 src 10.1.0.0/24
ipv4 snat to 192.0.2.1 outface eth0 src 10.2.0.0/24 dst not 192.0.2.0/24
ipv4 dnat to 10.2.0.22:22 inface eth0 dst 192.0.2.1 proto tcp dport 2222
ipv4 dnat to 10.2.0.50-10.2.0.52 inface eth0 proto udp dport 4000:4010
ipv4 redirect to 5353 inface eth1 proto udp dport 53 dst not 10.1.0.1
ipv4 transparent_proxy "80 8080" 3128 root inface eth1 src not 10.1.0.77
mark 5 PREROUTING inface eth1 proto tcp dport 9999
ipv4 tcpmss auto eth0

interface4 eth0 outside src not "10.0.0.0/8 203.0.113.128/25" dst 192.0.2.1
	policy reject
	protection strong 10/sec 5
	server "http https harbour" accept
	server ssh accept src "198.51.100.0/24" limit 3/min 5
	server smtp accept src not ipset:strangers
	server ident reject with tcp-reset
	server custom vpn udp/1194 default accept
	server ping accept with limit 5/sec 10
	client all accept

interface4 "eth1 eth2" inside
	policy return
	server "dns dhcp ntp squid" accept
	server ssh accept src "$admins"
	server custom late tcp/9100 1024:65535 accept mac 02:00:00:00:00:fe
	server ping accept
	client all accept
	client smtp drop uid "nobody"

interface4 any rest
	policy drop
	server harbour accept

interface6 eth0 outside6 dst 2001:db8::1
	policy drop
	server ping accept
	server "http https" accept
	client all accept
	ipv6 server icmpv6 accept

interface6 "eth1 eth2" inside6
	policy accept

router4 up inface eth1 outface eth0 src 10.1.0.0/24
	policy reject
	route "http https dns ftp" accept
	route custom game "tcp/27015:27030 udp/27015" any accept
	route all accept src "$admins"
	server harbour drop

router4 dmz inface "eth0 eth1" outface eth2
	protection reverse strong
	route smtp accept dst 10.2.0.25
	server custom pg tcp/5432 default accept src 10.1.0.40-10.1.0.49 dst 10.2.0.16/28
	route ssh accept dst 10.2.0.22
	route all accept mark 5
	ipv4 client icmp accept

router6 six inface eth1 outface eth0
	route all accept

router6 web inface eth0 outface eth2
	route "http https" accept dst "2001:db8:2::8 2001:db8:2::80/124"
X
sed -i 's/^START_FIREHOL=.*/START_FIREHOL=YES/' /etc/default/firehol
firehol nofast start </dev/null || {
	cat /tmp/firehol* /var/log/firehol* 2>/dev/null | head -50
	exit 1
}
bundle
