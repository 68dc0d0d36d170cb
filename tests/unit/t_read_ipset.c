/* SPDX-License-Identifier: ISC */
#include "box/read.h"

#include "base/compiler.h"
#include "box/ipset.h"
#include "box_show.h"

/* The kinds of keys, enough to show spans. */
static enum shown_as kinds_of(const struct ipset *s, size_t part)
{
	static const enum shown_as kinds[] = {
		[IPSET_PORT] = AS_NUMBER,
		[IPSET_MAC] = AS_MAC,
		[IPSET_IFACE] = AS_NAME,
		[IPSET_MARK] = AS_NUMBER,
	};

	if (s->parts[part] == IPSET_ADDR)
		return s->family == 4 ? AS_ADDR4 : AS_ADDR6;
	return kinds[s->parts[part]];
}

static void show_spans(struct buf *out, const struct ipset *s, const struct nf_span *span)
{
	for (size_t i = 0; i < s->n_parts; i++) {
		bool port = s->parts[i] == IPSET_PORT;

		buf_add_text(out, i ? "," : "");
		show_span(out, kinds_of(s, i), span++);
		if (!port)
			continue;
		buf_add_char(out, ':');
		show_span(out, AS_NUMBER, span++);
	}
}

static void show_set(struct buf *out, const struct nf_set *set)
{
	const struct ipset *s = ipset_of(set);

	buf_addf(out, "%s%s", set->name, set->changing || set->expiring ? "~" : "");
	if (s->unknown)
		buf_addf(out, " ?%s", s->unknown);
	for (size_t i = 0; i < set->n; i++) {
		buf_add_text(out, set->except && set->except[i] ? " !" : " ");
		show_spans(out, s, set->spans + i * set->n_keys);
		if (set->notes && set->notes[i])
			buf_addf(out, " # %s", set->notes[i]);
	}
	for_each (m, &s->members)
		buf_addf(out, " @%s", *m);
	buf_add_char(out, '\n');
}

static int read_text(struct box *b, const char *text, struct err *err)
{
	return box_read_ipset(b, &(struct box_text){"sets", 1, slice_of(text)}, err);
}

static void reads(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", ""},
		{"create a hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 "
		 "initval 0xe6ef8b7a\nadd a 192.0.2.1\nadd a 192.0.2.9-192.0.2.12\n",
		 "a 192.0.2.1 192.0.2.9-192.0.2.12\n"},
		{"create a hash:ip family inet netmask 24\nadd a 192.0.2.0\n",
		 "a 192.0.2.0-192.0.2.255\n"},
		/* The narrowest first. */
		{"create a hash:net family inet\nadd a 10.0.0.0/8\nadd a 10.1.0.0/16 nomatch\n"
		 "add a 10.1.1.0/24\n",
		 "a 10.1.1.0-10.1.1.255 !10.1.0.0-10.1.255.255 10.0.0.0-10.255.255.255\n"},
		{"create a hash:net family inet6\nadd a 2001:db8::/64\n",
		 "a 2001:db8::-2001:db8::ffff:ffff:ffff:ffff\n"},
		{"create a hash:ip,port family inet\nadd a 10.0.0.1,tcp:22\n"
		 "add a 10.0.0.1,udp:53-54\nadd a 10.0.0.1,icmp:echo-request\n"
		 "add a 10.0.0.1,icmp:3/1\nadd a 10.0.0.1,sctp:9\n",
		 "a 10.0.0.1,6:22 10.0.0.1,17:53-54 10.0.0.1,1:2048 10.0.0.1,1:769 "
		 "10.0.0.1,132:9\n"},
		{"create a hash:ip,port family inet\nadd a 10.0.0.1,gre:0\n",
		 "a ?gre:0 10.0.0.1,47:0\n"},
		{"create a hash:ip,port family inet\nadd a 10.0.0.1,icmp:host-unreachable\n",
		 "a 10.0.0.1,1:769\n"},
		{"create a hash:ip,port family inet6\nadd a ::1,ipv6-icmp:redirect\n",
		 "a ::1,58:35072\n"},
		{"create a hash:ip,port family inet\nadd a 10.0.0.1,icmp:some-thing\n",
		 "a ?some-thing 10.0.0.1,1:0\n"},
		{"create a hash:ip,port,ip family inet\nadd a 10.0.0.1,tcp:22,10.0.0.2\n",
		 "a 10.0.0.1,6:22,10.0.0.2\n"},
		{"create a hash:net,net family inet\nadd a 10.0.0.0/8,10.1.0.0/16\n"
		 "add a 10.0.0.0/8,10.1.1.0/24 nomatch\nadd a 10.2.0.0/16,0.0.0.0/0\n",
		 "a 10.2.0.0-10.2.255.255,0.0.0.0-255.255.255.255 "
		 "!10.0.0.0-10.255.255.255,10.1.1.0-10.1.1.255 "
		 "10.0.0.0-10.255.255.255,10.1.0.0-10.1.255.255\n"},
		{"create a hash:net,port,net family inet\nadd a 10.0.0.0/8,tcp:22,10.1.0.0/16\n",
		 "a 10.0.0.0-10.255.255.255,6:22,10.1.0.0-10.1.255.255\n"},
		{"create a hash:net,iface family inet\nadd a 10.0.0.0/8,eth0\n"
		 "add a 10.0.0.0/8,veth wildcard\n",
		 "a 10.0.0.0-10.255.255.255,eth0 10.0.0.0-10.255.255.255,veth*\n"},
		{"create a hash:net,iface family inet\nadd a 10.0.0.0/8,physdev:eth0\n",
		 "a ?physdev:eth0 10.0.0.0-10.255.255.255,physdev:eth0\n"},
		{"create a hash:mac hashsize 64\nadd a 02:42:AC:11:00:02\n", "a 0242ac110002\n"},
		{"create a hash:ip,mac family inet\nadd a 10.0.0.1,02:42:AC:11:00:02\n",
		 "a 10.0.0.1,0242ac110002\n"},
		{"create a hash:ip,mark family inet\nadd a 10.0.0.1,0x10\n", "a 10.0.0.1,16\n"},
		{"create a bitmap:ip range 10.0.0.0-10.0.0.255\nadd a 10.0.0.7\n", "a 10.0.0.7\n"},
		{"create a bitmap:ip,mac range 10.0.0.0/24\nadd a 10.0.0.7\n",
		 "a~ 10.0.0.7,000000000000-ffffffffffff\n"},
		{"create a bitmap:port range 0-65535\nadd a 80\n", "a 6:80 17:80\n"},
		{"create a hash:ip family inet\ncreate l list:set size 8\nadd l a\n", "a\nl @a\n"},
		/* fail2ban's are there until it takes them out; others go by themselves. */
		{"create a hash:ip family inet timeout 0\nadd a 10.0.0.1 timeout 0\n",
		 "a 10.0.0.1\n"},
		{"create a hash:ip family inet timeout 0\nadd a 10.0.0.1 timeout 59\n",
		 "a~ 10.0.0.1\n"},
		{"create a hash:ip family inet timeout 600\n", "a~\n"},
		{"create a hash:ip family inet counters comment skbinfo\n"
		 "add a 10.0.0.1 packets 5 bytes 6 comment \"it's \\ x\" skbprio 1:10\n",
		 "a 10.0.0.1 # it's \\ x\n"},
		{"create a hash\nadd a 10.0.0.1\n", "a ?hash\n"},
		{"create a hash:new,thing family inet\nadd a whatever,it is\n",
		 "a ?hash:new,thing\n"},
		{"create a hash:ip family inet bitmask 255.255.0.0\nadd a 10.0.0.1\n",
		 "a ?bitmask 10.0.0.1\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct box *b = box_new();
		struct buf got = BUF_INIT;
		struct err err;

		if (read_text(b, cases[i].text, &err))
			err_format(&err, &got);
		for_each (s, &b->ruleset.sets)
			show_set(&got, *s);
		check_text(cases[i].text, &got, cases[i].want);
		buf_release(&got);
		box_free(b);
	}
}

static void mistakes(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"hello\n", "sets:1:1: create or add is expected here, not \"hello\""},
		{"create\n", "sets:1:7: a name is expected at the end of this line"},
		{"create a\n", "sets:1:9: a type is expected at the end of this line"},
		{"create a hash:ip\ncreate a hash:ip\n", "sets:2:8: set \"a\" is created twice"},
		{"create a hash:ip family\n",
		 "sets:1:24: a value is expected at the end of this line"},
		{"create a hash:ip timeout x\n",
		 "sets:1:26: a number of 0 to 4294967295 is expected, not \"x\""},
		{"add a 10.0.0.1\n", "sets:1:5: set \"a\" is not created before"},
		{"create a hash:ip\nadd a\n",
		 "sets:2:6: an element is expected at the end of this line"},
		{"create a hash:ip\nadd a 10.0.0\n",
		 "sets:2:7: an address of IPv4 is expected, not \"10.0.0\""},
		{"create a hash:ip\nadd a ::1\n",
		 "sets:2:7: an address of IPv4 is expected, not \"::1\""},
		{"create a hash:ip,port\nadd a 10.0.0.1\n",
		 "sets:2:7: an element of 2 parts is expected"},
		{"create a hash:ip\nadd a 10.0.0.1,tcp:5\n",
		 "sets:2:7: an element of 1 parts is expected"},
		{"create a hash:ip,port\nadd a 10.0.0.1,tcp:99999\n",
		 "sets:2:20: a number of 0 to 65535 is expected, not \"99999\""},
		{"create a hash:mac\nadd a 02:42\n",
		 "sets:2:7: a MAC address is expected, not \"02:42\""},
		{"create a\001 hash:ip\n", "sets:1:9: a control character (1)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct box *b = box_new();
		struct buf got = BUF_INIT;
		struct err err;

		assert_int_equal(read_text(b, cases[i].text, &err), -ERR_DOCUMENT);
		err_format(&err, &got);
		check_text(cases[i].text, &got, cases[i].want);
		buf_release(&got);
		box_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
