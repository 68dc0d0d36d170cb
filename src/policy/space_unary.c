/* SPDX-License-Identifier: ISC */
#include "policy/space_unary.h"

#include <stdlib.h>

#include "base/mem.h"
#include "policy/space_int.h"

/* One walk. What became of each node is kept by its index; NO_SET: not yet visited. The nodes that
 * the walk itself makes are not visited by it. */
enum { NO_SET = 0 };

struct walk {
	struct space *space;
	uint32_t *done; /* a set plus one */
	uint32_t (*value)(uint32_t value, const void *ctx);
	const void *ctx;
	uint32_t level; /* that is forgotten */
};

static void walk_start(struct walk *w)
{
	w->done = mem_new(w->space->n_nodes, sizeof(*w->done));
}

static uint32_t walk_stop(struct walk *w, uint32_t result)
{
	free(w->done);
	return result;
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
	uint32_t *done, result, level = space_level_of(w->space, a);

	if (space_is_value(a))
		return w->value ? w->value(space_value_of(a), w->ctx) : a;
	if (level > w->level)
		return a;
	done = &w->done[a >> 1];
	if (*done == NO_SET) {
		struct space_node n = *space_node_of(w->space, a);

		result = level == w->level ? join(w, n) : rebuild(w, n);
		if (result == SPACE_TOO_LARGE)
			return result;
		*done = result + 1;
	}
	return *done - 1;
}

uint32_t space_each_value(struct space *s, uint32_t a,
			  uint32_t (*to)(uint32_t value, const void *ctx), const void *ctx)
{
	struct walk w = {.space = s, .value = to, .ctx = ctx, .level = SPACE_FIELDS};

	if (a == SPACE_TOO_LARGE)
		return a;
	walk_start(&w);
	return walk_stop(&w, visit(&w, a));
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
	walk_start(&w);
	return walk_stop(&w, visit(&w, a));
}

struct seen {
	const struct space *space;
	bool *nodes, *values;
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
	if (seen->nodes[a >> 1])
		return;
	seen->nodes[a >> 1] = true;
	n = space_node_of(seen->space, a);
	for (uint32_t i = 0; i < n->n; i++)
		see(seen, seen->space->edges[n->first + i].child);
}

void space_values(const struct space *s, uint32_t a, bool *has, size_t n)
{
	struct seen seen = {s, NULL, has, n};

	if (a == SPACE_TOO_LARGE)
		BUG("looked into what was too large");
	seen.nodes = mem_new(s->n_nodes, sizeof(*seen.nodes));
	see(&seen, a);
	free(seen.nodes);
}
