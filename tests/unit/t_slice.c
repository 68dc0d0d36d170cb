/* SPDX-License-Identifier: ISC */
#include "base/slice.h"

#include "base/compiler.h"
#include "test.h"

static void test_cut(void **state)
{
	static const struct {
		const char *text, *parts[4];
	} rows[] = {
		{"a,,b", {"a", "", "b", NULL}}, {"", {"", NULL}},
		{",", {"", "", NULL}},		{"alone", {"alone", NULL}},
		{"end,", {"end", "", NULL}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct slice s = slice_of(rows[i].text), part;

		for (size_t k = 0; rows[i].parts[k]; k++) {
			assert_true(slice_cut(&s, ',', &part));
			assert_true(slice_is(part, rows[i].parts[k]));
		}
		assert_false(slice_cut(&s, ',', &part));
		assert_null(s.p);
	}
}

static void test_number(void **state)
{
	static const struct {
		const char *text;
		uint64_t max, value;
		bool ok;
	} rows[] = {
		{"0", 65535, 0, true},
		{"65535", 65535, 65535, true},
		{"65536", 65535, 0, false},
		{"00080", 65535, 80, true},
		{"", 65535, 0, false},
		{" 1", 65535, 0, false},
		{"1 ", 65535, 0, false},
		{"+1", 65535, 0, false},
		{"-1", 65535, 0, false},
		{"0x10", 65535, 0, false},
		{"7", 5, 0, false},
		{"5", 5, 5, true},
		{"10", 5, 0, false},
		{"1", 0, 0, false},
		{"0", 0, 0, true},
		{"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
		{"18446744073709551616", UINT64_MAX, 0, false},
		{"99999999999999999999999", UINT64_MAX, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t v = 12345;
		bool ok = slice_number(slice_of(rows[i].text), rows[i].max, &v);

		if (ok != rows[i].ok)
			fail_msg("\"%s\" up to %llu", rows[i].text,
				 (unsigned long long)rows[i].max);
		assert_int_equal(v, rows[i].ok ? rows[i].value : 12345);
	}
}

static void test_compare(void **state)
{
	static const struct {
		const char *a, *b;
		int sign;
	} rows[] = {
		{"", "", 0},	 {"a", "a", 0},	 {"a", "b", -1},    {"b", "a", 1},
		{"a", "ab", -1}, {"ab", "a", 1}, {"a", "\xff", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int c = slice_compare(slice_of(rows[i].a), slice_of(rows[i].b));

		assert_int_equal((c > 0) - (c < 0), rows[i].sign);
		assert_int_equal(slice_equal(slice_of(rows[i].a), slice_of(rows[i].b)),
				 rows[i].sign == 0);
	}
	assert_true(slice_equal(SLICE_NONE, SLICE("")));
	assert_true(slice_is_nocase(SLICE("TcP"), "tcp"));
	assert_false(slice_is_nocase(SLICE("tc"), "tcp"));
	assert_false(slice_equal(SLICE("a\0b"), SLICE("a\0c")));
}

static void test_trim_and_skip(void **state)
{
	(void)state;
	assert_true(slice_is(slice_trim(SLICE(" \t a b\r\n")), "a b"));
	assert_true(slice_is(slice_trim(SLICE(" \n ")), ""));
	assert_true(slice_is(slice_trim(SLICE_NONE), ""));
	assert_true(slice_is(slice_skip(SLICE("abc"), 1), "bc"));
	assert_true(slice_is(slice_skip(SLICE("abc"), 4), ""));
	assert_true(slice_is(slice_skip(SLICE_NONE, 4), ""));
	assert_true(slice_has_prefix(SLICE("--name"), "--"));
	assert_false(slice_has_prefix(SLICE("-"), "--"));
	assert_true(slice_has_prefix(SLICE_NONE, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_trim_and_skip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
