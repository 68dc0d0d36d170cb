/* SPDX-License-Identifier: ISC
 *
 * Phrases about ports one by one; then the tables of Passwordstate's document, in four forms,
 * against what the catalog says of the same rows.
 */
#include "doc/import.h"

#include <stdlib.h>

#include "doc/import_ports.h"
#include "doc/import_words.h"
#include "doc/needs.h"
#include "doc/product.h"
#include "model/service.h"
#include "sys/file.h"
#include "test.h"

/* --- phrases ---------------------------------------------------------------------------------- */

static void add_needs_text(const struct expr *e, struct buf *out)
{
	if (e->kind == EXPR_SET) {
		add_needs_text(e->kids.items[0], out);
		return;
	}
	if (e->kind != EXPR_ALL) {
		needs_format(e, out);
		return;
	}
	for_each (kid, &e->kids) {
		if (kid != e->kids.items)
			buf_add_text(out, ", ");
		add_needs_text(*kid, out);
	}
}

static const struct {
	const char *phrase, *needs;
	const char *question; /* part of one that must be asked; "": none at all; NULL: any */
} phrases[] = {
	{"TCP 443", "tcp/443", ""},
	{"443/TCP", "tcp/443", ""},
	{"TCP/443", "tcp/443", ""},
	{"443 (TCP)", "tcp/443", ""},
	{"TCP443", "tcp/443", ""},
	{"tcp:443", "tcp/443", ""},
	{"SSH - TCP 22", "tcp/22", ""},
	{"SSH \xe2\x80\x93 TCP 22", "tcp/22", ""},
	{"SSH \xe2\x80\x93 TCP 22 or 443 if PowerCLI is used", "tcp/22 or tcp/443", "condition"},
	{"389 or 636", "tcp/389 or tcp/636", "TCP is assumed"},
	{"TCP 389 or 636", "tcp/389 or tcp/636", "any one of them"},
	{"TCP 9389, TCP 389 or TCP 636, TCP 88 and TCP 445",
	 "tcp/9389, tcp/389 or tcp/636, tcp/88, tcp/445", "two neighbours"},
	{"TCP 5938, 80 or 443", "tcp/5938 or tcp/80 or tcp/443", "any one of them"},
	{"5938, 80 or 443", "tcp/5938 or tcp/80 or tcp/443", "TCP is assumed"},
	{"Remoting of PowerShell TCP 5985 (HTTP) & 5986 (HTTPS) WMI first on TCP 135",
	 "tcp/5985, tcp/5986, tcp/135", "all or any"},
	{"TCP 135", "tcp/135", "endpoint mapper"},
	{"TCP 135, TCP 49152-65535", "tcp/135, tcp/49152-65535", ""},
	{"UDP/TCP Port 88 and 464", "tcp/88, udp/88, tcp/464, udp/464", ""},
	{"TCP/UDP 53", "tcp/53, udp/53", ""},
	{"TCP and UDP 53", "tcp/53, udp/53", ""},
	{"53 TCP/UDP", "tcp/53, udp/53", ""},
	{"TCP or UDP 514", "tcp/514 or udp/514", "either protocol"},
	{"TCP 2500 to 3300", "tcp/2500-3300", ""},
	{"TCP 49152-65535", "tcp/49152-65535", ""},
	{"TCP 1024 - 65535", "tcp/1024-65535", ""},
	{"TCP 1024\xe2\x80\x93"
	 "2047",
	 "tcp/1024-2047", ""},
	{"TCP 1024+", "tcp/1024-65535", ""},
	{"TCP 1024 and above", "tcp/1024-65535", ""},
	{"TCP dynamic 49152-65535", "tcp/any-of 49152-65535", ""},
	{"TCP 135, 137-139, 445", "tcp/135, tcp/137-139, tcp/445", "endpoint mapper"},
	{"80/tcp, 53/udp", "tcp/80, udp/53", ""},
	{"53/UDP,53/TCP (DNS)", "udp/53, tcp/53", ""},
	{"80, 443/tcp", "tcp/80, tcp/443", ""},
	{"22 TCP, UDP 53", "tcp/22, udp/53", ""},
	{"TCP 80 UDP 53", "tcp/80, udp/53", ""},
	{"80 TCP 53 UDP", "tcp/80, udp/53", ""},
	{"TCP 80, 53/udp", "tcp/80, udp/53", ""},
	{"TCP 80/443", "tcp/80, tcp/443", "both sides"},
	{"TCP 80, 80", "tcp/80", ""},
	{"TCP any", "tcp/any", ""},
	{"any", "tcp/any, udp/any", "TCP and UDP are assumed"},
	{"TCP 1-65535", "tcp/any", ""},
	{"TCP 0-65535", "tcp/any", ""},
	{"ping", "icmp/echo", ""},
	{"ICMP", "icmp/echo", "which ICMP"},
	{"ICMP echo", "icmp/echo", ""},
	{"ICMP type 8", "icmp/echo", NULL},
	{"ESP, UDP 500", "ip/50, udp/500", ""},
	{"HTTPS", "tcp/443", "443 is assumed"},
	{"DNS 53", "tcp/53, udp/53", ""},
	{"TCP 32<NN>", "tcp/32${nn}", "setting"},
	{"TCP 5NN13", "tcp/5${nn}13", "setting"},
	{"TCP 443 (default)", "tcp/443", "can be changed"},
	{"TCP 443 for Windows 2012", "tcp/443", ""},
	{"TCP 443 if version 7", "tcp/443", "condition"},
	{"Telnet TCP 22", "tcp/22", "a mistake of the document?"},
	{"TCP 443<br>TCP 80", "tcp/443, tcp/80", ""},
	{"TCP 443\nTCP 80", "tcp/443, tcp/80", ""},
	{"TCP 443 and UDP", "tcp/443", "UDP stands there without"},
};

static bool is_asked(const struct phrase *p, const char *part)
{
	for (size_t i = 0; i < p->n_questions; i++)
		if (strstr(p->questions[i], part))
			return true;
	return false;
}

static void test_phrases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		struct arena *arena = arena_new();
		struct table_cell cell = {slice_of(phrases[i].phrase), {"table", 1, 1}};
		struct phrase_context context = {0};
		struct buf text = BUF_INIT;
		struct phrase phrase;
		struct err err;

		if (phrase_read(arena, cell, &context, &phrase, &err))
			fail_msg("\"%s\": %s", phrases[i].phrase, err.text);
		add_needs_text(phrase.needs, &text);
		if (strcmp(text.data, phrases[i].needs) != 0)
			fail_msg("\"%s\": %s, expected %s", phrases[i].phrase, text.data,
				 phrases[i].needs);
		if (phrases[i].question && !*phrases[i].question && phrase.n_questions)
			fail_msg("\"%s\" asks: %s", phrases[i].phrase, phrase.questions[0]);
		if (phrases[i].question && *phrases[i].question &&
		    !is_asked(&phrase, phrases[i].question))
			fail_msg("\"%s\" does not ask \"%s\"", phrases[i].phrase,
				 phrases[i].question);
		buf_release(&text);
		arena_free(arena);
	}
}

static void test_bad_phrases(void **state)
{
	static const struct {
		const char *phrase;
		unsigned line, column;
	} bad[] = {
		{"TCP 70000", 1, 5},	 {"TCP 80, 0", 1, 9},
		{"TCP 445-137", 1, 5},	 {"TCP 80\nTCP 99999", 2, 5},
		{"dynamic ports", 1, 1}, {"see below", 1, 1},
		{"TCP", 1, 1},		 {"10.1.2.3", 1, 1},
		{"version 7", 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *arena = arena_new();
		struct table_cell cell = {slice_of(bad[i].phrase), {"table", 1, 1}};
		struct phrase_context context = {0};
		struct phrase phrase;
		struct err err;

		if (phrase_read(arena, cell, &context, &phrase, &err) == 0)
			fail_msg("\"%s\" was understood", bad[i].phrase);
		assert_int_equal(err.place.line, bad[i].line);
		assert_int_equal(err.place.column, bad[i].column);
		arena_free(arena);
	}
}

/* --- against the catalog ---------------------------------------------------------------------- */

static struct product *read_product(const char *file, struct slice bytes)
{
	struct errs errs = {0};
	struct product *p = product_read(file, bytes, &errs);

	if (!p)
		fail_msg("%s:%u:%u: %s", file, errs.items[0].place.line, errs.items[0].place.column,
			 errs.items[0].text);
	return p;
}

static struct buf read_file(const char *path)
{
	struct buf bytes = BUF_INIT;
	struct err err;

	if (file_read(path, 1 << 20, &bytes, &err))
		fail_msg("%s: %s", path, err.text);
	return bytes;
}

static bool is_tested(const char *section)
{
	return section && (strcmp(section, "9") == 0 || strcmp(section, "10") == 0 ||
			   strcmp(section, "11") == 0 || strcmp(section, "13") == 0);
}

/* What stands in brackets is no part of a label: "Hosts (as the directory lists them)". */
static struct slice plain_label(const char *row)
{
	const char *bracket = row ? strstr(row, " (") : NULL;

	return bracket ? slice_from_to(row, bracket) : slice_of(row);
}

static bool stands_in(const struct requirement *q, const char *section, struct slice row)
{
	for_each (d, &q->doc)
		if (d->section.s && strcmp(d->section.s, section) == 0 &&
		    slice_equal(plain_label(d->row.s), row))
			return true;
	return false;
}

/* What the document says at this row, by the catalog: requirements that differ are its alternatives
 * (ESXi: over SSH, or through PowerCLI); what it does not list is no part of it. */
static void catalog_needs(const struct product *p, const char *section, struct slice row,
			  struct buf *out)
{
	for_each (q, &p->requirements) {
		struct buf one = BUF_INIT;

		if (!stands_in(q, section, row) || q->documented.none)
			continue;
		add_needs_text(q->documented.needs ? q->documented.needs : q->needs, &one);
		if (!strstr(out->data, one.data))
			buf_addf(out, "%s%s", out->n ? " or " : "", one.data);
		buf_release(&one);
	}
}

/* Every row of the import says what the catalog's row says. Returns how many there are. */
static size_t compare_rows(const char *file, const struct product *imported,
			   const struct product *catalog)
{
	size_t n = 0;

	for_each (q, &imported->requirements) {
		struct buf want = BUF_INIT, have = BUF_INIT;
		const char *section = q->doc.items[0].section.s;
		struct slice row = plain_label(q->doc.items[0].row.s);

		if (!is_tested(section))
			fail_msg("%s: %s has no section", file, q->id.s);
		catalog_needs(catalog, section, row, &want);
		add_needs_text(q->needs, &have);
		if (strcmp(want.data, have.data) != 0)
			fail_msg("%s: section %s, row \"%s\": %s, the catalog has %s", file,
				 section, q->doc.items[0].row.s, have.data,
				 want.n ? want.data : "no such row");
		buf_release(&want);
		buf_release(&have);
		n++;
	}
	return n;
}

/* And no row of the catalog is missing. */
static void find_rows(const char *file, const struct product *catalog,
		      const struct product *imported)
{
	for_each (q, &catalog->requirements) {
		for_each (d, &q->doc) {
			bool found = false;

			if (!is_tested(d->section.s) || !d->row.s)
				continue;
			for_each (other, &imported->requirements)
				found |= stands_in(other, d->section.s, slice_of(d->row.s));
			if (!found)
				fail_msg("%s: section %s, row \"%s\" is missing", file,
					 d->section.s, d->row.s);
		}
	}
}

static void check_questions(const char *file, const struct import *im)
{
	static const char *const wanted[] = {
		"telnet has port 23, and 22 is ssh",
		"\"Hosts (as the directory lists them)\": \"389 or 636\": no protocol is given",
		"\"Remoting of PowerShell TCP 5985 (HTTP) & 5986 (HTTPS)\": all or any of them",
		"PowerCLI is used\": a condition stands there",
		"135 is the endpoint mapper",
		"\"or\" is taken to join its two neighbours",
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		bool found = false;

		for_each (q, &im->questions)
			found |= strstr(q->text, wanted[i]) != NULL;
		if (!found)
			fail_msg("%s: nobody asks \"%s\"", file, wanted[i]);
	}
}

static void test_passwordstate(void **state)
{
	static const char *const files[] = {"tests/golden/import/passwordstate.tabs",
					    "tests/golden/import/passwordstate.pipes",
					    "tests/golden/import/passwordstate.csv",
					    "tests/golden/import/passwordstate.blanks"};
	struct buf catalog_bytes = read_file("catalog/passwordstate.yaml");
	struct product *catalog = read_product("catalog", buf_slice(&catalog_bytes));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct import_options o = {.file = files[i], .product = "p", .document = "opr"};
		struct buf bytes = read_file(files[i]);
		struct product *imported;
		struct import im;

		assert_int_equal(import_table(buf_slice(&bytes), &o, &im), 0);
		assert_int_equal(im.errs.n, 0);
		imported = read_product(files[i], buf_slice(&im.text));
		assert_int_equal(compare_rows(files[i], imported, catalog), 68);
		find_rows(files[i], catalog, imported);
		check_questions(files[i], &im);
		product_free(imported);
		import_release(&im);
		buf_release(&bytes);
	}
	product_free(catalog);
	buf_release(&catalog_bytes);
}

/* --- tables ----------------------------------------------------------------------------------- */

static const struct {
	const char *table;
	const char *rows; /* "from>to needs\n" of each requirement */
	size_t errors;
} tables[] = {
	{"Source\tDestination\tProtocol\tPort\na\tb\tTCP\t80\n\tc\tTCP\t81\n\t\tUDP\t82\n",
	 "a>b tcp/80\na>c tcp/81\na>c udp/82\n", 0},
	{"| Port | Protocol | From | To |\n|--|--|--|--|\n| 902 | TCP/UDP | v c | e |\n| | SCTP | "
	 "x | y |\n",
	 "v_c>e tcp/902, udp/902\nx>y sctp/902\n", 0},
	{"From  To  Ports\na     b   TCP 1 or\n          TCP 2\nc     d   TCP 3\n",
	 "a>b tcp/1 or tcp/2\nc>d tcp/3\n", 0},
	{"a   b   TCP   80\nc   d   UDP   53\n", "a>b tcp/80\nc>d udp/53\n", 0},
	{"Name;Port\nweb;\"80\n443\"\n", "source>web tcp/80, tcp/443\n", 0},
	{"Name,TCP ports,UDP ports\nweb,80,\"53, 123\"\nx,1,-\n",
	 "source>web tcp/80, udp/53, udp/123\nsource>x tcp/1\n", 0},
	{"Name,TCP ports,Ports\nweb,80,443\n", "source>web tcp/80, tcp/443\n", 0},
	{"Name,Ports,Second port\nweb,80,443\n", "source>web tcp/80, tcp/443\n", 0},
	{"Name | Direction | Port\nui | inbound | TCP 80\ndb | outbound | TCP 99\n",
	 "source>server tcp/80\nserver>db tcp/99\n", 0},
	{"From\tTo\tPort\na\tb\tTCP 80\nc\td\tTCP 70000\ne\tf\tsoon\n", "a>b tcp/80\n", 2},
	{"Source\tTarget\tType\tPort\na\tb\tTCP\t80\n", "a>b tcp/80\n", 0},
	{"Source\tTarget\tProtocol\tPort\na\tb\tICMP\tany\nc\td\tHTTPS\t-\n",
	 "a>b icmp/echo\nc>d tcp/443\n", 0},
	{"Service | Port | Description\nA | TCP 80 | one\n  |   | two\nB | TCP 81\n",
	 "source>target tcp/80\nsource>target tcp/81\n", 0},
	{"Name  Port\nweb   TCP 80\nMariaDB TCP 3306\nRDP 3389\nSection 10\nESXi SSH - TCP 22 if "
	 "used\n",
	 "source>web tcp/80\nsource>mariadb tcp/3306\nsource>rdp tcp/3389\nsource>esxi tcp/22\n",
	 0},
	{"9 Hosts\nHost type Port(s)\nweb   TCP 80\nlongest TCP 81\n",
	 "source>web tcp/80\nsource>longest tcp/81\n", 0},
	/* pasted: a byte order mark, hard blanks, smart quotes, CR alone, a zero width */
	{"\xef\xbb\xbf"
	 "Name\tPort\r\nweb\xc2\xa0\tTCP\xc2\xa0"
	 "80\xc2\xa0\rx\xe2\x80\x8b\t\xe2\x80\x9cTCP 81, 82\xe2\x80\x9d\n\xc2\xa0\n",
	 "source>web tcp/80\nsource>x tcp/81, tcp/82\n", 0},
	{"Name\xc2\xa0\xc2\xa0Port\nweb \xc2\xa0 TCP 80\nx\xe3\x80\x80\xe3\x80\x80TCP 81\n",
	 "source>web tcp/80\nsource>x tcp/81\n", 0},
	{"Name,Port\nweb,\xe2\x80\x9cTCP 80, 81\xe2\x80\x9d\n", "source>web tcp/80, tcp/81\n", 0},
	{"\xe2\x94\x82 Name \xe2\x94\x82 Port \xe2\x94\x82\n+---+---+\n\xe2\x94\x82 w \xe2\x94\x82 "
	 "TCP 80 \xe2\x94\x82\n",
	 "source>w tcp/80\n", 0},
};

static void test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		struct import_options o = {.file = "table"};
		struct buf have = BUF_INIT;
		struct product *p;
		struct import im;

		if (import_table(slice_of(tables[i].table), &o, &im))
			fail_msg("table %zu: %s", i, im.errs.items[0].text);
		p = read_product("table", buf_slice(&im.text));
		for_each (q, &p->requirements) {
			buf_addf(&have, "%s>%s ", q->from.s, q->to.s);
			add_needs_text(q->needs, &have);
			buf_add_char(&have, '\n');
		}
		if (strcmp(have.data, tables[i].rows) != 0)
			fail_msg("table %zu:\n%sexpected:\n%s", i, have.data, tables[i].rows);
		assert_int_equal(im.errs.n, tables[i].errors);
		product_free(p);
		import_release(&im);
		buf_release(&have);
	}
}

/* A row that is not understood is told with its place and stays as a comment. */
static void test_nothing_is_lost(void **state)
{
	struct import_options o = {.file = "t"};
	struct import im;

	(void)state;
	assert_int_equal(
		import_table(SLICE("From\tTo\tPort\na\tb\tTCP 80\nc\td\tUDP 1, TCP 70000\n"), &o,
			     &im),
		0);
	assert_int_equal(im.errs.n, 1);
	assert_int_equal(im.errs.items[0].place.line, 3);
	assert_int_equal(im.errs.items[0].place.column, 16);
	assert_non_null(
		strstr(im.text.data, "# not understood, line 3: c | d | UDP 1, TCP 70000\n"));
	import_release(&im);
	assert_int_not_equal(import_table(SLICE("no table here\n"), &o, &im), 0);
	assert_int_equal(im.errs.n, 1);
	import_release(&im);
	assert_int_not_equal(import_table(SLICE("\xff\xfe"
						"P\0o\0\t\0"),
					  &o, &im),
			     0);
	assert_non_null(strstr(im.errs.items[0].text, "UTF-16"));
	import_release(&im);
	assert_int_not_equal(import_table(SLICE("From\tTo\na\tb\n"), &o, &im), 0);
	assert_int_equal(im.errs.n, 1);
	import_release(&im);
}

/* What the words say of a protocol is what the registry says. */
static void test_services(void **state)
{
	size_t n = 0;

	(void)state;
	for (unsigned port = 1; port <= UINT16_MAX; port++) {
		const struct known_service *known = known_service_on(port);
		struct port_range ports = {(uint16_t)port, (uint16_t)port};
		struct service s;

		if (!known)
			continue;
		n++;
		if (!service_find(slice_of(known->name), &s))
			fail_msg("the registry has no %s", known->name);
		for (unsigned on = ON_TCP; on <= ON_SCTP; on <<= 1)
			if ((known->on & on) && !service_listens(&s, on, ports))
				fail_msg("%s does not listen there: %u", known->name, port);
	}
	assert_true(n >= 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phrases),		cmocka_unit_test(test_bad_phrases),
		cmocka_unit_test(test_passwordstate),	cmocka_unit_test(test_tables),
		cmocka_unit_test(test_nothing_is_lost), cmocka_unit_test(test_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
