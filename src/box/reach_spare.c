/* SPDX-License-Identifier: ISC
 *
 * Whether a rule of a list could go: whether those behind it say the same of what it decides.
 */
#include "box/reach_int.h"

/* Less than half a second or so: pairs of rules compared, and those of them by their sets. */
enum { PAIRS_MAX = 100000000, SETS_MAX = 4000000 };
struct spare_memo {
	size_t pairs, sets; /* so far */
};

struct spare_memo *reach_spare_memo(const struct reached *r)
{
	return ARENA_NEW(r->arena, struct spare_memo);
}

/* What becomes of packets, as far as it matters whether they pass. */
enum end { END_ACCEPT, END_STOP, END_OF_CHAIN };

static enum end end_of_chain(const struct nf_chain *c)
{
	if (!c->base)
		return END_OF_CHAIN;
	return c->policy == VERDICT_DROP ? END_STOP : END_ACCEPT;
}

static enum end end_of(const struct nf_chain *c, const struct nf_rule *rule)
{
	switch (rule->steps.items[rule->steps.n - 1].verdict.kind) {
	case VERDICT_ACCEPT:
		return END_ACCEPT;
	case VERDICT_RETURN:
		return end_of_chain(c);
	default:
		return END_STOP;
	}
}

static bool has_time(const struct reached *r)
{
	return r->spare->pairs < PAIRS_MAX && r->spare->sets < SETS_MAX;
}

/* What this rule of the list decides, by those behind it. */
static enum reach_spare ask(struct reached *here, const struct rule_part *part,
			    const struct rule_box *boxes)
{
	const struct list_note *list = part->list;
	const struct nf_chain *c = &here->b->ruleset.chains.items[list->run.chain];
	const struct nf_rule *rules = list->rules;
	size_t place = part->value - 1, n = list->run.n;
	enum end own = end_of(c, &rules[place]);
	uint32_t left = reach_list_part(here, part), of;

	for (size_t i = place + 1; i < n && left != SPACE_EMPTY; i++) {
		bool meet = reach_boxes_meet(&boxes[place], &boxes[i]);

		here->spare->pairs++;
		here->spare->sets += meet;
		if (!has_time(here))
			return REACH_SPARE_TOO_LONG;
		if (!meet)
			continue;
		if (!reach_rule_set(here, &list->env, &rules[i], &of))
			return REACH_SPARE_UNKNOWN;
		of = space_where(here->s, left, of);
		if (of != SPACE_EMPTY && end_of(c, &rules[i]) != own)
			return REACH_SPARE_NO;
		left = space_without(here->s, left, of);
	}
	if (left == SPACE_EMPTY)
		return REACH_SPARE_YES;
	if (left == SPACE_TOO_LARGE || list->run.from + n < c->rules.n)
		return REACH_SPARE_UNKNOWN;
	return end_of_chain(c) == own ? REACH_SPARE_YES : REACH_SPARE_NO;
}

enum reach_spare reach_spare(const struct reached *r, size_t chain, size_t rule)
{
	const struct rule_note *note = &r->notes[chain][rule];
	const struct chain_visit *v = &r->visits[chain];
	enum reach_spare all = REACH_SPARE_YES;
	struct reached here = *r;
	const struct rule_box *boxes;

	/* What came with several marks or targets has no one box. */
	if (!has_time(r))
		return REACH_SPARE_TOO_LONG;
	if (!note->alive)
		return REACH_SPARE_YES;
	if (v->mixed || !note->parts.n || note->matched != SPACE_EMPTY)
		return REACH_SPARE_UNKNOWN;
	here.hook = v->hook;
	here.own = v->own;
	here.looped = v->looped;
	boxes = reach_boxes(&here, chain, &v->env);
	for_each (part, &note->parts) {
		enum reach_spare one = ask(&here, part, boxes + part->list->run.from);

		if (one == REACH_SPARE_NO || one == REACH_SPARE_TOO_LONG)
			return one;
		if (one == REACH_SPARE_UNKNOWN)
			all = one;
	}
	return all;
}
