/* SPDX-License-Identifier: ISC
 *
 * IANA's CSV becomes a table; the table becomes bytes and comes back; damaged bytes do not.
 */
#include "doc/iana.h"

#include <stdlib.h>

#include "base/compiler.h"
#include "doc/registry_build.h"
#include "test.h"

#define HEAD                                                                                       \
	"Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,"                \
	"Registration Date,Modification Date,Reference,Service Code,"
#define NEW_HEAD HEAD "Unauthorized Use Reported,Assignment Notes\n"
#define OLD_HEAD HEAD "Known Unauthorized Uses,Assignment Notes\n"

/* In IANA's form, with everything that makes it hard to read. */
static const char list[] = NEW_HEAD
	",0,tcp,Reserved,,,,2024-12-20,[RFC6335],,,\n"
	",4,tcp,Unassigned,,,,,,,,\n"
	"whoispp,63,tcp,\"whois++\nIANA assigned this well-formed service name as a replacement "
	"for "
	"\"\"whois++\"\".\",,,,,,,,\n"
	"whois++,63,tcp,whois++,,,,,,,,\"This entry is an alias to \"\"whoispp\"\".\n"
	"This entry is now historic, not usable for use with many\ncommon mechanisms.\"\n"
	"http,80,tcp,World Wide Web HTTP,,,,2021-10-01,[RFC9110],,,\n"
	"http,80,udp,World Wide Web HTTP,,,,2021-10-01,[RFC9110],,,\n"
	"www,80,tcp,World Wide Web HTTP,,,,,,,,\n"
	"http,80,sctp,HTTP,,,,2022-02-07,,,,\n"
	",1109,,Reserved - IANA,,,,,,,,\n"
	"x11,6000-6063,tcp,X Window System,,,,,,,,\n"
	"boks-servc,6501,tcp,BoKS Servc,,,,,,,Known Unauthorized Use on port 6501,\n"
	"pon-ictp,7202,tcp,\"Inter-Channel\n    (Passive)   systems\",,,2017-02-22,2019-12-16,,,,\n"
	"swx,7300-7359,,The Swiss Exchange,,,2006-02,,,,,\n"
	",8616-8664,,Unassigned,,,,,,,Unauthorized Use Known on ports 8616 and 8617,\n"
	"dns-sd-only,,,Some name without a port,,,2025-11-13,,,,,\n";

struct fixture {
	struct arena *arena;
	struct buf pool;
	struct iana_list list;
	struct err err;
};

static int read_list(struct fixture *f, const char *csv)
{
	*f = (struct fixture){.arena = arena_new(), .pool = BUF_INIT};
	return iana_read("iana.csv", slice_of(csv), f->arena, &f->pool, &f->list, &f->err);
}

static void release(struct fixture *f)
{
	buf_release(&f->pool);
	arena_free(f->arena);
}

static void dump(const struct registry *r, struct buf *out)
{
	struct registry_walk w = registry_walk_ports(r, (struct port_range){0, 65535}, ON_ALL);
	struct port_fact fact;

	while (registry_walk_next(&w, &fact)) {
		buf_addf(out, "%u-%u ", fact.ports.lo, fact.ports.hi);
		transports_format(fact.on, out);
		buf_addf(out, " %s \"%s\" %s\n", fact_kind_names[fact.kind], fact.word, fact.text);
	}
}

static const char table[] =
	"0-0 tcp reserved \"\" Reserved\n"
	"63-63 tcp assigned \"whoispp\" whois++\n"
	"63-63 tcp assigned \"whois++\" whois++\n"
	"80-80 tcp, udp assigned \"http\" World Wide Web HTTP\n"
	"80-80 tcp assigned \"www\" World Wide Web HTTP\n"
	"80-80 sctp assigned \"http\" HTTP\n"
	"1109-1109 any reserved \"\" Reserved - IANA\n"
	"6000-6063 tcp assigned \"x11\" X Window System\n"
	"6501-6501 tcp assigned \"boks-servc\" BoKS Servc\n"
	"6501-6501 tcp misuse \"\" Known Unauthorized Use on port 6501\n"
	"7202-7202 tcp assigned \"pon-ictp\" Inter-Channel (Passive) systems\n"
	"7300-7359 any assigned \"swx\" The Swiss Exchange\n"
	"8616-8664 any misuse \"\" Unauthorized Use Known on ports 8616 and 8617\n";

static void reads_the_list(void **state)
{
	struct fixture f;
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(read_list(&f, list), 0);
	dump(&f.list.registry, &out);
	check_text("table", &out, table);
	assert_string_equal(f.list.date, "2025-11-13");
	assert_int_equal(f.list.without_port, 1);
	assert_int_equal(f.list.rows, 14);
	assert_int_equal(f.list.registry.widest, 63);
	buf_release(&out);
	release(&f);
}

static void searches_the_list(void **state)
{
	struct registry_walk w;
	struct port_fact fact;
	struct fixture f;

	(void)state;
	assert_int_equal(read_list(&f, list), 0);
	w = registry_walk_ports(&f.list.registry, (struct port_range){6063, 6063}, ON_TCP);
	assert_true(registry_walk_next(&w, &fact));
	assert_string_equal(fact.word, "x11");
	w = registry_walk_word(&f.list.registry, slice_of("HTTP"));
	assert_true(registry_walk_next(&w, &fact));
	assert_int_equal(fact.on, ON_TCP | ON_UDP);
	assert_true(registry_walk_next(&w, &fact));
	assert_int_equal(fact.on, ON_SCTP);
	assert_false(registry_walk_next(&w, &fact));
	release(&f);
}

static void older_head(void **state)
{
	struct fixture f;

	(void)state;
	assert_int_equal(read_list(&f, OLD_HEAD "x,7001,tcp,,,,,,,,Known Unauthorized Use,\n"), 0);
	assert_int_equal(f.list.registry.n, 2);
	assert_string_equal(f.list.date, "");
	release(&f);
}

static void refuses(void **state)
{
	static const struct {
		const char *csv, *text;
		uint32_t line, column;
	} cases[] = {
		{"", "the file is empty", 0, 0},
		{"a,b\n", "there is no column \"Service Name\"", 1, 1},
		{NEW_HEAD, "no row has a port number", 0, 0},
		{NEW_HEAD "x,,tcp,,,,,,,,,\n", "no row has a port number", 0, 0},
		{NEW_HEAD "x,65536,tcp,,,,,,,,,\n", "this is no port number", 2, 3},
		{NEW_HEAD "x,9-3,tcp,,,,,,,,,\n", "this is no port number", 2, 3},
		{NEW_HEAD "x,80,ipx,,,,,,,,,\n", "this is none of tcp, udp", 2, 6},
		{NEW_HEAD "x,80,tcp,\"open,,,,,,,,\n", "this quote is never closed", 2, 10},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;

		assert_int_not_equal(read_list(&f, cases[i].csv), 0);
		if (!slice_has_prefix(slice_of(f.err.text), cases[i].text))
			fail_msg("\"%s\" is not \"%s\"", f.err.text, cases[i].text);
		assert_int_equal(f.err.place.line, cases[i].line);
		assert_int_equal(f.err.place.column, cases[i].column);
		release(&f);
	}
}

static void round_trip(void **state)
{
	struct buf bytes = BUF_INIT, out = BUF_INIT;
	struct registry back;
	struct fixture f;

	(void)state;
	assert_int_equal(read_list(&f, list), 0);
	registry_format(&f.list.registry, &bytes);
	assert_int_equal(registry_parse("registry", buf_slice(&bytes), &back, &f.err), 0);
	dump(&back, &out);
	check_text("table", &out, table);
	assert_string_equal(back.date, "2025-11-13");
	assert_int_equal(back.widest, 63);
	buf_release(&out);
	buf_release(&bytes);
	release(&f);
}

/* The compiled table, which is larger, comes back the same. */
static void round_trip_of_all(void **state)
{
	struct buf bytes = BUF_INIT, one = BUF_INIT, two = BUF_INIT;
	struct registry back;
	struct err err;

	(void)state;
	registry_format(&registry_iana, &bytes);
	assert_int_equal(registry_parse("registry", buf_slice(&bytes), &back, &err), 0);
	dump(&registry_iana, &one);
	dump(&back, &two);
	assert_true(slice_equal(buf_slice(&one), buf_slice(&two)));
	buf_release(&bytes);
	buf_release(&one);
	buf_release(&two);
}

/* Any one byte changed, and any truncation: an error, or a table that can be walked. */
static void damaged_bytes(void **state)
{
	struct buf bytes = BUF_INIT, out = BUF_INIT;
	struct registry back;
	struct fixture f;

	(void)state;
	assert_int_equal(read_list(&f, list), 0);
	registry_format(&f.list.registry, &bytes);
	for (size_t i = 0; i < bytes.n; i++) {
		struct slice cut = {bytes.data, i};

		assert_int_not_equal(registry_parse("registry", cut, &back, &f.err), 0);
		bytes.data[i] ^= 0x41;
		buf_clear(&out);
		if (registry_parse("registry", buf_slice(&bytes), &back, &f.err) == 0)
			dump(&back, &out);
		bytes.data[i] ^= 0x41;
	}
	buf_release(&out);
	buf_release(&bytes);
	release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_list), cmocka_unit_test(searches_the_list),
		cmocka_unit_test(older_head),	  cmocka_unit_test(refuses),
		cmocka_unit_test(round_trip),	  cmocka_unit_test(round_trip_of_all),
		cmocka_unit_test(damaged_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
