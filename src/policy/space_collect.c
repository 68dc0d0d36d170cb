/* SPDX-License-Identifier: ISC */
#include "policy/space_collect.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "policy/space_apply.h"
#include "policy/space_int.h"

enum { WORTH_IT = 1 << 19 };

static size_t next_time(const struct space *s)
{
	size_t at = s->n_edges + s->n_edges / 2;

	return at > WORTH_IT ? at : WORTH_IT;
}

void space_collector_init(struct space_collector *c, struct space *s)
{
	*c = (struct space_collector){.space = s, .n_kept = s->n_nodes};
	c->kept = mem_new(s->n_nodes, sizeof(*c->kept));
	for (size_t i = 0; i < s->n_nodes; i++)
		c->kept[i] = s->nodes[i].n != 0;
	c->at = next_time(s);
}

void space_collector_release(struct space_collector *c)
{
	free(c->kept);
}

static void mark(const struct space *s, uint32_t set, bool *marks)
{
	const struct space_node *n;

	if (space_is_value(set) || marks[set >> 1])
		return;
	marks[set >> 1] = true;
	n = space_node_of(s, set);
	for (uint32_t i = 0; i < n->n; i++)
		mark(s, s->edges[n->first + i].child, marks);
}

/* Each node's number takes the place of its first edge's hi, and that of the node's `first`: then
 * the edges can be gone through in their own order, and need no second place. */
static void name_edges(struct space *s)
{
	for (size_t i = 0; i < s->n_nodes; i++) {
		struct space_node *n = &s->nodes[i];
		struct space_edge *first = &s->edges[n->first];

		if (!n->n)
			continue;
		n->first = first->hi;
		first->hi = (uint32_t)i;
	}
}

static void move_edges(struct space *s, const bool *marks)
{
	size_t to = 0, n;

	name_edges(s);
	for (size_t from = 0; from < s->n_edges; from += n) {
		struct space_node *node = &s->nodes[s->edges[from].hi];

		n = node->n;
		if (!marks[node - s->nodes])
			continue;
		s->edges[from].hi = node->first;
		memmove(s->edges + to, s->edges + from, n * sizeof(*s->edges));
		node->first = (uint32_t)to;
		to += n;
	}
	s->n_edges = to;
}

static void free_nodes(struct space *s, const bool *marks)
{
	s->free = 0;
	s->n_free = 0;
	for (size_t i = s->n_nodes; i--;) {
		if (marks[i])
			continue;
		s->nodes[i] = (struct space_node){.first = s->free};
		s->free = (uint32_t)i + 1;
		s->n_free++;
	}
}

static void collect(struct space_collector *c)
{
	struct space *s = c->space;
	bool *marks;

	marks = mem_new(s->n_nodes, sizeof(*marks));
	if (c->n_kept)
		memcpy(marks, c->kept, c->n_kept * sizeof(*marks));
	for (size_t i = 0; i < c->n_roots; i++)
		mark(s, c->roots[i], marks);
	move_edges(s, marks);
	free_nodes(s, marks);
	free(marks);
	space_table_fill(s, s->table_room);
	space_cache_collect(s);
	c->at = next_time(s);
}

void space_collector_step(struct space_collector *c)
{
	if (c->space->n_edges > c->at)
		collect(c);
}

void space_collector_finish(struct space_collector *c)
{
	if (c->space->n_edges > WORTH_IT)
		collect(c);
}
