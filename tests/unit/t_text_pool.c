/* SPDX-License-Identifier: ISC */
#include "base/text_pool.h"

#include "base/arena.h"
#include "test.h"

static void equal_texts_are_kept_once(void **state)
{
	struct text_pool p;
	char text[] = "no answer";
	const char *first;

	(void)state;
	text_pool_init(&p);
	first = text_pool_add(&p, slice_of(text));
	assert_string_equal(first, "no answer");
	assert_ptr_not_equal(first, text);
	text[0] = 'N';
	assert_string_equal(first, "no answer");
	assert_ptr_equal(text_pool_add(&p, slice_of("no answer")), first);
	assert_ptr_not_equal(text_pool_add(&p, slice_of(text)), first);
	assert_string_equal(text_pool_add(&p, slice_of("")), "");
	text_pool_release(&p);
}

static void a_part_of_a_text_gets_its_own_end(void **state)
{
	struct text_pool p;

	(void)state;
	text_pool_init(&p);
	assert_string_equal(text_pool_add(&p, (struct slice){"rst, then", 3}), "rst");
	text_pool_release(&p);
}

/* Many flows, few sentences. */
static void memory_does_not_grow_with_repetition(void **state)
{
	struct text_pool p;
	char text[32];
	size_t before = 0;

	(void)state;
	text_pool_init(&p);
	for (int i = 0; i < 100000; i++) {
		snprintf(text, sizeof(text), "answer %d", i % 50);
		text_pool_add(&p, slice_of(text));
		if (i == 50)
			before = arena_size(p.arena);
	}
	assert_int_equal(p.map.n, 50);
	assert_int_equal(arena_size(p.arena), before);
	text_pool_release(&p);
}

static void release_of_zeros(void **state)
{
	struct text_pool p = {0};

	(void)state;
	text_pool_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_texts_are_kept_once),
		cmocka_unit_test(a_part_of_a_text_gets_its_own_end),
		cmocka_unit_test(memory_does_not_grow_with_repetition),
		cmocka_unit_test(release_of_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
