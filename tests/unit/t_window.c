/* SPDX-License-Identifier: ISC */
#include "probe/window.h"

#include "test.h"

static void add_answers(struct window *w, unsigned n, unsigned every, unsigned most)
{
	for (unsigned i = 1; i <= n; i++)
		window_add_answer(w, every && i % every == 0, most);
}

static void answers_make_room(void **state)
{
	struct window w;

	(void)state;
	window_init(&w, 64);
	assert_false(window_is_full(&w));
	w.n = 64;
	assert_true(window_is_full(&w));
	add_answers(&w, 64, 0, 1000);
	assert_int_equal(w.size, 128);
	assert_false(window_is_full(&w));
	add_answers(&w, 5000, 0, 1000);
	assert_int_equal(w.size, 1000);
}

/* 4 in 100, as over a bad line, is no reason to slow down; one in four is. */
static void loss_halves_it(void **state)
{
	struct window w;

	(void)state;
	window_init(&w, 64);
	add_answers(&w, 5000, 25, 2000);
	assert_int_equal(w.size, 2000);
	add_answers(&w, 2000, 4, 2000); /* to the end of what was begun, and of one more */
	add_answers(&w, 2000, 4, 2000);
	assert_in_range(w.size, 500, 1000);
	add_answers(&w, 100000, 4, 2000);
	assert_in_range(w.size, WINDOW_MIN, WINDOW_MIN * 2);
	add_answers(&w, WINDOW_MIN, 0, 2000); /* and back */
	add_answers(&w, WINDOW_MIN, 0, 2000);
	assert_in_range(w.size, WINDOW_MIN * 2, WINDOW_MIN * 8);
}

static void silence_makes_some_room(void **state)
{
	struct window w;

	(void)state;
	window_init(&w, 64);
	for (int i = 0; i < 10000; i++)
		window_add_silence(&w);
	assert_int_equal(w.size, WINDOW_SILENT);
	window_init(&w, WINDOW_SILENT + 7);
	window_add_silence(&w);
	assert_int_equal(w.size, WINDOW_SILENT + 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_make_room),
		cmocka_unit_test(loss_halves_it),
		cmocka_unit_test(silence_makes_some_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
