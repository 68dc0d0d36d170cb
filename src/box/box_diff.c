/* SPDX-License-Identifier: ISC */
#include "box/box_diff.h"

#include <stdlib.h>

#include "base/mem.h"
#include "box/sides.h"

struct diffing {
	struct box_diff *d;
	struct sides sides;
	const struct box *before, *after;
	struct space *s;
	LIST_OF(struct box_difference) found; /* of this part */
	enum box_change change;
	uint32_t sure, maybe; /* what is left to be told */
};

static void add(struct diffing *q, uint32_t set, const struct nf_chain *c, const struct nf_rule *r)
{
	uint32_t sure = space_where(q->s, set, q->sure), maybe = space_where(q->s, set, q->maybe);
	struct box_difference *item;

	if (sure == SPACE_EMPTY && maybe == SPACE_EMPTY)
		return;
	item = list_add(q->d->arena, &q->found, sizeof(*item));
	item->change = q->change;
	item->depends = sure == SPACE_EMPTY;
	item->chain = c;
	item->rule = r;
	item->has_packet =
		sides_packet(&q->sides, sure == SPACE_EMPTY ? maybe : sure, &item->packet);
	q->sure = space_without(q->s, q->sure, sure);
	q->maybe = space_without(q->s, q->maybe, maybe);
}

/* Of many rules only which they are. */
static void add_bare(struct diffing *q, const struct nf_chain *c, size_t place)
{
	struct box_difference *item = list_add(q->d->arena, &q->found, sizeof(*item));

	*item = (struct box_difference){
		.change = q->change, .chain = c, .rule = &c->rules.items[place]};
}

static void find_in_chain(struct diffing *q, const struct side *has, size_t chain)
{
	size_t most = sides_shown_max(&q->sides);
	const struct nf_chain *c = &has->b->ruleset.chains.items[chain];
	bool *touches = mem_new(c->rules.n + 1, sizeof(*touches));
	size_t shown = 0;
	uint32_t taken;

	reach_touching(has->reach, chain, space_override(q->s, q->sure, q->maybe), touches);
	for (size_t i = 0; i < c->rules.n; i++) {
		touches[i] = touches[i] && nf_rule_lets_through(&c->rules.items[i]);
		if (touches[i] && shown++ < most)
			add(q, reach_matched(has->reach, chain, i), c, &c->rules.items[i]);
		else if (touches[i])
			add_bare(q, c, i);
	}
	if (shown > most) {
		taken = reach_let_through(has->reach, chain);
		q->sure = space_without(q->s, q->sure, taken);
		q->maybe = space_without(q->s, q->maybe, taken);
	}
	free(touches);
}

static void find(struct diffing *q, enum box_change change, struct side *has,
		 const struct side *lacks)
{
	const struct nf_ruleset *rs = &has->b->ruleset;
	uint32_t all;

	q->change = change;
	q->sure = space_without(q->s, has->must, lacks->may);
	q->maybe = space_without(q->s, has->may, lacks->must);
	q->maybe = space_without(q->s, q->maybe, q->sure);
	/* What is not known of either, and not known in the same way, is no difference. */
	q->maybe = space_without(q->s, q->maybe, space_where(q->s, has->may, lacks->may));
	all = space_override(q->s, q->sure, q->maybe);
	if (all == SPACE_EMPTY)
		return;
	side_look_again(&q->sides, has, all);
	for (size_t c = 0; c < rs->chains.n; c++)
		find_in_chain(q, has, c);
	add(q, SPACE_ALL, NULL, NULL);
}

static bool is_known(const struct diffing *q, const struct box_difference *item)
{
	for_each (k, &q->d->items)
		if (k->change == item->change && k->chain == item->chain && k->rule == item->rule)
			return true;
	return false;
}

static bool ask(void *ctx, struct space *s, uint32_t within)
{
	struct diffing *q = ctx;
	struct side before, after = {.b = NULL};
	bool fits;

	q->s = s;
	q->found.n = 0;
	sides_begin(&q->sides, s);
	fits = side_open_sets(&q->sides, &before, q->before, within) &&
	       side_open_sets(&q->sides, &after, q->after, within);
	if (fits) {
		find(q, BOX_OPENED, &after, &before);
		find(q, BOX_CLOSED, &before, &after);
		fits = q->sure != SPACE_TOO_LARGE && q->maybe != SPACE_TOO_LARGE;
	}
	side_close(&before);
	side_close(&after);
	if (fits)
		for_each (item, &q->found)
			if (!is_known(q, item))
				*(struct box_difference *)list_add(q->d->arena, &q->d->items,
								   sizeof(*item)) = *item;
	return fits;
}

struct box_diff *box_diff(const struct box *before, const struct box *after,
			  struct space_limits limits)
{
	struct arena *arena = arena_new();
	struct box_diff *d = ARENA_NEW(arena, struct box_diff);
	struct diffing q = {.d = d, .before = before, .after = after};
	const struct space_question question = {ask, &q};

	d->arena = arena;
	sides_init(&q.sides, arena, after);
	reach_frame_add_box(&q.sides.frame, before);
	reach_frame_add_box(&q.sides.frame, after);
	sides_seal(&q.sides);
	d->undecided = space_decide(q.sides.frame.frame, limits, &question);
	sides_release(&q.sides);
	return d;
}

void box_diff_free(struct box_diff *d)
{
	if (d)
		arena_free(d->arena);
}
