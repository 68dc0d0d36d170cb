/* SPDX-License-Identifier: ISC */
#include "base/err.h"

#include <string.h>

#include "test.h"

static void test_format(void **state)
{
	struct buf b = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, ERR_DOCUMENT, (struct place){"x.yaml", 12, 7}, "no %s", "db"),
			 -ERR_DOCUMENT);
	err_format(&e, &b);
	check_text("with a position", &b, "x.yaml:12:7: no db");
	buf_clear(&b);
	assert_int_equal(err_set(&e, ERR_SYSTEM, (struct place){"x.yaml", 0, 0}, "gone"),
			 -ERR_SYSTEM);
	err_format(&e, &b);
	check_text("with a file", &b, "x.yaml: gone");
	buf_clear(&b);
	assert_int_equal(err_set(&e, ERR_USAGE, PLACE_NONE, "what?"), -ERR_USAGE);
	err_format(&e, &b);
	check_text("without a place", &b, "what?");
	buf_release(&b);
}

/* A file's name and what was read from it may hold anything. */
static void test_hostile(void **state)
{
	struct buf b = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(
		err_set(&e, ERR_DOCUMENT, (struct place){"\x1b[2J", 1, 1}, "\"%s\"", "a\nb\x9b"),
		-ERR_DOCUMENT);
	err_format(&e, &b);
	check_text("escaped", &b, "\\x1b[2J:1:1: \"a\\nb\\x9b\"");
	buf_release(&b);
}

static void test_long_text(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, ERR_LIMIT, PLACE_NONE, "%1000s", "x"), -ERR_LIMIT);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void test_sorted(void **state)
{
	static const struct place places[] = {
		{"b", 1, 1}, {"a", 2, 1}, {"a", 1, 9}, {NULL, 0, 0}, {"a", 1, 2}, {"a", 0, 0},
	};
	static const char *const want[] = {"3", "5", "4", "2", "1", "0"};
	struct errs es = {0};

	(void)state;
	errs_sort(&es);
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		errs_add(&es, places[i], "%zu", i);
	errs_sort(&es);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(es.items[i].text, want[i]);
	errs_release(&es);
}

static void test_too_many(void **state)
{
	struct errs es = {0};

	(void)state;
	for (uint32_t i = 0; i < ERRS_MAX + 7; i++)
		errs_add(&es, (struct place){"x", i, 1}, "mistake");
	assert_int_equal(es.n, ERRS_MAX);
	assert_int_equal(es.dropped, 7);
	errs_release(&es);
	assert_int_equal(es.n + es.dropped, 0);
}

/* The reader's arena, and the name in it, go away before the messages are printed. */
static void errs_keep_the_name_of_the_file(void **state)
{
	char name[] = "site.yaml";
	struct errs errs = {0};
	struct buf text = BUF_INIT;

	(void)state;
	errs_add(&errs, (struct place){name, 3, 4}, "one");
	errs_add(&errs, (struct place){name, 3, 5}, "two");
	assert_int_equal(errs.n_files, 1);
	memset(name, 'x', sizeof(name) - 1);
	err_format(&errs.items[1], &text);
	check_text("after the name is gone", &text, "site.yaml:3:5: two");
	buf_release(&text);
	errs_release(&errs);
}

static void the_place_goes_into_the_text(void **state)
{
	struct buf out = BUF_INIT;
	char file[] = "a\x1b.yaml";
	struct err e;

	(void)state;
	err_set(&e, ERR_DOCUMENT, (struct place){file, 3, 7}, "no such host");
	assert_int_equal(err_take_place(&e), -ERR_DOCUMENT);
	memset(file, 'x', sizeof(file) - 1);
	assert_int_equal(err_take_place(&e), -ERR_DOCUMENT);
	err_format(&e, &out);
	check_text("once", &out, "a\\x1b.yaml:3:7: no such host");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errs_keep_the_name_of_the_file),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(the_place_goes_into_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
