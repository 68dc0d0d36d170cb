/* SPDX-License-Identifier: ISC */
#include "base/buf.h"

#include <stdlib.h>

#include "test.h"

static void test_empty(void **state)
{
	struct buf b;
	size_t n = 1;
	char *taken;

	(void)state;
	buf_init(&b);
	assert_string_equal(b.data, "");
	buf_clear(&b);
	buf_add(&b, NULL, 0);
	buf_add_fill(&b, 'x', 0);
	buf_add_slice(&b, SLICE_NONE);
	assert_int_equal(b.n, 0);
	taken = buf_take(&b, &n);
	assert_int_equal(n, 0);
	assert_string_equal(taken, "");
	free(taken);
	buf_release(&b);
	buf_release(&b);
}

static void test_add(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_add_text(&b, "a");
	buf_add(&b, "b\0c", 3);
	buf_add_char(&b, 'd');
	buf_add_fill(&b, '-', 3);
	buf_addf(&b, "%d%s", 42, "!");
	check_slice("pieces", buf_slice(&b), SLICE("ab\0cd---42!"));
	assert_int_equal(b.data[b.n], '\0');
	buf_truncate(&b, 2);
	check_text("truncated", &b, "ab");
	assert_int_equal(b.data[2], '\0');
	buf_release(&b);
}

/* Every length from nothing to a few pages ends in a NUL, and keeps what was there. */
static void test_growth(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		buf_add_char(&b, (char)('a' + i % 26));
		assert_int_equal(b.n, i + 1);
		assert_int_equal(b.data[b.n], '\0');
	}
	for (size_t i = 0; i < b.n; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_release(&b);
}

static void test_long_format(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_addf(&b, "%05000d", 7);
	assert_int_equal(b.n, 5000);
	assert_int_equal(b.data[4999], '7');
	buf_release(&b);
}

static void test_room(void **state)
{
	struct buf b = BUF_INIT;
	unsigned char *at;

	(void)state;
	buf_add_text(&b, "secret that was here");
	buf_clear(&b);
	at = buf_room(&b, 8);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(at[i], 0);
	buf_release(&b);
}

static void test_take(void **state)
{
	struct buf b = BUF_INIT;
	size_t n;
	char *taken;

	(void)state;
	buf_add_text(&b, "mine");
	taken = buf_take(&b, &n);
	assert_int_equal(n, 4);
	assert_string_equal(taken, "mine");
	assert_int_equal(b.n, 0);
	buf_add_text(&b, "next");
	check_text("usable again", &b, "next");
	free(taken);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),  cmocka_unit_test(test_add),
		cmocka_unit_test(test_growth), cmocka_unit_test(test_long_format),
		cmocka_unit_test(test_room),   cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
