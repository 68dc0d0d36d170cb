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

struct slice verdict_key_add(struct verdict_keys *k, const char *const names[5],
			     struct arena *arena)
{
	struct buf key = BUF_INIT;
	struct slice kept;
	unsigned *count;

	for (size_t i = 0; i < 5; i++) /* a NUL ends each: no name holds one */
		buf_add(&key, names[i], strlen(names[i]) + 1);
	count = map_find(&k->seen, buf_slice(&key));
	if (count)
		buf_addf(&key, "%u", ++*count);
	kept = (struct slice){arena_copy(arena, buf_slice(&key)), key.n};
	if (!count)
		map_add(&k->seen, kept, ARENA_NEW(arena, unsigned));
	buf_release(&key);
	return kept;
}

struct slice verdict_key_of(struct verdict_keys *k, const struct demand *d, const char *vantage,
			    struct arena *arena)
{
	const char *requirement = arena_printf(arena, "%s/%s", d->installation->product->name.s,
					       d->requirement->id.s);
	const char *const names[] = {d->installation->name, requirement, d->from->name, d->to->name,
				     vantage};

	return verdict_key_add(k, names, arena);
}

void verdict_keys_release(struct verdict_keys *k)
{
	map_release(&k->seen);
}
