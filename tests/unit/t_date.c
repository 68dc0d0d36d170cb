/* SPDX-License-Identifier: ISC */
#include "base/date.h"

#include "test.h"

static void known_days(void **state)
{
	static const struct {
		const char *text;
		int32_t day;
	} rows[] = {{"1970-01-02", 1},	   {"1970-03-01", 59},	   {"1972-02-29", 789},
		    {"2000-02-29", 11016}, {"2000-03-01", 11017},  {"2026-11-27", 20784},
		    {"2100-03-01", 47541}, {"9999-12-31", 2932896}};
	char text[DATE_TEXT_MAX];
	int32_t day;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(date_parse(slice_of(rows[i].text), &day));
		assert_int_equal(day, rows[i].day);
		assert_string_equal(date_text(day, text), rows[i].text);
	}
}

static void no_days(void **state)
{
	static const char *const rows[] = {"",		 "2026",	"2026-11",    "2026-11-31",
					   "2026-02-29", "2100-02-29",	"2026-13-01", "2026-00-01",
					   "2026-01-00", "1969-12-31",	"2026/01/01", "2026-1-001",
					   "2026-11-3x", "2026-11-301", "1970-01-01"};
	int32_t day;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (date_parse(slice_of(rows[i]), &day))
			fail_msg("\"%s\"", rows[i]);
}

/* Each day reads back, and is the one after the day before: their texts rise, too. */
static void days_follow_each_other(void **state)
{
	char text[DATE_TEXT_MAX], before[DATE_TEXT_MAX] = "";
	int32_t day;

	(void)state;
	for (int32_t i = 1; i < 200000; i++) {
		assert_true(date_parse(slice_of(date_text(i, text)), &day));
		assert_int_equal(day, i);
		assert_true(strcmp(before, text) < 0);
		memcpy(before, text, sizeof(before));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days),
		cmocka_unit_test(no_days),
		cmocka_unit_test(days_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
