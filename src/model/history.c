/* SPDX-License-Identifier: ISC */
#include "model/history.h"

enum standing verdict_standing(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS:
	case VERDICT_DEGRADED:
		return STANDING_HOLDS;
	case VERDICT_FAIL:
	case VERDICT_FORBIDDEN_OPEN:
		return STANDING_FAILS;
	case VERDICT_NOT_TESTED:
	case VERDICT_UNPROVEN:
	case VERDICT_COUNT:
		break;
	}
	return STANDING_UNKNOWN;
}

static enum standing standing_of(const struct judgement *j)
{
	return j->elsewhere ? STANDING_UNKNOWN : verdict_standing(j->verdict);
}

void history_start(struct history *h, const struct verdicts *now, const char *vantage,
		   int64_t started_ms, struct arena *arena)
{
	static const char *const none[RUN_OPTIONS_MAX];
	struct slice *keys = ARENA_ARRAY(arena, struct slice, now->items.n);
	struct verdict_keys all = {0};

	*h = (struct history){.now = now,
			      .keys = keys,
			      .vantage = vantage,
			      .options = none,
			      .started_ms = started_ms,
			      .changes = ARENA_ARRAY(arena, struct change, now->items.n)};
	for_each (j, &now->items) {
		const char *names[VERDICT_KEY_PARTS];

		verdict_key_parts(j->demand, vantage, arena, names);
		if (!j->elsewhere) /* as in the runs that are read */
			keys[j - now->items.items] = verdict_key_add(&all, names, arena);
		h->open += standing_of(j) != STANDING_UNKNOWN;
	}
	verdict_keys_release(&all);
}

static void compare(struct history *h, const struct past_run *run, size_t i)
{
	const struct past_verdict *past = past_run_verdict(run, h->keys[i]);
	enum standing before = past ? verdict_standing(past->verdict) : STANDING_UNKNOWN;
	enum standing now = standing_of(&h->now->items.items[i]);
	struct change *c = &h->changes[i];

	if (before == STANDING_UNKNOWN || now == STANDING_UNKNOWN || c->changed)
		return;
	h->open--;
	if (before == now) {
		c->changed = "same";
		c->since_ms = past->since_ms ? past->since_ms : run->started_ms;
	} else {
		c->changed = now == STANDING_FAILS ? "new" : "fixed";
		c->since_ms = h->started_ms;
	}
}

void history_add(struct history *h, const struct past_run *run)
{
	if (!past_run_has_options(run, h->options) || !past_run_is_from(run, h->vantage))
		return;
	h->has_past = true;
	for (size_t i = 0; i < h->now->items.n; i++)
		compare(h, run, i);
}

void history_stop(struct history *h)
{
	for_each (j, &h->now->items) {
		struct change *c = &h->changes[j - h->now->items.items];

		if (c->changed || !h->has_past || standing_of(j) != STANDING_FAILS)
			continue;
		c->changed = "new";
		c->since_ms = h->started_ms;
	}
}
