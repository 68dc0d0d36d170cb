/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "report/table.h"

static void fill(struct table *t, const char *const *cells, size_t n)
{
	table_init(t);
	table_add_column(t, "NAME", false);
	table_add_column(t, "WORDS", true);
	table_add_column(t, "MORE", false);
	for (size_t i = 0; i < n; i++)
		table_add_cell(t, cells[i]);
}

static const struct {
	const char *name, *cells[6];
	size_t n, width;
	const char *want;
} rows[] = {
	{"no limit", {"web1", "a b", "x"}, 3, 0, "  NAME  WORDS  MORE\n  web1  a b    x\n"},
	{"no rows", {NULL}, 0, 0, ""},
	{"an empty column is left out",
	 {"web1", "", "x", "db", "", "yy"},
	 6,
	 0,
	 "  NAME  MORE\n  web1  x\n  db    yy\n"},
	{"broken between words",
	 {"web1", "one two three four five", "x"},
	 3,
	 28,
	 "  NAME  WORDS           MORE\n  web1  one two three   x\n        four five\n"},
	{"a long word is not broken",
	 {"web1", "abcdefghijklmnopqrst uv", "x"},
	 3,
	 20,
	 "  NAME  WORDS                 MORE\n  web1  abcdefghijklmnopqrst  x\n        uv\n"},
	{"characters are counted, not bytes",
	 {"\xc3\xbc", "b", "x"},
	 3,
	 0,
	 "  NAME  WORDS  MORE\n  \xc3\xbc     b      x\n"},
	{"hostile",
	 {"a\033[2J\n", "b", "x"},
	 3,
	 0,
	 "  NAME        WORDS  MORE\n  a\\x1b[2J\\n  b      x\n"},
};

static void test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf out = BUF_INIT;
		struct table t;

		fill(&t, rows[i].cells, rows[i].n);
		table_write_text(&t, 2, rows[i].width, &out);
		check_text(rows[i].name, &out, rows[i].want);
		table_release(&t);
		buf_release(&out);
	}
}

static void test_markdown(void **state)
{
	static const char *const cells[] = {"a|b", "", "<i>", "c\nd", "", "*"};
	struct buf out = BUF_INIT;
	struct table t;

	(void)state;
	fill(&t, cells, ARRAY_LEN(cells));
	table_write_markdown(&t, &out);
	check_text("markdown", &out,
		   "| NAME | MORE |\n| --- | --- |\n| a\\|b | \\<i\\> |\n| c d | \\* |\n");
	table_release(&t);
	buf_release(&out);
}

static void test_cells(void **state)
{
	static const char *const cells[] = {"1", "", "3", "4", "5", ""};
	struct table t;

	(void)state;
	fill(&t, cells, ARRAY_LEN(cells));
	assert_int_equal(table_rows(&t), 2);
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		assert_string_equal(table_cell(&t, i / 3, i % 3), cells[i]);
	assert_false(table_column_is_empty(&t, 1));
	table_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
