/* SPDX-License-Identifier: ISC */
#include "report/paragraph.h"

#include "base/compiler.h"
#include "test.h"

static void test_lines(void **state)
{
	static const struct {
		const char *name;
		struct paragraph p;
		const char *text, *want;
	} rows[] = {
		{"no limit", {2, 4, 0}, "one two three", "  one two three\n"},
		{"fits", {2, 4, 24}, "one two three four", "  one two three four\n"},
		{"hangs",
		 {2, 4, 20},
		 "one two three four five",
		 "  one two three four\n    five\n"},
		{"on the edge", {0, 0, 20}, "12345678901234567890 x", "12345678901234567890\nx\n"},
		{"a long word",
		 {0, 2, 20},
		 "a 1234567890123456789012345 b",
		 "a\n  1234567890123456789012345\n  b\n"},
		{"several blanks",
		 {0, 2, 20},
		 "12345678901234567  end it",
		 "12345678901234567\n  end it\n"},
		{"hardly any room",
		 {30, 30, 32},
		 "one two three four",
		 "                              one two three\n"
		 "                              four\n"},
		{"nothing", {2, 2, 20}, "", "  \n"},
		{"characters",
		 {0, 0, 15},
		 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 "
		 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 x",
		 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 "
		 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 x\n"},
		{"hostile", {1, 1, 0}, "a\nb\033[2J", " a\\nb\\x1b[2J\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf out = BUF_INIT;

		paragraph_write(&rows[i].p, rows[i].text, &out);
		check_text(rows[i].name, &out, rows[i].want);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
