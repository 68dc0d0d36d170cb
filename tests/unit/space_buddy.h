/* SPDX-License-Identifier: ISC
 *
 * The same lists of rules as binary decision diagrams of BuDDy: one variable a bit, of protocol,
 * destination, source, and the two ports. Functions that take a BDD use it up.
 */
#pragma once

#include <bdd.h>

#include "policy/space.h"
#include "space_rules.h"

enum { BUDDY_NODES = 1 << 20, BUDDY_CACHE = 1 << 17 };

struct buddy_field {
	enum space_field field;
	int bits;
};

/* Of IPv4 or IPv6; as many variables as a packet has bits. */
static inline void buddy_fields(bool v6, struct buddy_field f[5])
{
	const int bits = v6 ? 128 : 32;
	const struct buddy_field all[] = {{SPACE_PROTO, 8},
					  {SPACE_TO, bits},
					  {SPACE_FROM, bits},
					  {SPACE_TO_PORT, 16},
					  {SPACE_FROM_PORT, 16}};

	memcpy(f, all, sizeof(all));
}

static inline void buddy_start(bool v6)
{
	bdd_init(BUDDY_NODES, BUDDY_CACHE);
	bdd_gbc_hook(NULL);
	bdd_resize_hook(NULL);
	bdd_setmaxincrease(1 << 22);
	bdd_setcacheratio(8);
	bdd_setvarnum(40 + 2 * (v6 ? 128 : 32));
}

static inline BDD buddy(BDD a, BDD b, int op)
{
	BDD r = bdd_addref(bdd_apply(a, b, op));

	bdd_delref(a);
	bdd_delref(b);
	return r;
}

/* Numbers of so many bits, the highest first, from lo to hi. */
static inline BDD buddy_range(int variable, int bits, const uint8_t *lo, const uint8_t *hi)
{
	BDD at_least = bdd_true(), at_most = bdd_true();

	for (int i = bits; i--;) {
		bool low = lo[i / 8] >> (7 - i % 8) & 1, high = hi[i / 8] >> (7 - i % 8) & 1;

		at_least = buddy(bdd_ithvar(variable + i), at_least, low ? bddop_and : bddop_or);
		at_most = buddy(bdd_nithvar(variable + i), at_most, high ? bddop_or : bddop_and);
	}
	return buddy(at_least, at_most, bddop_and);
}

/* The bytes of the first and the last value of a field. */
static inline void buddy_ends(const struct rule_list *l, struct buddy_field f, struct space_range r,
			      struct addr ends[2])
{
	const uint32_t last = f.bits == 8 ? 255 : 65535;

	if (f.field == SPACE_TO || f.field == SPACE_FROM) {
		space_frame_addrs(l->frame, l->v6 ? SPACE_IPV6 : SPACE_IPV4, r, &ends[0], &ends[1]);
		return;
	}
	if (r.hi > last)
		r.hi = last;
	for (int i = 0; i < 2; i++) {
		uint32_t v = i ? r.hi : r.lo;

		if (f.bits == 8)
			v <<= 8;
		ends[i].bytes[0] = (uint8_t)(v >> 8);
		ends[i].bytes[1] = (uint8_t)v;
	}
}

static inline BDD buddy_box(const struct rule_list *l, const struct space_box *box)
{
	struct buddy_field fields[5];
	BDD all = bdd_true();
	int variable = 0;

	buddy_fields(l->v6, fields);
	for (size_t i = 0; i < 5; i++) {
		struct addr ends[2];

		buddy_ends(l, fields[i], box->fields[fields[i].field], ends);
		all = buddy(all,
			    buddy_range(variable, fields[i].bits, ends[0].bytes, ends[1].bytes),
			    bddop_and);
		variable += fields[i].bits;
	}
	return all;
}

static inline BDD buddy_rule(const struct rule_list *l, size_t i)
{
	const struct rule *r = &l->rules[i];
	struct space_box box = {.fields = {
					[SPACE_PROTO] = {r->proto, r->proto},
					[SPACE_TO] = rules_ranks(l, r->to),
					[SPACE_FROM] = rules_ranks(l, r->from),
					[SPACE_TO_PORT] = r->to_port,
					[SPACE_FROM_PORT] = r->from_port,
				}};

	return buddy_box(l, &box);
}

/* What some rules match, and what they accept. */
struct buddy_list {
	BDD any, accept;
};

/* Rules from..to - 1, at least one; by halves. */
static inline struct buddy_list buddy_first_match(const struct rule_list *l, size_t from, size_t to)
{
	size_t middle = from + (to - from) / 2;
	struct buddy_list a, b;

	if (to - from == 1) {
		a.any = buddy_rule(l, from);
		a.accept = l->rules[from].accept ? bdd_addref(a.any) : bdd_false();
		return a;
	}
	a = buddy_first_match(l, from, middle);
	b = buddy_first_match(l, middle, to);
	b.accept = buddy(b.accept, bdd_addref(a.any), bddop_diff);
	return (struct buddy_list){buddy(a.any, b.any, bddop_or),
				   buddy(a.accept, b.accept, bddop_or)};
}
