/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "policy/space_int.h"

static int by_start(const void *a, const void *b)
{
	const struct space_range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* A node with the child inside of sorted ranges, and nothing outside of them. `all` are the values
 * that the field can have here. */
static uint32_t node_of(struct space *s, uint32_t level, struct space_ranges r,
			struct space_range all, uint32_t child)
{
	size_t base = s->n_pending;
	uint32_t next = all.lo; /* the first value that has no edge yet */
	bool full = false;

	for (size_t i = 0; i < r.n && !full; i++) {
		struct space_range now = r.items[i];

		if (now.lo > now.hi)
			BUG("a range from %u to %u", now.lo, now.hi);
		if (now.lo > all.hi || now.hi < next)
			continue;
		if (now.lo > next)
			space_push(s, base, now.lo - 1, SPACE_EMPTY);
		full = now.hi >= all.hi;
		space_push(s, base, full ? SPACE_LAST : now.hi, child);
		next = now.hi + 1;
	}
	if (!full)
		space_push(s, base, SPACE_LAST, SPACE_EMPTY);
	return space_take(s, level, base);
}

static struct space_range values_of(const struct space *s, enum space_field field, uint32_t family)
{
	if (field == SPACE_TO || field == SPACE_FROM)
		return space_frame_family(s->frame, family);
	return (struct space_range){0, space_frame_last(s->frame, field)};
}

static uint32_t one_level(struct space *s, uint32_t level, struct space_ranges r, uint32_t family,
			  uint32_t child)
{
	enum space_field field = s->order[level];
	struct space_range few[16], *sorted = few;

	if (!r.n || child == SPACE_EMPTY || child == SPACE_TOO_LARGE)
		return child;
	if (r.n > 1) {
		if (r.n > ARRAY_LEN(few))
			sorted = mem_new(r.n, sizeof(*sorted));
		memcpy(sorted, r.items, r.n * sizeof(*sorted));
		qsort(sorted, r.n, sizeof(*sorted), by_start);
		r.items = sorted;
	}
	child = node_of(s, level, r, values_of(s, field, family), child);
	if (sorted != few)
		free(sorted);
	return child;
}

/* Each family by itself up to the level where they part. */
static uint32_t both_families(struct space *s, uint32_t level, uint32_t v4, uint32_t v6)
{
	size_t base = s->n_pending;

	if (v4 == SPACE_TOO_LARGE || v6 == SPACE_TOO_LARGE)
		return SPACE_TOO_LARGE;
	space_push(s, base, SPACE_IPV4, v4);
	space_push(s, base, SPACE_LAST, v6);
	return space_take(s, level, base);
}

static bool has_family(struct space_ranges r, uint32_t family)
{
	for (size_t i = 0; i < r.n; i++)
		if (r.items[i].lo <= family && family <= r.items[i].hi)
			return true;
	return !r.n;
}

uint32_t space_of(struct space *s, const struct space_match *m, uint32_t value)
{
	uint32_t sets[2] = {space_all(value), space_all(value)};
	uint32_t level = SPACE_FIELDS;

	while (s->order[--level] != SPACE_FAMILY)
		for (uint32_t family = SPACE_IPV4; family <= SPACE_IPV6; family++)
			sets[family] = one_level(s, level, m->fields[s->order[level]], family,
						 sets[family]);
	for (uint32_t family = SPACE_IPV4; family <= SPACE_IPV6; family++)
		if (!has_family(m->fields[SPACE_FAMILY], family))
			sets[family] = SPACE_EMPTY;
	sets[0] = both_families(s, level, sets[SPACE_IPV4], sets[SPACE_IPV6]);
	while (level--)
		sets[0] = one_level(s, level, m->fields[s->order[level]], SPACE_IPV4, sets[0]);
	return sets[0];
}

uint32_t space_of_field(struct space *s, enum space_field field, struct space_range r)
{
	struct space_match m = {0};

	m.fields[field] = (struct space_ranges){&r, 1};
	return space_of(s, &m, 1);
}

struct boxes {
	const struct space *space;
	bool (*each)(void *ctx, const struct space_box *);
	void *ctx;
	struct space_box box;
};

static bool boxes_below(struct boxes *b, uint32_t a)
{
	const struct space_node *n;
	struct space_range *r;
	bool more = true;
	uint32_t lo = 0;

	if (a == SPACE_EMPTY)
		return true;
	if (space_is_value(a)) {
		b->box.value = space_value_of(a);
		return b->each(b->ctx, &b->box);
	}
	n = space_node_of(b->space, a);
	r = &b->box.fields[b->space->order[n->level]];
	for (uint32_t i = 0; i < n->n && more; i++) {
		struct space_edge e = b->space->edges[n->first + i];

		*r = (struct space_range){lo, e.hi};
		more = boxes_below(b, e.child);
		lo = e.hi + 1;
	}
	*r = (struct space_range){0, SPACE_LAST};
	return more;
}

bool space_boxes(const struct space *s, uint32_t a,
		 bool (*each)(void *ctx, const struct space_box *), void *ctx)
{
	struct boxes b = {.space = s, .each = each, .ctx = ctx};

	if (a == SPACE_TOO_LARGE)
		BUG("looked into what was too large");
	for (size_t i = 0; i < SPACE_FIELDS; i++)
		b.box.fields[i] = (struct space_range){0, SPACE_LAST};
	return boxes_below(&b, a);
}
