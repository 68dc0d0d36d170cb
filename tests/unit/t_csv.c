/* SPDX-License-Identifier: ISC */
#include "doc/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/compiler.h"

/* Rows as text: fields in brackets, a row ends in '/'; an error is "!line:column". */
static void read_as_text(struct slice input, struct buf *out)
{
	struct arena *arena = arena_new();
	struct err err;
	struct csv csv;
	int rc;

	csv_start(&csv, "t.csv", input, ',', arena);
	while ((rc = csv_next(&csv, &err)) > 0) {
		for (size_t i = 0; i < csv.n; i++) {
			struct slice field = csv_field(&csv, i);

			buf_addf(out, "[%.*s]", (int)field.n, field.p);
		}
		buf_add_char(out, '/');
	}
	if (rc < 0)
		buf_addf(out, "!%u:%u", err.place.line, err.place.column);
	arena_free(arena);
}

static void reads(void **state)
{
	static const struct {
		struct slice input;
		const char *rows;
	} cases[] = {
		{SLICE(""), ""},
		{SLICE("\n\r\n"), ""},
		{SLICE("a"), "[a]/"},
		{SLICE("a,b\nc\n"), "[a][b]/[c]/"},
		{SLICE("a,b\r\nc\r\n"), "[a][b]/[c]/"},
		{SLICE("\n\na\n\nb"), "[a]/[b]/"},
		{SLICE(",\n"), "[][]/"},
		{SLICE("a,"), "[a][]/"},
		{SLICE("\xef\xbb\xbf"
		       "a"),
		 "[a]/"},
		{SLICE("\"\""), "[]/"},
		{SLICE("\"a,b\",c"), "[a,b][c]/"},
		{SLICE("\"say \"\"x\"\"\",c"), "[say \"x\"][c]/"},
		{SLICE("\"\"\"\""), "[\"]/"},
		{SLICE("\"two\nlines\",c\nd"), "[two\nlines][c]/[d]/"},
		{SLICE("\"two\r\nlines\"\r\nd"), "[two\r\nlines]/[d]/"},
		{SLICE("a\rb,c"), "[a\rb][c]/"},
		{SLICE(" a , b "), "[ a ][ b ]/"},
		{SLICE("a,b\"c"), "!1:4"},
		{SLICE("a\n\"b\"c"), "[a]/!2:4"},
		{SLICE("a,\"b\n\nc"), "!1:3"},
		{SLICE("\"a\nb\"x"), "!2:3"},
		{SLICE("a\0b"), "!1:2"},
		{SLICE("x\n\"a\0b\""), "[x]/!2:3"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT;

		read_as_text(cases[i].input, &out);
		assert_string_equal(out.data, cases[i].rows);
		buf_release(&out);
	}
}

static void places_and_columns(void **state)
{
	static const char text[] = "Name, PORT \n\"a\nb\",7\n";
	struct arena *arena = arena_new();
	struct err err;
	struct csv csv;

	(void)state;
	csv_start(&csv, "t.csv", slice_of(text), ',', arena);
	assert_int_equal(csv_next(&csv, &err), 1);
	assert_int_equal(csv_column(&csv, "port"), 1);
	assert_int_equal(csv_column(&csv, "transport"), -1);
	assert_int_equal(csv_next(&csv, &err), 1);
	assert_int_equal(csv_place(&csv, 0).line, 2);
	assert_int_equal(csv_place(&csv, 0).column, 1);
	assert_int_equal(csv_place(&csv, 1).line, 3);
	assert_int_equal(csv_place(&csv, 1).column, 4);
	assert_true(slice_is(csv_field(&csv, 9), ""));
	assert_int_equal(csv_next(&csv, &err), 0);
	arena_free(arena);
}

static void refuses_endless_rows(void **state)
{
	struct arena *arena = arena_new();
	struct buf input = BUF_INIT;
	struct err err;
	struct csv csv;

	(void)state;
	buf_add_fill(&input, ',', CSV_FIELDS_MAX - 1);
	csv_start(&csv, "t.csv", buf_slice(&input), ',', arena);
	assert_int_equal(csv_next(&csv, &err), 1);
	assert_int_equal(csv.n, CSV_FIELDS_MAX);
	buf_add_char(&input, ',');
	csv_start(&csv, "t.csv", buf_slice(&input), ',', arena);
	assert_int_equal(csv_next(&csv, &err), -ERR_LIMIT);
	assert_int_equal(csv_next(&csv, &err), 0);
	buf_release(&input);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(places_and_columns),
		cmocka_unit_test(refuses_endless_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
