/* SPDX-License-Identifier: ISC
 *
 * Sets of a small world, made and joined as the bytes say, against every packet of it. A byte for
 * the operation, then what it needs; the sets are kept in four places.
 */
#include "policy/space.h"

#include <stdlib.h>

#include "../unit/space_points.h"

enum { SETS = 4, OPERATIONS_MAX = 24 };

struct machine {
	struct space *space;
	uint32_t sets[SETS];
	uint8_t at[SETS][POINTS];
	const uint8_t *data;
	size_t n;
};

static struct space_frame *frame; /* made once, as are the packets */
static struct space_packet packets[POINTS];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void make_world(void)
{
	if (frame)
		return;
	frame = points_frame();
	for (size_t i = 0; i < POINTS; i++)
		packets[i] = point_packet(frame, i, i % 3 == 0);
}

static uint8_t take(struct machine *m)
{
	if (!m->n)
		return 0;
	m->n--;
	return *m->data++;
}

static void make(struct machine *m, size_t to)
{
	struct point_match match = {0};
	uint8_t which = take(m), value = take(m) % 8;

	for (size_t i = 0; i < DIGITS; i++) {
		if (!(which & 1u << i))
			continue;
		match.pieces[i] = take(m);
		if (i != TO && i != FROM)
			match.pieces[i] &= (uint8_t)((1u << digits[i].n) - 1);
	}
	if (value == SPACE_PASSES)
		value = 0;
	m->sets[to] = point_set(m->space, frame, &match, value);
	for (size_t i = 0; i < POINTS; i++)
		m->at[to][i] = point_matches(&match, i) ? value : 0;
}

static void join(struct machine *m, uint8_t op, size_t to, size_t from)
{
	m->sets[to] = point_ops[op](m->space, m->sets[to], m->sets[from]);
	for (size_t i = 0; i < POINTS; i++)
		m->at[to][i] = point_op(op, m->at[to][i], m->at[from][i]);
}

static void check(const struct machine *m)
{
	for (size_t k = 0; k < SETS; k++)
		for (size_t i = 0; m->sets[k] != SPACE_TOO_LARGE && i < POINTS; i++)
			if (space_find(m->space, m->sets[k], &packets[i]) != m->at[k][i])
				BUG("set %zu is wrong about point %zu", k, i);
	for (size_t k = 1; k < SETS; k++)
		if (m->sets[0] != SPACE_TOO_LARGE && m->sets[k] != SPACE_TOO_LARGE &&
		    (m->sets[0] == m->sets[k]) != (memcmp(m->at[0], m->at[k], POINTS) == 0))
			BUG("the same handle for different sets, or two for one");
}

/* The first byte also chooses the order and, now and then, limits that are soon met. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct machine m;
	uint8_t kind;

	make_world();
	m = (struct machine){.data = data, .n = n};
	kind = take(&m);
	m.space = space_new(frame, kind & 1 ? SPACE_BY_SOURCE : SPACE_BY_DESTINATION,
			    kind & 2 ? (struct space_limits){kind, kind * 8u} : SPACE_LIMITS);
	for (int i = 0; i < OPERATIONS_MAX && m.n; i++) {
		uint8_t op = take(&m), sets = take(&m);
		size_t to = sets % SETS, from = sets / SETS % SETS;

		if (op % 8 < 5)
			join(&m, op % 8, to, from);
		else
			make(&m, to);
	}
	check(&m);
	space_free(m.space);
	return 0;
}
