/* SPDX-License-Identifier: ISC */
#include "base/text_pool.h"

#include "base/arena.h"

void text_pool_init(struct text_pool *p)
{
	*p = (struct text_pool){.arena = arena_new()};
}

void text_pool_release(struct text_pool *p)
{
	map_release(&p->map);
	arena_free(p->arena);
	*p = (struct text_pool){0};
}

const char *text_pool_add(struct text_pool *p, struct slice text)
{
	char *kept = map_find(&p->map, text);

	if (kept)
		return kept;
	kept = arena_copy(p->arena, text);
	map_add(&p->map, (struct slice){kept, text.n}, kept);
	return kept;
}
