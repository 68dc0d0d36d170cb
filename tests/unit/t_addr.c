/* SPDX-License-Identifier: ISC */
#include "base/addr.h"

#include "base/compiler.h"
#include "test.h"

static void test_addresses(void **state)
{
	/* canonical NULL: refused. IPv6 forms: RFC 4291 section 2.2, printed by RFC 5952. */
	static const struct {
		const char *text, *canonical;
	} rows[] = {
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"10.1.0.20", "10.1.0.20"},
		{"010.1.0.20", NULL},
		{"10.1.0", NULL},
		{"10.1.0.256", NULL},
		{"10.1.0.20.", NULL},
		{" 10.1.0.20", NULL},
		{"10.1.0.20 ", NULL},
		{"0x0a.1.0.20", NULL},
		{"2130706433", NULL},
		{"", NULL},
		{"::", "::"},
		{"::1", "::1"},
		{"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:db8::0001", "2001:db8::1"},
		{"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
		{"1:2:3:4:5:6:7:8:9", NULL},
		{"1::2::3", NULL},
		{"fe80::1%eth0", NULL},
		{"[::1]", NULL},
		{"12345::", NULL},
		{"sql1", NULL},
		{"1:2:3:4:5:6:255.255.255.255.255.255.255.255.255.255.255.255", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[ADDR_TEXT_MAX];
		struct addr a, again;

		if (addr_parse(slice_of(rows[i].text), &a) != (rows[i].canonical != NULL))
			fail_msg("\"%s\"", rows[i].text);
		if (!rows[i].canonical) {
			assert_int_equal(a.family, 0);
			assert_string_equal(addr_text(&a, text), "");
			continue;
		}
		assert_string_equal(addr_text(&a, text), rows[i].canonical);
		assert_true(addr_parse(slice_of(text), &again));
		assert_true(addr_equal(&a, &again));
	}
}

static void test_hidden_nul(void **state)
{
	struct addr a;

	(void)state;
	assert_false(addr_parse(SLICE("10.0.0.1\0.example"), &a));
	assert_false(addr_parse(SLICE("10.0.0.1\0"), &a));
	assert_false(addr_parse(SLICE_NONE, &a));
}

static void test_prefixes(void **state)
{
	static const struct {
		const char *text, *canonical;
		bool host_bits;
	} rows[] = {
		{"10.0.0.0/8", "10.0.0.0/8", false},
		{"0.0.0.0/0", "0.0.0.0/0", false},
		{"10.1.2.3", "10.1.2.3", false},
		{"10.1.2.3/32", "10.1.2.3", false},
		{"10.1.2.3/31", NULL, true},
		{"10.1.2.2/31", "10.1.2.2/31", false},
		{"10.1.2.3/33", NULL, false},
		{"10.1.2.3/", NULL, false},
		{"10.1.2.3/-1", NULL, false},
		{"10.0.0.0/08", NULL, false},
		{"10.0.0.0/8/8", NULL, false},
		{"10.0.0.0/255.0.0.0", NULL, false},
		{"/8", NULL, false},
		{"2001:DB8::/32", "2001:db8::/32", false},
		{"2001:db8::1/32", NULL, true},
		{"::/0", "::/0", false},
		{"::1/128", "::1", false},
		{"::/129", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[PREFIX_TEXT_MAX];
		struct prefix p;
		bool host_bits, ok = prefix_parse(slice_of(rows[i].text), &p, &host_bits);

		if (ok != (rows[i].canonical != NULL) || host_bits != rows[i].host_bits)
			fail_msg("\"%s\"", rows[i].text);
		if (ok)
			assert_string_equal(prefix_text(&p, text), rows[i].canonical);
	}
}

static struct prefix prefix_of(const char *text)
{
	struct prefix p;
	bool host_bits;

	if (!prefix_parse(slice_of(text), &p, &host_bits))
		fail_msg("\"%s\"", text);
	return p;
}

static void test_has(void **state)
{
	static const struct {
		const char *outer, *inner;
		bool has;
	} rows[] = {
		{"10.0.0.0/8", "10.255.255.255", true},
		{"10.0.0.0/8", "11.0.0.0", false},
		{"10.0.0.0/8", "10.1.0.0/16", true},
		{"10.1.0.0/16", "10.0.0.0/8", false},
		{"10.1.2.2/31", "10.1.2.3", true},
		{"10.1.2.2/31", "10.1.2.4", false},
		{"0.0.0.0/0", "255.255.255.255", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "10.0.0.1", false},
		{"2001:db8::/33", "2001:db8:7fff::1", true},
		{"2001:db8::/33", "2001:db8:8000::1", false},
		{"::1", "::1", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct prefix outer = prefix_of(rows[i].outer), inner = prefix_of(rows[i].inner);

		if (prefix_has_prefix(&outer, &inner) != rows[i].has)
			fail_msg("%s in %s", rows[i].inner, rows[i].outer);
	}
}

/* prefix_has against its definition, bit by bit. */
static void test_has_by_definition(void **state)
{
	uint64_t random = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct prefix p = {.addr.family = 6};
		struct addr a = {.family = 6};
		bool want = true;

		p.bits = (uint8_t)random_below(&random, 129);
		for (unsigned b = 0; b < 128; b++) {
			uint8_t bit = (uint8_t)(0x80 >> b % 8);

			if (b < p.bits && random_below(&random, 2))
				p.addr.bytes[b / 8] |= bit;
		}
		a = p.addr;
		for (unsigned flips = random_below(&random, 3); flips; flips--) {
			unsigned b = random_below(&random, 128);

			a.bytes[b / 8] ^= (uint8_t)(0x80 >> b % 8);
		}
		for (unsigned b = 0; b < p.bits; b++)
			want &= !((a.bytes[b / 8] ^ p.addr.bytes[b / 8]) & (0x80 >> b % 8));
		assert_int_equal(prefix_has(&p, &a), want);
	}
}

static void test_order(void **state)
{
	static const char *const sorted[] = {"0.0.0.0/0", "10.0.0.0/8",	     "10.0.0.0/9",
					     "10.0.0.1",  "255.255.255.255", "::/0",
					     "::1",	  "2001:db8::/32"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		for (size_t k = 0; k < ARRAY_LEN(sorted); k++) {
			struct prefix a = prefix_of(sorted[i]), b = prefix_of(sorted[k]);
			int c = prefix_compare(&a, &b);

			assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
			assert_int_equal(prefix_equal(&a, &b), i == k);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),	  cmocka_unit_test(test_hidden_nul),
		cmocka_unit_test(test_prefixes),	  cmocka_unit_test(test_has),
		cmocka_unit_test(test_has_by_definition), cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
