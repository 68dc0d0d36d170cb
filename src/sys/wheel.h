/* SPDX-License-Identifier: ISC
 *
 * A hierarchical timer wheel: start, stop and expire in constant time however many timers are
 * armed. Ticks of 64 us, and as many levels of 64 slots as 63 bits of microseconds need, so that no
 * moment lies beyond the wheel. A timer never expires early and at most one tick late; timers of
 * one tick expire in no particular order. After Varghese and Lauck, "Hashed and Hierarchical Timing
 * Wheels" (SOSP 1987).
 */
#pragma once

#include "sys/loop.h"

enum {
	WHEEL_TICK_BITS = 6, /* 64 us */
	WHEEL_SLOT_BITS = 6,
	WHEEL_SLOTS = 1 << WHEEL_SLOT_BITS,
	WHEEL_LEVELS = 10,
};

struct wheel {
	int64_t tick;			 /* everything before it has expired */
	size_t n;			 /* armed timers */
	uint64_t occupied[WHEEL_LEVELS]; /* a bit for each slot that is not empty */
	struct timer *slots[WHEEL_LEVELS][WHEEL_SLOTS];
};

void wheel_init(struct wheel *w, struct mono now);
void wheel_add(struct wheel *w, struct timer *t);    /* by t->at; must not be armed */
void wheel_remove(struct wheel *w, struct timer *t); /* must be armed */

/* The moment until which nothing can expire; before it wheel_take() yields nothing. It may be
 * earlier than the first timer, never later. False: no timer is armed. */
bool wheel_next(const struct wheel *w, struct mono *at);

/* One timer that is due at `now`, disarmed; NULL: no more. `now` must not go back. */
struct timer *wheel_take(struct wheel *w, struct mono now);
