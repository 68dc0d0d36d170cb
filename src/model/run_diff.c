/* SPDX-License-Identifier: ISC */
#include "model/run_diff.h"

#include "base/buf.h"
#include "model/history.h"

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The reason in words has a time in it: what it was made from is compared. */
static bool is_same_cause(const struct past_verdict *a, const struct past_verdict *b)
{
	const struct outcome *x, *y;

	if (a->verdict != b->verdict || a->network != b->network || a->service != b->service ||
	    a->turn != b->turn || !is_same_text(a->device, b->device))
		return false;
	if (!a->decisive || !b->decisive)
		return !a->decisive && !b->decisive && is_same_text(a->reason, b->reason);
	x = &a->decisive->outcome;
	y = &b->decisive->outcome;
	return x->state == y->state && x->cause == y->cause && addr_equal(&x->by, &y->by);
}

/* DIFFERENCE_KINDS: none. */
static enum difference_kind kind_of(const struct past_verdict *before,
				    const struct past_verdict *after)
{
	enum standing was = verdict_standing(before->verdict);
	enum standing is = verdict_standing(after->verdict);

	if (is == STANDING_FAILS && was != STANDING_FAILS)
		return DIFFERENCE_FAILS;
	if (is == STANDING_HOLDS && was == STANDING_FAILS)
		return DIFFERENCE_FIXED;
	if (is == STANDING_FAILS)
		return is_same_cause(before, after) ? DIFFERENCE_KINDS : DIFFERENCE_CAUSE;
	return before->verdict == after->verdict ? DIFFERENCE_KINDS : DIFFERENCE_VERDICT;
}

static void add(struct run_diff *d, enum difference_kind kind, const struct past_verdict *before,
		const struct past_verdict *after)
{
	if (kind == DIFFERENCE_KINDS) {
		d->same++;
		return;
	}
	d->items.items[d->items.n++] = (struct difference){kind, before, after};
	d->counts[kind]++;
}

void run_diff(const struct past_run *first, const struct past_run *second, struct arena *arena,
	      struct run_diff *out)
{
	*out = (struct run_diff){.first = first, .second = second};
	out->items.items =
		ARENA_ARRAY(arena, struct difference, first->verdicts.n + second->verdicts.n);
	for_each (v, &second->verdicts) {
		const struct past_verdict *before = past_run_verdict(first, v->key);

		if (before)
			add(out, kind_of(before, v), before, v);
		else if (verdict_standing(v->verdict) == STANDING_FAILS &&
			 past_run_is_from(first, v->vantage))
			add(out, DIFFERENCE_FAILS, NULL, v);
		else
			add(out, DIFFERENCE_CAME, NULL, v);
	}
	for_each (v, &first->verdicts)
		if (!past_run_verdict(second, v->key))
			add(out, DIFFERENCE_GONE, v, NULL);
}
