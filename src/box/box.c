/* SPDX-License-Identifier: ISC */
#include "box/box.h"

#include <string.h>

#include "box/read.h"

struct box *box_new(void)
{
	struct arena *arena = arena_new();
	struct box *b = ARENA_NEW(arena, struct box);

	b->arena = arena;
	return b;
}

void box_free(struct box *b)
{
	if (b)
		arena_free(b->arena);
}

bool box_has_rules(const struct box *b, uint8_t family)
{
	if (b->has.nft)
		return true;
	return family == 4 ? b->has.iptables || b->has.legacy : b->has.ip6tables || b->has.legacy6;
}

int64_t box_switch(const struct box *b, const char *name, int64_t otherwise)
{
	for_each (s, &b->switches)
		if (strcmp(s->name, name) == 0)
			return s->value;
	return otherwise;
}

bool box_kernel_is_before(const struct box *b, unsigned major, unsigned minor)
{
	struct slice rest = slice_of(b->kernel ? b->kernel : ""), first;
	uint64_t says[2] = {0, 0};

	for (size_t i = 0; i < 2; i++) {
		slice_cut(&rest, '.', &first);
		if (!slice_number(first, UINT32_MAX, &says[i]))
			return false;
	}
	return says[0] < major || (says[0] == major && says[1] < minor);
}

const struct box_link *box_find_link(const struct box *b, const char *name)
{
	for_each (l, &b->links)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}
