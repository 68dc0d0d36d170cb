/* SPDX-License-Identifier: ISC */
#include "box/lockout.h"

#include <string.h>

#include "box/route.h"

enum { SYN = 2, ACK = 16, TCP = 6, ICMPV6 = 58, SOLICIT = 135, ADVERTISE = 136 };
enum { PORT = 49152, OTHER_PORT = 49153, HOP_LIMIT = 255 };

struct asker {
	const struct box *b;
	const struct lockout_login *l;
	struct lockout *out;
	const char *link; /* where it comes in; NULL: from the box itself */
	struct addr hop;  /* who sends it there */
};

static bool no_guess(void *ctx, const char *words)
{
	(void)ctx;
	(void)words;
	return false;
}

/* --- one packet ------------------------------------------------------------------------------- */

static struct lockout_obstacle *obstacle(struct asker *a, enum lockout_part part,
					 const struct nf_packet *p)
{
	struct lockout_obstacle *o = &a->out->parts[part];

	*o = (struct lockout_obstacle){.there = true, .packet = *p};
	return o;
}

/* To the program that has it, not to another one or another host. */
static bool arrives(const struct nf_outcome *o, const struct nf_packet *p)
{
	if (p->in && o->fate != FATE_LOCAL)
		return false;
	return nf_fate_passes(o->fate) && addr_equal(&o->as.to, &p->to) &&
	       o->as.to_port == p->to_port;
}

static struct nf_walk *keep(struct asker *a, struct nf_walk *w)
{
	if (w)
		*(struct nf_walk **)list_add(a->out->arena, &a->out->walks, sizeof(w)) = w;
	return w;
}

/* False, with the obstacle: it does not certainly pass. */
static bool ask(struct asker *a, enum lockout_part part, const struct nf_packet *p)
{
	struct err err;
	struct nf_walk *w = keep(a, nf_walk(a->b, p, &err));

	if (!w) {
		obstacle(a, part, p)->why = arena_copy(a->out->arena, slice_of(err.text));
		return false;
	}
	for_each (o, &w->outcomes)
		if (!arrives(o, p)) {
			obstacle(a, part, p)->outcome = o;
			return false;
		}
	return true;
}

static bool answer_passes(struct asker *a, enum lockout_part part, const struct nf_packet *p,
			  const struct nf_outcome *o)
{
	struct err err;
	struct nf_walk *w = keep(a, nf_walk_answer(a->b, p, o, &err));

	if (!w) {
		obstacle(a, part, p)->why = arena_copy(a->out->arena, slice_of(err.text));
		return false;
	}
	for_each (back, &w->outcomes)
		if (!nf_fate_passes(back->fate)) {
			struct lockout_obstacle *wrong = obstacle(a, part, p);

			wrong->outcome = back;
			wrong->is_answer = true;
			return false;
		}
	return true;
}

static bool ask_both_ways(struct asker *a, enum lockout_part part, const struct nf_packet *p)
{
	const struct nf_walk *w;

	if (!ask(a, part, p))
		return false;
	w = a->out->walks.items[a->out->walks.n - 1];
	for_each (o, &w->outcomes)
		if (!answer_passes(a, part, p, o))
			return false;
	return true;
}

/* --- the parts -------------------------------------------------------------------------------- */

static struct nf_packet packet_of(const struct asker *a, uint16_t port, uint8_t flags)
{
	struct nf_packet p = {.in = a->link,
			      .from = a->l->peer,
			      .to = a->l->own,
			      .proto = TCP,
			      .from_port = port,
			      .to_port = a->l->own_port,
			      .tcp_flags = flags};

	p.state = nf_state_of_first(&p);
	return p;
}

/* nf_conntrack_tcp_loose: whether what stands is taken up in its middle. */
static bool is_taken_up(const struct box *b)
{
	return box_switch(b, "net.netfilter.nf_conntrack_tcp_loose", 1) != 0;
}

static bool stands(struct asker *a)
{
	struct nf_packet p = packet_of(a, a->l->peer_port, ACK);

	if (a->l->tracked)
		p.state = CT_ESTABLISHED;
	else if (!is_taken_up(a->b))
		p.state = CT_INVALID;
	p.ct_mark = a->l->mark;
	return ask_both_ways(a, LOCKOUT_STANDS, &p);
}

static bool begins_anew(struct asker *a)
{
	uint16_t port = a->l->peer_port == PORT ? OTHER_PORT : PORT;
	const struct nf_packet p = packet_of(a, port, SYN);

	return ask_both_ways(a, LOCKOUT_ANEW, &p);
}

static struct nf_packet neighbour(const struct asker *a, uint8_t type, bool comes)
{
	struct nf_packet p = {.in = comes ? a->link : NULL,
			      .from = comes ? a->hop : a->l->own,
			      .to = comes ? a->l->own : a->hop,
			      .proto = ICMPV6,
			      .icmp_type = type,
			      .has_ttl = true,
			      .ttl = HOP_LIMIT};

	/* A link's address says nothing of the link; what is beyond it goes the same way. */
	if (!comes && addr_is_link_local(&p.to))
		p.to = a->l->peer;
	p.state = nf_state_of_first(&p);
	return p;
}

/* Who drops these is cut off within half a minute, whatever else passes (RFC 4861). */
static bool finds_neighbours(struct asker *a)
{
	static const uint8_t types[] = {SOLICIT, ADVERTISE};

	for (size_t i = 0; i < 4; i++) {
		const struct nf_packet p = neighbour(a, types[i % 2], i < 2);

		if (!ask(a, LOCKOUT_NEIGHBOURS, &p))
			return false;
	}
	return true;
}

static void ask_all(struct asker *a)
{
	if (!a->out->parts[LOCKOUT_STANDS].there)
		stands(a);
	if (!a->out->parts[LOCKOUT_ANEW].there)
		begins_anew(a);
	if (a->link && a->l->peer.family == 6 && !a->out->parts[LOCKOUT_NEIGHBOURS].there)
		finds_neighbours(a);
}

/* --- from where ------------------------------------------------------------------------------- */

static const char *link_of_own(const struct box *b, const struct addr *own)
{
	for_each (address, &b->addresses)
		if (addr_equal(&address->addr, own))
			return address->link;
	return NULL;
}

/* Where several ways lead back, by each of them. */
static void ask_by_route(struct asker *a)
{
	const struct route_query q = {.from = a->l->own, .to = a->l->peer, .guess = no_guess};
	const struct box_route *r = route_find(a->b, &q);
	const struct nf_packet none = {.from = a->l->peer, .to = a->l->own, .proto = TCP};

	if (r && r->type == ADDR_LOCAL) {
		ask_all(a);
		return;
	}
	if (!r || !r->link) {
		obstacle(a, LOCKOUT_STANDS, &none)->why = "the box has no route back to it";
		return;
	}
	a->link = r->link;
	a->hop = r->via.family ? r->via : a->l->peer;
	ask_all(a);
	for_each (other, &r->other_links) {
		a->link = *other;
		ask_all(a);
	}
}

void lockout_find(const struct box *after, const struct lockout_login *l, struct lockout *out)
{
	struct asker a = {.b = after, .l = l, .out = out, .hop = l->peer};

	*out = (struct lockout){.arena = arena_new()};
	a.link = l->link			? l->link
		 : addr_is_link_local(&l->peer) ? link_of_own(after, &l->own)
						: NULL;
	if (a.link)
		ask_all(&a);
	else
		ask_by_route(&a);
}

void lockout_release(struct lockout *l)
{
	for_each (w, &l->walks)
		nf_walk_free(*w);
	arena_free(l->arena);
}

bool lockout_is_here(const struct box *b, const struct lockout_login *l)
{
	return route_local_type(b, &l->own, NULL) == ADDR_LOCAL;
}
