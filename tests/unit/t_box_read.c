/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/compiler.h"
#include "box/bundle.h"
#include "box/nf_make.h"
#include "box/read.h"
#include "box/switches.h"
#include "sys/file.h"
#include "test.h"

typedef int reader(struct box *b, const struct box_text *t, struct err *err);
typedef void printer(const struct box *b, struct buf *out);

struct row {
	const char *text;
	const char *want; /* a line for each item, or the message */
};

static void check_rows(const struct row *rows, size_t n, reader *read, printer *print)
{
	for (size_t i = 0; i < n; i++) {
		const struct box_text t = {"box", 7, slice_of(rows[i].text)};
		struct box *b = box_new();
		struct buf out = BUF_INIT;
		struct err err;

		if (read(b, &t, &err))
			err_format(&err, &out);
		else
			print(b, &out);
		check_text(rows[i].text, &out, rows[i].want);
		buf_release(&out);
		box_free(b);
	}
}
#define CHECK_ROWS(rows, read, print) check_rows(rows, ARRAY_LEN(rows), read, print)

static void print_addr(const char *what, const struct addr *a, struct buf *out)
{
	if (a->family)
		buf_add_text(out, what);
	if (a->family)
		addr_format(a, out);
}

static void print_doubts(const struct box *b, struct buf *out)
{
	for_each (d, &b->ruleset.doubts)
		buf_addf(out, "doubt: %s\n", *d);
	for_each (d, &b->ruleset.bridge_doubts)
		buf_addf(out, "bridge doubt: %s\n", *d);
}

/* --- links and addresses ---------------------------------------------------------------------- */

static void print_links(const struct box *b, struct buf *out)
{
	for_each (l, &b->links) {
		buf_addf(out, "%u %s%s%s", l->index, l->name, l->up ? " up" : "",
			 l->loopback ? " loopback" : "");
		if (l->kind)
			buf_addf(out, " kind %s", l->kind);
		if (l->master)
			buf_addf(out, " master %s", l->master);
		if (l->group)
			buf_addf(out, " group %u", l->group);
		if (l->has_mac)
			buf_addf(out, " mac %02x..%02x", l->mac[0], l->mac[5]);
		buf_add_char(out, '\n');
	}
}

static void links(void **state)
{
	static const struct row rows[] = {
		{"", ""},
		{"[ ]\n", ""},
		{"[{},{\"ifindex\":1,\"ifname\":\"lo\",\"flags\":[\"LOOPBACK\",\"UP\",\"LOWER_UP\"]"
		 ","
		 "\"group\":\"default\",\"link_type\":\"loopback\",\"address\":\"00:00:00:00:00:"
		 "00\"}]",
		 "1 lo up loopback\n"},
		{"[{\"ifindex\":2,\"link\":\"d0\",\"ifname\":\"d1\",\"flags\":[\"BROADCAST\"],"
		 "\"master\":\"br0\",\"group\":\"7\",\"link_type\":\"ether\",\"address\":"
		 "\"5a:e0:3e:ca:32:4f\",\"linkinfo\":{\"info_kind\":\"veth\"}}]",
		 "2 d1 kind veth master br0 group 7 mac 5a..4f\n"},
		{"[{\"ifname\":\"x\",\"group\":\"servers\"}]", "0 x group 4294967295\n"},
		{"[{\"ifindex\":1}]", "box:7:1: link 1: there is no \"ifname\""},
		{"[{\"ifname\":\"\"}]",
		 "box:7:1: link 1: \"ifname\" is no interface's name, of 1 to 15 bytes: \"\""},
		{"[{\"ifname\":\"sixteen-bytes-16\"}]",
		 "box:7:1: link 1: \"ifname\" is no interface's name, of 1 to 15 bytes: "
		 "\"sixteen-bytes-16\""},
		{"[{\"ifname\":\"a\"},\n{\"ifname\":\"a\"}]",
		 "box:7:1: two links are called \"a\""},
		{"[{\"ifname\":\"a\",\"link_type\":\"ether\",\"address\":\"5a:e0\"}]",
		 "box:7:1: link 1: \"address\" is no MAC address: \"5a:e0\""},
		{"[1]", "box:7:1: link 1: no object"},
		{"{}", "box:7:1: not a list of links"},
		{"[\n{\"ifname\":\"a\"", "box:8:1: not JSON: '}' expected near end of file"},
	};

	(void)state;
	CHECK_ROWS(rows, box_read_links, print_links);
}

static void print_addresses(const struct box *b, struct buf *out)
{
	for_each (a, &b->addresses) {
		buf_addf(out, "%s ", a->link);
		print_addr("", &a->addr, out);
		buf_addf(out, "/%d", a->bits);
		print_addr(" peer ", &a->peer, out);
		print_addr(" broadcast ", &a->broadcast, out);
		buf_add_char(out, '\n');
	}
}

static void addresses(void **state)
{
	static const struct row rows[] = {
		{"[{\"ifname\":\"br0\",\"addr_info\":[]},{}]", ""},
		{"[{\"ifname\":\"d0\",\"addr_info\":[{},{\"family\":\"inet\",\"local\":\"10.6.0."
		 "1\","
		 "\"prefixlen\":24,\"broadcast\":\"10.6.0.255\",\"label\":\"d0\"},{\"family\":"
		 "\"inet\","
		 "\"local\":\"10.5.0.1\",\"address\":\"10.5.0.2\",\"prefixlen\":32},{\"family\":"
		 "\"inet6\",\"local\":\"fe80::1\",\"prefixlen\":64,\"tentative\":true}]}]",
		 "d0 10.6.0.1/24 broadcast 10.6.0.255\nd0 10.5.0.1/32 peer 10.5.0.2\n"
		 "d0 fe80::1/64\n"},
		{"[{\"ifname\":\"d0\",\"addr_info\":[{\"prefixlen\":24}]}]",
		 "box:7:1: link 1: d0 has an address without \"local\""},
		{"[{\"ifname\":\"d0\",\"addr_info\":[{\"local\":\"10.0.0.1\",\"prefixlen\":33}]}]",
		 "box:7:1: link 1: \"prefixlen\" is no number from 0 to 32: \"33\""},
		{"[{\"ifname\":\"d0\",\"addr_info\":[{\"local\":\"10.0.0.1\",\"broadcast\":\"::1\"}"
		 "]}]",
		 "box:7:1: link 1: \"broadcast\" is no address of IPv4: \"::1\""},
		{"[{\"ifname\":\"d0\",\"addr_info\":{}}]",
		 "box:7:1: link 1: \"addr_info\" is no list"},
	};

	(void)state;
	CHECK_ROWS(rows, box_read_addresses, print_addresses);
}

/* --- routes and rules ------------------------------------------------------------------------- */

static void print_routes(const struct box *b, struct buf *out)
{
	for_each (r, &b->routes) {
		char to[PREFIX_TEXT_MAX];

		buf_addf(out, "%u type %d %s", r->table, (int)r->type, prefix_text(&r->to, to));
		if (r->link)
			buf_addf(out, " dev %s", r->link);
		for_each (l, &r->other_links)
			buf_addf(out, " or %s", *l);
		print_addr(" via ", &r->via, out);
		print_addr(" source ", &r->source, out);
		if (r->metric)
			buf_addf(out, " metric %u", r->metric);
		buf_add_text(out, r->down ? " down\n" : "\n");
	}
	print_doubts(b, out);
}

static int read_routes4(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_routes(b, t, 4, err);
}

static int read_routes6(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_routes(b, t, 6, err);
}

/* As ip of iproute2 6.1 printed them. */
static void routes(void **state)
{
	static const struct row rows4[] = {
		{"[{\"type\":\"throw\",\"dst\":\"10.13.0.0/16\",\"table\":\"77\",\"flags\":[]}]",
		 "77 type 9 10.13.0.0/16\n"},
		{"[{\"dst\":\"default\",\"gateway\":\"10.0.0.2\",\"dev\":\"d0\",\"metric\":5,"
		 "\"flags\":"
		 "[\"linkdown\"]}]",
		 "254 type 1 0.0.0.0/0 dev d0 via 10.0.0.2 metric 5\n"},
		{"[{\"dst\":\"10.0.0.0/"
		 "24\",\"dev\":\"d0\",\"protocol\":\"kernel\",\"scope\":\"link\","
		 "\"prefsrc\":\"10.0.0.1\",\"flags\":[\"dead\",\"linkdown\"]}]",
		 "254 type 1 10.0.0.0/24 dev d0 source 10.0.0.1 down\n"},
		{"[{\"dst\":\"10.9.0.0/16\",\"flags\":[],\"nexthops\":[{\"gateway\":\"10.0.0.3\","
		 "\"dev\":\"d0\",\"weight\":2,\"flags\":[\"dead\"]},{\"dev\":\"d1\",\"weight\":1,"
		 "\"flags\":[]},{\"gateway\":\"10.0.0.4\",\"dev\":\"d2\",\"flags\":[]}]}]",
		 "254 type 1 10.9.0.0/16 dev d1 or d2\n"},
		{"[{\"dst\":\"10.9.0.0/16\",\"nexthops\":[{\"dev\":\"d0\",\"flags\":[\"dead\"]}]}]",
		 "254 type 1 10.9.0.0/16 down\n"},
		{"[{\"dst\":\"10.14.0.1\",\"via\":{\"family\":\"inet6\",\"host\":\"fe80::1\"},"
		 "\"dev\":\"d0\",\"flags\":[]}]",
		 "254 type 1 10.14.0.1 dev d0 via fe80::1\n"},
		{"[{\"type\":\"blackhole\",\"dst\":\"10.18.0.0/16\",\"nhid\":8,\"dev\":\"lo\","
		 "\"flags\":[]}]",
		 "254 type 6 10.18.0.0/16\n"},
		{"[{\"type\":\"local\",\"dst\":\"127.0.0.1\",\"dev\":\"lo\",\"table\":\"local\","
		 "\"protocol\":\"kernel\",\"prefsrc\":\"127.0.0.1\",\"flags\":[]}]",
		 "255 type 2 127.0.0.1 dev lo source 127.0.0.1\n"},
		{"[{\"dst\":\"10.20.0.0/16\",\"tos\":\"0x10\",\"dev\":\"d0\",\"flags\":[]}]",
		 "doubt: route to 10.20.0.0/16 with \"tos\"\n"},
		{"[{\"dst\":\"10.21.0.0/"
		 "16\",\"encap\":\"ip\",\"id\":100,\"src\":\"0.0.0.0\",\"dst\":"
		 "\"10.0.0.5\",\"ttl\":0,\"dev\":\"d0\",\"flags\":[]}]",
		 "doubt: route to 10.0.0.5 with \"encap\"\n"},
		{"[{\"type\":\"nat\",\"dst\":\"10.0.0.5\",\"dev\":\"d0\"}]",
		 "doubt: route to 10.0.0.5 with \"nat\"\n"},
		{"[{\"dst\":\"10.0.0.5\"}]", "box:7:1: route 1: there is no \"dev\""},
		{"[{\"dev\":\"d0\"}]", "box:7:1: route 1: there is no \"dst\""},
		{"[{\"dst\":\"::1\",\"dev\":\"d0\"}]",
		 "box:7:1: route 1: \"dst\" is no network of IPv4: \"::1\""},
		{"[{\"dst\":\"10.0.0.1/8\",\"dev\":\"d0\"}]",
		 "box:7:1: route 1: \"dst\" is no network of IPv4: \"10.0.0.1/8\""},
		{"[{\"dst\":\"10.0.0.1\",\"nexthops\":[]}]",
		 "box:7:1: route 1: \"nexthops\" is no list with something in it"},
	};
	static const struct row rows6[] = {
		{"[{\"dst\":\"2001:db8:1::/48\",\"metric\":1024,\"flags\":[],\"pref\":\"medium\","
		 "\"nexthops\":[{\"gateway\":\"2001:db8::2\",\"dev\":\"d0\",\"weight\":1,\"flags\":"
		 "[\"linkdown\"]},{\"gateway\":\"2001:db8::3\",\"dev\":\"d1\",\"weight\":1,"
		 "\"flags\":"
		 "[]}]}]",
		 "254 type 1 2001:db8:1::/48 dev d0 or d1 via 2001:db8::2 metric 1024\n"},
		{"[{\"dst\":\"2001:db8:5::/48\",\"from\":\"2001:db8:6::/48\",\"dev\":\"d0\"}]",
		 "doubt: route to 2001:db8:5::/48 with \"from\"\n"},
		{"[{\"dst\":\"default\",\"dev\":\"d0\",\"gateway\":\"10.0.0.1\"}]",
		 "box:7:1: route 1: \"gateway\" is no address of IPv6: \"10.0.0.1\""},
	};

	(void)state;
	CHECK_ROWS(rows4, read_routes4, print_routes);
	CHECK_ROWS(rows6, read_routes6, print_routes);
}

static void print_rules(const struct box *b, struct buf *out)
{
	for_each (r, &b->rules) {
		char end[PREFIX_TEXT_MAX];

		buf_addf(out, "%u%s", r->priority, r->negate ? " not" : "");
		if (r->from.addr.family)
			buf_addf(out, " from %s", prefix_text(&r->from, end));
		if (r->to.addr.family)
			buf_addf(out, " to %s", prefix_text(&r->to, end));
		if (r->in)
			buf_addf(out, " in %s", r->in);
		if (r->out)
			buf_addf(out, " out %s", r->out);
		if (r->mark_mask)
			buf_addf(out, " mark %#x/%#x", r->mark, r->mark_mask);
		if (r->unknown)
			buf_addf(out, " unknown: %s", r->unknown);
		buf_addf(out, ": type %d table %u\n", (int)r->type, r->table);
	}
}

static int read_rules4(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_rules(b, t, 4, err);
}

static void rules(void **state)
{
	static const struct row rows[] = {
		{"[{\"priority\":0,\"src\":\"all\",\"table\":\"local\"},{\"priority\":32766,"
		 "\"src\":"
		 "\"all\",\"table\":\"main\"},{\"priority\":32767,\"src\":\"all\",\"table\":"
		 "\"default\"}]",
		 "0: type 1 table 255\n32766: type 1 table 254\n32767: type 1 table 253\n"},
		{"[{\"priority\":96,\"not\":null,\"src\":\"10.0.0.0\",\"srclen\":8,\"iif\":\"x\","
		 "\"iif_detached\":null,\"table\":\"12\",\"protocol\":\"static\"}]",
		 "96 not from 10.0.0.0/8 in x: type 1 table 12\n"},
		{"[{\"priority\":5,\"src\":\"10.1.2.3\",\"dst\":\"10.9.9.9\",\"dstlen\":16,"
		 "\"fwmark\":"
		 "\"0x1\",\"fwmask\":\"0xff\",\"oif\":\"d1\",\"table\":\"77\"}]",
		 "5 from 10.1.2.3 to 10.9.0.0/16 out d1 mark 0x1/0xff: type 1 table 77\n"},
		{"[{\"priority\":4,\"not\":null,\"src\":\"all\",\"fwmark\":\"0xca6c\",\"table\":"
		 "\"51820\"}]",
		 "4 not mark 0xca6c/0xffffffff: type 1 table 51820\n"},
		{"[{\"priority\":3,\"src\":\"all\",\"table\":\"main\",\"suppress_prefixlen\":0}]",
		 "3 unknown: suppress_prefixlen 0: type 1 table 254\n"},
		{"[{\"priority\":1,\"src\":\"all\",\"ipproto\":\"tcp\",\"sport_start\":1,\"sport_"
		 "end\":"
		 "5,\"dport\":80,\"table\":\"78\"}]",
		 "1 unknown: ipproto tcp, sport_start 1, sport_end 5, dport 80: type 1 table 78\n"},
		{"[{\"priority\":1,\"src\":\"all\",\"l3mdev\":null}]",
		 "1 unknown: l3mdev: type 1 table 254\n"},
		{"[{\"priority\":1,\"src\":\"all\",\"goto\":32766}]",
		 "1 unknown: goto 32766: type 1 table 254\n"},
		{"[{\"priority\":1,\"src\":\"all\",\"nop\":null}]", ""},
		{"[{\"priority\":1,\"src\":\"all\",\"action\":\"prohibit\"}]",
		 "1: type 8 table 254\n"},
		{"[{\"priority\":1,\"src\":\"all\",\"action\":\"masquerade\"}]",
		 "1 unknown: action masquerade: type 1 table 254\n"},
		{"[{\"priority\":1,\"src\":\"all\"}]",
		 "box:7:1: rule 1: there is neither \"table\" nor \"action\""},
		{"[{\"priority\":9,\"table\":\"1\"},{\"priority\":8,\"table\":\"1\"}]",
		 "box:7:1: rule 2: \"priority\" is lower than the rule's before"},
		{"[{\"priority\":1,\"src\":\"10.0.0.0\",\"srclen\":33,\"table\":\"1\"}]",
		 "box:7:1: rule 1: \"srclen\" is no number from 0 to 32: \"33\""},
		{"[{\"priority\":1,\"fwmark\":\"0x100000000\",\"table\":\"1\"}]",
		 "box:7:1: rule 1: \"fwmark\" is no number from 0 to 4294967295: \"0x100000000\""},
	};

	(void)state;
	CHECK_ROWS(rows, read_rules4, print_rules);
}

/* A table with a name is the same to a rule and to a route, and no number that ip would print. */
static void named_table(void **state)
{
	const struct box_text rule = {"box", 1, SLICE("[{\"priority\":1,\"table\":\"vpn\"}]")};
	const struct box_text route = {
		"box", 1, SLICE("[{\"dst\":\"default\",\"dev\":\"x\",\"table\":\"vpn\"}]")};
	struct box *b = box_new();
	struct err err;

	(void)state;
	assert_int_equal(box_read_rules(b, &rule, 4, &err), 0);
	assert_int_equal(box_read_routes(b, &route, 4, &err), 0);
	assert_int_equal(b->rules.items[0].table, b->routes.items[0].table);
	assert_true(b->rules.items[0].table >> 31);
	box_free(b);
}

/* As wg-quick has it: main's routes but for the default one, in a table of the rule's own. */
static void suppressed(void **state)
{
	static const struct box_text routes = {
		"box", 1,
		SLICE("[{\"dst\":\"default\",\"dev\":\"x\"},{\"dst\":\"10.0.0.0/8\",\"dev\":\"y\"},"
		      "{\"type\":\"prohibit\",\"dst\":\"default\",\"metric\":9},"
		      "{\"dst\":\"default\",\"dev\":\"z\",\"table\":\"9\"}]")};
	static const struct box_text rules = {
		"box", 1,
		SLICE("[{\"priority\":1,\"src\":\"all\",\"table\":\"main\",\"suppress_prefixlen\":"
		      "0},"
		      "{\"priority\":2,\"src\":\"all\",\"table\":\"8\",\"suppress_prefixlen\":0},"
		      "{\"priority\":3,\"src\":\"all\",\"table\":\"main\",\"suppress_prefixlen\":8}"
		      "]")};
	struct box *b = box_new();
	struct buf out = BUF_INIT;
	struct err err;

	(void)state;
	b->has.routes4 = true;
	assert_int_equal(box_read_routes(b, &routes, 4, &err), 0);
	assert_int_equal(box_read_rules(b, &rules, 4, &err), 0);
	print_routes(b, &out);
	print_rules(b, &out);
	check_text("suppressed", &out,
		   "254 type 1 0.0.0.0/0 dev x\n254 type 1 10.0.0.0/8 dev y\n"
		   "254 type 8 0.0.0.0/0 metric 9\n9 type 1 0.0.0.0/0 dev z\n"
		   "4294967295 type 9 0.0.0.0/0 dev x\n4294967295 type 1 10.0.0.0/8 dev y\n"
		   "4294967295 type 8 0.0.0.0/0 metric 9\n"
		   "1: type 1 table 4294967295\n2: type 1 table 4294967294\n"
		   "3 unknown: suppress_prefixlen 8: type 1 table 254\n");
	buf_release(&out);
	box_free(b);
}

static void print_switches(const struct box *b, struct buf *out)
{
	for_each (s, &b->switches)
		buf_addf(out, "%s %lld\n", s->name, (long long)s->value);
}

static void switches(void **state)
{
	static const struct row rows[] = {
		{"net.ipv4.ip_forward = 1\nkernel.hostname = x = "
		 "y\n\nnet.ipv6.conf.all.forwarding=0\n",
		 "net.ipv4.ip_forward 1\nnet.ipv6.conf.all.forwarding 0\n"},
		{"net.ipv4.conf.eth0/5.rp_filter = 2\n", "net.ipv4.conf.eth0/5.rp_filter 2\n"},
		{"net.ipv4.conf.eth0.5.rp_filter = 2\nnet.ipv4.conf.x.mc_forwarding = 1\n", ""},
		{"\nnet.ipv4.ip_forward = yes\n", "box:8:1: no number: \"yes\""},
		{"net.ipv4.ip_forward\n", "box:7:1: no \"name = value\": \"net.ipv4.ip_forward\""},
	};

	(void)state;
	CHECK_ROWS(rows, box_read_switches, print_switches);
}

/* --- bundles ---------------------------------------------------------------------------------- */

static void print_bundle(const struct box *b, struct buf *out)
{
	if (b->host)
		buf_addf(out, "host %s at %s\n", b->host, b->time ? b->time : "?");
	if (b->kernel)
		buf_addf(out, "kernel %s\n", b->kernel);
	print_links(b, out);
	print_doubts(b, out);
}

static void check_bundle(struct slice text, const char *want)
{
	struct buf out = BUF_INIT;
	struct err err;
	struct box *b = box_read_bundle("box", text, &err);

	if (b)
		print_bundle(b, &out);
	else
		err_format(&err, &out);
	check_text(want, &out, want);
	buf_release(&out);
	box_free(b);
}

#define HEAD "portolan bundle 1\n"
#define NFT  "doubt: \"nft -j list ruleset\" was not collected"

static void bundles(void **state)
{
	static const struct row rows[] = {
		{HEAD "host fw1\ntime 2026-11-27T09:20:00Z\n$ uname -r\n\t6.1.0\nend\n",
		 "host fw1 at 2026-11-27T09:20:00Z\nkernel 6.1.0\n" NFT "\n"},
		{HEAD "$ nft -j list ruleset\n? 127\n\tnft: not found\n\tmore\nend\n",
		 NFT ": nft: not found\n"},
		{HEAD "$ iptables-legacy-save -c\n? 1\nend\n",
		 "doubt: \"iptables-legacy-save -c\" was not collected\n" NFT "\n"},
		{HEAD "$ iptables-nft-save -c\n? 1\n$ ipset save\n? 1\nend\n", NFT "\n"},
		{HEAD "$ ip -j -d link\n\t[{\"ifname\":\"x\"}]\nend\n", "0 x\n" NFT "\n"},
		{HEAD "$ ebtables-nft-save\n\t*filter\n\t:INPUT ACCEPT\nend\n", NFT "\n"},
		{HEAD "$ ebtables-nft-save\n\t*filter\n\t:INPUT ACCEPT [0:0]\nend\n", NFT "\n"},
		{HEAD "$ ebtables-nft-save\n\t*filter\n\t:INPUT DROP\nend\n",
		 NFT "\nbridge doubt: ebtables\n"},
		{HEAD "$ ebtables-nft-save\n\t*filter\n\t:INPUT ACCEPT\n\t-A INPUT -j DROP\nend\n",
		 NFT "\nbridge doubt: ebtables\n"},
		{"", "box:1:1: no bundle: its first line is not \"portolan bundle 1\""},
		{"portolan bundle 2\nend\n",
		 "box:1:1: this version reads \"portolan bundle 1\", not \"portolan bundle 2\""},
		{HEAD, "box:1:1: truncated: the last line of a bundle is \"end\""},
		{HEAD "end", "box:2:1: truncated: the last line of a bundle is \"end\""},
		{HEAD "$ uname -r\n\tend\n",
		 "box:3:1: truncated: the last line of a bundle is \"end\""},
		{HEAD "end\n\n", "box:3:1: something stands below \"end\""},
		{HEAD "$ uname -a\nend\n",
		 "box:2:1: a bundle of version 1 has no command \"uname -a\""},
		{HEAD "$ uname -r\n$ uname -r\nend\n",
		 "box:3:1: \"uname -r\" for the second time; the first is in line 2"},
		{HEAD "$ uname -r\n\tx\n? 1\nend\n",
		 "box:4:1: an exit status stands right below its command"},
		{HEAD "$ uname -r\n? 0\nend\n", "box:3:1: no exit status from 1 to 255: \"0\""},
		{HEAD "\tx\nend\n", "box:2:1: output that no command stands above"},
		{HEAD "host a\nhost b\nend\n", "box:3:1: \"host\" stands once, and at the top"},
		{HEAD "$ uname -r\ntime x\nend\n", "box:3:1: \"time\" stands once, and at the top"},
		{HEAD "$ uname -r\nx\nend\n", "box:3:1: neither a command nor its output: \"x\""},
		{HEAD "$ uname -r\n\x0c\nend\n",
		 "box:3:1: neither a command nor its output: \"\\x0c\""},
		{HEAD "$ ip -j -d link\n\t[\n\t}\nend\n",
		 "box:4:1: not JSON: unexpected token near '}'"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_bundle(slice_of(rows[i].text), rows[i].want);
	check_bundle(SLICE(HEAD "$ uname -r\n\tx\0y\nend\n"),
		     "box:3:1: a NUL byte: this is no text");
}

/* Whatever a command prints, it stays what it printed. */
static void forged(void **state)
{
	const struct slice output = SLICE("end\n$ ip -j -d link\n? 1\n\t\n\nno newline");
	struct buf text = BUF_INIT;
	struct bundle bundle;
	struct err err;

	(void)state;
	buf_add_text(&text, HEAD);
	bundle_add(&text, "ipset save", 0, output);
	bundle_add(&text, "ip -j address", 3, SLICE("sorry\n"));
	buf_add_text(&text, "end\n");
	assert_int_equal(bundle_split(&bundle, "box", buf_slice(&text), &err), 0);
	check_text("output", &bundle.parts[BUNDLE_IPSET].output,
		   "end\n$ ip -j -d link\n? 1\n\t\n\nno newline\n");
	assert_false(bundle.parts[BUNDLE_LINKS].given);
	assert_int_equal(bundle.parts[BUNDLE_ADDRESSES].status, 3);
	assert_int_equal(bundle.parts[BUNDLE_ADDRESSES].first, 11);
	bundle_release(&bundle);
	buf_release(&text);
}

/* What ip and sysctl printed on real boxes; their rules have tests of their own. */
static void check_capture(const char *name)
{
	const char *const path = name;
	struct buf text = BUF_INIT, some = BUF_INIT;
	struct bundle bundle;
	struct box *b;
	struct err err;

	assert_int_equal(file_read(path, 1 << 20, &text, &err), 0);
	assert_int_equal(bundle_split(&bundle, path, buf_slice(&text), &err), 0);
	buf_add_text(&some, HEAD);
	for (size_t i = 0; i < BUNDLE_PARTS_COUNT; i++) {
		assert_true(bundle.parts[i].given);
		if (i <= BUNDLE_TOOLS || i >= BUNDLE_LINKS)
			bundle_add(&some, bundle_commands[i], bundle.parts[i].status,
				   buf_slice(&bundle.parts[i].output));
	}
	buf_add_text(&some, "end\n");
	b = box_read_bundle(path, buf_slice(&some), &err);
	if (!b)
		fail_msg("%s:%u: %s", path, err.place.line, err.text);
	assert_true(b->links.n && b->addresses.n && b->routes.n && b->rules.n && b->switches.n);
	assert_true(b->has.links && b->has.addresses && b->has.routes4 && b->has.routes6 &&
		    b->has.rules4 && b->has.rules6 && b->has.switches);
	assert_int_equal(b->ruleset.doubts.n, 1); /* nft: not in it */
	box_free(b);
	bundle_release(&bundle);
	buf_release(&some);
	buf_release(&text);
}

static void captures(void **state)
{
	const char *const folder = "tests/box/captures";
	struct arena *arena = arena_new();
	const char **names;
	struct err err;
	size_t n;

	(void)state;
	assert_int_equal(file_list(folder, ".bundle", arena, &names, &n, &err), 0);
	assert_true(n >= 6);
	for (size_t i = 0; i < n; i++)
		check_capture(arena_printf(arena, "%s/%s.bundle", folder, names[i]));
	arena_free(arena);
}

static void rulesets(void **state)
{
	struct err err;

	(void)state;
	assert_null(box_read_ruleset("x", SLICE("# nothing\n"), 4, &err));
	assert_string_equal(err.text, "no ruleset: expected what \"nft -j list ruleset\", "
				      "\"iptables-save -c\" or \"ipset save\" prints");
}

/* --- jumps ------------------------------------------------------------------------------------ */

static uint32_t add_chain(struct box *b, const char *name, bool base, enum nf_backend backend)
{
	struct nf_chain *c = list_add(b->arena, &b->ruleset.chains, sizeof(*c));

	*c = (struct nf_chain){.table = "ip t",
			       .name = name,
			       .base = base,
			       .backend = backend,
			       .place = {"box", (uint32_t)b->ruleset.chains.n, 1}};
	return (uint32_t)b->ruleset.chains.n - 1;
}

/* A rule in line 100 + its chain. */
static struct nf_rule *add_rule(struct box *b, uint32_t chain)
{
	struct nf_chain *c = &b->ruleset.chains.items[chain];
	struct nf_rule *r = list_add(b->arena, &c->rules, sizeof(*r));

	r->place = (struct place){"box", 100 + chain, 1};
	return r;
}

static struct nf_step *add_step(struct box *b, uint32_t chain, enum nf_step_kind kind)
{
	return nf_add_step(b, add_rule(b, chain), kind);
}

static void add_jump(struct box *b, uint32_t from, uint32_t to)
{
	add_step(b, from, STEP_VERDICT)->verdict =
		(struct nf_verdict){.kind = from % 2 ? VERDICT_GOTO : VERDICT_JUMP, .chain = to};
}

static const struct nf_set *make_map(struct box *b, uint32_t to)
{
	struct nf_set *set = ARENA_NEW(b->arena, struct nf_set);
	struct nf_data *data = ARENA_ARRAY(b->arena, struct nf_data, 2);

	data[0].verdict = (struct nf_verdict){.kind = VERDICT_DROP};
	data[1].verdict = (struct nf_verdict){.kind = VERDICT_JUMP, .chain = to};
	*set = (struct nf_set){
		.name = "m", .n = 2, .kind = DATA_VERDICT, .data = data, .place = {"box", 50, 1}};
	return set;
}

static void check_jumps(struct box *b, const char *want)
{
	struct buf out = BUF_INIT;
	struct err err;

	if (box_check(b, &err))
		err_format(&err, &out);
	check_text(want, &out, want);
	buf_release(&out);
	box_free(b);
}

/* A base chain, and n - 1 behind it in a row. */
static struct box *make_row(size_t n, enum nf_backend backend)
{
	struct box *b = box_new();

	for (size_t i = 0; i < n; i++)
		add_chain(b, i ? "c" : "base", !i, backend);
	for (uint32_t i = 0; i + 1 < n; i++)
		add_jump(b, i, i + 1);
	return b;
}

static void jumps(void **state)
{
	struct box *b;

	(void)state;
	check_jumps(make_row(BOX_JUMPS_MAX, NF_TABLES), "");
	check_jumps(make_row(BOX_JUMPS_MAX + 1, NF_TABLES),
		    "box:1:1: from the chain base jumps lead through 17 chains; the kernel allows "
		    "16");
	check_jumps(make_row(20000, NF_XTABLES), "");
	b = make_row(3, NF_TABLES);
	add_jump(b, 2, 3);
	check_jumps(b, "box:102:1: it jumps to a chain that is not there");
	b = make_row(3, NF_TABLES);
	add_jump(b, 2, 0);
	check_jumps(b, "box:102:1: it jumps to the chain base, which hangs on a hook: the kernel "
		       "allows no such jump");
}

static void circles(void **state)
{
	struct box *b = make_row(4, NF_TABLES);

	(void)state;
	b->ruleset.chains.items[1].name = "a";
	b->ruleset.chains.items[2].name = "b";
	add_jump(b, 3, 1);
	check_jumps(b, "box:103:1: this jump closes a circle: a -> b -> c -> a");
	b = make_row(3, NF_XTABLES);
	add_jump(b, 2, 2);
	check_jumps(b, "box:102:1: this jump closes a circle: c -> c");
	b = make_row(20000, NF_XTABLES);
	add_jump(b, 19999, 1);
	check_jumps(b,
		    "box:20099:1: this jump closes a circle: c -> c -> c -> c -> c -> c -> 19993 "
		    "more -> c");
}

/* Through a map, which is told as the chains that it leads to. */
static void maps(void **state)
{
	struct box *b = make_row(3, NF_TABLES);

	(void)state;
	b->ruleset.chains.items[1].name = "a";
	add_step(b, 2, STEP_VERDICT_MAP)->map.set = make_map(b, 1);
	check_jumps(b, "box:102:1: this jump closes a circle: a -> c -> a");
	b = make_row(2, NF_TABLES);
	add_step(b, 1, STEP_VERDICT_MAP)->map.set = make_map(b, 7);
	check_jumps(b, "box:50:1: it jumps to a chain that is not there");
	b = make_row(2, NF_TABLES);
	*(const struct nf_set **)list_add(b->arena, &b->ruleset.sets, sizeof(void *)) =
		make_map(b, 7);
	check_jumps(b, "box:50:1: it jumps to a chain that is not there");
	b = make_row(BOX_JUMPS_MAX, NF_TABLES);
	add_chain(b, "last", false, NF_TABLES);
	add_step(b, BOX_JUMPS_MAX - 1, STEP_VERDICT_MAP)->map.set = make_map(b, BOX_JUMPS_MAX);
	check_jumps(b, "box:1:1: from the chain base jumps lead through 17 chains; the kernel "
		       "allows 16");
}

/* A map of many elements that many rules ask is looked at once. */
static void many(void **state)
{
	enum { MANY = 20000 };
	struct box *b = make_row(2, NF_TABLES);
	struct nf_set *set = ARENA_NEW(b->arena, struct nf_set);
	struct nf_data *data = ARENA_ARRAY(b->arena, struct nf_data, MANY);

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		data[i].verdict = (struct nf_verdict){
			.kind = VERDICT_JUMP, .chain = add_chain(b, "leaf", false, NF_TABLES)};
	*set = (struct nf_set){.n = MANY, .kind = DATA_VERDICT, .data = data};
	for (size_t i = 0; i < MANY; i++)
		add_step(b, 1, STEP_VERDICT_MAP)->map.set = set;
	check_jumps(b, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links),      cmocka_unit_test(addresses),
		cmocka_unit_test(routes),     cmocka_unit_test(rules),
		cmocka_unit_test(switches),   cmocka_unit_test(named_table),
		cmocka_unit_test(suppressed), cmocka_unit_test(bundles),
		cmocka_unit_test(forged),     cmocka_unit_test(captures),
		cmocka_unit_test(rulesets),   cmocka_unit_test(jumps),
		cmocka_unit_test(circles),    cmocka_unit_test(maps),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
