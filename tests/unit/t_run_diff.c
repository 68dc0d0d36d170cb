/* SPDX-License-Identifier: ISC
 *
 * One verdict in two runs, in every pair of words.
 */
#include "model/run_diff.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

static struct past_run *new_run(void)
{
	struct arena *arena = arena_new();
	struct past_run *run = ARENA_NEW(arena, struct past_run);

	run->arena = arena;
	run->verdicts.items = ARENA_ARRAY(arena, struct past_verdict, 2);
	return run;
}

static struct past_verdict *add(struct past_run *run, const char *key, enum verdict verdict)
{
	struct past_verdict *v = &run->verdicts.items[run->verdicts.n++];

	*v = (struct past_verdict){.key = slice_of(key), .verdict = verdict, .vantage = "web1"};
	map_add(&run->by_key, v->key, v);
	map_add(&run->by_vantage, slice_of(v->vantage), v);
	return v;
}

/* The only difference, DIFFERENCE_KINDS where there is none. */
static enum difference_kind compare(const struct past_run *first, const struct past_run *second)
{
	struct arena *arena = arena_new();
	enum difference_kind kind = DIFFERENCE_KINDS;
	struct run_diff d;

	run_diff(first, second, arena, &d);
	assert_true(d.items.n + d.same == 1);
	if (d.items.n) {
		kind = d.items.items[0].kind;
		assert_int_equal(d.counts[kind], 1);
	}
	arena_free(arena);
	return kind;
}

/* Rows: before; columns: after; pass, degraded, fail, forbidden-open, not-tested, unproven. */
static void pairs(void **state)
{
	static const char letters[] = "nfcv12="; /* by kind */
	static const char *const want[VERDICT_COUNT] = {
		"=vnnvv", "v=nnvv", "ff=cvv", "ffc=vv", "vvnn=v", "vvnnv=",
	};

	(void)state;
	for (enum verdict a = 0; a < VERDICT_COUNT; a++) {
		for (enum verdict b = 0; b < VERDICT_COUNT; b++) {
			struct past_run *first = new_run(), *second = new_run();

			add(first, "x", a);
			add(second, "x", b);
			if (letters[compare(first, second)] != want[a][b])
				fail_msg("%u, then %u", a, b);
			past_run_free(first);
			past_run_free(second);
		}
	}
}

/* What makes another cause of the same verdict, each by itself. */
static void causes(void **state)
{
	static const struct past_verdict changes[] = {
		{.network = ANSWER_FAIL}, {.service = ANSWER_FAIL}, {.turn = TURN_NETWORK},
		{.device = "fw1"},	  {.reason = "another"},
	};
	static const struct past_outcome outcomes[] = {
		{.outcome = {.state = STATE_CLOSED, .cause = CAUSE_TARGET}},
		{.outcome = {.state = STATE_REJECTED, .cause = CAUSE_TARGET}},
		{.outcome = {.state = STATE_CLOSED, .cause = CAUSE_HOP}},
		{.outcome = {.state = STATE_CLOSED, .by = {.family = 4}}},
	};
	struct past_run *first = new_run(), *second = new_run();
	struct past_verdict *before = add(first, "x", VERDICT_FAIL);
	struct past_verdict *after = add(second, "x", VERDICT_FAIL);
	const struct past_verdict plain = *before;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		*after = changes[i];
		after->key = plain.key;
		after->verdict = VERDICT_FAIL;
		after->vantage = plain.vantage;
		assert_int_equal(compare(first, second), DIFFERENCE_CAUSE);
	}
	*after = plain;
	before->decisive = &outcomes[0];
	assert_int_equal(compare(first, second), DIFFERENCE_CAUSE);
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		after->decisive = &outcomes[i];
		after->reason = "0.42 ms this time"; /* other words of the same cause */
		assert_int_equal(compare(first, second), i ? DIFFERENCE_CAUSE : DIFFERENCE_KINDS);
	}
	past_run_free(first);
	past_run_free(second);
}

static void only_in_one(void **state)
{
	struct past_run *none = new_run(), *fails = new_run(), *other = new_run();
	struct arena *arena = arena_new();
	struct run_diff d;

	(void)state;
	add(fails, "x", VERDICT_FAIL);
	assert_int_equal(compare(fails, none), DIFFERENCE_GONE);
	/* Nothing was tried from there: it is not new that it fails. */
	assert_int_equal(compare(none, fails), DIFFERENCE_CAME);
	add(other, "y", VERDICT_PASS);
	run_diff(other, fails, arena, &d);
	assert_int_equal(d.counts[DIFFERENCE_FAILS], 1);
	assert_int_equal(d.counts[DIFFERENCE_GONE], 1);
	run_diff(fails, other, arena, &d);
	assert_int_equal(d.counts[DIFFERENCE_CAME], 1);
	arena_free(arena);
	past_run_free(none);
	past_run_free(fails);
	past_run_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),
		cmocka_unit_test(causes),
		cmocka_unit_test(only_in_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
