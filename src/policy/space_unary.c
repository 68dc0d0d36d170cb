/* SPDX-License-Identifier: ISC */
#include "policy/space_unary.h"

#include <stdlib.h>

#include "base/mem.h"
#include "policy/space_int.h"

/* One walk, which visits each node once. The nodes that it makes are not visited by it. */
struct walk {
	struct space *space;
	struct space_walks *walks;
	uint32_t (*value)(uint32_t value, const void *ctx);
	const void *ctx;
	uint32_t level; /* that is forgotten */
};

struct space_walks *space_walk_begin(const struct space *s)
{
	struct space_walks *w = s->walks;

	if (w->room < s->n_nodes || w->now == UINT32_MAX) {
		free(w->noted);
		w->room = s->nodes_room;
		w->noted = mem_new(w->room, sizeof(*w->noted));
		w->now = 0;
	}
	w->now++;
	return w;
}

static uint32_t visit(struct walk *w, uint32_t a);

/* A node of the same level, of what became of the children. */
static uint32_t rebuild(struct walk *w, const struct space_node n)
{
	struct space *s = w->space;
	size_t base = s->n_pending;

	for (uint32_t i = 0; i < n.n; i++) {
		struct space_edge e = s->edges[n.first + i];
		uint32_t child = space_step(s) ? visit(w, e.child) : SPACE_TOO_LARGE;

		if (child == SPACE_TOO_LARGE)
			return space_drop(s, base);
		space_push(s, base, e.hi, child);
	}
	return space_take(s, n.level, base);
}

/* All children as one. */
static uint32_t join(struct walk *w, const struct space_node n)
{
	struct space *s = w->space;
	uint32_t *children = mem_new(n.n, sizeof(*children)), joined;

	for (uint32_t i = 0; i < n.n; i++)
		children[i] = s->edges[n.first + i].child;
	joined = space_override_all(s, children, n.n);
	free(children);
	return joined;
}

static uint32_t visit(struct walk *w, uint32_t a)
{
	uint32_t result, level = space_level_of(w->space, a);
	struct space_noted *noted;

	if (space_is_value(a))
		return w->value ? w->value(space_value_of(a), w->ctx) : a;
	if (level > w->level)
		return a;
	noted = &w->walks->noted[a >> 1];
	if (noted->walk != w->walks->now) {
		struct space_node n = *space_node_of(w->space, a);

		result = level == w->level ? join(w, n) : rebuild(w, n);
		if (result == SPACE_TOO_LARGE)
			return result;
		*noted = (struct space_noted){w->walks->now, result};
	}
	return noted->set;
}

uint32_t space_each_value(struct space *s, uint32_t a,
			  uint32_t (*to)(uint32_t value, const void *ctx), const void *ctx)
{
	struct walk w = {.space = s, .value = to, .ctx = ctx, .level = SPACE_FIELDS};

	if (a == SPACE_TOO_LARGE)
		return a;
	w.walks = space_walk_begin(s);
	return visit(&w, a);
}

struct value_table {
	const uint32_t *to;
	size_t n;
};

static uint32_t value_in_table(uint32_t value, const void *ctx)
{
	const struct value_table *t = ctx;

	return value < t->n ? space_all(t->to[value]) : SPACE_EMPTY;
}

uint32_t space_map(struct space *s, uint32_t a, const uint32_t *to, size_t n)
{
	struct value_table t = {to, n};

	return space_each_value(s, a, value_in_table, &t);
}

static uint32_t value_is(uint32_t value, const void *ctx)
{
	const uint32_t *wanted = ctx;

	return value == *wanted ? SPACE_ALL : SPACE_EMPTY;
}

uint32_t space_select(struct space *s, uint32_t a, uint32_t value)
{
	return space_each_value(s, a, value_is, &value);
}

uint32_t space_forget(struct space *s, uint32_t a, enum space_field field)
{
	struct walk w = {.space = s};

	if (field == SPACE_FAMILY)
		BUG("the family can not be forgotten");
	if (a == SPACE_TOO_LARGE)
		return a;
	while (s->order[w.level] != field)
		w.level++;
	w.walks = space_walk_begin(s);
	return visit(&w, a);
}

struct seen {
	const struct space *space;
	struct space_walks *walks;
	bool *values;
	size_t n_values;
};

static void see(struct seen *seen, uint32_t a)
{
	const struct space_node *n;

	if (space_is_value(a)) {
		if (space_value_of(a) < seen->n_values)
			seen->values[space_value_of(a)] = true;
		return;
	}
	if (seen->walks->noted[a >> 1].walk == seen->walks->now)
		return;
	seen->walks->noted[a >> 1].walk = seen->walks->now;
	n = space_node_of(seen->space, a);
	for (uint32_t i = 0; i < n->n; i++)
		see(seen, seen->space->edges[n->first + i].child);
}

void space_values(const struct space *s, uint32_t a, bool *has, size_t n)
{
	struct seen seen = {s, space_walk_begin(s), has, n};

	if (a == SPACE_TOO_LARGE)
		BUG("looked into what was too large");
	see(&seen, a);
}
