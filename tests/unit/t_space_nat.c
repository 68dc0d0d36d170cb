/* SPDX-License-Identifier: ISC
 *
 * Translation against what becomes of every packet of a small world.
 */
#include "policy/space_nat.h"

#include "space_world.h"

/* Of a set of new values only the changed digits count, and the family of addresses. */
static struct point_match random_target(struct world *w, uint32_t changed)
{
	struct point_match m = {0};
	bool v6 = random_below(&w->random, 2);

	for (size_t i = 0; i < DIGITS; i++) {
		if (!(changed & 1u << i))
			continue;
		if (i == TO || i == FROM) {
			m.pieces[FAMILY] = (uint8_t)(1u << v6);
			m.pieces[i] = (uint8_t)(1 + random_below(&w->random, 15));
			m.pieces[i] = (uint8_t)(m.pieces[i] << (v6 ? 4 : 0));
		} else {
			m.pieces[i] =
				(uint8_t)(1 + random_below(&w->random, (1u << digits[i].n) - 1));
		}
	}
	return m;
}

/* All that point i can become. */
static void translate(const struct both *where, const uint8_t *to, uint32_t changed, size_t i,
		      uint8_t *out)
{
	uint8_t d[DIGITS], e[DIGITS];
	bool any = false;

	point_digits(i, d);
	memset(out, 0, POINTS);
	for (size_t k = 0; where->at[i] && k < POINTS; k++) {
		bool same = to[k];

		point_digits(k, e);
		for (uint32_t n = 0; same && n < DIGITS; n++)
			same = d[n] == e[n] || changed & 1u << n;
		out[k] = same;
		any |= same;
	}
	if (!any)
		out[i] = 1;
}

static void check_translation(struct world *w, uint32_t changed, uint32_t fields)
{
	static struct both where, x;
	static uint8_t to[POINTS], out[POINTS], after[POINTS], must[POINTS], may[POINTS];
	struct point_match target = random_target(w, changed);
	struct space_rewrite r = {.fields = fields};
	struct space_pair before;

	random_both(w, &where, 1);
	random_both(w, &x, 1);
	r.where = where.set;
	r.to = point_set(w->space, w->frame, &target, 1);
	for (size_t i = 0; i < POINTS; i++)
		to[i] = point_matches(&target, i);
	memset(after, 0, sizeof(after));
	for (size_t i = 0; i < POINTS; i++) {
		translate(&where, to, changed, i, out);
		must[i] = true;
		may[i] = false;
		for (size_t k = 0; k < POINTS; k++) {
			after[k] |= out[k] && x.at[i];
			must[i] &= !out[k] || x.at[k];
			may[i] |= out[k] && x.at[k];
		}
	}
	before = space_before(w->space, &r, x.set);
	check_same(w, "after", space_after(w->space, &r, x.set), after);
	check_same(w, "before, must", before.must, must);
	check_same(w, "before, may", before.may, may);
	assert_int_equal(space_without(w->space, before.must, before.may), SPACE_EMPTY);
}

static void test_translation(void **state)
{
	struct world *w = *state;

	check_translation(w, 1u << TO, 1u << SPACE_TO);
	check_translation(w, 1u << TO | 1u << TO_PORT, 1u << SPACE_TO | 1u << SPACE_TO_PORT);
	check_translation(w, 1u << FROM | 1u << FROM_PORT,
			  1u << SPACE_FROM | 1u << SPACE_FROM_PORT);
	check_translation(w, 1u << TO_PORT, 1u << SPACE_TO_PORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_translation),
	};

	return cmocka_run_group_tests(tests, world_make, world_drop);
}
