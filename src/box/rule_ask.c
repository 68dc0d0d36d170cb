/* SPDX-License-Identifier: ISC */
#include "box/rule_ask.h"

#include "box/redundant.h"
#include "box/wanted.h"

struct asking {
	struct rule_answer *out;
	struct sides sides;
	const struct box *b;
	const struct policy *p;
	struct box *needed;
	struct box less; /* without the rule */
	size_t chain, rule;
	struct space *s;
};

static bool has_rule(const void *items, size_t n, const struct rule *r)
{
	const struct rule *const *rules = items;

	for (size_t i = 0; i < n; i++)
		if (rules[i] == r)
			return true;
	return false;
}

/* The needs of which a packet is in the set. */
static void find_needs(struct asking *q, const struct side *needs, uint32_t set, void *list_)
{
	const struct nf_ruleset *rs = &q->needed->ruleset;
	struct list *list = list_;

	for (size_t c = 0; c < rs->chains.n && set != SPACE_EMPTY; c++)
		for (size_t i = 0; i < rs->chains.items[c].rules.n; i++) {
			size_t handle = rs->chains.items[c].rules.items[i].handle;
			const struct rule *r = handle ? &q->p->rules.items[handle - 1] : NULL;
			uint32_t of = reach_matched(needs->reach, c, i);

			if (!r || r->action != ACTION_ACCEPT ||
			    space_where(q->s, of, set) == SPACE_EMPTY ||
			    has_rule(list->items, list->n, r))
				continue;
			*(const struct rule **)list_add(q->out->arena, list, sizeof(r)) = r;
		}
}

static void find(struct asking *q, const struct side *has, const struct side *less,
		 const struct side *needs)
{
	struct rule_answer *out = q->out;
	uint32_t matched = reach_matched(has->reach, q->chain, q->rule);
	uint32_t lost = space_without(q->s, has->may, less->may);
	uint32_t won = space_without(q->s, less->may, has->may);
	uint32_t much = space_where(q->s, matched, space_without(q->s, has->may, needs->may));
	const struct nf_rule *r = &q->b->ruleset.chains.items[q->chain].rules.items[q->rule];

	out->decides |= matched != SPACE_EMPTY;
	find_needs(q, needs, space_where(q->s, matched, has->may), &out->serves);
	find_needs(q, needs, space_where(q->s, lost, needs->may), &out->breaks);
	out->has_closed = out->has_closed || sides_packet(&q->sides, lost, &out->closed);
	out->has_opened = out->has_opened || sides_packet(&q->sides, won, &out->opened);
	if (nf_rule_lets_through(r) && !out->has_excess)
		out->has_excess = sides_packet(&q->sides, much, &out->excess);
}

static bool ask(void *ctx, struct space *s, uint32_t within)
{
	struct asking *q = ctx;
	struct side has = {.b = NULL}, less = {.b = NULL}, needs = {.b = NULL};
	bool fits;

	q->s = s;
	sides_begin(&q->sides, s);
	fits = side_open(&q->sides, &has, q->b, within) &&
	       side_open(&q->sides, &less, &q->less, within) &&
	       side_open(&q->sides, &needs, q->needed, within);
	if (fits)
		find(q, &has, &less, &needs);
	side_close(&has);
	side_close(&less);
	side_close(&needs);
	return fits;
}

struct rule_answer *rule_ask(const struct box *b, const struct policy *p, size_t chain, size_t rule,
			     struct space_limits limits)
{
	struct arena *arena = arena_new();
	struct rule_answer *out = ARENA_NEW(arena, struct rule_answer);
	struct asking q = {.out = out, .b = b, .p = p, .chain = chain, .rule = rule};
	const struct space_question question = {ask, &q};

	out->arena = arena;
	q.needed = box_of_policy(p, b);
	q.less = redundant_without(b, arena, chain, rule);
	sides_init(&q.sides, arena, b);
	reach_frame_add_box(&q.sides.frame, b);
	reach_frame_add_box(&q.sides.frame, q.needed);
	sides_seal(&q.sides);
	out->undecided = space_decide(q.sides.frame.frame, limits, &question).n != 0;
	sides_release(&q.sides);
	box_free(q.needed);
	return out;
}

void rule_answer_free(struct rule_answer *r)
{
	if (r)
		arena_free(r->arena);
}
