/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/mem.h"
#include "policy/space_int.h"

struct count {
	const struct space *space;
	uint32_t family;
	double *nodes; /* of one family; below 0: not yet */
};

/* How many values of a field there are between two edges, both included. */
static double width(const struct count *c, enum space_field field, uint32_t lo, uint32_t hi)
{
	const struct space_frame *f = c->space->frame;
	struct space_range all = {0, space_frame_last(f, field)};

	if (field == SPACE_FAMILY)
		return c->family >= lo && c->family <= hi;
	if (field == SPACE_TO || field == SPACE_FROM)
		all = space_frame_family(f, c->family);
	if (lo < all.lo)
		lo = all.lo;
	if (hi > all.hi)
		hi = all.hi;
	if (lo > hi)
		return 0;
	if (field == SPACE_TO || field == SPACE_FROM)
		return space_frame_count(f, (struct space_range){lo, hi});
	return (double)(hi - lo) + 1;
}

static double count_below(struct count *c, uint32_t a, uint32_t level);

static double count_node(struct count *c, const struct space_node *n)
{
	enum space_field field = c->space->order[n->level];
	uint32_t lo = 0;
	double sum = 0;

	for (uint32_t i = 0; i < n->n; i++) {
		struct space_edge e = c->space->edges[n->first + i];
		double wide = width(c, field, lo, e.hi);

		if (wide > 0)
			sum += wide * count_below(c, e.child, n->level + 1);
		lo = e.hi + 1;
	}
	return sum;
}

/* From `level` on; the levels in between that a does not ask for have any value. */
static double count_below(struct count *c, uint32_t a, uint32_t level)
{
	double n = 1, *known;

	if (a == SPACE_EMPTY)
		return 0;
	for (; level < space_level_of(c->space, a); level++)
		n *= width(c, c->space->order[level], 0, SPACE_LAST);
	if (space_is_value(a))
		return n;
	known = &c->nodes[a >> 1];
	if (*known < 0)
		*known = count_node(c, space_node_of(c->space, a));
	return n * *known;
}

double space_count(const struct space *s, uint32_t a)
{
	struct count c = {.space = s};
	double sum = 0;

	if (a == SPACE_TOO_LARGE)
		BUG("looked into what was too large");
	c.nodes = mem_new(s->n_nodes, sizeof(*c.nodes));
	for (c.family = SPACE_IPV4; c.family <= SPACE_IPV6; c.family++) {
		for (size_t i = 0; i < s->n_nodes; i++)
			c.nodes[i] = -1;
		sum += count_below(&c, a, 0);
	}
	free(c.nodes);
	return sum;
}
