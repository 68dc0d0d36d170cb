/* SPDX-License-Identifier: ISC
 *
 * The compiled tables: how they are searched, and that what is in them makes sense.
 */
#include "model/registry.h"

#include "base/compiler.h"
#include "model/service.h"
#include "test.h"

static struct port_range one(uint16_t port)
{
	return (struct port_range){port, port};
}

/* "http tcp, udp; http sctp; " : the facts of one kind on these ports. */
static void facts_as_text(const struct registry *r, struct port_range ports, unsigned on,
			  enum fact_kind kind, struct buf *out)
{
	struct registry_walk w = registry_walk_ports(r, ports, on);
	struct port_fact fact;

	buf_clear(out);
	while (registry_walk_next(&w, &fact)) {
		if (fact.kind != kind)
			continue;
		buf_addf(out, "%s ", fact.word);
		transports_format(fact.on, out);
		buf_add_text(out, "; ");
	}
}

static void names_of_numbers(void **state)
{
	static const struct {
		struct port_range ports;
		unsigned on;
		const char *names;
	} cases[] = {
		{{80, 80}, ON_TCP, "http tcp, udp; www-http tcp, udp; www tcp, udp; "},
		{{80, 80}, ON_SCTP, "http sctp; "},
		{{443, 443}, ON_TCP, "https tcp, udp; "},
		{{1352, 1352}, ON_ALL, "lotusnote tcp, udp; "},
		{{751, 751}, ON_TCP, "pump tcp, udp; "},
		{{6000, 6000}, ON_TCP, "x11 tcp, udp; "},
		{{6063, 6063}, ON_UDP, "x11 tcp, udp; "},
		{{4250, 4250}, ON_TCP, "vrml-multi-use tcp, udp; "},
		{{6403, 6403}, ON_SCTP, "boe-cachesvr any; "},
		{{7273, 7273}, ON_TCP, "oma-rlp tcp, udp; "},
		{{7000, 7001}, ON_TCP, "afs3-fileserver tcp, udp; afs3-callback tcp, udp; "},
		{{1109, 1109}, ON_ALL, ""},
		{{5938, 5938}, ON_ALL, ""},
		{{65535, 65535}, ON_ALL, ""},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		facts_as_text(&registry_iana, cases[i].ports, cases[i].on, FACT_ASSIGNED, &out);
		check_text(cases[i].names, &out, cases[i].names);
	}
	buf_release(&out);
}

static void numbers_of_names(void **state)
{
	static const struct {
		const char *word, *ports;
	} cases[] = {
		{"https", "443 443 "}, /* tcp, udp; sctp */
		{"HTTPS", "443 443 "},
		{"www", "80 "},
		{"whois++", "63 "},
		{"x11", "6000-6063 "},
		{"http-alt", "591 8008 8080 "},
		{"httpz", ""},
		{"http", "80 80 "},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct registry_walk w =
			registry_walk_word(&registry_iana, slice_of(cases[i].word));
		struct buf out = BUF_INIT;
		struct port_fact fact;

		while (registry_walk_next(&w, &fact)) {
			port_range_format(fact.ports, &out);
			buf_add_char(&out, ' ');
		}
		check_text(cases[i].word, &out, cases[i].ports);
		buf_release(&out);
	}
}

static bool has_fact(const struct registry *r, uint16_t port, unsigned on, enum fact_kind kind,
		     const char *word)
{
	struct registry_walk w = registry_walk_ports(r, one(port), on);
	struct port_fact fact;

	while (registry_walk_next(&w, &fact))
		if (fact.kind == kind && slice_is(slice_of(fact.word), word))
			return true;
	return false;
}

static void overlay_knows(void **state)
{
	(void)state;
	assert_true(has_fact(&registry_iana, 1109, ON_TCP, FACT_RESERVED, ""));
	assert_true(has_fact(&registry_overlay, 1109, ON_TCP, FACT_SQUATTER, "kpop"));
	assert_true(has_fact(&registry_overlay, 751, ON_TCP, FACT_SQUATTER, "kadmin4"));
	assert_true(has_fact(&registry_overlay, 5938, ON_UDP, FACT_SQUATTER, "teamviewer"));
	assert_true(has_fact(&registry_iana, 7001, ON_TCP, FACT_MISUSE, ""));
	assert_true(has_fact(&registry_iana, 27018, ON_TCP, FACT_MISUSE, ""));
	assert_false(has_fact(&registry_iana, 27017, ON_TCP, FACT_MISUSE, ""));
	assert_true(has_fact(&registry_overlay, 25, ON_TCP, FACT_PROVIDER, "both"));
	assert_true(has_fact(&registry_overlay, 143, ON_TCP, FACT_PROVIDER, "in"));
	assert_false(has_fact(&registry_overlay, 25, ON_UDP, FACT_PROVIDER, "both"));
}

/* Each of the numbers that WHATWG Fetch lists, and no other; written down a second time. */
static void browsers_refuse(void **state)
{
	static const uint16_t bad[] = {
		0,    1,    7,	  9,	11,   13,   15,	  17,	19,   20,   21,	  22,	23,    25,
		37,   42,   43,	  53,	69,   77,   79,	  87,	95,   101,  102,  103,	104,   109,
		110,  111,  113,  115,	117,  119,  123,  135,	137,  139,  143,  161,	179,   389,
		427,  465,  512,  513,	514,  515,  526,  530,	531,  532,  540,  548,	554,   556,
		563,  587,  601,  636,	989,  990,  993,  995,	1719, 1720, 1723, 2049, 3659,  4045,
		4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
	};
	size_t n = 0;

	(void)state;
	assert_int_equal(ARRAY_LEN(bad), 83);
	for (unsigned port = 0; port <= 65535; port++) {
		bool listed = n < ARRAY_LEN(bad) && bad[n] == port;

		n += listed;
		if (has_fact(&registry_overlay, (uint16_t)port, ON_TCP, FACT_BROWSER, "") != listed)
			fail_msg("port %u", port);
	}
}

static void whole_table(void **state)
{
	const struct registry *tables[] = {&registry_iana, &registry_overlay};
	size_t named = 0;

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		const struct registry *r = tables[t];
		struct registry_walk w =
			registry_walk_ports(r, (struct port_range){0, 65535}, ON_ALL);
		struct port_fact fact;
		size_t n = 0;

		for (; registry_walk_next(&w, &fact); n++) {
			assert_true(fact.ports.lo <= fact.ports.hi);
			assert_true(fact.ports.hi - fact.ports.lo <= r->widest);
			assert_int_equal(fact.kind <= FACT_MISUSE, r == &registry_iana);
			assert_non_null(memchr(r->pool, '\0', r->pool_size));
			if (fact.kind == FACT_ASSIGNED && *fact.word)
				named += (size_t)__builtin_popcount(fact.on & ON_ALL);
		}
		assert_int_equal(n, r->n);
	}
	assert_true(named >= 11400);
}

/* Every word is found by searching for it: the index is sorted as the search compares. */
static void every_word_is_found(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < registry_iana.n_words; i++) {
		const struct registry_record *e = &registry_iana.records[registry_iana.by_word[i]];
		struct registry_walk w =
			registry_walk_word(&registry_iana, slice_of(registry_iana.pool + e->word));
		struct port_fact fact;
		bool found = false;

		while (!found && registry_walk_next(&w, &fact))
			found = fact.ports.lo == e->lo && fact.on == e->on;
		if (!found)
			fail_msg("%s", registry_iana.pool + e->word);
	}
}

static void siblings_are_registered(void **state)
{
	struct registry_walk w =
		registry_walk_ports(&registry_overlay, (struct port_range){0, 65535}, ON_ALL);
	struct port_fact fact;
	size_t n = 0;

	(void)state;
	while (registry_walk_next(&w, &fact)) {
		struct slice to = slice_of(fact.word), on;
		struct registry_walk there;
		struct port_range ports;
		struct port_fact name = {.kind = FACT_RESERVED};

		if (fact.kind != FACT_SIBLING)
			continue;
		slice_cut(&to, '/', &on);
		assert_true(registry_ports_parse(to, &ports));
		there = registry_walk_ports(&registry_iana, ports, ON_ALL);
		while (name.kind != FACT_ASSIGNED && registry_walk_next(&there, &name))
			;
		if (name.kind != FACT_ASSIGNED)
			fail_msg("%u -> %s", fact.ports.lo, fact.word);
		n++;
	}
	assert_true(n > 70);
}

static void taken(void **state)
{
	static const struct {
		uint16_t port;
		unsigned on;
		const char *name, *sentence; /* NULL: it is free */
	} cases[] = {
		{1352, ON_TCP, "payroll", "IANA registered tcp/1352 to lotusnote (Lotus Note)"},
		{1352, ON_TCP, "LotusNote", NULL},
		{7777, ON_UDP, "payroll", "IANA registered udp/7777 to cbt (cbt)"},
		{5938, ON_TCP, "payroll", "tcp/5938 is known to be used by teamviewer"},
		{5938, ON_TCP, "TeamViewer", NULL},
		{751, ON_UDP, "payroll",
		 "IANA registered udp/751 to pump, udp/751 is known to be used by kadmin4"},
		{1109, ON_UDP, "payroll", NULL}, /* reserved; known over TCP only */
		{40001, ON_TCP, "payroll", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT;

		assert_int_equal(registry_taken(&registry_iana, one(cases[i].port), cases[i].on,
						slice_of(cases[i].name), &out),
				 cases[i].sentence != NULL);
		check_text(cases[i].name, &out, cases[i].sentence ? cases[i].sentence : "");
		buf_release(&out);
	}
}

static void small_parsers(void **state)
{
	struct port_range r;

	(void)state;
	assert_true(registry_ports_parse(slice_of("0"), &r) && r.lo == 0 && r.hi == 0);
	assert_true(registry_ports_parse(slice_of("7000-7008"), &r) && r.lo == 7000 &&
		    r.hi == 7008);
	assert_false(registry_ports_parse(slice_of("9-3"), &r));
	assert_false(registry_ports_parse(slice_of("65536"), &r));
	assert_false(registry_ports_parse(slice_of("1-2-3"), &r));
	assert_false(registry_ports_parse(slice_of("7-"), &r));
	assert_false(registry_ports_parse(slice_of(""), &r));
	assert_false(registry_ports_parse(SLICE_NONE, &r));
	assert_int_equal(transport_bit_parse(slice_of("UDP")), ON_UDP);
	assert_int_equal(transport_bit_parse(slice_of("any")), 0);
	assert_int_equal(transport_bit(TRANSPORT_SCTP), ON_SCTP);
	assert_int_equal(transport_bit(TRANSPORT_ICMP), 0);
	assert_int_equal(port_class_of(1023), PORT_SYSTEM);
	assert_int_equal(port_class_of(1024), PORT_USER);
	assert_int_equal(port_class_of(49151), PORT_USER);
	assert_int_equal(port_class_of(49152), PORT_DYNAMIC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_numbers),
		cmocka_unit_test(numbers_of_names),
		cmocka_unit_test(overlay_knows),
		cmocka_unit_test(browsers_refuse),
		cmocka_unit_test(whole_table),
		cmocka_unit_test(every_word_is_found),
		cmocka_unit_test(siblings_are_registered),
		cmocka_unit_test(taken),
		cmocka_unit_test(small_parsers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
