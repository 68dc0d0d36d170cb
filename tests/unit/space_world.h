/* SPDX-License-Identifier: ISC
 *
 * The small world of space_points.h as the state of a group of tests, and sets in it that are made
 * at random, each with the same as an array.
 */
#pragma once

#include <stdlib.h>

#include "base/mem.h"
#include "space_points.h"
#include "test.h"

enum { VALUES = 4 };

/* A set and the same as an array. */
struct both {
	uint32_t set;
	uint8_t at[POINTS];
};

struct world {
	struct space_frame *frame;
	struct space *space;
	struct space_packet packets[2][POINTS];
	uint64_t random;
};

static inline int world_make(void **state)
{
	struct world *w = mem_new(1, sizeof(*w));

	w->frame = points_frame();
	w->space = space_new(w->frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
	w->random = 42;
	for (size_t i = 0; i < POINTS; i++) {
		w->packets[0][i] = point_packet(w->frame, i, false);
		w->packets[1][i] = point_packet(w->frame, i, true);
	}
	*state = w;
	return 0;
}

static inline int world_drop(void **state)
{
	struct world *w = *state;

	space_free(w->space);
	space_frame_free(w->frame);
	free(w);
	return 0;
}

static inline struct point_match random_match(struct world *w)
{
	struct point_match m = {0};

	for (size_t i = 0; i < DIGITS; i++)
		if (random_below(&w->random, 3) == 0)
			m.pieces[i] = (uint8_t)random_below(
				&w->random, i == TO || i == FROM ? 256 : 1u << digits[i].n);
	return m;
}

static inline void random_rule(struct world *w, struct both *b, uint32_t value)
{
	struct point_match m = random_match(w);

	b->set = point_set(w->space, w->frame, &m, value);
	for (size_t i = 0; i < POINTS; i++)
		b->at[i] = point_matches(&m, i) ? (uint8_t)value : 0;
}

static inline void check_same(struct world *w, const char *what, uint32_t set, const uint8_t *at)
{
	for (size_t i = 0; i < POINTS; i++)
		for (size_t end = 0; end < 2; end++)
			if (space_find(w->space, set, &w->packets[end][i]) != at[i])
				fail_msg("%s: point %zu is %u, not %u", what, i,
					 space_find(w->space, set, &w->packets[end][i]), at[i]);
}

/* Some rules, of which the first that matches has its value. */
static inline void random_both(struct world *w, struct both *b, uint32_t values)
{
	struct both rule;

	*b = (struct both){.set = SPACE_EMPTY};
	for (uint32_t n = random_below(&w->random, 6); n; n--) {
		random_rule(w, &rule, 1 + random_below(&w->random, values));
		b->set = space_override(w->space, b->set, rule.set);
		for (size_t i = 0; i < POINTS; i++)
			b->at[i] = b->at[i] ? b->at[i] : rule.at[i];
	}
}
