/* SPDX-License-Identifier: ISC */
#include "cmd/rulings.h"

#include "base/escape.h"
#include "cmd/flow_walk.h"

/* "fw1 stops it: rule 3 of inet filter forward: ..., collected 2026-..." */
static const char *words_of(struct arena *a, const struct device_walk *d)
{
	static const char *const does[] = {[SAID_NOTHING] = "says nothing of it",
					   [SAID_PASSES] = "lets it through",
					   [SAID_STOPPED] = "stops it",
					   [SAID_DEPENDS] = "lets it through or not"};
	struct buf text = BUF_INIT, reason = BUF_INIT;
	const char *words;

	flow_walk_reason(d, &reason);
	buf_addf(&text, "%s %s: ", d->device, does[d->said]);
	escape_terminal(&text, buf_slice(&reason));
	if (d->box->time)
		buf_addf(&text, ", collected %s", d->box->time);
	words = arena_copy(a, buf_slice(&text));
	buf_release(&text);
	buf_release(&reason);
	return words;
}

/* The one that stops it, else the last that says something. */
static const struct device_walk *telling(const struct flow_walk *fw)
{
	const struct device_walk *found = NULL;

	for_each (d, &fw->devices) {
		if (d->said == SAID_STOPPED)
			return d;
		if (d->walk)
			found = d;
	}
	return found;
}

static enum ruled join(enum ruled a, enum ruled b)
{
	return a == b ? a : RULED_DEPENDS;
}

/* Both families, where it has both. */
static void rule(const struct plan *plan, const struct flow *f, const struct boxes *boxes,
		 struct arena *a, struct ruling *out)
{
	static const enum ruled ruled[] = {[SAID_NOTHING] = RULED_NOTHING,
					   [SAID_PASSES] = RULED_PASSES,
					   [SAID_STOPPED] = RULED_STOPPED,
					   [SAID_DEPENDS] = RULED_DEPENDS};

	for (uint8_t family = 4; family <= 6; family += 2) {
		const struct device_walk *d;
		struct flow_walk fw;
		bool first = !out->words;

		if (!flow_walk(&fw, plan, f, family, boxes))
			continue;
		d = telling(&fw);
		if (d && (first || d->said == SAID_STOPPED)) {
			out->words = words_of(a, d);
			out->device = d->said != SAID_STOPPED
					      ? NULL
					      : map_find(&plan->site->devices_by_name,
							 slice_of(d->device));
		}
		if (d)
			out->said = first ? ruled[fw.said] : join(out->said, ruled[fw.said]);
		flow_walk_release(&fw);
	}
}

const struct ruling *rulings_make(const struct plan *plan, const struct boxes *boxes,
				  struct arena *arena)
{
	struct ruling *rulings = ARENA_ARRAY(arena, struct ruling, plan->flows.n);

	for_each (f, &plan->flows)
		rule(plan, *f, boxes, arena, &rulings[(*f)->index]);
	return rulings;
}

int rulings_find(const struct arguments *args, const struct plan *plan, struct arena *arena,
		 const struct ruling **out)
{
	struct boxes boxes;
	int rc;

	*out = NULL;
	if (!args_count(args, "bundle"))
		return 0;
	rc = boxes_load(&boxes, args, plan->site);
	if (!rc)
		*out = rulings_make(plan, &boxes, arena);
	boxes_release(&boxes);
	return rc;
}
