/* SPDX-License-Identifier: ISC
 *
 * What each rule has of the packets that went by.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "box/reach_int.h"

uint32_t reach_matched(const struct reached *r, size_t chain, size_t rule)
{
	const struct rule_note *note = &r->notes[chain][rule];
	uint32_t set = note->matched;

	for_each (part, &note->parts)
		set = space_override(r->s, set, reach_list_part(r, part));
	return set;
}

uint32_t reach_let_through(const struct reached *r, size_t chain)
{
	const struct nf_chain *c = &r->b->ruleset.chains.items[chain];
	const struct list_note *last = NULL;
	uint32_t all = SPACE_EMPTY;

	for (size_t i = 0; i < c->rules.n; i++) {
		const struct rule_note *note = &r->notes[chain][i];

		if (!nf_rule_lets_through(&c->rules.items[i]))
			continue;
		all = space_override(r->s, all, note->matched);
		for_each (part, &note->parts)
			if (part->list != last) {
				last = part->list;
				all = space_override(r->s, all, last->accepted);
			}
	}
	return all;
}

/* Many rules share the set of their list: which of its values are in the set that was asked about
 * last. */
struct shared {
	uint32_t set;
	bool *has; /* owned */
};
enum { SHARED_MAX = 16 };
struct touch_memo {
	uint32_t asked;
	struct shared lists[SHARED_MAX];
};

static void forget_touched(struct touch_memo *m)
{
	for (size_t i = 0; i < SHARED_MAX; i++) {
		free(m->lists[i].has);
		m->lists[i] = (struct shared){.has = NULL};
	}
}

struct touch_memo *reach_touched_new(void)
{
	return mem_new(1, sizeof(struct touch_memo));
}

void reach_touched_free(struct touch_memo *m)
{
	forget_touched(m);
	free(m);
}

static const bool *find_shared(const struct reached *r, const struct rule_part *part, size_t n)
{
	struct shared *all = r->touched->lists;
	size_t i = 0;

	while (i < SHARED_MAX && all[i].has && all[i].set != part->list->set)
		i++;
	if (i == SHARED_MAX) { /* a place that somebody else has */
		free(all[0].has);
		all[0].has = NULL;
		i = 0;
	}
	if (!all[i].has) {
		all[i] = (struct shared){part->list->set, mem_new(n, sizeof(bool))};
		space_values_where(r->s, part->list->set, r->touched->asked, all[i].has, n);
	}
	return all[i].has;
}

bool reach_touching(const struct reached *r, size_t chain, uint32_t set, bool *touches)
{
	size_t n = r->b->ruleset.chains.items[chain].rules.n;

	if (set == SPACE_EMPTY)
		return true;
	if (r->touched->asked != set)
		forget_touched(r->touched);
	r->touched->asked = set;
	for (size_t i = 0; i < n; i++) {
		const struct rule_note *note = &r->notes[chain][i];

		touches[i] = space_where(r->s, note->matched, set) != SPACE_EMPTY;
		for_each (part, &note->parts)
			touches[i] |= find_shared(r, part, n + 1)[part->value];
	}
	return space_where(r->s, set, SPACE_ALL) != SPACE_TOO_LARGE;
}

struct reach_rule reach_rule(const struct reached *r, size_t chain, size_t rule)
{
	struct reach_rule result = {.by = -1};

	if (r->arrivals[chain] == SPACE_TOO_LARGE)
		result.fate = REACH_UNDECIDED_RULE;
	else if (r->notes[chain][rule].alive)
		result.fate = REACH_USED;
	else if (r->arrivals[chain] == SPACE_EMPTY)
		result.fate = REACH_UNCALLED;
	else
		result = reach_why_dead(r, chain, rule);
	return result;
}
