/* SPDX-License-Identifier: ISC */
#include "base/arena.h"

#include <stdalign.h>

#include "test.h"

/* Pieces of any size are zeroed, aligned, apart from each other, and stay what they were. */
static void test_pieces(void **state)
{
	enum { COUNT = 3000 };
	static unsigned char *pieces[COUNT];
	static size_t sizes[COUNT];
	struct arena *a = arena_new();
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		sizes[i] = random_below(&random, i % 100 == 0 ? 20000 : 50);
		pieces[i] = arena_get(a, sizes[i], 1);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(pieces[i][k], 0);
		memset(pieces[i], (int)(i % 251), sizes[i]);
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(pieces[i][k], i % 251);
	arena_free(a);
}

static void test_text(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(arena_copy(a, SLICE("abc")), "abc");
	assert_string_equal(arena_copy(a, SLICE_NONE), "");
	assert_memory_equal(arena_copy(a, SLICE("a\0b")), "a\0b", 4);
	assert_string_equal(arena_printf(a, "%s/%u", "tcp", 80), "tcp/80");
	assert_int_equal(strlen(arena_printf(a, "%9000s", "x")), 9000);
	arena_free(a);
	arena_free(NULL);
}

/* What is held grows with what was asked for, not with the number of pieces. */
static void test_size(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_int_equal(arena_size(a), 0);
	for (size_t i = 0; i < 100000; i++)
		(void)ARENA_NEW(a, uint64_t);
	assert_true(arena_size(a) >= 100000 * sizeof(uint64_t));
	assert_true(arena_size(a) <= 2 * 100000 * alignof(max_align_t) + (1 << 20));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
