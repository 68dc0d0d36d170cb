/* SPDX-License-Identifier: ISC
 *
 * Who is logged in, and rules: what of the login would be stopped, and by what.
 */
#include "box/lockout.h"

#include "box/packet.h"
#include "box/read.h"
#include "test.h"

/* eth0: 10.0.0.1/24 and 2001:db8::1/64, routers at 10.0.0.254 and fe80::fe; wan0 beside it. */
static const char box_text[] =
	"portolan bundle 1\nhost fw1\n"
	"$ ip -j -d link\n"
	"\t[{\"ifindex\":1,\"ifname\":\"lo\",\"flags\":[\"LOOPBACK\",\"UP\"]},"
	"{\"ifindex\":2,\"ifname\":\"eth0\",\"flags\":[\"UP\"]},"
	"{\"ifindex\":3,\"ifname\":\"wan0\",\"flags\":[\"UP\"]}]\n"
	"$ ip -j address\n"
	"\t[{\"ifname\":\"lo\",\"addr_info\":[{\"local\":\"127.0.0.1\",\"prefixlen\":8}]},"
	"{\"ifname\":\"eth0\",\"addr_info\":[{\"local\":\"10.0.0.1\",\"prefixlen\":24},"
	"{\"local\":\"2001:db8::1\",\"prefixlen\":64},{\"local\":\"fe80::1\",\"prefixlen\":64}]}]\n"
	"$ ip -j -4 route show table all\n"
	"\t[{\"dst\":\"default\",\"gateway\":\"10.0.0.254\",\"dev\":\"eth0\"},"
	"{\"dst\":\"10.0.0.0/24\",\"dev\":\"eth0\"},"
	"{\"type\":\"unreachable\",\"dst\":\"10.66.0.0/16\"},"
	"{\"type\":\"local\",\"dst\":\"10.0.0.1\",\"dev\":\"eth0\",\"table\":\"local\"},"
	"{\"type\":\"local\",\"dst\":\"127.0.0.0/8\",\"dev\":\"lo\",\"table\":\"local\"}]\n"
	"$ ip -j -6 route show table all\n"
	"\t[{\"dst\":\"2001:db8::/64\",\"dev\":\"eth0\"},{\"dst\":\"fe80::/64\",\"dev\":\"wan0\"},"
	"{\"dst\":\"fe80::/64\",\"dev\":\"eth0\"},"
	"{\"dst\":\"default\",\"gateway\":\"fe80::fe\",\"dev\":\"eth0\"},"
	"{\"type\":\"local\",\"dst\":\"fe80::1\",\"dev\":\"eth0\",\"table\":\"local\"},"
	"{\"type\":\"local\",\"dst\":\"2001:db8::1\",\"dev\":\"eth0\",\"table\":\"local\"}]\n"
	"$ ip -j -4 rule\n"
	"\t[{\"priority\":0,\"src\":\"all\",\"table\":\"local\"},"
	"{\"priority\":32766,\"src\":\"all\",\"table\":\"main\"}]\n"
	"$ ip -j -6 rule\n"
	"\t[{\"priority\":0,\"src\":\"all\",\"table\":\"local\"},"
	"{\"priority\":32766,\"src\":\"all\",\"table\":\"main\"}]\n"
	"$ nft -j list ruleset\n\t{\"nftables\": [{\"metainfo\": {\"json_schema_version\": 1}}]}\n";

#define FILTER(input, output, rules)                                                               \
	"*filter\n:INPUT " input " [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT " output " [0:0]\n" rules \
	"COMMIT\n"
#define STANDS "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
#define ANEW   "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n"
#define FOUND  "-A INPUT -p ipv6-icmp -j ACCEPT\n"

struct one {
	const char *name, *peer, *own, *rules, *switches;
	bool tracked;
	const char *wanted; /* "stands INPUT 1; anew OUTPUT 0 answer"; "": nothing is in the way */
};

static const struct one ones[] = {
	{"no rules", "10.0.0.9", "10.0.0.1", FILTER("ACCEPT", "ACCEPT", ""), "", false, ""},
	{"both", "10.0.0.9", "10.0.0.1", FILTER("DROP", "ACCEPT", STANDS ANEW), "", true, ""},
	{"only what stands", "10.0.0.9", "10.0.0.1", FILTER("DROP", "ACCEPT", STANDS), "", true,
	 "anew INPUT 0"},
	/* It is taken up by its next packet, which is as good as a new one. */
	{"not tracked before", "10.0.0.9", "10.0.0.1", FILTER("DROP", "ACCEPT", STANDS ANEW), "",
	 false, ""},
	{"not tracked, and nothing new", "10.0.0.9", "10.0.0.1", FILTER("DROP", "ACCEPT", STANDS),
	 "", false, "stands INPUT 0; anew INPUT 0"},
	{"not tracked, and not taken up", "10.0.0.9", "10.0.0.1",
	 FILTER("ACCEPT", "ACCEPT", "-A INPUT -m conntrack --ctstate INVALID -j DROP\n"),
	 "\tnet.netfilter.nf_conntrack_tcp_loose = 0\n", false, "stands INPUT 1"},
	{"the answer", "10.0.0.9", "10.0.0.1", FILTER("ACCEPT", "DROP", ""), "", true,
	 "stands OUTPUT 0 answer; anew OUTPUT 0 answer"},
	{"the answer of a new one", "10.0.0.9", "10.0.0.1",
	 FILTER("ACCEPT", "ACCEPT", "-A OUTPUT -p tcp -m tcp --tcp-flags SYN SYN -j REJECT\n"), "",
	 true, "anew OUTPUT 1 answer"},
	{"a limit", "10.0.0.9", "10.0.0.1",
	 FILTER("DROP", "ACCEPT",
		STANDS "-A INPUT -p tcp -m tcp --dport 22 -m limit --limit 1/sec -j ACCEPT\n"),
	 "", true, "anew INPUT 0 depends"},
	{"another port", "10.0.0.9", "10.0.0.1",
	 "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 22 -j REDIRECT "
	 "--to-ports 2222\nCOMMIT\n",
	 "", true, "anew passes"},
	{"another port, not tracked", "10.0.0.9", "10.0.0.1",
	 "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 22 -j REDIRECT "
	 "--to-ports 2222\nCOMMIT\n",
	 "", false, "stands passes; anew passes"},
	{"by the router", "198.51.100.7", "10.0.0.1",
	 FILTER("DROP", "ACCEPT", "-A INPUT -i eth0 -j ACCEPT\n"), "", true, ""},
	{"by another link", "198.51.100.7", "10.0.0.1",
	 FILTER("DROP", "ACCEPT", "-A INPUT -i wan0 -j ACCEPT\n"), "", true,
	 "stands INPUT 0; anew INPUT 0"},
	{"no way back", "10.66.0.1", "10.0.0.1", FILTER("ACCEPT", "ACCEPT", ""), "", true,
	 "stands why"},
	{"the box itself", "127.0.0.1", "127.0.0.1",
	 FILTER("DROP", "ACCEPT", "-A INPUT -i lo -j ACCEPT\n"), "", false, ""},
	{"the box itself, refused", "127.0.0.1", "127.0.0.1", FILTER("DROP", "ACCEPT", STANDS), "",
	 true, "anew INPUT 0"},
	{"IPv6", "2001:db8::9", "2001:db8::1", FILTER("DROP", "ACCEPT", STANDS ANEW FOUND), "",
	 true, ""},
	{"IPv6 without neighbours", "2001:db8::9", "2001:db8::1",
	 FILTER("DROP", "ACCEPT", STANDS ANEW), "", true, "neighbours INPUT 0"},
	{"IPv6 by a router", "2001:db8:9::9", "2001:db8::1",
	 FILTER("DROP", "ACCEPT", STANDS ANEW "-A INPUT -s fe80::/10 -j ACCEPT\n"), "", true, ""},
	{"IPv6, not out", "2001:db8:9::9", "2001:db8::1",
	 FILTER("ACCEPT", "DROP", "-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"), "",
	 true, "neighbours OUTPUT 0"},
	{"of a link", "fe80::9", "fe80::1",
	 FILTER("DROP", "ACCEPT", "-A INPUT -i eth0 -j ACCEPT\n"), "", true, ""},
};

static struct box *box_with(const struct one *c, struct buf *text)
{
	bool six = strchr(c->peer, ':');
	struct slice rest = slice_of(c->rules), line;
	struct box *b;
	struct err err;

	buf_addf(text, "%s$ sysctl -ae\n\tnet.ipv4.ip_forward = 0\n%s$ %s\n", box_text, c->switches,
		 six ? "ip6tables-nft-save -c" : "iptables-nft-save -c");
	while (slice_cut(&rest, '\n', &line))
		if (line.n)
			buf_addf(text, "\t%.*s\n", (int)line.n, line.p);
	buf_add_text(text, "end\n");
	b = box_read_bundle("fw1.bundle", buf_slice(text), &err);
	if (!b)
		fail_msg("%s:%u: %s", c->name, err.place.line, err.text);
	return b;
}

static void describe_part(const struct lockout_obstacle *o, const char *name, struct buf *out)
{
	if (!o->there)
		return;
	buf_addf(out, "%s%s", out->n ? "; " : "", name);
	if (!o->outcome)
		buf_add_text(out, " why");
	else if (nf_fate_passes(o->outcome->fate))
		buf_add_text(out, " passes");
	else
		buf_addf(out, " %s %u", o->outcome->chain ? o->outcome->chain->name : "routing",
			 o->outcome->rule ? o->outcome->rule->number : 0);
	if (o->is_answer)
		buf_add_text(out, " answer");
	if (o->outcome && o->outcome->depends.n)
		buf_add_text(out, " depends");
}

static void check(const struct one *c)
{
	static const char *const names[] = {"stands", "neighbours", "anew"};
	struct lockout_login l = {.peer_port = 50222, .own_port = 22, .tracked = c->tracked};
	struct buf text = BUF_INIT, got = BUF_INIT;
	struct box *b = box_with(c, &text);
	struct lockout found;

	assert_true(addr_parse(slice_of(c->peer), &l.peer));
	assert_true(addr_parse(slice_of(c->own), &l.own));
	assert_true(lockout_is_here(b, &l));
	lockout_find(b, &l, &found);
	for (size_t i = 0; i < LOCKOUT_PARTS; i++)
		describe_part(&found.parts[i], names[i], &got);
	check_text(c->name, &got, c->wanted);
	lockout_release(&found);
	box_free(b);
	buf_release(&text);
	buf_release(&got);
}

static void stops(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ones) / sizeof(ones[0]); i++)
		check(&ones[i]);
}

static void elsewhere(void **state)
{
	struct lockout_login l = {.own_port = 22};
	struct buf text = BUF_INIT;
	struct box *b = box_with(&ones[0], &text);

	(void)state;
	assert_true(addr_parse(SLICE("10.0.0.9"), &l.own));
	assert_false(lockout_is_here(b, &l));
	box_free(b);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stops),
		cmocka_unit_test(elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
