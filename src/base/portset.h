/* SPDX-License-Identifier: ISC
 *
 * A set of port numbers as sorted ranges that neither touch nor overlap. Ports are in host order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct buf;

struct port_range {
	uint16_t lo, hi; /* both included; lo <= hi */
};
#define PORT_RANGE_ANY ((struct port_range){1, 65535})

struct portset {
	struct port_range *items; /* owned */
	size_t n, room;
};

void portset_release(struct portset *s);
void portset_add(struct portset *s, struct port_range r);
void portset_remove(struct portset *s, struct port_range r);
bool portset_has(const struct portset *s, uint16_t port);
bool portset_has_range(const struct portset *s, struct port_range r);
bool portset_equal(const struct portset *a, const struct portset *b);
size_t portset_count(const struct portset *s);		       /* ports, 0..65536 */
void portset_format(const struct portset *s, struct buf *out); /* "22,80,7000-7008" */

/* "80", "7000-7008"; 0 is refused: it is no port to go to. */
bool port_range_parse(struct slice s, struct port_range *r);
void port_range_format(struct port_range r, struct buf *out);
static inline bool port_range_overlaps(struct port_range a, struct port_range b)
{
	return a.lo <= b.hi && b.lo <= a.hi;
}
static inline bool port_range_inside(struct port_range inner, struct port_range outer)
{
	return outer.lo <= inner.lo && inner.hi <= outer.hi;
}
