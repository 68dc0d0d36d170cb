/* SPDX-License-Identifier: ISC
 *
 * What a box does with a packet: each case is rules, a packet, and what becomes of it.
 */
#include "box/walk.h"

#include "box/packet.h"
#include "box/read.h"
#include "test.h"

/* A router: 10.0.0.0/24 at eth0, 10.1.0.0/24 at eth1, the rest at wan0; IPv6 at eth0 and wan0. */
static const char box_text[] =
	"portolan bundle 1\nhost fw1\ntime 2026-11-27T09:20:00Z\n"
	"$ ip -j -d link\n"
	"\t[{\"ifindex\":1,\"ifname\":\"lo\",\"flags\":[\"LOOPBACK\",\"UP\"]},"
	"{\"ifindex\":2,\"ifname\":\"eth0\",\"flags\":[\"UP\"]},"
	"{\"ifindex\":3,\"ifname\":\"eth1\",\"flags\":[\"UP\"]},"
	"{\"ifindex\":4,\"ifname\":\"wan0\",\"flags\":[\"UP\"]}]\n"
	"$ ip -j address\n"
	"\t[{\"ifname\":\"lo\",\"addr_info\":[{\"local\":\"127.0.0.1\",\"prefixlen\":8}]},"
	"{\"ifname\":\"eth0\",\"addr_info\":[{\"local\":\"10.0.0.1\",\"prefixlen\":24},"
	"{\"local\":\"2001:db8::1\",\"prefixlen\":64}]},"
	"{\"ifname\":\"eth1\",\"addr_info\":[{\"local\":\"10.1.0.1\",\"prefixlen\":24}]},"
	"{\"ifname\":\"wan0\",\"addr_info\":[{\"local\":\"192.0.2.1\",\"prefixlen\":30}]}]\n"
	"$ ip -j -4 route show table all\n"
	"\t[{\"dst\":\"default\",\"gateway\":\"192.0.2.2\",\"dev\":\"wan0\"},"
	"{\"dst\":\"10.0.0.0/24\",\"dev\":\"eth0\"},{\"dst\":\"10.1.0.0/24\",\"dev\":\"eth1\"},"
	"{\"dst\":\"192.0.2.0/30\",\"dev\":\"wan0\"},"
	"{\"type\":\"prohibit\",\"dst\":\"10.66.0.0/16\"},"
	"{\"dst\":\"default\",\"dev\":\"eth1\",\"gateway\":\"10.1.0.2\",\"table\":\"100\"},"
	"{\"type\":\"local\",\"dst\":\"10.0.0.1\",\"dev\":\"eth0\",\"table\":\"local\"},"
	"{\"type\":\"local\",\"dst\":\"10.1.0.1\",\"dev\":\"eth1\",\"table\":\"local\"},"
	"{\"type\":\"local\",\"dst\":\"192.0.2.1\",\"dev\":\"wan0\",\"table\":\"local\"},"
	"{\"type\":\"broadcast\",\"dst\":\"10.0.0.255\",\"dev\":\"eth0\",\"table\":\"local\"},"
	"{\"type\":\"local\",\"dst\":\"127.0.0.0/8\",\"dev\":\"lo\",\"table\":\"local\"}]\n"
	"$ ip -j -6 route show table all\n"
	"\t[{\"dst\":\"2001:db8::/64\",\"dev\":\"eth0\"},{\"dst\":\"default\",\"dev\":\"wan0\"},"
	"{\"type\":\"local\",\"dst\":\"2001:db8::1\",\"dev\":\"eth0\",\"table\":\"local\"}]\n"
	"$ ip -j -4 rule\n"
	"\t[{\"priority\":0,\"src\":\"all\",\"table\":\"local\"},"
	"{\"priority\":100,\"src\":\"all\",\"fwmark\":\"0x7\",\"table\":\"100\"},"
	"{\"priority\":32766,\"src\":\"all\",\"table\":\"main\"}]\n"
	"$ ip -j -6 rule\n"
	"\t[{\"priority\":0,\"src\":\"all\",\"table\":\"local\"},"
	"{\"priority\":32766,\"src\":\"all\",\"table\":\"main\"}]\n"
	"$ sysctl -ae\n"
	"\tnet.ipv4.ip_forward = 1\n\tnet.ipv4.conf.wan0.rp_filter = 1\n"
	"\tnet.ipv6.conf.all.forwarding = 1\n\tnet.ipv6.conf.eth1.disable_ipv6 = 1\n"
	"$ nft -j list ruleset\n\t{\"nftables\": [{\"metainfo\": {\"json_schema_version\": 1}}]}\n";

/* The rules' lines, each with a tab in front, between those of the box and the end. */
static struct box *box_with(const char *command, const char *rules, struct buf *text)
{
	struct slice rest = slice_of(rules), line;
	struct box *b;
	struct err err;

	buf_addf(text, "%s$ %s\n", box_text, command);
	while (slice_cut(&rest, '\n', &line))
		if (line.n)
			buf_addf(text, "\t%.*s\n", (int)line.n, line.p);
	buf_add_text(text, "end\n");
	b = box_read_bundle("fw1.bundle", buf_slice(text), &err);
	if (!b)
		fail_msg("%s:%u: %s", rules, err.place.line, err.text);
	return b;
}

/* "dropped INPUT 3", "forwarded eth1 tcp ... > ...", joined by " or " where it depends. */
static void describe(const struct nf_walk *w, struct buf *out)
{
	for_each (o, &w->outcomes) {
		if (out->n)
			buf_add_text(out, " or ");
		buf_add_text(out, nf_fate_names[o->fate]);
		if (o->out)
			buf_addf(out, " %s", o->out);
		if (o->chain)
			buf_addf(out, " %s %u", o->chain->name, o->rule ? o->rule->number : 0);
		if (nf_fate_passes(o->fate)) {
			buf_add_char(out, ' ');
			packet_format(&o->as, out);
		}
	}
}

struct one {
	const char *name, *rules, *in, *packet, *wanted, *answer;
};

static void check_answer(const struct one *c, const struct box *b, const struct nf_packet *p,
			 const struct nf_walk *w)
{
	struct buf got = BUF_INIT;
	struct nf_walk *back;
	struct err err;

	back = nf_walk_answer(b, p, &w->outcomes.items[0], &err);
	assert_non_null(back);
	describe(back, &got);
	if (strcmp(got.data, c->answer) != 0)
		fail_msg("%s: the answer is %s, not %s", c->name, got.data, c->answer);
	nf_walk_free(back);
	buf_release(&got);
}

static void check(const char *command, const struct one *c)
{
	struct buf text = BUF_INIT, got = BUF_INIT;
	struct box *b = box_with(command, c->rules, &text);
	struct nf_packet p;
	struct nf_walk *w;
	struct err err;

	assert_int_equal(packet_parse(slice_of(c->packet), &p, &err), 0);
	p.in = c->in;
	w = nf_walk(b, &p, &err);
	if (!w)
		fail_msg("%s: %s", c->name, err.text);
	describe(w, &got);
	if (strcmp(got.data, c->wanted) != 0)
		fail_msg("%s: got %s, not %s", c->name, got.data, c->wanted);
	if (c->answer)
		check_answer(c, b, &p, w);
	nf_walk_free(w);
	box_free(b);
	buf_release(&text);
	buf_release(&got);
}

#define FILTER(rules)                                                                              \
	"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" rules "COMMIT\n"
#define FILTER_WITH(chain, rules)                                                                  \
	"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:" chain           \
	" - [0:0]\n" rules "COMMIT\n"
#define NAT(rules)                                                                                 \
	"*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"              \
	":POSTROUTING ACCEPT [0:0]\n" rules "COMMIT\n"
#define MANGLE(rules) "*mangle\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" rules "COMMIT\n"

static const struct one iptables_cases[] = {
	{"a policy decides", FILTER(""), "eth0", "tcp 10.0.0.9:4000 10.0.0.1:22", "dropped INPUT 0",
	 NULL},
	{"the first rule that matches",
	 FILTER("-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n"
		"-A INPUT -p tcp -m tcp --dport 22 -j DROP\n"),
	 "eth0", "tcp 10.0.0.9:4000 10.0.0.1:22", "local tcp 10.0.0.9:4000 > 10.0.0.1:22",
	 "sent eth0 tcp 10.0.0.1:22 > 10.0.0.9:4000"},
	{"a rejection",
	 FILTER("-A FORWARD -i eth0 -j REJECT --reject-with icmp-port-unreachable\n"), "eth0",
	 "udp 10.0.0.9:4000 10.1.0.9:53", "rejected FORWARD 1", NULL},
	{"return and goto",
	 FILTER_WITH("ours", "-A FORWARD -s 10.0.0.9/32 -g ours\n"
			     "-A FORWARD -j ACCEPT\n"
			     "-A ours -p udp -j RETURN\n-A ours -j ACCEPT\n"),
	 "eth0", "udp 10.0.0.9:4000 10.1.0.9:53", "dropped FORWARD 0", NULL},
	{"what the answer needs", FILTER("-A FORWARD -i eth0 -p tcp -m tcp --dport 80 -j ACCEPT\n"),
	 "eth0", "tcp 10.0.0.9:4000 10.1.0.9:80", "forwarded eth1 tcp 10.0.0.9:4000 > 10.1.0.9:80",
	 "dropped FORWARD 0"},
	{"the answer belongs to it",
	 FILTER("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
		"-A FORWARD -i eth0 -p tcp -m tcp --dport 80 -j ACCEPT\n")
		 NAT("-A POSTROUTING -o wan0 -j MASQUERADE\n"),
	 "eth0", "tcp 10.0.0.9:4000 198.51.100.7:80",
	 "forwarded wan0 tcp 192.0.2.1:4000 > 198.51.100.7:80",
	 "forwarded eth0 tcp 198.51.100.7:80 > 10.0.0.9:4000"},
	{"a filter sees the new target",
	 FILTER("-A FORWARD -d 10.1.0.9/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate DNAT "
		"-j ACCEPT\n")
		 NAT("-A PREROUTING -i wan0 -p tcp -m tcp --dport 80 -j DNAT --to-destination "
		     "10.1.0.9:8080\n"),
	 "wan0", "tcp 198.51.100.7:4000 192.0.2.1:80",
	 "forwarded eth1 tcp 198.51.100.7:4000 > 10.1.0.9:8080", NULL},
	{"redirected to the box",
	 FILTER("-A INPUT -p tcp -m tcp --dport 3128 -j ACCEPT\n") NAT(
		 "-A PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128\n"),
	 "eth0", "tcp 10.0.0.9:4000 198.51.100.7:80", "local tcp 10.0.0.9:4000 > 10.0.0.1:3128",
	 "sent eth0 tcp 198.51.100.7:80 > 10.0.0.9:4000"},
	{"the box's own, redirected",
	 FILTER("") NAT("-A OUTPUT -d 198.51.100.7/32 -p tcp -j DNAT --to-destination 10.1.0.9\n"),
	 NULL, "tcp 192.0.2.1:4000 198.51.100.7:80", "sent eth1 tcp 192.0.2.1:4000 > 10.1.0.9:80",
	 NULL},
	{"a mark chooses the route",
	 FILTER("-A FORWARD -o eth1 -j ACCEPT\n")
		 MANGLE("-A PREROUTING -s 10.0.0.9/32 -j MARK --set-xmark 0x7/0xffffffff\n"),
	 "eth0", "tcp 10.0.0.9:4000 198.51.100.7:80",
	 "forwarded eth1 tcp 10.0.0.9:4000 > 198.51.100.7:80", NULL},
	{"a limit may hold or not", FILTER("-A INPUT -p udp -m limit --limit 3/sec -j ACCEPT\n"),
	 "eth0", "udp 10.0.0.9:4000 10.0.0.1:53",
	 "dropped INPUT 0 or local udp 10.0.0.9:4000 > 10.0.0.1:53", NULL},
	{"what only logs decides nothing",
	 FILTER_WITH("log", "-A INPUT -m limit --limit 3/sec -j log\n-A INPUT -j DROP\n"
			    "-A log -j LOG --log-prefix \"[x] \"\n"),
	 "eth0", "udp 10.0.0.9:4000 10.0.0.1:53", "dropped INPUT 2", NULL},
	{"both ways end the same",
	 FILTER("-A INPUT -m limit --limit 3/sec -j MARK --set-xmark 0x1/0xffffffff\n"
		"-A INPUT -j DROP\n"),
	 "eth0", "udp 10.0.0.9:4000 10.0.0.1:53", "dropped INPUT 2", NULL},
	{"nobody forwards to what is prohibited", FILTER("-A FORWARD -j ACCEPT\n"), "eth0",
	 "udp 10.0.0.9:4000 10.66.0.9:53", "unrouted", NULL},
	{"rp_filter", FILTER("-A FORWARD -j ACCEPT\n"), "wan0", "udp 10.0.0.9:4000 10.1.0.9:53",
	 "unrouted", NULL},
	{"the box's own address from outside", FILTER("-A INPUT -j ACCEPT\n"), "eth0",
	 "udp 10.1.0.1:4000 10.0.0.1:53", "unrouted", NULL},
	{"since Linux 5.3 what begins with 0 is a host's",
	 FILTER("-A FORWARD -j ACCEPT\n-A INPUT -j ACCEPT\n"), "eth0",
	 "udp 0.0.0.9:4000 10.0.0.1:53", "local udp 0.0.0.9:4000 > 10.0.0.1:53", NULL},
	{"nobody", FILTER("-A INPUT -j ACCEPT\n"), "eth0", "udp 0.0.0.0:4000 10.0.0.1:53",
	 "unrouted", NULL},
	{"what did not come through IPsec is not asked how it did",
	 FILTER("-A INPUT -m policy --dir in --pol ipsec --mode tunnel --proto esp -j ACCEPT\n"),
	 "eth0", "udp 10.0.0.9:4000 10.0.0.1:53", "dropped INPUT 0", NULL},
	{"loopback's source keeps to loopback", FILTER(""), NULL, "udp 127.9.9.9:4000 239.1.1.1:53",
	 "unrouted or dropped INPUT 0", NULL},
	{"what stays as it is is not called translated",
	 FILTER("-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT\n")
		 NAT("-A PREROUTING -i eth0 -p tcp -j DNAT --to-destination 10.1.0.9:80\n"),
	 "eth0", "tcp 10.0.0.9:4000 10.1.0.9:80", "dropped FORWARD 0", NULL},
	{"what was sent to many is not forwarded",
	 FILTER("-A FORWARD -j ACCEPT\n")
		 NAT("-A PREROUTING -i eth0 -p udp -j DNAT --to-destination 10.1.0.9\n"),
	 "eth0", "udp 10.0.0.9:4000 10.0.0.255:53", "unrouted", NULL},
	{"the other link's broadcast is one address here",
	 FILTER("-A FORWARD -j ACCEPT\n")
		 NAT("-A PREROUTING -i eth1 -p udp -j DNAT --to-destination 10.0.0.9\n"),
	 "eth1", "udp 10.1.0.9:4000 10.0.0.255:53",
	 "forwarded eth0 udp 10.1.0.9:4000 > 10.0.0.9:53", NULL},
	{"no program listens, perhaps",
	 FILTER("-A FORWARD -j ACCEPT\n")
		 MANGLE("-A PREROUTING -p tcp -j TPROXY --on-port 3129 --on-ip 0.0.0.0 "
			"--tproxy-mark 0x7/0xff\n"),
	 "eth0", "tcp 10.0.0.9:4000 198.51.100.7:80",
	 "dropped PREROUTING 1 or forwarded eth1 tcp 10.0.0.9:4000 > 198.51.100.7:80", NULL},
	{"a limit is not asked of what another question ends",
	 FILTER("-A INPUT -m limit --limit 3/sec -p tcp -j ACCEPT\n-A INPUT -j DROP\n"), "eth0",
	 "udp 10.0.0.9:4000 10.0.0.1:53", "dropped INPUT 2", NULL},
	{"an answer comes from where it went",
	 FILTER("-A FORWARD -m conntrack --ctreplsrc 10.1.0.0/24 --ctrepldst 10.0.0.9 "
		"--ctreplsrcport 8080 --ctproto 6 -j ACCEPT\n")
		 NAT("-A PREROUTING -i eth0 -p tcp -j DNAT --to-destination 10.1.0.9:8080\n"),
	 "eth0", "tcp 10.0.0.9:4000 198.51.100.7:80",
	 "forwarded eth1 tcp 10.0.0.9:4000 > 10.1.0.9:8080", NULL},
	{"a key that the packet lacks",
	 FILTER("-A INPUT -p icmp -m icmp ! --icmp-type 8 -j ACCEPT\n"), "eth0",
	 "udp 10.0.0.9:4000 10.0.0.1:53", "dropped INPUT 0", NULL},
	{"an echo request", FILTER("-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT\n"), "eth0",
	 "icmp 10.0.0.9 10.0.0.1", "local icmp/8/0 10.0.0.9 > 10.0.0.1",
	 "sent eth0 icmp/0/0 10.0.0.1 > 10.0.0.9"},
	{"IPv6 is not filtered by iptables", FILTER(""), "eth0",
	 "tcp [2001:db8::9]:4000 [2001:db8::1]:22",
	 "local tcp [2001:db8::9]:4000 > [2001:db8::1]:22", NULL},
};

static const struct one ip6tables_cases[] = {
	{"neighbours are left alone",
	 FILTER("-A INPUT -p ipv6-icmp -m conntrack --ctstate UNTRACKED -j ACCEPT\n"), "eth0",
	 "icmp/135 [2001:db8::9] [2001:db8::1]", "local icmp/135/0 2001:db8::9 > 2001:db8::1",
	 NULL},
	{"where IPv6 is switched off", FILTER("-A INPUT -j ACCEPT\n"), "eth1",
	 "tcp [2001:db8::9]:4000 [2001:db8::1]:22", "unrouted", NULL},
	{"so are multicast's routers",
	 FILTER("-A INPUT -p ipv6-icmp -m conntrack --ctstate UNTRACKED -j ACCEPT\n"), "eth0",
	 "icmp/151 [2001:db8::9] [2001:db8::1]", "local icmp/151/0 2001:db8::9 > 2001:db8::1",
	 NULL},
};

static void ip6tables_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ip6tables_cases) / sizeof(ip6tables_cases[0]); i++)
		check("ip6tables-nft-save -c", &ip6tables_cases[i]);
}

static void iptables_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(iptables_cases) / sizeof(iptables_cases[0]); i++)
		check("iptables-nft-save -c", &iptables_cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iptables_decides),
		cmocka_unit_test(ip6tables_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
