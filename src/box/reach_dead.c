/* SPDX-License-Identifier: ISC
 *
 * Why a rule never decides about a packet.
 */
#include "box/reach_int.h"

/* It is looked for which rules take what a dead one asks for as long as that takes less than
 * half a second or so: so many pairs of rules compared, and so many of those by their sets. */
enum { PAIRS_MAX = 10000000, SETS_MAX = 50000 };
struct dead_memo {
	struct rule_box **boxes; /* by chain; NULL: not made yet */
	size_t pairs, sets;	 /* so far */
};

struct asking {
	struct reached *r;
	const struct env *env;
	const struct nf_chain *chain;
	const struct rule_box *boxes; /* by rule of the chain */
	struct dead_memo *memo;
};

struct dead_memo *reach_dead_memo(const struct reached *r)
{
	struct dead_memo *m = ARENA_NEW(r->arena, struct dead_memo);

	m->boxes = ARENA_ARRAY(r->arena, struct rule_box *, r->b->ruleset.chains.n + 1);
	return m;
}

const struct rule_box *reach_boxes(struct reached *r, size_t chain, const struct env *env)
{
	const struct nf_chain *c = &r->b->ruleset.chains.items[chain];
	struct rule_box **boxes = &r->dead->boxes[chain];

	if (!*boxes) {
		*boxes = ARENA_ARRAY(r->arena, struct rule_box, c->rules.n + 1);
		for (size_t i = 0; i < c->rules.n; i++)
			reach_rule_box(r, env, &c->rules.items[i], &(*boxes)[i]);
	}
	return *boxes;
}

/* The packets that a rule's questions are about. */
static struct space_pair matches(const struct asking *a, const struct nf_rule *rule)
{
	struct space_pair p = {SPACE_ALL, SPACE_ALL};

	for_each (step, &rule->steps) {
		if (step->kind != STEP_IF)
			break;
		p = space_pair_where(a->r->s, p, reach_cond(a->r, a->env, &step->cond));
	}
	return p;
}

/* What a rule certainly keeps from those behind it. */
static uint32_t taken(const struct asking *a, const struct nf_rule *rule)
{
	const struct nf_step *s = rule->steps.items;
	const struct nf_step *end = s + rule->steps.n;

	while (s < end && s->kind == STEP_IF)
		s++;
	if (s == end || s->kind != STEP_VERDICT || s->verdict.kind == VERDICT_CONTINUE ||
	    s->verdict.kind == VERDICT_JUMP)
		return SPACE_EMPTY;
	return matches(a, rule).must;
}

/* Who takes `left` before rule `place`. */
static void find_who(const struct asking *a, size_t place, uint32_t left, struct reach_rule *found)
{
	struct space *s = a->r->s;
	uint32_t all = left;
	size_t together = 0;

	for (size_t i = 0; i < place && left != SPACE_EMPTY; i++) {
		uint32_t by;

		if (a->memo->pairs++ >= PAIRS_MAX || a->memo->sets >= SETS_MAX)
			return;
		if (!reach_boxes_meet(&a->boxes[i], &a->boxes[place]))
			continue;
		a->memo->sets++;
		by = taken(a, &a->chain->rules.items[i]);
		if (space_without(s, all, by) == SPACE_EMPTY) {
			found->by = (long)i;
			return;
		}
		if (space_where(s, left, by) != SPACE_EMPTY)
			together++;
		left = space_without(s, left, by);
	}
	if (left == SPACE_EMPTY)
		found->together = together;
}

/* All packets that come to a hook, as far as routing goes. */
static uint32_t routed(const struct reached *r, enum nf_hook hook)
{
	bool passing = hook == NF_POSTROUTING || hook == NF_EGRESS, any = hook == NF_PREROUTING;
	const bool comes[REACH_WAYS] = {
		[REACH_INPUT] = any || hook == NF_INPUT,
		[REACH_FORWARD] = any || passing || hook == NF_FORWARD,
		[REACH_OUTPUT] = any || passing || hook == NF_OUTPUT,
	};
	uint32_t set = SPACE_EMPTY;

	for (enum reach_way way = 0; way < REACH_WAYS; way++)
		if (comes[way])
			set = space_override(r->s, set, r->domain[way]);
	return set;
}

struct reach_rule reach_why_dead(const struct reached *r, size_t chain, size_t rule)
{
	struct reached here = *r;
	const struct chain_visit *v = &r->visits[chain];
	struct asking a = {.r = &here,
			   .env = &v->env,
			   .chain = &r->b->ruleset.chains.items[chain],
			   .memo = r->dead};
	struct reach_rule found = {.fate = REACH_SHADOWED, .by = -1};
	uint32_t asked;

	/* What comes with several marks or targets is not taken apart again. */
	if (v->mixed)
		return found;
	here.hook = v->hook;
	here.own = v->own;
	here.looped = v->looped;
	a.boxes = reach_boxes(&here, chain, &v->env);
	asked = matches(&a, &a.chain->rules.items[rule]).may;
	if (asked == SPACE_EMPTY)
		found.fate = REACH_NEVER;
	else if (a.chain->base && space_where(r->s, asked, r->arrivals[chain]) == SPACE_EMPTY)
		found.fate = space_where(r->s, asked, routed(r, v->hook)) == SPACE_EMPTY
				     ? REACH_UNROUTED
				     : REACH_SHADOWED;
	else
		find_who(&a, rule, space_where(r->s, asked, r->arrivals[chain]), &found);
	return found;
}
