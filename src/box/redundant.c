/* SPDX-License-Identifier: ISC */
#include "box/redundant.h"

#include <stdint.h>

bool redundant_can_be(const struct nf_rule *r)
{
	for_each (s, &r->steps)
		if (s->kind != STEP_IF && s->kind != STEP_VERDICT)
			return false;
	return r->steps.n && r->steps.items[r->steps.n - 1].kind == STEP_VERDICT;
}

struct box redundant_without(const struct box *b, struct arena *a, size_t chain, size_t rule)
{
	struct box less = *b;
	const struct nf_chain *old = b->ruleset.chains.items;
	size_t n = b->ruleset.chains.n, kept = 0;
	struct nf_chain *chains = ARENA_ARRAY(a, struct nf_chain, n), *c;

	for (size_t i = 0; i < n; i++)
		chains[i] = old[i];
	c = &chains[chain];
	c->rules.items = ARENA_ARRAY(a, struct nf_rule, c->rules.n);
	for (size_t i = 0; i < old[chain].rules.n; i++)
		if (i != rule)
			c->rules.items[kept++] = old[chain].rules.items[i];
	c->rules.n = kept;
	less.ruleset.chains.items = chains;
	return less;
}

static bool is_same(struct sides *q, const struct side *has, uint32_t within, size_t chain,
		    size_t rule)
{
	const struct reach_asked asked = {.within = within,
					  .states = (1u << SPACE_STATES) - 1,
					  .no_rules = true,
					  .memo = q->memo};
	struct arena *a = arena_new();
	struct box less = redundant_without(has->b, a, chain, rule);
	struct reached *r = reach_new(&less, &q->frame, q->s, &asked);
	bool same = true;

	for (enum reach_way way = 0; way < REACH_WAYS && same; way++) {
		struct space_pair now = reach_allowed(r, way);
		struct space_pair before = reach_allowed(has->reach, way);

		same = now.must == before.must && now.may == before.may &&
		       now.may != SPACE_TOO_LARGE && now.must != SPACE_TOO_LARGE;
	}
	reach_free(r);
	arena_free(a);
	return same;
}

/* How many are still open; SIZE_MAX: too many to go on. One look costs as much as all rules do. */
static size_t ask_neighbours(const struct side *has, bool **redundant)
{
	enum { LOOKED_AT_MAX = 1000 * 1000 };
	const struct nf_ruleset *rs = &has->b->ruleset;
	size_t open = 0, rules = 0;

	for (size_t c = 0; c < rs->chains.n; c++)
		for (size_t i = 0; i < rs->chains.items[c].rules.n; i++) {
			enum reach_spare spare =
				redundant[c][i] ? reach_spare(has->reach, c, i) : REACH_SPARE_NO;

			if (spare == REACH_SPARE_TOO_LONG)
				return SIZE_MAX;
			redundant[c][i] = spare != REACH_SPARE_NO;
			open += spare == REACH_SPARE_UNKNOWN;
			rules++;
		}
	return open * rules > LOOKED_AT_MAX ? SIZE_MAX : open;
}

/* By what the looks so far have taken, all of them will take more than two seconds or so. */
static bool is_too_long(const struct sides *q, uint64_t start, size_t looks, size_t open)
{
	enum { STEPS_MAX = 120000000, ENOUGH = 8 };
	uint64_t each = (space_used(q->s).steps - start) / looks;

	return looks >= ENOUGH && each * open > STEPS_MAX;
}

bool redundant_find(struct sides *q, const struct side *has, uint32_t within, bool **redundant)
{
	const struct nf_ruleset *rs = &has->b->ruleset;
	struct side whole;
	size_t open = ask_neighbours(has, redundant), looks = 0;
	uint64_t start;

	if (open == SIZE_MAX)
		return false;
	if (!open)
		return true;
	/* Its lists are what those of a box with one rule less are compared with. */
	if (!side_open_sets(q, &whole, has->b, within))
		return false;
	side_close(&whole);
	reach_memo_complete(q->memo);
	start = space_used(q->s).steps;
	for (size_t c = 0; c < rs->chains.n; c++)
		for (size_t i = 0; i < rs->chains.items[c].rules.n; i++) {
			if (!redundant[c][i] || reach_spare(has->reach, c, i) == REACH_SPARE_YES)
				continue;
			redundant[c][i] = is_same(q, has, within, c, i);
			if (is_too_long(q, start, ++looks, open))
				return false;
		}
	return space_where(q->s, has->may, has->must) != SPACE_TOO_LARGE &&
	       space_override(q->s, within, has->may) != SPACE_TOO_LARGE;
}
