/* SPDX-License-Identifier: ISC */
#include "doc/results.h"

#include "base/compiler.h"
#include "test.h"

#define HEAD "portolan-results 1\thq\tweb1\t2026-11-27T05:42:22Z\t00000000000000ff\n"
#define FLOW "0123456789abcdef"
/* A line up to its state, then the rest. */
#define TCP  FLOW "\t10.0.0.5\t10.0.0.5\t443\ttcp\t"
#define NAME FLOW "\twww.example.com\t-\t443\ttcp\t"
#define UDP  FLOW "\t10.0.0.5\t10.0.0.5\t53\tudp\t"
#define ICMP FLOW "\t10.0.0.5\t10.0.0.5\t0\ticmp\t"

static void describe(const struct results *r, struct buf *out)
{
	buf_addf(out, "%s %s %lld %llx%s\n", r->site, r->host, (long long)r->at_ms,
		 (unsigned long long)r->id, r->is_cut_short ? " cut" : "");
	for_each (t, &r->items) {
		char text[ADDR_TEXT_MAX];

		buf_addf(out, "%llx %.*s %s %s %u %s %s %s %d %u %d", (unsigned long long)t->flow,
			 (int)t->target.n, t->target.p,
			 t->address.family ? addr_text(&t->address, text) : "-",
			 transport_names[t->transport], t->port, told_state_names[t->state],
			 t->how ? t->how : "-", t->means ? t->means : "-", t->has_ms, t->ms,
			 (int)t->icmp);
		for (size_t i = 0; i < t->reply.n; i++)
			buf_addf(out, " %02x", (unsigned char)t->reply.p[i]);
		if (t->state == TOLD_ICMP)
			buf_addf(out, " %u/%u %s%s", t->type, t->code, addr_text(&t->by, text),
				 t->is_own ? " own" : "");
		if (t->state == TOLD_LOCAL)
			buf_addf(out, " %d", t->error);
		buf_add_char(out, '\n');
	}
}

static void check_read(const char *what, struct slice bytes, const char *want)
{
	struct arena *arena = arena_new();
	struct buf out = BUF_INIT;
	struct results r;
	struct err err;

	if (results_read("file", bytes, arena, &r, &err) == 0)
		describe(&r, &out);
	else
		err_format(&err, &out);
	check_text(what, &out, want);
	buf_release(&out);
	arena_free(arena);
}

#define READ_HEAD "hq web1 1795758142000 ff"

static void reads(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{HEAD "portolan-end\t0\n", READ_HEAD "\n"},
		{HEAD, READ_HEAD " cut\n"},
		{HEAD TCP "open\tok\tnc (busybox)\t12\tnone\t-\nportolan-end\t1\n",
		 READ_HEAD "\n123456789abcdef 10.0.0.5 10.0.0.5 tcp 443 open ok nc (busybox) 1 12 "
			   "1\n"},
		{"PS C:\\> .\\check.ps1\r\n\r\n" HEAD "\r\n" TCP
		 "refused\t-\tbash\t3\tsome\t-\r\nportolan-end\t1\r\nPS C:\\> exit\r\n",
		 READ_HEAD "\n123456789abcdef 10.0.0.5 10.0.0.5 tcp 443 refused - bash 1 3 2\n"},
		{HEAD NAME "no-name\tnot found\tgetent\t-\t-\t-\nportolan-end\t1\n", READ_HEAD
		 "\n123456789abcdef www.example.com - tcp 443 no-name not found getent 0 0 "
		 "0\n"},
		{HEAD UDP "answered\tx\ty\t1\tnone\t00ff\nportolan-end\t1\n",
		 READ_HEAD "\n123456789abcdef 10.0.0.5 10.0.0.5 udp 53 answered x y 1 1 1 00 ff\n"},
		{HEAD ICMP "icmp\t3/13 10.1.0.1\tp\t1\tsome\t-\nportolan-end\t1\n", READ_HEAD
		 "\n123456789abcdef 10.0.0.5 10.0.0.5 icmp 0 icmp 3/13 10.1.0.1 p 1 1 2 3/13 "
		 "10.1.0.1\n"},
		{HEAD TCP "icmp\t1/4 2001:db8::1 own\tp\t1\tsome\t-\nportolan-end\t1\n", READ_HEAD
		 "\n123456789abcdef 10.0.0.5 10.0.0.5 tcp 443 icmp 1/4 2001:db8::1 own p 1 1 2 "
		 "1/4 2001:db8::1 own\n"},
		{HEAD TCP "local\tconnect 101\tp\t1\t-\t-\nportolan-end\t1\n", READ_HEAD
		 "\n123456789abcdef 10.0.0.5 10.0.0.5 tcp 443 local connect p 1 1 0 101\n"},
		{"portolan-results 1\thq\tweb1\t2000-02-29T23:59:60Z\t00000000000000ff\n",
		 "hq web1 951868800000 ff cut\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_read(cases[i].text, slice_of(cases[i].text), cases[i].want);
}

#define HEAD_WANTED                                                                                \
	"the first line of results is \"portolan-results 1\", site, host, date and id with tabs "  \
	"between them; was it copied from a screen, or made by another version?"
#define FIELDS_WANTED                                                                              \
	"this is no result: 11 fields with tabs between them are; was it cut, or copied from a "   \
	"screen?"

static void refuses(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"",
		 "file: there are no results in it: a line \"portolan-results 1 ...\" begins them"},
		{"hello\n",
		 "file: there are no results in it: a line \"portolan-results 1 ...\" begins them"},
		{"portolan-results 2\ta\tb\t2026-11-27T05:42:22Z\t00000000000000ff\n",
		 "file:1:1: " HEAD_WANTED},
		{"\nportolan-results 1 hq web1\n", "file:2:1: " HEAD_WANTED},
		{"portolan-results 1\thq\tweb1\t2026-13-27T05:42:22Z\t00000000000000ff\n",
		 "file:1:1: " HEAD_WANTED},
		{"portolan-results 1\thq\tweb1\t2026-11-27T05:42:22Z\t00000000000000FF\n",
		 "file:1:1: " HEAD_WANTED},
		{HEAD "nc: noise\n", "file:2:1: " FIELDS_WANTED},
		{HEAD TCP "open\tok\tnc\t12\tnone\n", "file:2:1: " FIELDS_WANTED},
		{HEAD TCP "open\tok\tnc\t12\tnone\t-\t-\n", "file:2:1: " FIELDS_WANTED},
		{HEAD TCP "opened\tok\tnc\t12\tnone\t-\n",
		 "file:2:1: \"opened\" is no state: it is not one of the format's words"},
		{HEAD TCP "open\tok\tnc\t-12\tnone\t-\n",
		 "file:2:1: \"-12\" is no milliseconds: a whole number, or \"-\""},
		{HEAD TCP "open\tok\tnc\t12\tmany\t-\n",
		 "file:2:1: \"many\" is no icmp: none, some, or \"-\""},
		{HEAD UDP "answered\tok\tnc\t12\tnone\tabc\n",
		 "file:2:1: \"abc\" is no reply: bytes as pairs of hexadecimal digits, or \"-\""},
		{HEAD UDP "answered\tok\tnc\t12\tnone\tzz\n",
		 "file:2:1: \"zz\" is no reply: bytes as pairs of hexadecimal digits, or \"-\""},
		{HEAD "1\t10.0.0.5\t10.0.0.5\t1\ttcp\topen\t-\t-\t-\t-\t-\n",
		 "file:2:1: \"1\" is no flow: 16 hexadecimal digits"},
		{HEAD FLOW "\t10.0.0.5\thost\t1\ttcp\topen\t-\t-\t-\t-\t-\n",
		 "file:2:1: \"host\" is no address: an IP address, or \"-\""},
		{HEAD FLOW "\t10.0.0.5\t10.0.0.5\t65536\ttcp\topen\t-\t-\t-\t-\t-\n",
		 "file:2:1: \"65536\" is no port: 0 to 65535"},
		{HEAD FLOW "\t10.0.0.5\t10.0.0.5\t1\t\topen\t-\t-\t-\t-\t-\n",
		 "file:2:1: \"\" is no transport: tcp, udp or icmp"},
		{HEAD TCP "icmp\t3-13\tp\t1\tsome\t-\n",
		 "file:2:1: \"3-13\" is no how: with \"icmp\" it is TYPE/CODE ADDRESS"},
		{HEAD TCP "icmp\t3/13 10.0.0.1 mine\tp\t1\tsome\t-\n",
		 "file:2:1: \"3/13 10.0.0.1 mine\" is no how: with \"icmp\" it is TYPE/CODE "
		 "ADDRESS"},
		{HEAD TCP "local\tconnect\tp\t1\t-\t-\n",
		 "file:2:1: \"connect\" is no how: with \"local\" it is CALL NUMBER"},
		{HEAD "portolan-end\t1\n",
		 "file:2:1: the last line counts other results than the 0 that are here: some were "
		 "lost on the way"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_read(cases[i].text, slice_of(cases[i].text), cases[i].want);
}

static void contradictions(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{TCP "open\t-\tnc\t1\tnone\t-\n" TCP "open\t-\tnc\t1\tnone\t-\n",
		 "3:1: it contradicts itself: the same was told before"},
		{TCP "open\t-\tnc\t1\tnone\t-\n" TCP "refused\t-\tnc\t1\tnone\t-\n",
		 "3:1: it contradicts itself: the same was told before"},
		{TCP "open\t-\tnc\t1\tnone\tff\n",
		 "2:1: it contradicts itself: a reply, and yet none"},
		{UDP "open\t-\tnc\t1\tnone\t-\n",
		 "2:1: it contradicts itself: UDP makes no connection"},
		{TCP "answered\t-\tnc\t1\tnone\tff\n",
		 "2:1: it contradicts itself: only a datagram is answered"},
		{TCP "no-name\t-\tnc\t1\tnone\t-\n",
		 "2:1: it contradicts itself: a name that failed, and yet an address"},
		{NAME "open\t-\tnc\t1\tnone\t-\n",
		 "2:1: it contradicts itself: an answer from no address"},
		{TCP "not-tested\t-\t-\t-\t-\t-\n", "2:1: it contradicts itself: a try that was "
						    "not made has a reason and takes no time"},
		{TCP "not-tested\twhy\t-\t3\t-\t-\n", "2:1: it contradicts itself: a try that was "
						      "not made has a reason and takes no time"},
		{FLOW "\t10.0.0.5\t10.0.0.6\t443\ttcp\topen\t-\tnc\t1\tnone\t-\n",
		 "2:1: it contradicts itself: another address was tried than was asked for"},
		{FLOW "\t10.0.0.5\t10.0.0.5\t0\ttcp\topen\t-\tnc\t1\tnone\t-\n",
		 "2:1: it contradicts itself: a port and a transport that do not go together"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf text = BUF_INIT, want = BUF_INIT;

		buf_addf(&text, "%s%s", HEAD, cases[i].text);
		buf_addf(&want, "file:%s", cases[i].want);
		check_read(cases[i].text, buf_slice(&text), want.data);
		buf_release(&text);
		buf_release(&want);
	}
}

/* The same bytes as an editor or a shell may write them. */
static void encodings(void **state)
{
	static const char text[] = HEAD TCP "open\t\xc3\xbc\tnc\t1\tnone\t-\nportolan-end\t1\n";
	static const char want[] =
		READ_HEAD "\n123456789abcdef 10.0.0.5 10.0.0.5 tcp 443 open \xc3\xbc nc 1 1 1\n";
	struct buf little = BUF_INIT, big = BUF_INIT, marked = BUF_INIT;

	(void)state;
	buf_add(&little, "\xff\xfe", 2);
	buf_add(&big, "\xfe\xff", 2);
	buf_addf(&marked, "\xef\xbb\xbf%s", text);
	for (const char *c = text; *c; c++) {
		char unit = *c;

		if (*c == '\xc3')
			unit = '\xfc', c++; /* U+00FC */
		buf_add_char(&little, unit);
		buf_add_char(&little, 0);
		buf_add_char(&big, 0);
		buf_add_char(&big, unit);
	}
	check_read("UTF-8", slice_of(text), want);
	check_read("UTF-8 with a mark", buf_slice(&marked), want);
	check_read("UTF-16LE", buf_slice(&little), want);
	check_read("UTF-16BE", buf_slice(&big), want);
	buf_release(&little);
	buf_release(&big);
	buf_release(&marked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(encodings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
