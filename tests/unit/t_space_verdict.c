/* SPDX-License-Identifier: ISC
 *
 * What is not known for certain, against all that can be the case, in a small world.
 */
#include "policy/space_verdict.h"

#include "space_world.h"

enum { ACCEPT = 2, DROP = 4, UNSURE_MAX = 4 };

/* The verdicts of a list for one point, over all that its unsure rules may do. */
static uint8_t possible_at(const struct both *rules, size_t n, size_t point)
{
	uint8_t all = 0;

	for (uint32_t sure = 0; sure < 1u << n; sure++) {
		uint8_t verdict = SPACE_PASSES;

		for (size_t i = n; i--;)
			if (rules[i].at[point] &&
			    (!(rules[i].at[point] & SPACE_PASSES) || sure & 1u << i))
				verdict = rules[i].at[point] & ~SPACE_PASSES;
		all |= verdict;
	}
	return all == SPACE_PASSES ? 0 : all;
}

static void test_possible_verdicts(void **state)
{
	static struct both rules[UNSURE_MAX];
	struct world *w = *state;
	struct space *s = w->space;
	uint8_t want[POINTS], must[POINTS], may[POINTS];

	for (int round = 0; round < 40; round++) {
		uint32_t set = SPACE_EMPTY, other = SPACE_EMPTY;
		struct space_pair p;

		for (size_t i = 0; i < UNSURE_MAX; i++) {
			random_rule(w, &rules[i],
				    (random_below(&w->random, 2) ? ACCEPT : DROP) |
					    random_below(&w->random, 2));
			set = space_either(s, set, rules[i].set);
		}
		for (size_t i = UNSURE_MAX; i--;)
			other = space_either(s, rules[i].set, other);
		assert_int_equal(set, other);
		for (size_t i = 0; i < POINTS; i++) {
			want[i] = possible_at(rules, UNSURE_MAX, i);
			must[i] = want[i] == ACCEPT;
			may[i] = (want[i] & ACCEPT) != 0;
		}
		check_same(w, "possible verdicts", set, want);
		p = space_pair_of(s, set, ACCEPT);
		check_same(w, "must", p.must, must);
		check_same(w, "may", p.may, may);
		p = space_pair_of(s, set, DROP | SPACE_PASSES);
		assert_int_equal(p.must, space_complement(s, space_pair_of(s, set, ACCEPT).may));
		assert_int_equal(p.may, space_complement(s, space_pair_of(s, set, ACCEPT).must));
	}
}

/* Whatever the unknown is: a and b are sets between must and may. */
static void test_pairs(void **state)
{
	struct world *w = *state;
	struct space *s = w->space;

	for (int round = 0; round < 100; round++) {
		struct both x[6];
		struct space_pair a, b, joined, both, less, not ;
		uint32_t real_a, real_b;

		for (size_t i = 0; i < 6; i++)
			random_both(w, &x[i], 1);
		a = (struct space_pair){space_where(s, x[0].set, x[1].set),
					space_override(s, x[0].set, x[2].set)};
		b = (struct space_pair){space_where(s, x[3].set, x[4].set),
					space_override(s, x[3].set, x[5].set)};
		real_a = x[0].set, real_b = x[3].set;
		joined = space_pair_override(s, a, b);
		both = space_pair_where(s, a, b);
		less = space_pair_without(s, a, b);
		not = space_pair_complement(s, a);
		const struct {
			struct space_pair pair;
			uint32_t real;
		} rows[] = {{joined, space_override(s, real_a, real_b)},
			    {both, space_where(s, real_a, real_b)},
			    {less, space_without(s, real_a, real_b)},
			    {not, space_complement(s, real_a)}};
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			assert_int_equal(space_without(s, rows[i].pair.must, rows[i].real),
					 SPACE_EMPTY);
			assert_int_equal(space_without(s, rows[i].real, rows[i].pair.may),
					 SPACE_EMPTY);
		}
		/* What is certain stays so. */
		a = (struct space_pair){real_a, real_a};
		b = (struct space_pair){real_b, real_b};
		less = space_pair_without(s, a, b);
		assert_int_equal(less.must, less.may);
	}
}

static void test_answers(void **state)
{
	struct world *w = *state;
	struct space *s = w->space;
	uint32_t low = space_of_field(s, SPACE_TO_PORT, (struct space_range){0, 1023}),
		 http = space_of_field(s, SPACE_TO_PORT, (struct space_range){80, 80}),
		 high = space_complement(s, low);
	struct space_pair p = {http, low};
	const struct {
		uint32_t asked;
		enum space_answer want;
	} rows[] = {
		{http, SPACE_YES},
		{SPACE_EMPTY, SPACE_YES},
		{high, SPACE_NO},
		{space_without(s, low, http), SPACE_DEPENDS},
		{low, SPACE_MIXED},
		{SPACE_ALL, SPACE_MIXED},
		{SPACE_TOO_LARGE, SPACE_UNDECIDED},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (space_ask(s, p, rows[i].asked) != rows[i].want)
			fail_msg("question %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_possible_verdicts),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, world_make, world_drop);
}
