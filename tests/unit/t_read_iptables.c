/* SPDX-License-Identifier: ISC
 *
 * Rules as iptables-save prints them, and what they are read as; the kernel's side of it is what
 * tests/box asks. Forms are those of iptables 1.8.9, older ones are marked.
 */
#include "box/read.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/mem.h"
#include "box_show.h"
#include "sys/file.h"

static const char file[] = "rules";

static int read_as(struct box *b, struct slice text, uint8_t family, enum nf_backend backend,
		   struct err *err)
{
	return box_read_iptables(b, &(struct box_text){file, 1, text}, family, backend, err);
}

static void check_read(const char *what, int rc, const struct err *err)
{
	struct buf out = BUF_INIT;

	if (!rc)
		return;
	err_format(err, &out);
	print_error("%s\n  %s\n", what, out.data);
	fail();
}

static void read_sets(struct box *b, const char *text)
{
	struct err err;

	check_read(text, box_read_ipset(b, &(struct box_text){"sets", 1, slice_of(text)}, &err),
		   &err);
}

static const char sets[] = "create hosts hash:ip family inet hashsize 1024\n"
			   "add hosts 192.0.2.7\n"
			   "create hosts6 hash:ip family inet6 hashsize 1024\n"
			   "create peers hash:ip,port family inet hashsize 1024\n"
			   "add peers 192.0.2.7,tcp:873\n"
			   "create pings hash:ip,port family inet hashsize 1024\n"
			   "add pings 192.0.2.7,icmp:echo-request\n"
			   "create wires hash:net,iface family inet hashsize 1024\n"
			   "create macs hash:ip,mac family inet hashsize 1024\n"
			   "create odd hash:new,thing family inet\n"
			   "create both list:set size 8\n"
			   "add both hosts\nadd both peers\n";

/* One rule in a chain of a table, where chain "user" is. */
static void check_rule(const char *table, const char *chain, uint8_t family, const char *rule,
		       const char *want)
{
	struct box *b = box_new();
	struct buf text = BUF_INIT, got = BUF_INIT;
	struct err err;

	read_sets(b, sets);
	buf_addf(&text, "*%s\n:OUTPUT ACCEPT [0:0]\n", table);
	if (strcmp(chain, "OUTPUT") != 0)
		buf_addf(&text, ":%s %s [0:0]\n", chain, strcmp(chain, "my") ? "ACCEPT" : "-");
	buf_addf(&text, ":user - [0:0]\n[1:2] -A %s %s\nCOMMIT\n", chain, rule);
	check_read(rule, read_as(b, buf_slice(&text), family, NF_TABLES, &err), &err);
	for_each (c, &b->ruleset.chains)
		for_each (r, &c->rules)
			show_rule(&got, b, r);
	check_text(rule, &got, want);
	buf_release(&text);
	buf_release(&got);
	box_free(b);
}

struct rule_case {
	const char *rule, *want;
};

static void check_rules(const struct rule_case *cases, size_t n, uint8_t family)
{
	for (size_t i = 0; i < n; i++)
		check_rule("filter", "OUTPUT", family, cases[i].rule, cases[i].want);
}

static void own_options(void **state)
{
	static const struct rule_case cases[] = {
		{"-s 192.0.2.0/24", "ip saddr {192.0.2.0-192.0.2.255}"},
		{"! -s 192.0.2.1/32", "! ip saddr {192.0.2.1}"},
		{"-s ! 192.0.2.1/32", "! ip saddr {192.0.2.1}"}, /* until 1.4.3 */
		{"-d 192.0.2.77/255.255.255.0", "ip daddr {192.0.2.0-192.0.2.255}"},
		{"-d 10.0.0.1/255.0.0.255", "ip daddr&0xff0000ff {10.0.0.1}"},
		{"-s 0.0.0.0/0", ""},
		{"! -s 0.0.0.0/0", "nfproto {}"},
		{"-s host.example", "?-s host.example"},
		{"-i eth0", "iifname {eth0}"},
		{"! -i eth+ -o lo", "! iifname {eth*}; oifname {lo}"},
		{"-i +", ""},
		{"! -o +", "nfproto {}"},
		{"-p tcp", "l4proto {6}"},
		{"! -p 47", "! l4proto {47}"},
		{"-p all", ""},
		{"-p nonsense", "?-p nonsense"},
		{"-f", "ip frag-off {1}"},
		{"! -f", "! ip frag-off {1}"},
	};
	static const struct rule_case six[] = {
		{"-s 2001:db8::/32",
		 "ip6 saddr {2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff}"},
		{"-d ::ffff:0.0.0.0/96", "ip6 daddr {::ffff:0.0.0.0-::ffff:255.255.255.255}"},
		{"-d fe80::/ffc0::", "ip6 daddr {fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff}"},
		{"-d ::1/::ffff", "?-d ::1/::ffff"},
		{"-p ipv6-icmp", "l4proto {58}"},
	};

	(void)state;
	check_rules(cases, ARRAY_LEN(cases), 4);
	check_rules(six, ARRAY_LEN(six), 6);
}

static void transports(void **state)
{
	static const struct rule_case cases[] = {
		{"-p tcp -m tcp --dport 22", "l4proto {6}; dport {22}"},
		{"-p tcp -m tcp ! --sport 1024:65535 --dport 80:81",
		 "l4proto {6}; ! sport {1024-65535}; dport {80-81}"},
		{"-p tcp -m tcp --dport ! 22", "l4proto {6}; ! dport {22}"}, /* until 1.4.3 */
		{"-p tcp --dport 22", "l4proto {6}; dport {22}"},
		{"-m state --state NEW -m tcp -p tcp --dport 22",
		 "ct state {0}; l4proto {6}; dport {22}"},
		{"-p tcp -m comment --comment x --dport 22", "l4proto {6}; dport {22}"},
		{"-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
		 "l4proto {6}; tcp flags&0x17 {2}"},
		{"-p tcp -m tcp ! --tcp-flags ALL NONE", "l4proto {6}; ! tcp flags&0x3f {0}"},
		{"-p tcp -m tcp --tcp-flags NONE NONE", "l4proto {6}"},
		{"-p tcp --syn", "l4proto {6}; tcp flags&0x17 {2}"},
		{"-p tcp -m tcp --dport 1 ! --tcp-option 5",
		 "l4proto {6}; dport {1}; ?-m tcp ! --tcp-option 5"},
		{"-p tcp -m tcp --new-option 1 2 --dport 9",
		 "l4proto {6}; ?-m tcp --new-option 1 2; dport {9}"},
		{"-p udp -m udp --sport 67 --dport 68", "l4proto {17}; sport {67}; dport {68}"},
		{"-p udp -m udp --dport domain", "l4proto {17}; ?-m udp --dport domain"},
		{"-p udplite -m udplite --dport 5", "l4proto {136}; dport {5}"},
		{"-p sctp -m sctp --dport 5 --chunk-types any INIT",
		 "l4proto {132}; dport {5}; ?-m sctp --chunk-types any INIT"},
		{"-p dccp -m dccp --sport 5", "l4proto {33}; sport {5}"},
		{"-p tcp -m multiport --dports 22,80:90", "l4proto {6}; dport {22, 80-90}"},
		{"-p tcp -m multiport ! --sports 22,25", "l4proto {6}; ! sport {22, 25}"},
		{"-p tcp -m multiport --ports 5,7", "l4proto {6}; sport {5, 7} | dport {5, 7}"},
		{"-p icmp -m icmp --icmp-type 8", "l4proto {1}; icmp type and code {2048-2303}"},
		{"-p icmp -m icmp ! --icmp-type 3/1", "l4proto {1}; ! icmp type and code {769}"},
		{"-p icmp -m icmp --icmp-type any", "l4proto {1}"},
		{"-p icmp -m icmp --icmp-type 255", "l4proto {1}"},
		{"-p icmp -m icmp --icmp-type host-unreachable",
		 "l4proto {1}; ?-m icmp --icmp-type host-unreachable"},
		{"-p esp -m esp --espspi 5", "l4proto {50}; ?-m esp --espspi 5"},
		{"-p ah -m ah --ahspi 5:7", "l4proto {51}; ?-m ah --ahspi 5:7"},
	};
	static const struct rule_case six[] = {
		{"-p ipv6-icmp -m icmp6 --icmpv6-type 136 -m hl --hl-eq 255",
		 "l4proto {58}; icmpv6 type and code {34816-35071}; ip ttl {255}"},
		{"-p ipv6-icmp -m icmp6 --icmpv6-type 1/4",
		 "l4proto {58}; icmpv6 type and code {260}"},
		{"-m rt --rt-type 0", "nfproto {}"},
		{"-m frag --fragid 1 --fragmore", "nfproto {}"},
		{"-m ipv6header --header auth --soft", "nfproto {}"},
		{"-m ipv6header ! --header hop-by-hop,frag", ""},
		{"-m ipv6header --header prot", "l4proto {0-49, 51-58, 60-255}"},
		{"-m ipv6header ! --header esp", "! l4proto {50}"},
		{"-m ipv6header ! --header esp --soft", "?-m ipv6header ! --header esp --soft"},
	};

	(void)state;
	check_rules(cases, ARRAY_LEN(cases), 4);
	check_rules(six, ARRAY_LEN(six), 6);
}

static void connections(void **state)
{
	static const struct rule_case cases[] = {
		{"-m state --state RELATED,ESTABLISHED", "ct state {2, 1}"},
		{"-m state ! --state NEW", "! ct state {0}"},
		{"-m conntrack --ctstate INVALID", "ct state {3}"},
		{"-m conntrack --ctstate RELATED,ESTABLISHED,DNAT",
		 "ct state {2, 1} | ct status&0x20 {1-4294967295}"},
		{"-m conntrack ! --ctstate SNAT,DNAT",
		 "! ct state {} | ct status&0x30 {1-4294967295}"},
		{"-m conntrack --ctstate NEW --ctdir ORIGINAL", "ct state {0}; ct direction {0}"},
		{"-m conntrack --ctdir REPLY", "ct direction {1}"},
		{"-m conntrack --ctstate INVALID --ctdir REPLY",
		 "?-m conntrack --ctstate INVALID --ctdir REPLY"},
		{"-m conntrack --ctorigsrc 10.0.0.0/8 ! --ctorigdst 192.0.2.1",
		 "ct original ip saddr {10.0.0.0-10.255.255.255}; "
		 "! ct original ip daddr {192.0.2.1}"},
		{"-m conntrack --ctorigdstport 80:81 --ctorigsrcport 5",
		 "ct original proto-dst {80-81}; ct original proto-src {5}"},
		{"-m conntrack --ctstatus ASSURED,EXPECTED", "ct status&0x5 {1-4294967295}"},
		{"-m conntrack --ctstate NEW --new", "ct state {0}; ?-m conntrack --new"},
		{"-m conntrack ! --ctorigdstport 80", "?-m conntrack ! --ctorigdstport 80"},
		{"-m conntrack --ctproto 6", "ct direction {0-1}; l4proto {6}"},
		{"-m conntrack --ctrepldst 10.0.0.1 --ctexpire 1:9",
		 "ct reply ip daddr {10.0.0.1}; ?-m conntrack --ctexpire 1:9"},
		{"-m mark --mark 0x10/0xf0", "mark&0xf0 {16}"},
		{"-m mark ! --mark 0x1", "! mark {1}"},
		{"-m mark --mark 0x0/0x0", ""},
		{"-m mark --mark 0x1/0x0", "nfproto {}"},
		{"-m connmark --mark 0x1", "ct mark {1}"},
		{"-m connlimit --connlimit-upto 5 --connlimit-mask 32 --connlimit-saddr",
		 "?-m connlimit --connlimit-upto 5 --connlimit-mask 32 --connlimit-saddr"},
		{"-m helper --helper \"ftp-2121\"",
		 "ct state {1-2}; ?-m helper --helper \"ftp-2121\""},
		{"-m helper ! --helper ftp", "?-m helper ! --helper ftp"},
	};

	(void)state;
	check_rules(cases, ARRAY_LEN(cases), 4);
}

static void other_matches(void **state)
{
	static const struct rule_case cases[] = {
		{"-m mac --mac-source 02:42:AC:11:00:02", "ether saddr {0242ac110002}"},
		{"-m mac --mac-source XX:42:AC:11:00:02", "?-m mac --mac-source XX:42:AC:11:00:02"},
		{"-m iprange --src-range 10.0.0.1-10.0.0.9 ! --dst-range 10.0.1.1-10.0.1.9",
		 "ip saddr {10.0.0.1-10.0.0.9}; ! ip daddr {10.0.1.1-10.0.1.9}"},
		{"-m addrtype --dst-type LOCAL", "fib daddr type {2}"},
		{"-m addrtype ! --src-type LOCAL,BROADCAST --dst-type MULTICAST",
		 "! fib saddr type {2, 3}; fib daddr type {5}"},
		{"-m addrtype --dst-type LOCAL --limit-iface-in", "fib daddr . iif type {2}"},
		{"-m addrtype --src-type XRESOLVE", "?-m addrtype --src-type XRESOLVE"},
		{"-m owner --uid-owner 1000", "skuid {1000}"},
		{"-m owner ! --uid-owner 0-99", "! skuid {0-99} | nfproto {}"},
		{"-m owner --gid-owner 5", "skgid {5}"},
		{"-m owner --socket-exists", "skuid {0-4294967295}"},
		{"-m owner ! --socket-exists", "! skuid {0-4294967295} | nfproto {}"},
		{"-m owner ! --uid-owner 0 --gid-owner 5", "! skuid {0} | nfproto {}; skgid {5}"},
		{"-m owner --gid-owner 5 --suppl-groups", "?-m owner --gid-owner 5 --suppl-groups"},
		{"-m pkttype --pkt-type broadcast", "pkttype {1}"},
		{"-m pkttype ! --pkt-type unicast", "! pkttype {0}"},
		{"-m rpfilter", "fib saddr . iif oif {1}"},
		{"-m rpfilter --validmark --invert", "! fib saddr . iif oif {1}"},
		{"-m rpfilter --loose", "fib saddr oif {1}"},
		{"-m rpfilter --accept-local", "?-m rpfilter --accept-local"},
		{"-m policy --dir in --pol ipsec", "ipsec {1}"},
		{"-m policy --dir out --pol none", "ipsec {0}"},
		{"-m policy --dir in --pol ipsec --reqid 1",
		 "ipsec {1}; ?-m policy --dir in --pol ipsec --reqid 1"},
		{"-m policy --dir in --pol none --reqid 1",
		 "?-m policy --dir in --pol none --reqid 1"},
		{"-m ttl --ttl-eq 1", "ip ttl {1}"},
		{"-m ttl ! --ttl-eq 1", "! ip ttl {1}"},
		{"-m ttl --ttl-lt 5", "ip ttl {0-4}"},
		{"-m ttl --ttl-gt 250", "ip ttl {251-255}"},
		{"-m ttl --ttl-lt 0", "nfproto {}"},
		{"-m dscp --dscp 0x2e", "ip dscp {46}"},
		{"-m tos --tos 0xb8/0xfc", "ip dscp&0x3f {46}"},
		{"-m tos ! --tos 0x10/0x3f", "?-m tos ! --tos 0x10/0x3f"},
		{"-m tos --tos 0x11/0x3f", "ip dscp&0xf {4}; ip ecn&0x3 {1}"},
		{"-m ecn --ecn-ip-ect 2", "ip ecn {2}"},
		{"-m ecn ! --ecn-tcp-cwr", "! tcp flags&0x80 {1-4294967295}"},
		{"-m length --length 0:100", "length {0-100}"},
		{"-m length ! --length 1500", "! length {1500}"},
		{"-m comment --comment \"a \\\"b\\\" \\\\ \\'c\\'\"", ""},
		{"-m nfacct --nfacct-name web", ""},
		{"-m recent --set --name DEFAULT --mask 255.255.255.255 --rsource", ""},
		{"-m recent ! --set --name x --rsource", "nfproto {}"},
		{"-m recent --update --seconds 30 --name -j --rsource",
		 "?-m recent --update --seconds 30 --name -j --rsource"},
		{"-m limit --limit 3/min -m hashlimit --hashlimit-upto 1/sec --hashlimit-name a",
		 "?-m limit --limit 3/min; ?-m hashlimit --hashlimit-upto 1/sec --hashlimit-name "
		 "a"},
		{"-m statistic --mode random --probability 0.50000000000 -j user",
		 "?-m statistic --mode random --probability 0.50000000000; jump user"},
		{"-m string --string \"-j\" --algo bm --to 65535",
		 "?-m string --string \"-j\" --algo bm --to 65535"},
		{"-m time --timestart 08:00:00 --weekdays Mon,Tue",
		 "?-m time --timestart 08:00:00 --weekdays Mon,Tue"},
		{"-m bpf --bytecode \"2,48 0 0 9,6 0 0 0\"",
		 "?-m bpf --bytecode \"2,48 0 0 9,6 0 0 0\""},
		{"-m u32 --u32 \"0x0=0x1\"", "?-m u32 --u32 \"0x0=0x1\""},
		{"-m quota --quota 100 -m realm --realm 0x1",
		 "?-m quota --quota 100; ?-m realm --realm 0x1"},
		{"-m connbytes --connbytes 1:2 --connbytes-mode bytes --connbytes-dir both",
		 "?-m connbytes --connbytes 1:2 --connbytes-mode bytes --connbytes-dir both"},
		{"-m physdev --physdev-in eth0 --physdev-is-bridged",
		 "?-m physdev --physdev-in eth0 --physdev-is-bridged"},
		{"-m physdev --physdev-is-bridged", "nfproto {}"},
		{"-m physdev ! --physdev-is-bridged", ""},
		{"-m physdev ! --physdev-out tap+ ! --physdev-is-out", ""},
		{"-m socket --transparent", "?-m socket --transparent"},
		{"-m socket -j ACCEPT", "?-m socket; accept"},
		{"-m devgroup ! --src-group 0x1 ! -s 10.0.0.1/32",
		 "?-m devgroup ! --src-group 0x1; ! ip saddr {10.0.0.1}"},
		{"-m new-thing ! --first \"x y\" 2 --second -j DROP",
		 "?-m new-thing ! --first \"x y\" 2 --second; drop"},
	};

	(void)state;
	check_rules(cases, ARRAY_LEN(cases), 4);
}

static void set_matches(void **state)
{
	static const struct rule_case cases[] = {
		{"-m set --match-set hosts src", "ip saddr @hosts"},
		{"-m set ! --match-set hosts dst,src", "! ip daddr @hosts"},
		{"-m set --set hosts src", "ip saddr @hosts"}, /* until ipset 5 */
		{"-m set ! --match-set hosts6 src", "! ip6 saddr @hosts6 | nfproto {}"},
		{"-m set --match-set peers src,dst", "ip saddr . l4proto . dport @peers"},
		{"-m set ! --match-set peers dst,src",
		 "! ip daddr . l4proto . sport @peers | nfproto {}"},
		{"-m set --match-set peers src", "nfproto {}"},
		{"-m set --match-set pings src,dst", "ip saddr . l4proto . dport @pings | ip saddr "
						     ". l4proto . icmp type and code @pings"},
		{"-m set --match-set wires src,dst", "ip saddr . oifname @wires"},
		{"-m set --match-set macs src,src", "ip saddr . ether saddr @macs"},
		{"-m set --match-set macs src,dst", "?-m set --match-set macs src,dst"},
		{"-m set --match-set both src,src",
		 "ip saddr @hosts | ip saddr . l4proto . sport @peers"},
		{"-m set --match-set odd src,src", "?-m set --match-set odd src,src"},
		{"-m set --match-set hosts src ! --update-counters", "ip saddr @hosts"},
		{"-m set --match-set hosts src --return-nomatch",
		 "?-m set --match-set hosts src --return-nomatch"},
		{"-m set --match-set hosts src --packets-gt 5",
		 "?-m set --match-set hosts src --packets-gt 5"},
		{"-m set --match-set nowhere src -j DROP",
		 "?set nowhere, which was not collected; drop"},
		{"-m set --match-set hosts src -j SET --add-set hosts dst --exist --timeout 5",
		 "ip saddr @hosts~"},
	};

	(void)state;
	check_rules(cases, ARRAY_LEN(cases), 4);
}

static void targets(void **state)
{
	static const struct rule_case cases[] = {
		{"", ""},
		{"-j ACCEPT", "accept"},
		{"-j DROP -s 10.0.0.1/32", "ip saddr {10.0.0.1}; drop"}, /* by hand */
		{"-j RETURN", "return"},
		{"-j user", "jump user"},
		{"-g user", "goto user"},
		{"-j REJECT", "reject icmp port-unreachable"},
		{"-p tcp -j REJECT --reject-with tcp-reset", "l4proto {6}; reject tcp reset"},
		{"-j REJECT --reject-with icmp-proto-unreachable", "reject icmp prot-unreachable"},
		{"-j REJECT --reject-with icmp-admin-prohibited", "reject icmp admin-prohibited"},
		{"-j REJECT --reject-with smile", "?do -j REJECT --reject-with smile"},
		{"-j QUEUE", "queue"},
		{"-j NFQUEUE --queue-num 1 --queue-bypass", "queue bypass"},
		{"-j NFQUEUE --queue-balance 0:3 --queue-cpu-fanout", "queue"},
		{"-j LOG --log-prefix \"-j ACCEPT \" --log-level 6 --log-uid", ""},
		{"-j LOG --log-prefix -m", ""},
		{"-j NFLOG --nflog-prefix \"x\" --nflog-group 1", ""},
		{"-j TRACE", ""},
		{"-j TEE --gateway 10.0.0.1", ""},
		{"-j AUDIT --type accept", ""},
		{"-p tcp -j TCPMSS --clamp-mss-to-pmtu", "l4proto {6}"},
		{"-j CHECKSUM --checksum-fill", ""},
		{"-j DSCP --set-dscp 0x00", "changes ip dscp"},
		{"-j TOS --set-tos 0x10/0xff", "changes ip dscp; changes ip ecn"},
		{"-j TTL --ttl-set 64", "changes ip ttl"},
		{"-j CLASSIFY --set-class 0001:0010", ""},
		{"-j MARK --set-xmark 0x10/0xff", "mark keep 0xffffff00 flip 0x10"},
		{"-j MARK --set-mark 0x1", "mark keep 0 flip 0x1"},
		{"-j MARK --and-mark 0xf", "mark keep 0xf flip 0"},
		{"-j MARK --or-mark 0x1", "mark keep 0xfffffffe flip 0x1"},
		{"-j MARK --xor-mark 0x1", "mark keep 0xffffffff flip 0x1"},
		{"-j CONNMARK --set-xmark 0x1/0xffffffff", "ct mark keep 0 flip 0x1"},
		{"-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xf0",
		 "save mark keep 0xffffff0f flip 0xff"},
		{"-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xf0",
		 "restore mark keep 0xffffff00 flip 0xf0"},
		{"-j CONNMARK --restore-mark --mask 0xff",
		 "restore mark keep 0xffffff00 flip 0xff"},
		{"-j CONNMARK --restore-mark", "restore mark keep 0 flip 0xffffffff"},
		{"-j CONNMARK --set-xmark 0x1 --left-shift-mark 2",
		 "?do -j CONNMARK --set-xmark 0x1 --left-shift-mark 2"},
		{"-j CT --notrack", "notrack"},
		{"-j NOTRACK", "notrack"},
		{"-j CT --helper ftp", "helper ftp"},
		{"-j CT --ctevents new,destroy", ""},
		{"-j CT --zone 5", "?do -j CT --zone 5"},
		{"-j SET --map-set x src --map-mark", "?do -j SET --map-set x src --map-mark"},
		{"-j TPROXY --on-port 5 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1",
		 "?whether a program listens for it: -j TPROXY --on-port 5 --on-ip 0.0.0.0 "
		 "--tproxy-mark 0x1/0x1; mark keep 0xfffffffe flip 0x1; acceptdrop"},
		{"-j SYNPROXY --sack-perm", "?do -j SYNPROXY --sack-perm"},
		{"-j NEWTHING", "?do -j NEWTHING"},
		{"-j ACCEPT --now", "?do -j ACCEPT --now"},
	};
	static const struct rule_case six[] = {
		{"-j REJECT", "reject icmpv6 port-unreachable"},
		{"-j REJECT --reject-with icmp6-adm-prohibited", "reject icmpv6 admin-prohibited"},
		{"-j REJECT --reject-with icmp6-no-route", "reject icmpv6 no-route"},
	};

	(void)state;
	check_rules(cases, ARRAY_LEN(cases), 4);
	check_rules(six, ARRAY_LEN(six), 6);
}

static void translations(void **state)
{
	static const struct {
		const char *chain;
		uint8_t family;
		const char *rule, *want;
	} cases[] = {
		{"PREROUTING", 4, "-j DNAT --to-destination 10.0.0.1", "dnat 10.0.0.1"},
		{"PREROUTING", 4, "-j DNAT --to-destination 10.0.0.1-10.0.0.3:80-90 --random",
		 "dnat 10.0.0.1-10.0.0.3 ports 80-90/0"},
		{"PREROUTING", 4, "-j DNAT --to-destination :9000-9009", "dnat ports 9000-9009/0"},
		{"PREROUTING", 4, "-j DNAT --to-destination 10.0.0.1:20000-20100/10000",
		 "dnat 10.0.0.1 ports 20000-20100/10000"},
		{"PREROUTING", 4, "-j DNAT --to-destination 10.0.0.1 --to-destination 10.0.0.2",
		 "?do -j DNAT --to-destination 10.0.0.1 --to-destination 10.0.0.2"},
		{"PREROUTING", 4, "-j DNAT", "?do -j DNAT"},
		{"PREROUTING", 6, "-j DNAT --to-destination [2001:db8::1]:80",
		 "dnat 2001:db8::1 ports 80-80/0"},
		{"PREROUTING", 6, "-j DNAT --to-destination 2001:db8::1 --persistent",
		 "dnat 2001:db8::1"},
		{"PREROUTING", 6, "-j DNAT --to-destination [2001:db8::1-2001:db8::5]:80-81",
		 "dnat 2001:db8::1-2001:db8::5 ports 80-81/0"},
		{"PREROUTING", 6, "-j DNAT --to-destination [2001:db8::1]-[2001:db8::5]",
		 "dnat 2001:db8::1-2001:db8::5"},
		{"PREROUTING", 6, "-j DNAT --to-destination ::1", "dnat ::1"},
		{"PREROUTING", 6, "-j DNAT --to-destination :8080", "dnat ports 8080-8080/0"},
		{"PREROUTING", 6, "-j DNAT --to-destination 10.0.0.1",
		 "?do -j DNAT --to-destination 10.0.0.1"},
		{"POSTROUTING", 4, "-j SNAT --to-source 192.0.2.1-192.0.2.4 --persistent",
		 "snat 192.0.2.1-192.0.2.4"},
		{"POSTROUTING", 4, "-j MASQUERADE", "masquerade"},
		{"POSTROUTING", 4, "-j MASQUERADE --to-ports 1024-65535 --random",
		 "masquerade ports 1024-65535/0"},
		{"PREROUTING", 4, "-j REDIRECT --to-ports 3128", "redirect ports 3128-3128/0"},
		{"PREROUTING", 4, "-j REDIRECT", "redirect"},
		{"PREROUTING", 4, "-j NETMAP --to 10.1.0.0/24", "dnat 10.1.0.0-10.1.0.255 prefix"},
		{"POSTROUTING", 4, "-j NETMAP --to 10.1.0.0/24", "snat 10.1.0.0-10.1.0.255 prefix"},
		{"my", 4, "-j NETMAP --to 10.1.0.0/24", "?do -A my -j NETMAP --to 10.1.0.0/24"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_rule("nat", cases[i].chain, cases[i].family, cases[i].rule, cases[i].want);
}

static void show_chain(struct buf *out, const struct nf_chain *c)
{
	buf_addf(out, "%s %s %u %d", c->table, c->name, c->family, c->backend);
	if (c->base)
		buf_addf(out, " %s %d %d %s", nf_hook_names[c->hook], c->priority, c->type,
			 c->policy == VERDICT_DROP ? "drop" : "accept");
	if (c->policy_counted)
		buf_addf(out, " [%llu:%llu]", (unsigned long long)c->policy_packets,
			 (unsigned long long)c->policy_bytes);
	buf_addf(out, " at %u\n", c->place.line);
	for_each (r, &c->rules) {
		buf_addf(out, "  %u at %u: %s", r->number, r->place.line, r->text);
		if (r->counted)
			buf_addf(out, " [%llu:%llu]", (unsigned long long)r->packets,
				 (unsigned long long)r->bytes);
		buf_addf(out, "%s%s\n", r->comment ? " # " : "", r->comment ? r->comment : "");
	}
}

static void check_chains(const char *text, uint8_t family, enum nf_backend backend,
			 const char *want)
{
	struct box *b = box_new();
	struct buf got = BUF_INIT;
	struct err err;

	check_read(text, read_as(b, slice_of(text), family, backend, &err), &err);
	for_each (c, &b->ruleset.chains)
		show_chain(&got, c);
	for_each (d, &b->ruleset.doubts)
		buf_addf(&got, "doubt %s\n", *d);
	check_text(text, &got, want);
	buf_release(&got);
	box_free(b);
}

static void tables(void **state)
{
	(void)state;
	check_chains(
		"# Generated\n*filter\n:INPUT DROP [1:2]\n:FORWARD ACCEPT\n:OUTPUT ACCEPT [0:0]\n"
		":f2b-sshd - [0:0]\n[3:4] -A INPUT -j f2b-sshd\n"
		"-A f2b-sshd -m comment --comment \"it\\'s \\\"x\\\"\" -j RETURN\nCOMMIT\n# "
		"Completed",
		4, NF_TABLES,
		"ip filter INPUT 4 0 input 0 0 drop [1:2] at 3\n"
		"  1 at 7: -A INPUT -j f2b-sshd [3:4]\n"
		"ip filter FORWARD 4 0 forward 0 0 accept at 4\n"
		"ip filter OUTPUT 4 0 output 0 0 accept [0:0] at 5\n"
		"ip filter f2b-sshd 4 0 at 6\n"
		"  1 at 8: -A f2b-sshd -m comment --comment \"it\\'s \\\"x\\\"\" -j RETURN # it's "
		"\"x\"\n");
	check_chains(
		"*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n"
		"COMMIT\n*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n"
		":OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n",
		6, NF_XTABLES,
		"ip6 nat PREROUTING 6 1 prerouting -100 1 accept at 2\n"
		"ip6 nat INPUT 6 1 input 100 1 accept at 3\n"
		"ip6 nat OUTPUT 6 1 output -100 1 accept at 4\n"
		"ip6 nat POSTROUTING 6 1 postrouting 100 1 accept at 5\n"
		"ip6 mangle PREROUTING 6 1 prerouting -150 0 accept at 8\n"
		"ip6 mangle INPUT 6 1 input -150 0 accept at 9\n"
		"ip6 mangle FORWARD 6 1 forward -150 0 accept at 10\n"
		"ip6 mangle OUTPUT 6 1 output -150 2 accept at 11\n"
		"ip6 mangle POSTROUTING 6 1 postrouting -150 0 accept at 12\n");
	check_chains("*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n"
		     "*security\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n",
		     4, NF_TABLES,
		     "ip raw PREROUTING 4 0 prerouting -300 0 accept at 2\n"
		     "ip raw OUTPUT 4 0 output -300 0 accept at 3\n"
		     "ip security INPUT 4 0 input 50 0 accept at 6\n"
		     "ip security FORWARD 4 0 forward 50 0 accept at 7\n"
		     "ip security OUTPUT 4 0 output 50 0 accept at 8\n");
	check_chains("*broute\n:BROUTING ACCEPT [0:0]\n-A BROUTING -j DROP\nCOMMIT\n", 4, NF_TABLES,
		     "doubt table ip broute\n");
	check_chains("", 4, NF_TABLES, "");
	/* A chain of that name is what a jump means. */
	check_chains("*filter\n:INPUT ACCEPT\n:MARK - [0:0]\n-A INPUT -j MARK\nCOMMIT", 4,
		     NF_TABLES,
		     "ip filter INPUT 4 0 input 0 0 accept at 2\n  1 at 4: -A INPUT -j MARK\n"
		     "ip filter MARK 4 0 at 3\n");
}

/* NETMAP is of the source or the destination as the hooks are from which its chain is reached. */
static void netmaps(void **state)
{
	static const char text[] =
		"*nat\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n"
		":both -\n:in -\n:deep -\n:out -\n"
		"-A in -j NETMAP --to 10.1.0.0/24\n-A deep -j NETMAP --to 10.2.0.0/24\n"
		"-A out -j NETMAP --to 10.3.0.0/24\n-A both -j NETMAP --to 10.4.0.0/24\n"
		"-A PREROUTING -j in\n-A OUTPUT -j in\n-A in -g deep\n-A POSTROUTING -j out\n"
		"-A PREROUTING -j both\n-A out -j both\nCOMMIT\n";
	struct box *b = box_new();
	struct buf got = BUF_INIT;
	struct err err;

	(void)state;
	check_read(text, read_as(b, slice_of(text), 4, NF_TABLES, &err), &err);
	for_each (c, &b->ruleset.chains)
		if (!c->base) {
			show_rule(&got, b, &c->rules.items[0]);
			buf_add_char(&got, '\n');
		}
	check_text(text, &got,
		   "?do -A both -j NETMAP --to 10.4.0.0/24\n"
		   "dnat 10.1.0.0-10.1.0.255 prefix\n"
		   "dnat 10.2.0.0-10.2.0.255 prefix\n"
		   "snat 10.3.0.0-10.3.0.255 prefix\n");
	buf_release(&got);
	box_free(b);
}

/* What cannot be right. */
static void mistakes(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"*filter\n:INPUT ACCEPT [0:0]\n",
		 "rules:3:1: cut off: the end of table \"ip filter\", COMMIT, is not there"},
		{"*filter\n:INPUT ACCEPT [0:0]\n*nat\nCOMMIT\n",
		 "rules:3:1: a table begins before COMMIT ended table \"ip filter\""},
		{"*filter\nCOMMIT\n*filter\nCOMMIT\n",
		 "rules:3:1: table \"ip filter\" is there twice"},
		{"*filter\n:INPUT ACCEPT\nCOMMIT\n*filter\n",
		 "rules:4:1: table \"ip filter\" is there twice"},
		{"*filter x\n", "rules:1:1: a table's line is *NAME"},
		{"COMMIT\n", "rules:1:1: COMMIT stands outside a table"},
		{"-A INPUT -j DROP\n", "rules:1:1: *TABLE is expected here"},
		{"*filter\nhello\n", "rules:2:1: *TABLE, :CHAIN, -A or COMMIT is expected here"},
		{"*filter\n:INPUT\n", "rules:2:1: a chain's line is :NAME POLICY [PACKETS:BYTES]"},
		{"*filter\n:INPUT ACCEPT [0;0]\n", "rules:2:15: counters are [PACKETS:BYTES]"},
		{"*filter\n:INPUT MAYBE [0:0]\n",
		 "rules:2:8: a policy is ACCEPT or DROP, or - for none"},
		{"*filter\n:PREROUTING ACCEPT [0:0]\n",
		 "rules:2:1: table \"ip filter\" has no chain \"PREROUTING\" with a policy"},
		{"*filter\n:a - [0:0]\n:a - [0:0]\n", "rules:3:1: chain \"a\" is there twice"},
		{"*filter\n-A INPUT -j DROP\nCOMMIT\n",
		 "rules:2:4: table \"ip filter\" has no chain \"INPUT\""},
		{"*filter\n:a -\n-A a -g b\n", "rules:3:9: table \"ip filter\" has no chain \"b\""},
		{"*filter\n:a -\n[1:x] -A a\n", "rules:3:1: counters are [PACKETS:BYTES]"},
		{"*filter\n:a -\n[1:99999999999999999999] -A a\n",
		 "rules:3:1: counters are [PACKETS:BYTES]"},
		{"*filter\n:a -\n-A\n", "rules:3:1: a rule's line is -A CHAIN and its parts"},
		{"*filter\n:a -\n-A a -j\n", "rules:3:6: -j wants a name"},
		{"*filter\n:a -\n-A a -j DROP -j DROP\n", "rules:3:14: a rule has one target"},
		{"*filter\n:a -\n-A a -s\n", "rules:3:6: -s wants a value"},
		{"*filter\n:a -\n-A a !\n", "rules:3:6: an option is expected after \"!\""},
		{"*filter\n:a -\n-A a -m\n", "rules:3:6: -m wants a name"},
		{"*filter\n:a -\n-A a --dport 5\n",
		 "rules:3:6: an option of iptables-save is expected, not \"--dport\""},
		{"*filter\n:a -\n-A a -s 10.0.0.0/33\n",
		 "rules:3:9: a number of 0 to 32 is expected, not \"33\""},
		{"*filter\n:a -\n-A a -p tcp --dport 65536\n",
		 "rules:3:21: a number of 0 to 65535 is expected, not \"65536\""},
		{"*filter\n:a -\n-A a -p tcp --dport 9:5\n",
		 "rules:3:21: the range \"9:5\" ends before it begins"},
		{"*filter\n:a -\n-A a -m mark --mark 0x1ffffffff\n",
		 "rules:3:21: a number of 0 to 4294967295 is expected, not \"0x1ffffffff\""},
		{"*filter\n:a -\n-A a -m comment --comment \"x\n",
		 "rules:3:27: this quote is not closed in its line"},
		{"*filter\n:a -\n-A a -m comment --comment \"x\\\"\n",
		 "rules:3:27: this quote is not closed in its line"},
		{"*filter\n:a -\n-A a -m comment --comment \"x\"y\n",
		 "rules:3:27: a blank is expected after the closing quote"},
		{"*filter\n:a -\n-A a -i e\001th0\n", "rules:3:10: a control character (1)"},
		{"*filter\n:a -\n-A a -m iprange --src-range 10.0.0.9-10.0.0.1\n",
		 "rules:3:29: this range ends before it begins"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct box *b = box_new();
		struct buf got = BUF_INIT;
		struct err err = {0};
		int rc = read_as(b, slice_of(cases[i].text), 4, NF_TABLES, &err);

		assert_int_equal(rc, -ERR_DOCUMENT);
		err_format(&err, &got);
		check_text(cases[i].text, &got, cases[i].want);
		buf_release(&got);
		box_free(b);
	}
}

static void a_nul(void **state)
{
	static const char text[] = "*filter\n:a -\n-A a -i e\0th0\nCOMMIT\n";
	struct box *b = box_new();
	struct err err;

	(void)state;
	assert_int_equal(read_as(b, (struct slice){text, sizeof(text) - 1}, 4, NF_TABLES, &err),
			 -ERR_DOCUMENT);
	assert_int_equal(err.place.line, 3);
	box_free(b);
}

/* Each prefix of a table is cut off, and says so or something else that is wrong. */
static void cut_anywhere(void **state)
{
	static const char text[] =
		"*filter\n:INPUT DROP [1:2]\n:my - [0:0]\n"
		"[3:4] -A INPUT -s 10.0.0.1/32 -m comment --comment \"x y\" -j my\n"
		"COMMIT";

	(void)state;
	for (size_t n = 1; n < sizeof(text) - 1; n++) {
		struct box *b = box_new();
		struct err err;
		char *copy = mem_new(n, 1);

		memcpy(copy, text, n);
		assert_int_equal(read_as(b, (struct slice){copy, n}, 4, NF_TABLES, &err),
				 -ERR_DOCUMENT);
		free(copy);
		box_free(b);
	}
}

/* What a tool printed in a bundle, without the tabs; its first line's number. */
static uint32_t section(struct slice bundle, const char *command, struct buf *out)
{
	struct slice line;
	uint32_t number = 0, first = 0;
	bool within = false;

	buf_clear(out);
	while (slice_cut(&bundle, '\n', &line)) {
		number++;
		if (slice_has_prefix(line, "$ ")) {
			within = slice_is(slice_skip(line, 2), command);
			first = within ? number + 1 : first;
		} else if (within && slice_has_prefix(line, "\t")) {
			buf_addf(out, "%.*s\n", (int)line.n - 1, line.p + 1);
		}
	}
	return first;
}

static size_t count_rules(struct slice text)
{
	struct slice line;
	size_t n = 0;

	while (slice_cut(&text, '\n', &line))
		n += slice_has_prefix(line, "[") || slice_has_prefix(line, "-A");
	return n;
}

static bool is_expected(const char *unknown)
{
	static const char *const words[] = {"-m limit --limit", "-m recent --update"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(unknown, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* The rules that were read; nothing in them is unknown but what has to be. */
static size_t check_known(const char *what, const struct nf_ruleset *rs)
{
	size_t n = 0;

	for_each (c, &rs->chains)
		for_each (r, &c->rules) {
			n++;
			for_each (s, &r->steps)
				if (s->kind == STEP_UNKNOWN ||
				    (s->kind == STEP_IF && s->cond.unknown &&
				     !is_expected(s->cond.unknown))) {
					print_error("%s: %s\n", what, r->text);
					fail();
				}
		}
	return n;
}

static void read_capture(const char *path, size_t want)
{
	static const struct {
		const char *command;
		uint8_t family;
		enum nf_backend backend;
	} parts[] = {
		{"iptables-nft-save -c", 4, NF_TABLES},
		{"ip6tables-nft-save -c", 6, NF_TABLES},
		{"iptables-legacy-save -c", 4, NF_XTABLES},
		{"ip6tables-legacy-save -c", 6, NF_XTABLES},
	};
	struct buf bundle = BUF_INIT, text = BUF_INIT;
	struct box *b = box_new();
	size_t lines = 0;
	struct err err;
	uint32_t first;

	check_read(path, file_read(path, 1 << 20, &bundle, &err), &err);
	first = section(buf_slice(&bundle), "ipset save", &text);
	check_read(path, box_read_ipset(b, &(struct box_text){path, first, buf_slice(&text)}, &err),
		   &err);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		first = section(buf_slice(&bundle), parts[i].command, &text);
		lines += count_rules(buf_slice(&text));
		check_read(path,
			   box_read_iptables(b, &(struct box_text){path, first, buf_slice(&text)},
					     parts[i].family, parts[i].backend, &err),
			   &err);
	}
	assert_int_equal(lines, want);
	assert_int_equal(check_known(path, &b->ruleset), want);
	assert_int_equal(b->ruleset.doubts.n, 0);
	buf_release(&bundle);
	buf_release(&text);
	box_free(b);
}

static void captures(void **state)
{
	(void)state;
	read_capture("tests/box/captures/docker-legacy.bundle", 88);
	read_capture("tests/box/captures/docker-nft.bundle", 94);
	read_capture("tests/box/captures/fail2ban.bundle", 31);
	read_capture("tests/box/captures/firewalld-iptables.bundle", 909);
	read_capture("tests/box/captures/firewalld-nftables.bundle", 1);
	read_capture("tests/box/captures/ufw.bundle", 209);
}

/* As many as a large box may have: one pass, and no more memory than a few kilobytes a rule. */
static void many(void **state)
{
	enum { RULES = 100000 };
	struct buf text = BUF_INIT;
	struct box *b = box_new();
	struct err err;

	(void)state;
	buf_add_text(&text, "*filter\n:INPUT DROP [0:0]\n");
	for (int i = 0; i < RULES / 10; i++)
		buf_addf(&text, ":u%d - [0:0]\n", i);
	for (int i = 0; i < RULES; i++)
		buf_addf(&text,
			 "[%d:%d] -A u%d -s 10.%d.%d.%d/32 -p tcp -m tcp --dport %d "
			 "-m conntrack --ctstate NEW -m comment --comment \"rule %d\" -j u%d\n",
			 i, 60 * i, i % (RULES / 10), i >> 16, i >> 8 & 255, i & 255, i & 0xffff, i,
			 (i + 1) % (RULES / 10));
	buf_add_text(&text, "COMMIT\n");
	check_read("many", read_as(b, buf_slice(&text), 4, NF_TABLES, &err), &err);
	assert_int_equal(check_known("many", &b->ruleset), RULES);
	assert_true(arena_size(b->arena) < 200u << 20);
	buf_release(&text);
	box_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_options),	cmocka_unit_test(transports),
		cmocka_unit_test(connections),	cmocka_unit_test(other_matches),
		cmocka_unit_test(set_matches),	cmocka_unit_test(targets),
		cmocka_unit_test(translations), cmocka_unit_test(tables),
		cmocka_unit_test(netmaps),	cmocka_unit_test(mistakes),
		cmocka_unit_test(a_nul),	cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(captures),	cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
