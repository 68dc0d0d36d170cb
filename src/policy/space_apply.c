/* SPDX-License-Identifier: ISC */
#include "policy/space_apply.h"

#include <stdlib.h>

#include "base/mem.h"
#include "policy/space_int.h"
#include "policy/space_verdict.h"

enum op { OP_NONE, OP_OVERRIDE, OP_WHERE, OP_WITHOUT, OP_DIFFER, OP_EITHER };

enum { CACHE_LARGEST = 1 << 18 };

struct space_cached {
	uint32_t op, a, b, result;
};

static size_t slot_of(const struct space *s, enum op op, uint32_t a, uint32_t b)
{
	uint64_t h = ((uint64_t)a << 32 | b) * 0x9fb21c651e98df25u + (uint64_t)op;

	h = (h ^ h >> 32) * 0x94d049bb133111ebu;
	return (size_t)(h >> 32) & (s->cache_room - 1);
}

void space_cache_fit(struct space *s)
{
	size_t room = s->table_room < CACHE_LARGEST ? s->table_room : CACHE_LARGEST;
	struct space_cached *old = s->cache;
	size_t old_room = s->cache_room;

	if (room == old_room)
		return;
	s->cache = mem_new(room, sizeof(*s->cache));
	s->cache_room = room;
	for (size_t i = 0; i < old_room; i++)
		if (old[i].op != OP_NONE)
			s->cache[slot_of(s, old[i].op, old[i].a, old[i].b)] = old[i];
	free(old);
}

static bool is_there(const struct space *s, uint32_t set)
{
	return space_is_value(set) || space_node_of(s, set)->n;
}

void space_cache_collect(struct space *s)
{
	for (struct space_cached *c = s->cache; c < s->cache + s->cache_room; c++)
		if (!is_there(s, c->a) || !is_there(s, c->b) || !is_there(s, c->result))
			c->op = OP_NONE;
}

size_t space_cache_bytes(const struct space *s)
{
	return s->cache_room * sizeof(*s->cache);
}

static uint32_t override_at_once(uint32_t a, uint32_t b)
{
	if (a == SPACE_EMPTY)
		return b;
	return a == b || b == SPACE_EMPTY || space_is_value(a) ? a : SPACE_TOO_LARGE;
}

static uint32_t where_at_once(uint32_t a, uint32_t b)
{
	if (a == SPACE_EMPTY || b == SPACE_EMPTY)
		return SPACE_EMPTY;
	return a == b || space_is_value(b) ? a : SPACE_TOO_LARGE;
}

static uint32_t without_at_once(uint32_t a, uint32_t b)
{
	if (b == SPACE_EMPTY)
		return a;
	return a == b || a == SPACE_EMPTY || space_is_value(b) ? SPACE_EMPTY : SPACE_TOO_LARGE;
}

static uint32_t differ_at_once(uint32_t a, uint32_t b)
{
	if (a == b)
		return SPACE_EMPTY;
	return space_is_value(a) && space_is_value(b) ? SPACE_ALL : SPACE_TOO_LARGE;
}

/* Of possible verdicts (policy/space_verdict.h): where a may pass a packet on, b has its say. */
static uint32_t either_at_once(uint32_t a, uint32_t b)
{
	uint32_t v = space_value_of(a), w = space_value_of(b);

	if (a == SPACE_EMPTY)
		return b;
	if (a == b || b == SPACE_EMPTY || (space_is_value(a) && !(v & SPACE_PASSES)))
		return a;
	if (!space_is_value(a) || !space_is_value(b))
		return SPACE_TOO_LARGE;
	return space_all((v & ~(uint32_t)SPACE_PASSES) | w);
}

/* What needs no walk; else SPACE_TOO_LARGE. */
static uint32_t at_once(enum op op, uint32_t a, uint32_t b)
{
	switch (op) {
	case OP_OVERRIDE:
		return override_at_once(a, b);
	case OP_WHERE:
		return where_at_once(a, b);
	case OP_WITHOUT:
		return without_at_once(a, b);
	case OP_DIFFER:
		return differ_at_once(a, b);
	case OP_EITHER:
		return either_at_once(a, b);
	case OP_NONE:
		break;
	}
	BUG("operation %d", op);
}

static uint32_t apply(struct space *s, enum op op, uint32_t a, uint32_t b);

/* A walk along the edges of a node, or along the one that a set has which does not ask. By index,
 * not by pointer: the edges move when there are more. */
struct along {
	struct space_edge now;
	uint32_t next, end;
};

static struct along along_start(const struct space *s, uint32_t set, uint32_t level)
{
	const struct space_node *n;

	if (space_level_of(s, set) != level)
		return (struct along){{SPACE_LAST, set}, 0, 0};
	n = space_node_of(s, set);
	return (struct along){s->edges[n->first], n->first + 1, n->first + n->n};
}

/* To the edge that has hi + 1: most often the next one, else found by longer and longer steps. */
static void along_step(const struct space *s, struct along *at, uint32_t hi)
{
	uint32_t lo = at->next, last = lo, step = 1;

	if (at->now.hi > hi)
		return;
	while (s->edges[last].hi <= hi) {
		lo = last + 1;
		last += step;
		step *= 2;
		if (last >= at->end)
			last = at->end - 1;
	}
	while (lo < last) {
		uint32_t middle = lo + (last - lo) / 2;

		if (s->edges[middle].hi <= hi)
			lo = middle + 1;
		else
			last = middle;
	}
	at->now = s->edges[lo];
	at->next = lo + 1;
}

/* As far as one of the two alone says what comes of it; else as far as both stay the same. */
static uint32_t walk_hi(enum op op, const struct space_edge *a, const struct space_edge *b)
{
	bool a_says = false, b_says = false;

	if (op == OP_WHERE || op == OP_WITHOUT)
		a_says = a->child == SPACE_EMPTY;
	if (op == OP_WHERE)
		b_says = b->child == SPACE_EMPTY;
	if (op == OP_WITHOUT)
		b_says = b->child != SPACE_EMPTY && space_is_value(b->child);
	if (op == OP_OVERRIDE)
		a_says = a->child != SPACE_EMPTY && space_is_value(a->child);
	if (a_says && (!b_says || a->hi > b->hi))
		return a->hi;
	if (b_says)
		return b->hi;
	return a->hi < b->hi ? a->hi : b->hi;
}

static uint32_t walk(struct space *s, enum op op, uint32_t a, uint32_t b)
{
	uint32_t la = space_level_of(s, a), lb = space_level_of(s, b), level = la < lb ? la : lb;
	struct along at_a = along_start(s, a, level), at_b = along_start(s, b, level);
	size_t base = s->n_pending;
	uint32_t hi, child;

	for (;;) {
		if (!space_step(s))
			return space_drop(s, base);
		hi = walk_hi(op, &at_a.now, &at_b.now);
		child = apply(s, op, at_a.now.child, at_b.now.child);
		if (child == SPACE_TOO_LARGE)
			return space_drop(s, base);
		space_push(s, base, hi, child);
		if (hi == SPACE_LAST)
			return space_take(s, level, base);
		along_step(s, &at_a, hi);
		along_step(s, &at_b, hi);
	}
}

static uint32_t apply(struct space *s, enum op op, uint32_t a, uint32_t b)
{
	uint32_t result = at_once(op, a, b);
	const struct space_cached *c;

	if (result != SPACE_TOO_LARGE)
		return result;
	c = &s->cache[slot_of(s, op, a, b)];
	if (c->op == op && c->a == a && c->b == b)
		return c->result;
	result = walk(s, op, a, b);
	if (result != SPACE_TOO_LARGE) /* the cache may have grown meanwhile */
		s->cache[slot_of(s, op, a, b)] = (struct space_cached){op, a, b, result};
	return result;
}

static uint32_t checked(struct space *s, enum op op, uint32_t a, uint32_t b)
{
	return a == SPACE_TOO_LARGE || b == SPACE_TOO_LARGE ? SPACE_TOO_LARGE : apply(s, op, a, b);
}

uint32_t space_override(struct space *s, uint32_t a, uint32_t b)
{
	return checked(s, OP_OVERRIDE, a, b);
}

uint32_t space_where(struct space *s, uint32_t a, uint32_t b)
{
	return checked(s, OP_WHERE, a, b);
}

uint32_t space_without(struct space *s, uint32_t a, uint32_t b)
{
	return checked(s, OP_WITHOUT, a, b);
}

uint32_t space_complement(struct space *s, uint32_t a)
{
	return checked(s, OP_WITHOUT, SPACE_ALL, a);
}

uint32_t space_differ(struct space *s, uint32_t a, uint32_t b)
{
	return checked(s, OP_DIFFER, a, b);
}

uint32_t space_either(struct space *s, uint32_t a, uint32_t b)
{
	return checked(s, OP_EITHER, a, b);
}

uint32_t space_override_all(struct space *s, const uint32_t *sets, size_t n)
{
	if (n == 0)
		return SPACE_EMPTY;
	if (n == 1)
		return sets[0];
	return space_override(s, space_override_all(s, sets, n / 2),
			      space_override_all(s, sets + n / 2, n - n / 2));
}

/* --- values, without a set -------------------------------------------------------------------- */

struct pair {
	uint32_t a, b; /* never twice SPACE_EMPTY: a free slot */
};
struct pairs {
	struct space *space;
	struct pair *slots; /* owned */
	size_t n, room;
	bool *has;
	size_t n_has;
};

static struct pair *pair_slot(const struct pairs *p, struct pair wanted)
{
	size_t i = (size_t)(((uint64_t)wanted.a << 32 | wanted.b) * 0x9fb21c651e98df25u >> 32);

	for (;; i++) {
		struct pair *slot = &p->slots[i & (p->room - 1)];

		if ((slot->a == SPACE_EMPTY && slot->b == SPACE_EMPTY) ||
		    (slot->a == wanted.a && slot->b == wanted.b))
			return slot;
	}
}

static void pairs_grow(struct pairs *p)
{
	enum { FIRST = 1 << 10 };
	struct pairs old = *p;

	p->room = old.room ? 2 * old.room : FIRST;
	p->slots = mem_new(p->room, sizeof(*p->slots));
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].a != SPACE_EMPTY || old.slots[i].b != SPACE_EMPTY)
			*pair_slot(p, old.slots[i]) = old.slots[i];
	free(old.slots);
}

/* Whether nobody has looked at these two together. */
static bool is_new_pair(struct pairs *p, uint32_t a, uint32_t b)
{
	struct pair now = {a, b}, *slot;

	if (2 * p->n >= p->room)
		pairs_grow(p);
	slot = pair_slot(p, now);
	if (slot->a == a && slot->b == b)
		return false;
	*slot = now;
	p->n++;
	return true;
}

static void see_values(struct pairs *p, uint32_t a, uint32_t b)
{
	const struct space *s = p->space;
	uint32_t la = space_level_of(s, a), lb = space_level_of(s, b), level = la < lb ? la : lb;
	struct along at_a, at_b;
	uint32_t hi;

	if (a == SPACE_EMPTY || b == SPACE_EMPTY)
		return;
	if (space_is_value(a) && space_value_of(a) < p->n_has)
		p->has[space_value_of(a)] = true;
	if (space_is_value(a) || !is_new_pair(p, a, b))
		return;
	at_a = along_start(s, a, level);
	at_b = along_start(s, b, level);
	for (;;) {
		if (!space_step(p->space))
			return;
		hi = walk_hi(OP_WHERE, &at_a.now, &at_b.now);
		see_values(p, at_a.now.child, at_b.now.child);
		if (hi == SPACE_LAST)
			return;
		along_step(s, &at_a, hi);
		along_step(s, &at_b, hi);
	}
}

bool space_values_where(struct space *s, uint32_t a, uint32_t b, bool *has, size_t n)
{
	struct pairs p = {.space = s, .has = has, .n_has = n};

	if (a == SPACE_TOO_LARGE || b == SPACE_TOO_LARGE)
		return false;
	see_values(&p, a, b);
	free(p.slots);
	return !s->over;
}
