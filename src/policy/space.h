/* SPDX-License-Identifier: ISC
 *
 * Exact sets of packets, and functions from packets to small numbers: a rule's number, an action.
 * Both are one thing: a *set* has a value for each packet, 0 for those that are not in it. A plain
 * set has no other value than 0 and 1.
 *
 * A set is a decision diagram whose nodes ask for one field each, in the order of the space, and
 * whose edges are intervals of that field's values (Gouda and Liu, "Structured firewall design",
 * 2007). Nodes are kept once (hash-consing, Bryant 1986), neighbouring edges to the same node are
 * one, and a node that does not decide anything is left out. So two sets of a space are equal if
 * and only if their handles are the same number.
 *
 * All sets of a space live until space_free(); nothing is collected before, because what one
 * question leaves behind is the cache of the next. The one exception is what long lists leave
 * behind while they are joined (policy/space_list.h). space_used() says what a space takes.
 *
 * The worst case is exponential in the number of fields. A space therefore has limits; an
 * operation that would go beyond returns SPACE_TOO_LARGE, as does, from then on, every operation
 * that is not answered already, and every operation on SPACE_TOO_LARGE. No answer is ever wrong
 * because of a limit: it is not given. What to do then: policy/space_decide.h.
 *
 * Complexity: n(A) are the edges of A. Operations on two sets take at most n(A) * n(B) steps, and
 * about n(A) + n(B) for what firewalls hold.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "policy/space_frame.h"

struct space;

/* The first is for most; which is smaller depends on the rules. Addresses stay above ports: the
 * other way round takes ten times as much. */
enum space_order { SPACE_BY_DESTINATION, SPACE_BY_SOURCE, SPACE_ORDERS };

struct space_limits {
	size_t edges;	/* held at one time, less than 2^32; 12 to 20 bytes each, all in all */
	uint64_t steps; /* edges looked at, some 20 ns each; finding a node counts as eight more */
};
/* Less than 500 MB and, on a machine of 2020, some three seconds. */
#define SPACE_LIMITS ((struct space_limits){.edges = 36000000, .steps = 190000000})

struct space_usage {
	size_t nodes, edges, bytes;
	uint64_t steps;
};

MUST_USE struct space *space_new(const struct space_frame *f, enum space_order order,
				 struct space_limits limits);
void space_free(struct space *s); /* NULL is fine */
struct space_usage space_used(const struct space *s);

/* Handles of sets. */
enum { SPACE_EMPTY = 0, SPACE_ALL = 2 };
#define SPACE_TOO_LARGE	 UINT32_MAX
#define SPACE_VALUE_LAST 0x7ffffffeu
uint32_t space_all(uint32_t value); /* every packet has this value */

/* The values of one field, in any order, overlapping or not. n == 0: any value. Addresses are
 * ranks (space_frame_find); ranks of both families may be mixed. */
struct space_ranges {
	const struct space_range *items; /* borrowed */
	size_t n;
};
/* What one rule matches: all fields at once. A negated match is space_without(). Whoever asks for
 * a port also asks for the protocols that have one. */
struct space_match {
	struct space_ranges fields[SPACE_FIELDS];
};
uint32_t space_of(struct space *s, const struct space_match *m, uint32_t value);
/* One range of one field, with value 1. */
uint32_t space_of_field(struct space *s, enum space_field field, struct space_range r);

/* The value of b where a has none. "First match wins"; of plain sets, the union. Associative. */
uint32_t space_override(struct space *s, uint32_t a, uint32_t b);
/* a where b has a value; of plain sets, the intersection. */
uint32_t space_where(struct space *s, uint32_t a, uint32_t b);
/* a where b has none. */
uint32_t space_without(struct space *s, uint32_t a, uint32_t b);
uint32_t space_complement(struct space *s, uint32_t a);
/* 1 where the values are not the same. */
uint32_t space_differ(struct space *s, uint32_t a, uint32_t b);
/* space_override() of many, halved again and again: n log n instead of n * n. Empty for none. */
uint32_t space_override_all(struct space *s, const uint32_t *sets, size_t n);

/* Value v becomes to[v], also where v is 0; values from n on become 0. */
uint32_t space_map(struct space *s, uint32_t a, const uint32_t *to, size_t n);
/* 1 where a has this value. */
uint32_t space_select(struct space *s, uint32_t a, uint32_t value);
/* Whatever this field is: a packet is in it if some value of the field would be. Of several
 * values, that of the least value of the field. Not for SPACE_FAMILY: each has its addresses. */
uint32_t space_forget(struct space *s, uint32_t a, enum space_field field);

/* Which values occur: has[v] becomes true; values from n on are left out. A rule whose number does
 * not occur is dead. Nothing else is changed. O(nodes of a). */
void space_values(const struct space *s, uint32_t a, bool *has, size_t n);
/* The values, but for 0, of those packets of a that are in b, without making a set of them. False:
 * it takes too many steps. */
bool space_values_where(struct space *s, uint32_t a, uint32_t b, bool *has, size_t n);
/* How many packets have a value, over all fields: up to some 1e100, to 15 digits. */
double space_count(const struct space *s, uint32_t a);

/* One packet. `to` and `from` are of one family. */
struct space_packet {
	uint32_t in, out; /* ids of interfaces */
	enum space_state state;
	enum space_direction direction;
	uint8_t proto;
	struct addr to, from;
	uint16_t to_port, from_port;
};
uint32_t space_find(const struct space *s, uint32_t a, const struct space_packet *p);

/* What a packet should look like for people, first choice first. Fields without a hint: any
 * interface, NEW, TCP and then UDP, IPv4, an address that is not the first of its range, port 80 or
 * 443, of ICMP an echo request, source port 49152. Whatever else, the least. */
struct space_hints {
	const struct addr *addrs; /* borrowed: hosts that have a name */
	size_t n_addrs;
	uint16_t to_port; /* 0: none */
};
/* A packet that has a value. False: there is none. */
bool space_witness(const struct space *s, uint32_t a, const struct space_hints *hints,
		   struct space_packet *p);

/* Every packet that has a value, once, as boxes; for printing. A field of any value is
 * {0, SPACE_LAST}, the first range of addresses begins at 0, the last ends at SPACE_LAST
 * (space_frame_addrs). False: the callback wanted no more. There may be many more boxes than
 * edges. */
struct space_box {
	uint32_t value;
	struct space_range fields[SPACE_FIELDS];
};
bool space_boxes(const struct space *s, uint32_t a,
		 bool (*each)(void *ctx, const struct space_box *), void *ctx);
