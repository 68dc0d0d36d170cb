/* SPDX-License-Identifier: ISC */
#include "model/past_run.h"

#include "base/buf.h"

void past_run_free(struct past_run *r)
{
	if (!r)
		return;
	map_release(&r->by_key);
	map_release(&r->by_vantage);
	map_release(&r->by_flow);
	arena_free(r->arena);
}

const struct past_verdict *past_run_verdict(const struct past_run *r, struct slice key)
{
	return map_find(&r->by_key, key);
}

const struct past_outcome *past_run_outcomes(const struct past_run *r, const char *flow)
{
	return map_find(&r->by_flow, slice_of(flow));
}

bool past_run_is_from(const struct past_run *r, const char *vantage)
{
	return map_find(&r->by_vantage, slice_of(vantage)) != NULL;
}

bool past_run_has_options(const struct past_run *r, const char *const options[RUN_OPTIONS_MAX])
{
	for (size_t i = 0; i < RUN_OPTIONS_MAX; i++) {
		if (!r->options[i] || !options[i])
			return !r->options[i] && !options[i];
		if (strcmp(r->options[i], options[i]) != 0)
			return false;
	}
	return true;
}

void verdict_key_parts(const struct demand *d, const char *vantage, struct arena *arena,
		       const char *names[VERDICT_KEY_PARTS])
{
	names[0] = d->installation->name;
	names[1] = arena_printf(arena, "%s/%s", d->installation->product->name.s,
				d->requirement->id.s);
	names[2] = d->from->name;
	names[3] = d->to->name;
	names[4] = vantage;
}

static struct slice key_of(const char *const names[VERDICT_KEY_PARTS], unsigned which,
			   struct arena *arena)
{
	struct buf key = BUF_INIT;
	struct slice kept;

	for (size_t i = 0; i < VERDICT_KEY_PARTS; i++) /* a NUL ends each: no name holds one */
		buf_add(&key, names[i], strlen(names[i]) + 1);
	if (which)
		buf_addf(&key, "%u", which);
	kept = (struct slice){arena_copy(arena, buf_slice(&key)), key.n};
	buf_release(&key);
	return kept;
}

struct slice verdict_key(const char *const names[VERDICT_KEY_PARTS], struct arena *arena)
{
	return key_of(names, 0, arena);
}

struct slice verdict_key_add(struct verdict_keys *k, const char *const names[VERDICT_KEY_PARTS],
			     struct arena *arena)
{
	struct slice key = verdict_key(names, arena);
	unsigned *count = map_find(&k->seen, key);

	if (count)
		return key_of(names, ++*count, arena);
	map_add(&k->seen, key, ARENA_NEW(arena, unsigned));
	return key;
}

void verdict_keys_release(struct verdict_keys *k)
{
	map_release(&k->seen);
}
