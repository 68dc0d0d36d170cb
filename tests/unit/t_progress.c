/* SPDX-License-Identifier: ISC */
#include "cmd/progress.h"

#include "test.h"

static void the_rest_takes_as_long_as_what_is_done(void **state)
{
	static const struct {
		size_t done, total;
		int64_t elapsed_ms;
		const char *text;
	} rows[] = {
		{0, 3, 1000, "0 of 3 checks"},
		{1234, 65535, 1000, "1234 of 65535 checks, about 52 s left"},
		{30, 60, 3000, "30 of 60 checks, about 3 s left"},
		{59, 60, 3000, "59 of 60 checks, about 0 s left"},
		{60, 60, 3000, "60 of 60 checks, about 0 s left"},
		{1, 120, 1000, "1 of 120 checks, about 119 s left"},
		{1, 121, 1000, "1 of 121 checks, about 2 min left"},
		{1, 1000000, 1000, "1 of 1000000 checks, about 16667 min left"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		progress_format(rows[i].done, rows[i].total, rows[i].elapsed_ms, &out);
		check_slice("progress", buf_slice(&out), slice_of(rows[i].text));
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rest_takes_as_long_as_what_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
