/* SPDX-License-Identifier: ISC
 *
 * What a packet is made of, and which addresses matter. A frame collects every address range and
 * every interface of all the policies and requirements that are to be compared; then it is sealed
 * and numbers the pieces between the ends of the ranges: first those of IPv4, then those of IPv6,
 * each in the order of its addresses. Such a number is called a rank. Sets of packets
 * (policy/space.h) only know ranks, so that an address of 128 bits costs what one of 32 costs.
 *
 * Whatever comes later than the seal needs a new frame, and the sets are built anew in it: that
 * takes a fraction of a second for 10,000 rules, and a renumbering of old sets could go wrong.
 * A single address needs no announcement: it lies in some piece, and no set cuts a piece.
 *
 * The frame is owned by its maker and outlives the spaces that were made with it. Adding is O(1),
 * sealing O(n log n), each look-up O(log n) for n ranges.
 */
#pragma once

#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "base/slice.h"

/* The fields of a packet, each a number in a uint32_t. */
enum space_field {
	SPACE_IN,	 /* interface: its id in the frame, 0.. */
	SPACE_OUT,	 /* the same */
	SPACE_FAMILY,	 /* SPACE_IPV4, SPACE_IPV6 */
	SPACE_STATE,	 /* enum space_state: what connection tracking says */
	SPACE_DIRECTION, /* enum space_direction, within the connection */
	SPACE_PROTO,	 /* IANA's number, 0..255 */
	SPACE_TO,	 /* destination address, as a rank */
	SPACE_FROM,	 /* source address, as a rank */
	SPACE_TO_PORT, /* 0..65535, in host order; of ICMP: type * 256 + code; else of no meaning */
	SPACE_FROM_PORT, /* 0..65535; of ICMP, and without ports, of no meaning */
	SPACE_FIELDS,
};

enum { SPACE_IPV4, SPACE_IPV6 };
enum space_state {
	SPACE_NEW,
	SPACE_ESTABLISHED,
	SPACE_RELATED,
	SPACE_INVALID,
	SPACE_UNTRACKED,
	SPACE_STATES,
};
enum space_direction { SPACE_ORIGINAL, SPACE_REPLY, SPACE_DIRECTIONS };

/* Interfaces that every frame has: none (the box itself sends, or receives), and one that nobody
 * named. */
enum { SPACE_NO_INTERFACE, SPACE_OTHER_INTERFACE, SPACE_FIRST_INTERFACE };

struct space_range {
	uint32_t lo, hi; /* both included; lo <= hi */
};
/* As a bound above: whatever the last value of that field is. */
#define SPACE_LAST UINT32_MAX

struct space_frame;

MUST_USE struct space_frame *space_frame_new(void);
void space_frame_free(struct space_frame *f); /* NULL is fine */

/* Before the seal. Both of one family, lo <= hi. */
void space_frame_add(struct space_frame *f, const struct addr *lo, const struct addr *hi);
void space_frame_add_prefix(struct space_frame *f, const struct prefix *p);
/* Its id; the same name has the same id. The name is copied. */
uint32_t space_frame_add_interface(struct space_frame *f, struct slice name);
void space_frame_seal(struct space_frame *f);

/* After the seal. The ranks of a range that was added, or that is made of such ranges. */
struct space_range space_frame_find(const struct space_frame *f, const struct addr *lo,
				    const struct addr *hi);
struct space_range space_frame_find_prefix(const struct space_frame *f, const struct prefix *p);
uint32_t space_frame_rank(const struct space_frame *f, const struct addr *a);
/* The other way round: the first and the last address of those ranks that are of the family.
 * At least one is: {0, SPACE_LAST} is every address. */
void space_frame_addrs(const struct space_frame *f, uint32_t family, struct space_range ranks,
		       struct addr *lo, struct addr *hi);
/* All ranks of a family. */
struct space_range space_frame_family(const struct space_frame *f, uint32_t family);
/* The last value of a field; of an address: the last rank of IPv6. */
uint32_t space_frame_last(const struct space_frame *f, enum space_field field);
/* How many addresses the ranks hold: up to 2^128. */
double space_frame_count(const struct space_frame *f, struct space_range ranks);
