/* SPDX-License-Identifier: ISC */
#include "box/sides.h"

#include <stdlib.h>
#include <string.h>

/* What begins a connection, or belongs to none, and is not the box's talk with itself. */
static uint32_t that_matters(struct sides *q)
{
	const struct space_range lo = {q->lo, q->lo}, fresh = {SPACE_NEW, SPACE_NEW},
				 alone = {SPACE_UNTRACKED, SPACE_UNTRACKED};
	uint32_t set = space_override(q->s, space_of_field(q->s, SPACE_STATE, fresh),
				      space_of_field(q->s, SPACE_STATE, alone));

	set = space_without(q->s, set, space_of_field(q->s, SPACE_IN, lo));
	return space_without(q->s, set, space_of_field(q->s, SPACE_OUT, lo));
}

/* All states: rules that only see what belongs to a connection are not dead. */
static struct reached *look(struct sides *q, const struct box *b, uint32_t within, bool no_rules)
{
	const struct reach_asked asked = {.within = within,
					  .states = (1u << SPACE_STATES) - 1,
					  .no_rules = no_rules,
					  .memo = q->memo};

	return reach_new(b, &q->frame, q->s, &asked);
}

static bool open_side(struct sides *q, struct side *side, const struct box *b, uint32_t within,
		      bool no_rules)
{
	uint32_t matters = that_matters(q);

	*side = (struct side){.b = b, .may = SPACE_EMPTY, .must = SPACE_EMPTY};
	if (!b)
		return true;
	side->reach = look(q, b, within, no_rules);
	for (enum reach_way way = 0; way < REACH_WAYS; way++) {
		struct space_pair p = reach_allowed(side->reach, way);

		side->may = space_override(q->s, side->may, space_where(q->s, p.may, matters));
		side->must = space_override(q->s, side->must, space_where(q->s, p.must, matters));
	}
	return side->may != SPACE_TOO_LARGE && side->must != SPACE_TOO_LARGE;
}

bool side_open(struct sides *q, struct side *side, const struct box *b, uint32_t within)
{
	return open_side(q, side, b, within, false);
}

bool side_open_sets(struct sides *q, struct side *side, const struct box *b, uint32_t within)
{
	return open_side(q, side, b, within, true);
}

void side_look_again(struct sides *q, struct side *side, uint32_t where)
{
	reach_free(side->reach);
	/* What is marked on its way out is routed once more: it began with another SPACE_OUT. */
	side->reach = look(q, side->b, space_forget(q->s, where, SPACE_OUT), false);
}

void side_close(struct side *side)
{
	reach_free(side->reach);
	*side = (struct side){.b = NULL};
}

/* --- packets for people ----------------------------------------------------------------------- */

enum { ROUTES_MAX = 500 }; /* with more, examples are as they come */

static uint32_t from_prefix(struct sides *q, const struct prefix *p)
{
	return space_of_field(q->s, SPACE_FROM, space_frame_find_prefix(q->frame.frame, p));
}

static uint32_t from_link(struct sides *q, const char *link)
{
	uint32_t id = link ? reach_frame_add_interface(&q->frame, link) : SPACE_NO_INTERFACE;

	return space_of_field(q->s, SPACE_IN, (struct space_range){id, id});
}

static int by_length(const void *a_, const void *b_)
{
	const struct box_route *const *a = a_, *const *b = b_;

	return (int)(*b)->to.bits - (int)(*a)->to.bits;
}

/* Where the main routes lead to, things come from: the longest prefix first. */
static uint32_t from_behind_links(struct sides *q)
{
	const struct box *b = q->like;
	const struct box_route *routes[ROUTES_MAX] = {NULL};
	uint32_t set = SPACE_EMPTY, seen = SPACE_EMPTY;
	size_t n = 0;

	for_each (r, &b->routes)
		if (r->table == TABLE_MAIN && r->type == ADDR_UNICAST && r->link && n < ROUTES_MAX)
			routes[n++] = r;
	qsort(routes, n, sizeof(routes[0]), by_length);
	for (size_t i = 0; i < n; i++) {
		uint32_t from = space_without(q->s, from_prefix(q, &routes[i]->to), seen);

		seen = space_override(q->s, seen, from);
		from = space_where(q->s, from, from_link(q, routes[i]->link));
		set = space_override(q->s, set, from);
	}
	return set;
}

/* Packets as they really come: with a source that lives on that side, or the box's own. */
static uint32_t find_plausible(struct sides *q)
{
	uint32_t set = from_behind_links(q), own = SPACE_EMPTY;

	for_each (a, &q->like->addresses) {
		struct prefix p = prefix_of_addr(&a->addr);

		if (strcmp(a->link, "lo") == 0)
			continue;
		set = space_without(q->s, set, from_prefix(q, &p));
		own = space_override(q->s, own, from_prefix(q, &p));
	}
	return space_override(q->s, set, space_where(q->s, own, from_link(q, NULL)));
}

static bool has_icmp(const struct nf_packet *p)
{
	return p->proto == (p->to.family == 4 ? 1 : 58);
}

/* The frame goes, the packet stays. */
static const char *name_of(struct sides *q, uint32_t id)
{
	if (id == SPACE_NO_INTERFACE)
		return NULL;
	if (id == SPACE_OTHER_INTERFACE)
		return "any";
	return arena_copy(q->arena, slice_of(q->frame.names.items[id - SPACE_FIRST_INTERFACE]));
}

bool sides_packet(struct sides *q, uint32_t set, struct nf_packet *out)
{
	enum { SYN = 2 };
	uint32_t likely = space_where(q->s, set, q->plausible);
	struct space_packet p;

	if (set == SPACE_TOO_LARGE || likely == SPACE_TOO_LARGE)
		return false;
	if (!space_witness(q->s, likely == SPACE_EMPTY ? set : likely, &q->hints, &p))
		return false;
	*out = (struct nf_packet){.in = name_of(q, p.in),
				  .from = p.from,
				  .to = p.to,
				  .proto = p.proto,
				  .from_port = p.from_port,
				  .to_port = p.to_port,
				  .tcp_flags = SYN};
	if (has_icmp(out)) {
		out->icmp_type = (uint8_t)(p.to_port >> 8);
		out->icmp_code = (uint8_t)p.to_port;
		out->from_port = out->to_port = 0;
	}
	out->state = nf_state_of_first(out);
	out->out = name_of(q, p.out);
	out->routed = out->out != NULL;
	return true;
}

/* --- the frame -------------------------------------------------------------------------------- */

void sides_init(struct sides *q, struct arena *arena, const struct box *like)
{
	*q = (struct sides){.arena = arena, .like = like};
	reach_frame_init(&q->frame);
	q->lo = reach_frame_add_interface(&q->frame, "lo");
}

void sides_seal(struct sides *q)
{
	reach_frame_seal(&q->frame);
}

void sides_release(struct sides *q)
{
	reach_memo_free(q->memo);
	reach_frame_release(&q->frame);
}

void sides_begin(struct sides *q, struct space *s)
{
	q->s = s;
	reach_memo_free(q->memo);
	q->memo = reach_memo_new();
	q->plausible = find_plausible(q);
}

size_t sides_shown_max(const struct sides *q)
{
	enum { LEAST = 10, MOST = 200, NODES = 20000000 };
	size_t n = NODES / (space_used(q->s).nodes + 1);

	return n < LEAST ? LEAST : n > MOST ? MOST : n;
}
