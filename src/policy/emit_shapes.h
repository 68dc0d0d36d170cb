/* SPDX-License-Identifier: ISC
 *
 * Rules that differ only in addresses and ports, which a language may say in fewer lines. Only
 * rules of one hook and rank meet in a shape, so that their order does not matter. Prefixes of one
 * length are equal or apart: two rules of a shape can only meet in ports.
 */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "policy/policy.h"

struct shape {
	const struct rule *first;
	struct buf rules; /* const struct rule * */
	unsigned number;  /* the emitter's own; at first 0 */
};

struct shapes {
	struct arena *arena;
	struct map by_bytes; /* what rules of a shape share, to the shape */
	struct buf list;     /* struct shape *, as they come */
};

/* A rule with several prefixes at one end, or without flows, has a shape to itself. The policy must
 * outlive it. */
void shapes_find(struct shapes *all, const struct policy *p);
void shapes_release(struct shapes *all);

static inline size_t shapes_n(const struct shapes *all)
{
	return all->list.n / sizeof(struct shape *);
}
static inline struct shape *shape_at(const struct shapes *all, size_t i)
{
	return ((struct shape *const *)(const void *)all->list.data)[i];
}
static inline size_t shape_n_rules(const struct shape *s)
{
	return s->rules.n / sizeof(struct rule *);
}

uint8_t shape_bits(const struct prefixes *p); /* of its one prefix; 255: any */
int shape_compare_ends(const struct rule *a, const struct rule *b);

/* By addresses, then ports. */
void shape_sort(struct shape *s);
/* Of a sorted one: rules of the same two ends whose ports meet, as one range. *at starts as 0. */
struct shape_run {
	const struct rule *first;
	struct port_range ports;
	size_t more; /* rules behind the first */
};
bool shape_next_run(const struct shape *s, size_t *at, struct shape_run *run);
