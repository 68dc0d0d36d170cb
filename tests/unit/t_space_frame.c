/* SPDX-License-Identifier: ISC */
#include "policy/space_frame.h"

#include "test.h"

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse(slice_of(text), &a));
	return a;
}

static const struct {
	const char *lo, *hi;
} ranges[] = {
	{"0.0.0.0", "255.255.255.255"},
	{"10.0.0.0", "10.255.255.255"},
	{"10.0.0.5", "10.0.0.5"},
	{"192.0.2.1", "255.255.255.255"},
	{"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	{"2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"},
	{"::", "::ffff"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
};

static struct space_frame *frame_of_ranges(void)
{
	struct space_frame *f = space_frame_new();

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		struct addr lo = addr_of(ranges[i].lo), hi = addr_of(ranges[i].hi);

		space_frame_add(f, &lo, &hi);
	}
	space_frame_seal(f);
	return f;
}

/* What was added is found, and found to be what it was. */
static void test_round_trip(void **state)
{
	struct space_frame *f = frame_of_ranges();
	char text[ADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		struct addr lo = addr_of(ranges[i].lo), hi = addr_of(ranges[i].hi);
		struct space_range r = space_frame_find(f, &lo, &hi);

		space_frame_addrs(f, lo.family == 4 ? SPACE_IPV4 : SPACE_IPV6, r, &lo, &hi);
		assert_string_equal(addr_text(&lo, text), ranges[i].lo);
		assert_string_equal(addr_text(&hi, text), ranges[i].hi);
	}
	space_frame_free(f);
}

static void test_ranks(void **state)
{
	/* In order; each with the rank of its piece. */
	static const struct {
		const char *addr;
		uint32_t rank;
	} rows[] = {
		{"0.0.0.0", 0},
		{"9.255.255.255", 0},
		{"10.0.0.0", 1},
		{"10.0.0.4", 1},
		{"10.0.0.5", 2},
		{"10.0.0.6", 3},
		{"10.255.255.255", 3},
		{"11.0.0.0", 4},
		{"192.0.2.0", 4},
		{"192.0.2.1", 5},
		{"255.255.255.255", 5},
		{"::", 6},
		{"::ffff", 6},
		{"::1:0", 7},
		{"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", 7},
		{"2001:db8::", 8},
		{"2001:db8::ffff:ffff:ffff:ffff", 8},
		{"2001:db8:0:1::", 9},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 9},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 10},
	};
	struct space_frame *f = frame_of_ranges();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a = addr_of(rows[i].addr);

		if (space_frame_rank(f, &a) != rows[i].rank)
			fail_msg("%s: rank %u", rows[i].addr, space_frame_rank(f, &a));
	}
	assert_int_equal(space_frame_family(f, SPACE_IPV4).hi, 5);
	assert_int_equal(space_frame_family(f, SPACE_IPV6).lo, 6);
	assert_int_equal(space_frame_last(f, SPACE_TO), 10);
	space_frame_free(f);
}

static void test_counts(void **state)
{
	static const struct {
		uint32_t lo, hi;
		double n;
	} rows[] = {
		{0, 5, 0x1p32},
		{1, 3, 0x1p24},
		{2, 2, 1},
		{6, 6, 65536},
		{8, 8, 0x1p64},
		{10, 10, 1},
		{6, 10, 0x1p128},
		{0, SPACE_LAST, 0x1p128 + 0x1p32},
		{5, 6, 65536 + (255.0 - 192) * 0x1p24 + 0x1p24 - 2 * 256 - 1},
	};
	struct space_frame *f = frame_of_ranges();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		double n = space_frame_count(f, (struct space_range){rows[i].lo, rows[i].hi});

		if (n != rows[i].n)
			fail_msg("%u-%u: %.17g", rows[i].lo, rows[i].hi, n);
	}
	space_frame_free(f);
}

static void test_prefixes_and_interfaces(void **state)
{
	struct space_frame *f = space_frame_new();
	const struct prefix p = {addr_of("2001:db8::"), 61}, all = {addr_of("0.0.0.0"), 0};
	struct addr lo, hi;
	char text[ADDR_TEXT_MAX];
	uint32_t eth0 = space_frame_add_interface(f, SLICE("eth0"));

	(void)state;
	assert_int_equal(eth0, SPACE_FIRST_INTERFACE);
	assert_int_equal(space_frame_add_interface(f, SLICE("eth")), eth0 + 1);
	assert_int_equal(space_frame_add_interface(f, SLICE("eth0")), eth0);
	space_frame_add_prefix(f, &p);
	space_frame_add_prefix(f, &all);
	space_frame_seal(f);
	assert_int_equal(space_frame_last(f, SPACE_IN), eth0 + 1);
	assert_int_equal(space_frame_add_interface(f, SLICE("eth")), eth0 + 1);
	space_frame_addrs(f, SPACE_IPV6, space_frame_find_prefix(f, &p), &lo, &hi);
	assert_string_equal(addr_text(&lo, text), "2001:db8::");
	assert_string_equal(addr_text(&hi, text), "2001:db8:0:7:ffff:ffff:ffff:ffff");
	assert_int_equal(space_frame_find_prefix(f, &all).hi, 0);
	/* Of all ranks, those of the family. */
	space_frame_addrs(f, SPACE_IPV4, (struct space_range){0, SPACE_LAST}, &lo, &hi);
	assert_string_equal(addr_text(&hi, text), "255.255.255.255");
	space_frame_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_prefixes_and_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
