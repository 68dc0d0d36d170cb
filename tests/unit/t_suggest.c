/* SPDX-License-Identifier: ISC */
#include "base/suggest.h"

#include "base/compiler.h"
#include "test.h"

static void test_nearest(void **state)
{
	static const char *const names[] = {"database", "web", "dc", "browser", "launcher"};
	static const struct {
		const char *wanted, *best;
	} rows[] = {
		{"databse", "database"},
		{"dtaabase", "database"},
		{"databasee", "database"},
		{"wbe", "web"},
		{"brwoser", "browser"},
		{"lancher", "launcher"},
		{"printer", NULL},
		{"x", NULL},
		{"", NULL},
		{"database", "database"},
		{"a-name-that-is-a-good-deal-longer-than-forty-bytes", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct suggest s = suggest_start(slice_of(rows[i].wanted));

		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			suggest_add(&s, names[k]);
		if (!rows[i].best && s.best)
			fail_msg("\"%s\": %s", rows[i].wanted, s.best);
		if (rows[i].best)
			assert_string_equal(s.best, rows[i].best);
	}
}

/* Every single mistake in a long name is found again, and told apart from its neighbour. */
static void test_every_single_mistake(void **state)
{
	static const char name[] = "requirements";
	enum { N = sizeof(name) - 1 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		char wrong[N + 2];
		struct suggest s;

		memcpy(wrong, name, sizeof(name));
		wrong[i] = '_';
		s = suggest_start(slice_of(wrong));
		suggest_add(&s, name);
		suggest_add(&s, "requirement");
		assert_ptr_equal(s.best, name);
		assert_int_equal(s.distance, 1);
		memmove(wrong + i, name + i + 1, N - i);
		s = suggest_start(slice_of(wrong));
		suggest_add(&s, name);
		assert_int_equal(s.distance, 1);
	}
}

static void test_text(void **state)
{
	struct suggest s = suggest_start(SLICE("wbe"));
	char text[SUGGEST_TEXT_MAX];

	(void)state;
	assert_string_equal(suggest_text(&s, text), "");
	suggest_add(&s, "web");
	assert_string_equal(suggest_text(&s, text), " (did you mean \"web\"?)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_every_single_mistake),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
