/* SPDX-License-Identifier: ISC
 *
 * What the files of the exact sets share: the nodes. A handle is a value times two, or a node's
 * index times two plus one. Edges cover all values of the field: each has the last value it is for,
 * the last one has SPACE_LAST, whatever the field's last value is. That makes "to the end" one
 * thing in both families.
 */
#pragma once

#include "policy/space.h"

struct space_edge {
	uint32_t hi, child;
};

struct space_node {
	uint32_t first, n; /* edges; n == 0: a free slot, `first` is the next one plus one */
	uint32_t hash, level;
};

struct space_cached; /* space_apply.c */

/* What walks through single sets have found, by node: only what the walk that goes on now has
 * noted counts, so that none has to clear it. */
struct space_walks {
	struct space_noted {
		uint32_t walk, set;
	} * noted;
	size_t room;
	uint32_t now; /* number of the walk */
};

struct space {
	const struct space_frame *frame;
	struct space_limits limits;
	const uint8_t *order; /* the field of each level */
	struct space_node *nodes;
	size_t n_nodes, nodes_room; /* with the free ones */
	size_t n_free;
	uint32_t free; /* the first free slot plus one; 0: none */
	struct space_edge *edges;
	size_t n_edges, edges_room;
	struct space_edge *pending; /* of nodes that are being made, innermost last */
	size_t n_pending, pending_room;
	uint32_t *table; /* handles by hash; 0: free */
	size_t table_room;
	struct space_cached *cache;
	size_t cache_room;
	uint64_t steps;
	bool over; /* a limit was met */
	struct space_walks *walks;
};
/* A new walk, over the nodes that there are now. */
struct space_walks *space_walk_begin(const struct space *s);

static inline bool space_is_value(uint32_t set)
{
	return !(set & 1);
}

static inline uint32_t space_value_of(uint32_t set)
{
	return set >> 1;
}

static inline const struct space_node *space_node_of(const struct space *s, uint32_t set)
{
	return &s->nodes[set >> 1];
}

/* SPACE_FIELDS for a value. */
static inline uint32_t space_level_of(const struct space *s, uint32_t set)
{
	return space_is_value(set) ? SPACE_FIELDS : space_node_of(s, set)->level;
}

/* The edge for a value of the node's field. */
const struct space_edge *space_edge_for(const struct space *s, const struct space_node *n,
					uint32_t value);

/* A node is made of pending edges, in order of hi: those from `base` on, which is n_pending before
 * the first. space_take() takes them off; so does space_drop(). */
void space_push(struct space *s, size_t base, uint32_t hi, uint32_t child);
uint32_t space_take(struct space *s, uint32_t level, size_t base);
uint32_t space_drop(struct space *s, size_t base); /* returns SPACE_TOO_LARGE */

/* The table of nodes anew, with so much room. */
void space_table_fill(struct space *s, size_t room);

/* One more step; false: that was one too many. */
static inline bool space_step(struct space *s)
{
	if (s->steps++ >= s->limits.steps)
		s->over = true;
	return !s->over;
}
