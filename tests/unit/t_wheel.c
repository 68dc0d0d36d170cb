/* SPDX-License-Identifier: ISC */
#include "sys/wheel.h"

#include "test.h"

enum { N = 400 };

/* The plain way: look at all of them. */
struct plain {
	struct timer timers[N];
	bool armed[N];
};

static int64_t tick_of(int64_t us)
{
	return us >> WHEEL_TICK_BITS;
}

/* The first tick that does not begin before the moment. */
static int64_t due_tick(int64_t us)
{
	return tick_of(us) + ((us & ((1 << WHEEL_TICK_BITS) - 1)) != 0);
}

static int64_t earliest(const struct plain *p)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < N; i++)
		if (p->armed[i] && p->timers[i].at.us < at)
			at = p->timers[i].at.us;
	return at;
}

/* What the wheel takes at `now` must be armed and due, in the order of ticks; afterwards nothing
 * that is due may be left. */
static void check_take(struct wheel *w, struct plain *p, int64_t now)
{
	struct timer *t;
	int64_t last = 0;

	while ((t = wheel_take(w, (struct mono){now}))) {
		size_t i = (size_t)(t - p->timers);

		assert_true(i < N && p->armed[i]);
		assert_null(t->link);
		assert_true(due_tick(t->at.us) <= tick_of(now));
		assert_true(t->at.us <= now);
		assert_true(due_tick(t->at.us) >= last);
		last = due_tick(t->at.us);
		p->armed[i] = false;
	}
	for (size_t i = 0; i < N; i++)
		assert_false(p->armed[i] && due_tick(p->timers[i].at.us) <= tick_of(now));
}

/* Never later than the first timer; and not so early that waiting for it is a busy loop: it is
 * either that timer's own tick, or one where a slot of a higher level is opened. */
static void check_next(const struct wheel *w, const struct plain *p, int64_t now)
{
	struct mono next;
	int64_t first = earliest(p);

	assert_int_equal(wheel_next(w, &next), first != INT64_MAX);
	if (first == INT64_MAX)
		return;
	assert_true(tick_of(next.us) <= due_tick(first));
	assert_true(tick_of(next.us) > tick_of(now));
}

/* From microseconds to years, so that every level is used. */
static int64_t random_span(uint64_t *seed)
{
	unsigned bits = 1 + random_below(seed, 44);
	uint64_t v =
		(uint64_t)random_below(seed, UINT32_MAX) << 32 | random_below(seed, UINT32_MAX);

	return (int64_t)(v & ((UINT64_C(1) << bits) - 1));
}

static void run_random(int64_t start, uint64_t seed)
{
	static struct plain p;
	struct wheel w;
	int64_t now = start;

	p = (struct plain){0};
	wheel_init(&w, (struct mono){now});
	for (int step = 0; step < 4000; step++) {
		size_t i = random_below(&seed, N);

		if (p.armed[i] && random_below(&seed, 2)) {
			wheel_remove(&w, &p.timers[i]);
			p.armed[i] = false;
		} else if (!p.armed[i]) {
			p.timers[i].at.us = now + 1 + random_span(&seed);
			wheel_add(&w, &p.timers[i]);
			p.armed[i] = true;
		}
		if (random_below(&seed, 4) == 0) {
			now += random_span(&seed) >> random_below(&seed, 20);
			check_take(&w, &p, now);
			check_next(&w, &p, now);
		}
	}
	while (earliest(&p) != INT64_MAX) {
		struct mono next;

		assert_true(wheel_next(&w, &next));
		assert_true(next.us > now);
		now = next.us;
		check_take(&w, &p, now);
	}
	assert_int_equal(w.n, 0);
}

static void test_against_plain(void **state)
{
	/* Also across the moments at which high levels turn. */
	static const int64_t starts[] = {
		0,
		63,
		64,
		1000000,
		(INT64_C(1) << 36) - 5,
		(INT64_C(1) << 42) - 1,
		(INT64_C(1) << 60) - 1000000,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		run_random(starts[i], 0x9e3779b97f4a7c15u + i);
}

static void test_never_early(void **state)
{
	struct wheel w;
	struct timer t = {.at = {1000}};

	(void)state;
	wheel_init(&w, (struct mono){0});
	wheel_add(&w, &t);
	assert_null(wheel_take(&w, (struct mono){999}));
	assert_null(
		wheel_take(&w, (struct mono){1000})); /* in the middle of a tick: the next one */
	assert_ptr_equal(wheel_take(&w, (struct mono){1024}), &t);
	assert_null(wheel_take(&w, (struct mono){2000}));
}

/* What is due already comes with the next call; a callback may arm its own timer again. */
static void test_past(void **state)
{
	struct wheel w;
	struct timer t = {.at = {10}};

	(void)state;
	wheel_init(&w, (struct mono){1000000});
	wheel_add(&w, &t);
	assert_ptr_equal(wheel_take(&w, (struct mono){1000000}), &t);
	wheel_add(&w, &t);
	assert_ptr_equal(wheel_take(&w, (struct mono){1000000}), &t);
	assert_null(wheel_take(&w, (struct mono){1000000}));
}

static void test_farthest(void **state)
{
	struct wheel w;
	struct timer t = {.at = {INT64_MAX}};
	struct mono next;

	(void)state;
	wheel_init(&w, (struct mono){0});
	wheel_add(&w, &t);
	assert_true(wheel_next(&w, &next));
	assert_null(wheel_take(&w, (struct mono){INT64_C(1) << 62}));
	wheel_remove(&w, &t);
	assert_false(wheel_next(&w, &next));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_plain),
		cmocka_unit_test(test_never_early),
		cmocka_unit_test(test_past),
		cmocka_unit_test(test_farthest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
