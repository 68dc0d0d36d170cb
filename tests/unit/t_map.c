/* SPDX-License-Identifier: ISC */
#include "base/map.h"

#include "test.h"

static void test_small(void **state)
{
	struct map m = {0};
	int one, two;

	(void)state;
	assert_null(map_find(&m, SLICE("a")));
	assert_true(map_add(&m, SLICE("a"), &one));
	assert_false(map_add(&m, SLICE("a"), &two));
	assert_ptr_equal(map_find(&m, SLICE("a")), &one);
	assert_true(map_add(&m, SLICE("a\0"), &two));
	assert_ptr_equal(map_find(&m, SLICE("a\0")), &two);
	assert_ptr_equal(map_find(&m, SLICE("a")), &one);
	assert_true(map_add(&m, SLICE(""), &two));
	assert_ptr_equal(map_find(&m, SLICE_NONE), &two);
	assert_int_equal(m.n, 3);
	map_release(&m);
	assert_null(map_find(&m, SLICE("a")));
}

static void test_many(void **state)
{
	enum { COUNT = 20000 };
	static char names[COUNT][12];
	struct map m = {0};

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), "host%zu", i);
		assert_true(map_add(&m, slice_of(names[i]), names[i]));
	}
	for (size_t i = 0; i < COUNT; i++)
		assert_ptr_equal(map_find(&m, slice_of(names[i])), names[i]);
	assert_null(map_find(&m, SLICE("host20000")));
	assert_int_equal(m.n, COUNT);
	map_release(&m);
}

/* Ids are made with it and kept in files: these values must never change. */
static void test_stable(void **state)
{
	(void)state;
	assert_true(hash_stable("", 0, 0) == 0xf52a15e9a9b5e89bu);
	assert_true(hash_stable("portolan", 8, 0) == 0x6faf3f5173ce282cu);
	assert_true(hash_stable("portolan", 8, 1) == 0x19d61181ec08e4f7u);
}

/* Another key, another order: what collides under one key does not under the next. */
static void test_keyed(void **state)
{
	uint64_t before = hash_bytes("some name", 9, 0);

	(void)state;
	hash_set_key(0x123456789abcdefu);
	assert_true(hash_bytes("some name", 9, 0) != before);
	assert_true(hash_stable("x", 1, 0) == hash_stable("x", 1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_keyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
