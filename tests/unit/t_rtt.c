/* SPDX-License-Identifier: ISC */
#include "probe/rtt.h"

#include "test.h"

enum { MS = 1000 };

static const struct rtt nothing;

static struct rtt answers(unsigned n, uint32_t us)
{
	struct rtt r = {0};

	for (unsigned i = 0; i < n; i++)
		rtt_add(&r, us, 0);
	return r;
}

static void late_is_as_for_a_retransmission(void **state)
{
	struct rtt r = {0};

	(void)state;
	assert_int_equal(rtt_late_us(&r), 0);
	rtt_add(&r, 300 * MS, 0); /* the first: three times the round trip */
	assert_int_equal(rtt_late_us(&r), 900 * MS);
	for (int i = 0; i < 100; i++)
		rtt_add(&r, 300 * MS, 0);
	assert_int_equal(rtt_late_us(&r), (300 + RTT_SLACK_MS) * MS);
	for (int i = 0; i < 100; i++) /* it wavers: srtt 250, rttvar about 50 */
		rtt_add(&r, i % 2 ? 200 * MS : 300 * MS, 0);
	assert_in_range(rtt_late_us(&r), 430 * MS, 470 * MS);
	r = answers(1, 0); /* within the clock's grain */
	assert_int_equal(rtt_late_us(&r), RTT_SLACK_MS * MS + 1);
	r = answers(5, 4000000);
	assert_int_equal(rtt_late_us(&r), RTT_LATE_MAX_MS * MS);
}

static void tries_follow_what_was_measured(void **state)
{
	static const struct {
		const char *name;
		struct rtt target, others;
		unsigned tries;
	} rows[] = {
		{"nothing is known", {0}, {0}, 5},
		{"one other port answered", {.sent = 1, .answered = 1}, {0}, 4},
		{"10 answered", {.sent = 10, .answered = 10}, {0}, 3},
		{"57 answered, none was lost", {.sent = 57, .answered = 57}, {0}, 2},
		{"... and 3 are silent", {.sent = 57, .answered = 57, .silent = 3}, {0}, 2},
		{"4 in 100 are lost", {.sent = 104, .lost = 4, .answered = 100}, {0}, 5},
		{"1 in 10 is lost", {.sent = 111, .lost = 11, .answered = 100}, {0}, 6},
		{"1 in 3: as many as there may be",
		 {.sent = 150, .lost = 50, .answered = 100},
		 {0},
		 6},
		{"all ports are silent, 300", {.silent = 300}, {0}, 3},
		{"all ports are silent, 5,000", {.silent = 5000}, {0}, 2},
		{"silent, and the way to others loses much",
		 {.silent = 3},
		 {.sent = 130, .lost = 30, .answered = 100},
		 6},
		{"silent, and the way to others loses nothing: it may be another way",
		 {0},
		 {.sent = 1000, .answered = 1000},
		 5},
		{"20 answered, and the way to others loses 4 in 100",
		 {.sent = 20, .answered = 20},
		 {.sent = 1060, .lost = 40, .answered = 1020},
		 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rtt *target = &rows[i].target;
		struct rtt run = rows[i].others; /* the run is the sum */
		unsigned tries;

		run.sent += target->sent;
		run.lost += target->lost;
		run.answered += target->answered;
		tries = rtt_tries(target, &run);
		if (tries != rows[i].tries)
			fail_msg("%s: %u tries, not %u", rows[i].name, tries, rows[i].tries);
	}
}

/* All that a silent probe does; the moments of its tries to `at`. Returns when it is over. */
static int64_t play(const struct rtt *target, const struct rtt *run, unsigned timeout_ms,
		    bool is_bound, int64_t at[RTT_TRIES_MAX], unsigned *tries)
{
	struct rtt_silence s = {.target = target,
				.run = run,
				.timeout_us = (int64_t)timeout_ms * MS,
				.is_bound = is_bound};

	for (;;) {
		struct rtt_step step;

		assert_true(s.tries < RTT_TRIES_MAX);
		at[s.tries++] = s.last_us;
		step = rtt_next(&s);
		if (step.is_over) {
			*tries = s.tries;
			return step.at_us;
		}
		/* as a timer does, somewhat later */
		s.last_us = step.at_us + 100;
	}
}

static void silence_is_over_in_time(void **state)
{
	const struct rtt near = answers(57, 200), far = answers(100, 300 * MS);
	struct rtt lossy = far;
	static const struct {
		const char *name;
		int which; /* 0: unknown, 1: near, 2: far, 3: far and lossy */
		unsigned timeout_ms;
		bool is_bound;
		unsigned tries;
		int64_t last_ms, over_ms; /* rounded down */
	} rows[] = {
		{"unknown", 0, 700, false, 5, 350, 700},
		{"near", 1, 700, false, 2, 350, 700},
		{"far: the second try after the first is late", 2, 700, false, 2, 350, 700},
		{"far and lossy: five, each with its time", 3, 700, false, 5, 1400, 1750},
		{"asked for", 0, 1000, true, 5, 350, 1000},
		{"asked for, near", 1, 1000, true, 2, 350, 1000},
		{"asked for, far and lossy: what fits in", 3, 1000, true, 4, 525, 1000},
		{"asked for, far and lossy: less fits in", 3, 700, true, 3, 350, 700},
		{"asked for, far and lossy: there is time", 3, 5000, true, 5, 1400, 5000},
		{"asked for, short", 0, 100, true, 3, 40, 100},
		{"asked for, very short", 0, 10, true, 2, 5, 10},
	};

	(void)state;
	lossy.lost = 4;
	lossy.sent += 4;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rtt *which[] = {&nothing, &near, &far, &lossy};
		int64_t at[RTT_TRIES_MAX];
		unsigned tries;
		int64_t over_us = play(which[rows[i].which], which[rows[i].which],
				       rows[i].timeout_ms, rows[i].is_bound, at, &tries);

		if (tries != rows[i].tries || at[tries - 1] / MS != rows[i].last_ms ||
		    over_us / MS != rows[i].over_ms)
			fail_msg("%s: %u tries, the last at %lld ms, over at %lld ms", rows[i].name,
				 tries, (long long)(at[tries - 1] / MS), (long long)(over_us / MS));
	}
}

/* The way to other targets is long: an unknown one is waited for as long. */
static void others_teach_patience(void **state)
{
	const struct rtt run = answers(50, 600 * MS);
	int64_t at[RTT_TRIES_MAX];
	unsigned tries;

	(void)state;
	assert_in_range(play(&nothing, &run, 700, false, at, &tries) / MS, 1000, 1001);
	assert_int_equal(tries, 5);
	assert_int_equal(play(&nothing, &run, 700, true, at, &tries) / MS, 700);
}

/* A generator of its own, so that every run is the same. */
static bool is_lost(uint64_t *state, double p)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 33) / (double)(1u << 31) < p;
}

/* Ports that answer after 300 ms, over a way that loses 2 % each way: which of them are called
 * dropped? Each target is probed as the engine does: in order, with what is known by then. */
static unsigned count_wrong(unsigned targets, unsigned ports, double p, unsigned *extra)
{
	struct rtt run = {0};
	uint64_t chance = 1;
	unsigned wrong = 0;

	*extra = 0;
	for (unsigned t = 0; t < targets; t++) {
		struct rtt target = {0};

		for (unsigned i = 0; i < ports; i++) {
			unsigned tries = rtt_tries(&target, &run), n = 0;

			while (n < tries && is_lost(&chance, p))
				n++;
			*extra += n;
			if (n == tries) {
				wrong++;
				rtt_add_silence(&target);
				continue;
			}
			rtt_add(&target, 300 * MS, n);
			rtt_add(&run, 300 * MS, n);
		}
	}
	return wrong;
}

static void bad_luck_is_no_drop(void **state)
{
	const double lost = 1 - 0.98 * 0.98;
	unsigned extra;

	(void)state;
	assert_int_equal(count_wrong(1, 100000, lost, &extra), 0);
	assert_in_range(extra, 3000, 6000);
	assert_int_equal(count_wrong(100, 1000, lost, &extra), 0);
	assert_int_equal(count_wrong(100000, 1, lost, &extra), 0);
	/* The sum can tell: with nothing lost there is nothing to try again, with much lost too
	 * few tries are wrong. */
	assert_int_equal(count_wrong(1, 1000, 0, &extra), 0);
	assert_int_equal(extra, 0);
	assert_in_range(count_wrong(1, 100000, 0.5, &extra), 1000, 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(late_is_as_for_a_retransmission),
		cmocka_unit_test(tries_follow_what_was_measured),
		cmocka_unit_test(silence_is_over_in_time),
		cmocka_unit_test(others_teach_patience),
		cmocka_unit_test(bad_luck_is_no_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
