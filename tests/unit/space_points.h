/* SPDX-License-Identifier: ISC
 *
 * A world so small that every packet of it can be asked: each field falls into a few pieces, and
 * there is a packet for each choice of pieces. Sets that are made of pieces alone are the same if
 * and only if they are the same for these packets.
 */
#pragma once

#include <string.h>

#include "policy/space_verdict.h"

enum digit { IN, FAMILY, STATE, PROTO, TO, FROM, TO_PORT, FROM_PORT, DIGITS };
enum { POINTS = 3 * 2 * 2 * 3 * 4 * 4 * 4 * 2, PIECES_MAX = 4 };

static const struct {
	enum space_field field;
	uint8_t n;
	struct space_range pieces[PIECES_MAX]; /* addresses: ranks of IPv4, those of IPv6 follow */
} digits[DIGITS] = {
	[IN] = {SPACE_IN, 3, {{0, 0}, {1, 1}, {2, 2}}},
	[FAMILY] = {SPACE_FAMILY, 2, {{0, 0}, {1, 1}}},
	[STATE] = {SPACE_STATE, 2, {{SPACE_NEW, SPACE_NEW}, {SPACE_ESTABLISHED, SPACE_UNTRACKED}}},
	[PROTO] = {SPACE_PROTO, 3, {{0, 5}, {6, 6}, {7, 255}}},
	[TO] = {SPACE_TO, 4, {{0, 0}, {1, 1}, {2, 2}, {3, 3}}},
	[FROM] = {SPACE_FROM, 4, {{0, 0}, {1, 1}, {2, 2}, {3, 3}}},
	[TO_PORT] = {SPACE_TO_PORT, 4, {{0, 79}, {80, 80}, {81, 1023}, {1024, 65535}}},
	[FROM_PORT] = {SPACE_FROM_PORT, 2, {{0, 1023}, {1024, 65535}}},
};

/* The two ranges whose ends make four pieces of each family. */
static const char *const points_ranges[2][2][2] = {
	{{"10.0.0.0", "10.0.255.255"}, {"10.1.0.0", "10.1.0.9"}},
	{{"2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"}, {"2001:db8:0:1::", "2001:db8:0:1::9"}},
};

/* For each digit the pieces that match, a bit each; 0: any. Of addresses, IPv6 has the upper four
 * bits. */
struct point_match {
	uint8_t pieces[DIGITS];
};

static inline struct addr points_addr(const char *text)
{
	struct addr a;

	if (!addr_parse(slice_of(text), &a))
		BUG("%s", text);
	return a;
}

static inline struct space_frame *points_frame(void)
{
	struct space_frame *f = space_frame_new();

	for (size_t i = 0; i < 4; i++) {
		struct addr lo = points_addr(points_ranges[i / 2][i % 2][0]);
		struct addr hi = points_addr(points_ranges[i / 2][i % 2][1]);

		space_frame_add(f, &lo, &hi);
	}
	space_frame_add_interface(f, SLICE("eth0"));
	space_frame_seal(f);
	return f;
}

static inline void point_digits(size_t point, uint8_t digit[DIGITS])
{
	for (size_t i = 0; i < DIGITS; i++) {
		digit[i] = (uint8_t)(point % digits[i].n);
		point /= digits[i].n;
	}
}

static inline size_t point_of_digits(const uint8_t digit[DIGITS])
{
	size_t point = 0;

	for (size_t i = DIGITS; i--;)
		point = point * digits[i].n + digit[i];
	return point;
}

/* Now the first, now the last value of each piece, as `last` says. */
static inline struct space_packet point_packet(const struct space_frame *f, size_t point, bool last)
{
	struct space_packet p = {.out = SPACE_OTHER_INTERFACE};
	struct addr ends[2];
	uint8_t d[DIGITS];
	uint32_t v[DIGITS], base;

	point_digits(point, d);
	for (size_t i = 0; i < DIGITS; i++)
		v[i] = last ? digits[i].pieces[d[i]].hi : digits[i].pieces[d[i]].lo;
	base = space_frame_family(f, v[FAMILY]).lo;
	p.in = v[IN];
	p.state = v[STATE];
	p.proto = (uint8_t)v[PROTO];
	p.to_port = (uint16_t)v[TO_PORT];
	p.from_port = (uint16_t)v[FROM_PORT];
	space_frame_addrs(f, v[FAMILY], (struct space_range){base + v[TO], base + v[TO]}, &ends[0],
			  &ends[1]);
	p.to = ends[last];
	space_frame_addrs(f, v[FAMILY], (struct space_range){base + v[FROM], base + v[FROM]},
			  &ends[0], &ends[1]);
	p.from = ends[last];
	return p;
}

static inline bool point_matches(const struct point_match *m, size_t point)
{
	uint8_t d[DIGITS];

	point_digits(point, d);
	for (size_t i = 0; i < DIGITS; i++) {
		uint8_t bit = (uint8_t)(1u << d[i]);

		if ((i == TO || i == FROM) && d[FAMILY])
			bit = (uint8_t)(bit << 4);
		if (m->pieces[i] && !(m->pieces[i] & bit))
			return false;
	}
	return true;
}

static inline uint32_t point_set(struct space *s, const struct space_frame *f,
				 const struct point_match *m, uint32_t value)
{
	struct space_range ranges[DIGITS][2 * PIECES_MAX];
	struct space_match match = {0};
	uint32_t n4 = space_frame_family(f, SPACE_IPV6).lo;

	for (size_t i = 0; i < DIGITS; i++) {
		size_t n = 0;

		for (uint32_t bit = 8; bit--;) { /* backwards: the order does not matter */
			struct space_range r = digits[i].pieces[bit % 4];

			if (!(m->pieces[i] & 1u << bit))
				continue;
			if (bit >= 4)
				r = (struct space_range){r.lo + n4, r.hi + n4};
			ranges[i][n++] = r;
		}
		match.fields[digits[i].field] = (struct space_ranges){ranges[i], n};
	}
	return space_of(s, &match, value);
}

/* The operations on two sets, and what each does to one packet. */
static uint32_t (*const point_ops[])(struct space *, uint32_t, uint32_t) = {
	space_override, space_where, space_without, space_differ, space_either};

static inline uint8_t point_op(size_t op, uint8_t a, uint8_t b)
{
	switch (op) {
	case 0:
		return a ? a : b;
	case 1:
		return b ? a : 0;
	case 2:
		return b ? 0 : a;
	case 3:
		return a != b;
	default:
		if (!a || !b || !(a & SPACE_PASSES))
			return a ? a : b;
		return (uint8_t)((a & ~SPACE_PASSES) | b);
	}
}
