/* SPDX-License-Identifier: ISC */
#include "policy/space.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "policy/space_apply.h"
#include "policy/space_int.h"

enum { FIRST_TABLE = 1 << 10 };
/* Looking for a node takes about as long as so many edges. */
enum { TAKE_STEPS = 8 };

static const uint8_t orders[SPACE_ORDERS][SPACE_FIELDS] = {
	[SPACE_BY_DESTINATION] = {SPACE_IN, SPACE_OUT, SPACE_FAMILY, SPACE_STATE, SPACE_DIRECTION,
				  SPACE_PROTO, SPACE_TO, SPACE_FROM, SPACE_TO_PORT,
				  SPACE_FROM_PORT},
	[SPACE_BY_SOURCE] = {SPACE_IN, SPACE_OUT, SPACE_FAMILY, SPACE_STATE, SPACE_DIRECTION,
			     SPACE_PROTO, SPACE_FROM, SPACE_TO, SPACE_TO_PORT, SPACE_FROM_PORT},
};

struct space *space_new(const struct space_frame *f, enum space_order order,
			struct space_limits limits)
{
	struct space *s = mem_new(1, sizeof(*s));

	s->frame = f;
	s->order = orders[order];
	s->limits = limits;
	s->table_room = FIRST_TABLE;
	s->table = mem_new(s->table_room, sizeof(*s->table));
	space_cache_fit(s);
	s->walks = mem_new(1, sizeof(*s->walks));
	return s;
}

void space_free(struct space *s)
{
	if (!s)
		return;
	free(s->nodes);
	free(s->edges);
	free(s->pending);
	free(s->table);
	free(s->cache);
	free(s->walks->noted);
	free(s->walks);
	free(s);
}

struct space_usage space_used(const struct space *s)
{
	return (struct space_usage){
		.nodes = s->n_nodes - s->n_free,
		.edges = s->n_edges,
		.bytes = sizeof(*s) + s->nodes_room * sizeof(*s->nodes) +
			 (s->edges_room + s->pending_room) * sizeof(*s->edges) +
			 s->table_room * sizeof(*s->table) + space_cache_bytes(s) +
			 s->walks->room * sizeof(*s->walks->noted),
		.steps = s->steps,
	};
}

uint32_t space_all(uint32_t value)
{
	if (value > SPACE_VALUE_LAST)
		BUG("value %u", value);
	return value << 1;
}

const struct space_edge *space_edge_for(const struct space *s, const struct space_node *n,
					uint32_t value)
{
	const struct space_edge *edges = s->edges + n->first;
	size_t lo = 0, hi = n->n - 1;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (edges[middle].hi < value)
			lo = middle + 1;
		else
			hi = middle;
	}
	return &edges[lo];
}

void space_push(struct space *s, size_t base, uint32_t hi, uint32_t child)
{
	if (s->n_pending > base && s->pending[s->n_pending - 1].child == child) {
		s->pending[s->n_pending - 1].hi = hi;
		return;
	}
	if (s->n_pending == s->pending_room) {
		s->pending_room = s->pending_room ? 2 * s->pending_room : 64;
		s->pending = mem_resize(s->pending, s->pending_room, sizeof(*s->pending));
	}
	s->pending[s->n_pending++] = (struct space_edge){hi, child};
}

uint32_t space_drop(struct space *s, size_t base)
{
	s->n_pending = base;
	return SPACE_TOO_LARGE;
}

static size_t slot_of(const struct space *s, uint32_t hash)
{
	return hash & (s->table_room - 1);
}

void space_table_fill(struct space *s, size_t room)
{
	free(s->table);
	s->table_room = room;
	s->table = mem_new(s->table_room, sizeof(*s->table));
	for (size_t i = 0; i < s->n_nodes; i++) {
		size_t slot = slot_of(s, s->nodes[i].hash);

		if (!s->nodes[i].n)
			continue;
		while (s->table[slot])
			slot = slot_of(s, (uint32_t)slot + 1);
		s->table[slot] = (uint32_t)i << 1 | 1;
	}
}

static uint32_t free_slot(struct space *s)
{
	uint32_t slot = s->free;

	if (slot) {
		s->free = s->nodes[slot - 1].first;
		s->n_free--;
		return slot - 1;
	}
	if (s->n_nodes == s->nodes_room) {
		s->nodes_room = s->nodes_room ? 2 * s->nodes_room : FIRST_TABLE;
		s->nodes = mem_resize(s->nodes, s->nodes_room, sizeof(*s->nodes));
	}
	return (uint32_t)s->n_nodes++;
}

static uint32_t node_add(struct space *s, const struct space_node *like,
			 const struct space_edge *edges)
{
	uint32_t slot = free_slot(s);

	while (s->n_edges + like->n > s->edges_room) {
		s->edges_room = s->edges_room ? 2 * s->edges_room : FIRST_TABLE;
		s->edges = mem_resize(s->edges, s->edges_room, sizeof(*s->edges));
	}
	memcpy(s->edges + s->n_edges, edges, like->n * sizeof(*edges));
	s->nodes[slot] = *like;
	s->nodes[slot].first = (uint32_t)s->n_edges;
	s->n_edges += like->n;
	return slot << 1 | 1;
}

/* The slot of the same node, or the free one where it belongs. */
static size_t table_find(const struct space *s, const struct space_node *like,
			 const struct space_edge *edges)
{
	size_t slot = slot_of(s, like->hash);

	while (s->table[slot]) {
		const struct space_node *n = space_node_of(s, s->table[slot]);

		if (n->hash == like->hash && n->level == like->level && n->n == like->n &&
		    memcmp(s->edges + n->first, edges, n->n * sizeof(*edges)) == 0)
			break;
		slot = slot_of(s, (uint32_t)slot + 1);
	}
	return slot;
}

uint32_t space_take(struct space *s, uint32_t level, size_t base)
{
	const struct space_edge *edges = s->pending + base;
	struct space_node like = {.n = (uint32_t)(s->n_pending - base), .level = level};
	size_t slot;
	uint32_t set;

	s->n_pending = base;
	if (like.n == 1)
		return edges[0].child;
	s->steps += TAKE_STEPS;
	like.hash = (uint32_t)hash_bytes(edges, like.n * sizeof(*edges), level);
	slot = table_find(s, &like, edges);
	if (s->table[slot])
		return s->table[slot];
	if (s->over || s->n_edges + like.n > s->limits.edges) {
		s->over = true;
		return SPACE_TOO_LARGE;
	}
	set = s->table[slot] = node_add(s, &like, edges);
	if (3 * (s->n_nodes - s->n_free) > 2 * s->table_room) {
		space_table_fill(s, 2 * s->table_room);
		space_cache_fit(s);
	}
	return set;
}

static void point_of(const struct space *s, const struct space_packet *p,
		     uint32_t point[SPACE_FIELDS])
{
	if (p->to.family != p->from.family)
		BUG("a packet of two families");
	point[SPACE_IN] = p->in;
	point[SPACE_OUT] = p->out;
	point[SPACE_FAMILY] = p->to.family == 4 ? SPACE_IPV4 : SPACE_IPV6;
	point[SPACE_STATE] = p->state;
	point[SPACE_DIRECTION] = p->direction;
	point[SPACE_PROTO] = p->proto;
	point[SPACE_TO] = space_frame_rank(s->frame, &p->to);
	point[SPACE_FROM] = space_frame_rank(s->frame, &p->from);
	point[SPACE_TO_PORT] = p->to_port;
	point[SPACE_FROM_PORT] = p->from_port;
}

uint32_t space_find(const struct space *s, uint32_t a, const struct space_packet *p)
{
	uint32_t point[SPACE_FIELDS];

	if (a == SPACE_TOO_LARGE)
		BUG("looked into what was too large");
	point_of(s, p, point);
	while (!space_is_value(a)) {
		const struct space_node *n = space_node_of(s, a);

		a = space_edge_for(s, n, point[s->order[n->level]])->child;
	}
	return space_value_of(a);
}
