/* SPDX-License-Identifier: ISC */
#include "model/goal.h"

#include <string.h>

#include "base/buf.h"

static bool has_id(const struct buf *ids, struct text id)
{
	const struct text *t = (const struct text *)(void *)ids->data;

	for (size_t i = 0; i < ids->n / sizeof(*t); i++)
		if (text_same(t[i], id))
			return true;
	return false;
}

static void add_goal(const struct product *p, const struct goal *g, struct buf *ids)
{
	const struct goal *other;

	if (g->kind != GOAL_NAME) {
		for_each (kid, &g->kids)
			add_goal(p, kid, ids);
		return;
	}
	if (product_requirement(p, g->name.s)) {
		if (!has_id(ids, g->name))
			buf_add(ids, &g->name, sizeof(g->name));
		return;
	}
	other = product_goal(p, g->name.s); /* no cycle: the reader refuses those */
	if (other)
		add_goal(p, other, ids);
}

void goal_requirements(const struct product *p, const struct goal *g, struct arena *a,
		       struct id_list *out)
{
	struct buf ids = BUF_INIT;
	struct text *copy;

	add_goal(p, g, &ids);
	out->ids.n = ids.n / sizeof(*copy);
	copy = ARENA_ARRAY(a, struct text, out->ids.n);
	if (ids.n)
		memcpy(copy, ids.data, ids.n);
	out->ids.items = copy;
	buf_release(&ids);
}
