/* SPDX-License-Identifier: ISC */
#include "sys/wheel.h"

#include <string.h>

/* The first tick at which the timer may expire: rounded up, so that it is never early. */
static int64_t tick_of_timer(const struct timer *t)
{
	const int64_t part = (1 << WHEEL_TICK_BITS) - 1, last = INT64_MAX >> WHEEL_TICK_BITS;
	int64_t tick = t->at.us >> WHEEL_TICK_BITS;

	return tick < last && (t->at.us & part) ? tick + 1 : tick;
}

static unsigned level_shift(unsigned level)
{
	return level * WHEEL_SLOT_BITS;
}

void wheel_init(struct wheel *w, struct mono now)
{
	memset(w, 0, sizeof(*w));
	w->tick = now.us >> WHEEL_TICK_BITS;
}

/* The level is the highest group of bits in which the timer's tick differs from the present one;
 * so a slot of level k is opened exactly when the groups below k have come to zero. */
static unsigned level_of(int64_t now, int64_t tick)
{
	uint64_t differ = (uint64_t)(now ^ tick);
	unsigned level = 0;

	while (level < WHEEL_LEVELS - 1 && differ >> level_shift(level + 1))
		level++;
	return level;
}

static void place(struct wheel *w, struct timer *t)
{
	int64_t tick = tick_of_timer(t);
	unsigned level, slot;

	if (tick < w->tick)
		tick = w->tick;
	level = level_of(w->tick, tick);
	slot = (unsigned)(tick >> level_shift(level)) % WHEEL_SLOTS;
	t->next = w->slots[level][slot];
	if (t->next)
		t->next->link = &t->next;
	t->link = &w->slots[level][slot];
	w->slots[level][slot] = t;
	w->occupied[level] |= UINT64_C(1) << slot;
}

/* Whether this link is the head of a slot, and of which. */
static bool is_slot_head(const struct wheel *w, struct timer **link, size_t *at)
{
	uintptr_t first = (uintptr_t)w->slots, p = (uintptr_t)link;

	*at = (p - first) / sizeof(*link);
	return p >= first && *at < WHEEL_LEVELS * WHEEL_SLOTS;
}

void wheel_add(struct wheel *w, struct timer *t)
{
	if (t->link)
		BUG("the timer is armed already");
	place(w, t);
	w->n++;
}

void wheel_remove(struct wheel *w, struct timer *t)
{
	size_t at;

	if (!t->link)
		BUG("the timer is not armed");
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	else if (is_slot_head(w, t->link, &at))
		w->occupied[at / WHEEL_SLOTS] &= ~(UINT64_C(1) << at % WHEEL_SLOTS);
	t->next = NULL;
	t->link = NULL;
	w->n--;
}

/* The first tick from w->tick on at which a slot of this level is opened; false: all are empty. */
static bool level_next(const struct wheel *w, unsigned level, int64_t *tick)
{
	unsigned shift = level_shift(level);
	int64_t turn = (w->tick >> shift) & ~(int64_t)(WHEEL_SLOTS - 1);
	unsigned here = (unsigned)(w->tick >> shift) % WHEEL_SLOTS;
	uint64_t ahead = w->occupied[level] >> here << here;

	if (!ahead)
		return false;
	*tick = (turn + __builtin_ctzll(ahead)) << shift;
	return true;
}

static bool next_tick(const struct wheel *w, int64_t *tick)
{
	for (unsigned level = 0; level < WHEEL_LEVELS; level++)
		if (level_next(w, level, tick))
			return true;
	return false;
}

bool wheel_next(const struct wheel *w, struct mono *at)
{
	int64_t tick;

	if (!w->n)
		return false;
	if (!next_tick(w, &tick))
		BUG("%zu timers are armed and no slot has one", w->n);
	at->us = tick << WHEEL_TICK_BITS;
	return true;
}

/* Whether the slots of this level begin at the present tick. */
static bool level_turns(const struct wheel *w, unsigned level)
{
	return level < WHEEL_LEVELS &&
	       ((uint64_t)w->tick & ((UINT64_C(1) << level_shift(level)) - 1)) == 0;
}

/* The slots of the higher levels that begin at w->tick are dealt out over the lower ones. */
static void open_slots(struct wheel *w)
{
	for (unsigned level = 1; level_turns(w, level); level++) {
		unsigned slot = (unsigned)(w->tick >> level_shift(level)) % WHEEL_SLOTS;
		struct timer *t = w->slots[level][slot], *next;

		w->slots[level][slot] = NULL;
		w->occupied[level] &= ~(UINT64_C(1) << slot);
		for (; t; t = next) {
			next = t->next;
			place(w, t);
		}
	}
}

struct timer *wheel_take(struct wheel *w, struct mono now)
{
	int64_t now_tick = now.us >> WHEEL_TICK_BITS, tick;
	struct timer *t;

	while (w->n && next_tick(w, &tick) && tick <= now_tick) {
		w->tick = tick;
		open_slots(w);
		t = w->slots[0][tick % WHEEL_SLOTS];
		if (t) {
			wheel_remove(w, t);
			return t;
		}
	}
	if (now_tick > w->tick)
		w->tick = now_tick;
	return NULL;
}
