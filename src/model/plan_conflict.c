/* SPDX-License-Identifier: ISC
 *
 * What is forbidden and required at once: an exception, a contradiction, or a part that stays shut.
 */
#include <stdlib.h>

#include "model/plan_int.h"

/* --- how they lie ----------------------------------------------------------------------------- */

/* How one side of a required flow lies to that of a forbidden one. */
enum lie { APART, NARROWER, EQUAL, WIDER, ACROSS };

static enum lie lie_of(bool inside, bool around, bool touches)
{
	if (inside)
		return around ? EQUAL : NARROWER;
	return around ? WIDER : touches ? ACROSS : APART;
}

static bool covers_in(const struct endpoint *wide, const struct endpoint *narrow, uint8_t family)
{
	bool any = false;

	for_each (p, &narrow->addresses) {
		bool inside = false;

		if (p->addr.family != family)
			continue;
		any = true;
		for_each (w, &wide->addresses)
			inside |= prefix_has_prefix(w, p);
		if (!inside)
			return false;
	}
	return any;
}

static bool covers_in_all(const struct endpoint *wide, const struct endpoint *narrow,
			  unsigned families)
{
	if (wide == narrow)
		return true;
	return families && (!(families & FAMILY_4) || covers_in(wide, narrow, 4)) &&
	       (!(families & FAMILY_6) || covers_in(wide, narrow, 6));
}

static unsigned families_of(const struct flow *f)
{
	return endpoint_families(f->from) & endpoint_families(f->to);
}

/* Addresses of a family that the forbidden flow does not have do not count: nobody forbids them.
 * But where it has one that the required flow has not, that is narrower. */
static enum lie ends_lie(const struct endpoint *required, const struct endpoint *forbidden,
			 unsigned common, unsigned all_forbidden)
{
	return lie_of(covers_in_all(forbidden, required, common),
		      covers_in_all(required, forbidden, all_forbidden),
		      endpoints_overlap(required, forbidden));
}

static bool transport_covers(const struct flow *wide, const struct flow *narrow)
{
	return wide->transport == TRANSPORT_IP
		       ? wide->number == IP_ANY || (narrow->transport == TRANSPORT_IP &&
						    wide->number == narrow->number)
		       : wide->transport == narrow->transport;
}

static bool names_cover(const struct flow *wide, const struct flow *narrow)
{
	return strcmp(wide->name, "any") == 0 || strcmp(wide->name, narrow->name) == 0;
}

static bool ports_cover(const struct flow *wide, const struct flow *narrow)
{
	if (!transport_covers(wide, narrow))
		return false;
	if (wide->transport == TRANSPORT_IP)
		return true;
	if (wide->transport == TRANSPORT_ICMP)
		return names_cover(wide, narrow);
	if (narrow->parent_port)
		return wide->ports.lo == 1 && wide->ports.hi == 65535;
	return narrow->ports.lo && wide->ports.lo && port_range_inside(narrow->ports, wide->ports);
}

static enum lie ports_lie(const struct flow *required, const struct flow *forbidden)
{
	bool touches = required->transport == forbidden->transport && required->ports.lo &&
		       forbidden->ports.lo &&
		       port_range_overlaps(required->ports, forbidden->ports);

	return lie_of(ports_cover(forbidden, required), ports_cover(required, forbidden), touches);
}

struct exception {
	struct demand *demand; /* that forbids */
	const struct flow *required;
};

struct search {
	struct planner *pl;
	const struct flow **by_ends; /* the required flows, sorted by the indices of their ends */
	size_t n;
	struct buf exceptions; /* struct exception */

	const struct endpoint *const *ends; /* all of them, by index */
	size_t n_ends;
	struct end_address *machines; /* the single addresses, sorted */
	size_t n_machines;
	struct buf wide;       /* const struct endpoint *: those of whole networks */
	struct touching *near; /* by index */
	unsigned *stamps;      /* by index: the forbidden flow whose target it touches */
};

/* A machine's address, and whose it is. */
struct end_address {
	struct addr addr;
	const struct endpoint *end;
};

/* The endpoints that have an address in common with this one, itself among them. */
struct touching {
	bool known;
	LIST_OF(const struct endpoint *) ends;
};

static void add_exceptions(struct search *s, const struct flow *forbidden,
			   const struct flow *required)
{
	for (const struct claim *c = forbidden->claims; c; c = c->next) {
		struct exception e = {(struct demand *)c->demand, required};

		buf_add(&s->exceptions, &e, sizeof(e));
	}
}

/* Where a document is read literally, its contradictions are its own. */
static void tell_contradiction(struct planner *pl, const struct flow *forbidden,
			       const struct flow *required)
{
	const struct demand *d = required->claims->demand;

	if (pl->options->as_documented)
		plan_warn(pl, (struct finding){.severity = SEVERITY_HIGH,
					       .code = "document-contradicts",
					       .subject = claim_text(pl, required),
					       .evidence = plan_line(
						       pl, "%s is required here, and %s forbids it",
						       flow_text(pl, required),
						       claim_text(pl, forbidden)),
					       .fix = "plan without --as-documented"});
	else
		errs_add(pl->errs, d->installation->use ? d->installation->use->place : PLACE_NONE,
			 "%s requires %s, and %s forbids %s; one of the two must go",
			 claim_text(pl, required), flow_text(pl, required),
			 claim_text(pl, forbidden), flow_text(pl, forbidden));
}

static void tell_part(struct planner *pl, const struct flow *forbidden, const struct flow *required)
{
	plan_warn(pl,
		  (struct finding){.severity = SEVERITY_MEDIUM,
				   .code = "partly-forbidden",
				   .subject = claim_text(pl, required),
				   .evidence = plan_line(
					   pl, "%s is required, and %s forbids %s, a part of it",
					   flow_text(pl, required), claim_text(pl, forbidden),
					   flow_text(pl, forbidden)),
				   .fix = "what both name stays closed; narrow one of the two"});
}

static bool is_within(enum lie lie)
{
	return lie == NARROWER || lie == EQUAL;
}

/* What is required more narrowly is an exception. A wider network from which single hosts are
 * forbidden is none: there the forbidden flow is the narrower one, and stays closed. */
static void check_pair(struct search *s, const struct flow *forbidden, const struct flow *required)
{
	unsigned all = families_of(forbidden), common = all & families_of(required);
	enum lie from = ends_lie(required->from, forbidden->from, common, all);
	enum lie to = ends_lie(required->to, forbidden->to, common, all);
	enum lie ports = ports_lie(required, forbidden);

	if (from == APART || to == APART || ports == APART)
		return;
	if (from == EQUAL && to == EQUAL && (ports == EQUAL || ports == WIDER))
		tell_contradiction(s->pl, forbidden, required);
	else if (is_within(from) && is_within(to) && is_within(ports))
		add_exceptions(s, forbidden, required);
	else if (is_within(from) && is_within(to))
		tell_part(s->pl, forbidden, required);
}

/* --- ends that touch: many machines, few networks -------------------------------------------- */

static bool is_machine(const struct prefix *p)
{
	return p->bits == (p->addr.family == 4 ? 32 : 128);
}

static bool is_wide(const struct endpoint *e)
{
	for_each (p, &e->addresses)
		if (!is_machine(p))
			return true;
	return false;
}

static int by_address(const void *a_, const void *b_)
{
	const struct end_address *a = a_, *b = b_;
	int c = addr_compare(&a->addr, &b->addr);

	return c ? c : a->end->index < b->end->index ? -1 : a->end->index > b->end->index;
}

static void collect_ends(struct search *s)
{
	struct planner *pl = s->pl;
	size_t room = 0;

	s->ends = (const void *)pl->endpoints.data;
	s->n_ends = pl->endpoints.n / sizeof(*s->ends);
	for (size_t i = 0; i < s->n_ends; i++)
		room += s->ends[i]->addresses.n;
	s->machines = ARENA_ARRAY(pl->arena, struct end_address, room);
	s->near = ARENA_ARRAY(pl->arena, struct touching, s->n_ends);
	s->stamps = ARENA_ARRAY(pl->arena, unsigned, s->n_ends);
	for (size_t i = 0; i < s->n_ends; i++) {
		if (is_wide(s->ends[i]))
			buf_add(&s->wide, &s->ends[i], sizeof(s->ends[i]));
		for_each (p, &s->ends[i]->addresses)
			if (is_machine(p))
				s->machines[s->n_machines++] =
					(struct end_address){p->addr, s->ends[i]};
	}
	qsort(s->machines, s->n_machines, sizeof(*s->machines), by_address);
}

static void add_end(struct buf *found, const struct endpoint *e, const struct endpoint *self)
{
	if (e != self)
		buf_add(found, &e, sizeof(e));
}

/* Others with the same address: two hosts of one name, a prefix of a single address. */
static void add_machines(const struct search *s, const struct addr *a, const struct endpoint *self,
			 struct buf *found)
{
	size_t lo = 0, hi = s->n_machines;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (addr_compare(&s->machines[mid].addr, a) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < s->n_machines && addr_equal(&s->machines[lo].addr, a); lo++)
		add_end(found, s->machines[lo].end, self);
}

static void find_near(const struct search *s, const struct endpoint *e, struct buf *found)
{
	const struct endpoint *const *wide = (const void *)s->wide.data;
	size_t n = s->wide.n / sizeof(*wide);

	add_end(found, e, NULL);
	if (is_wide(e)) {
		for (size_t i = 0; i < s->n_ends; i++)
			if (endpoints_overlap(s->ends[i], e))
				add_end(found, s->ends[i], e);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (endpoints_overlap(wide[i], e))
			add_end(found, wide[i], e);
	for_each (p, &e->addresses)
		add_machines(s, &p->addr, e, found);
}

static const struct touching *near(struct search *s, const struct endpoint *e)
{
	struct touching *t = &s->near[e->index];
	struct buf found = BUF_INIT;

	if (t->known)
		return t;
	find_near(s, e, &found);
	t->known = true;
	t->ends.n = found.n / sizeof(*t->ends.items);
	t->ends.items = arena_get(s->pl->arena, t->ends.n, sizeof(*t->ends.items));
	memcpy(t->ends.items, found.data, found.n);
	buf_release(&found);
	return t;
}

/* --- by ends: a plan has many flows, and few between the same two ---------------------------- */

static int by_ends(const void *a_, const void *b_)
{
	const struct flow *a = *(const struct flow *const *)a_,
			  *b = *(const struct flow *const *)b_;

	if (a->from != b->from)
		return a->from->index < b->from->index ? -1 : 1;
	if (a->to != b->to)
		return a->to->index < b->to->index ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* The first flow that does not lie before (from, to). */
static size_t find_first(const struct search *s, unsigned from, unsigned to)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct flow *f = s->by_ends[mid];

		if (f->from->index < from || (f->from->index == from && f->to->index < to))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void collect_required(struct search *s)
{
	const struct flow **flows = (void *)s->pl->flows.data;
	size_t n = s->pl->flows.n / sizeof(*flows);

	s->by_ends = arena_get(s->pl->arena, n, sizeof(*s->by_ends));
	for (size_t i = 0; i < n; i++)
		if (flows[i]->kind == FLOW_REQUIRED)
			s->by_ends[s->n++] = flows[i];
	qsort(s->by_ends, s->n, sizeof(*s->by_ends), by_ends);
}

static void check_between(struct search *s, const struct flow *forbidden,
			  const struct endpoint *from, const struct endpoint *to)
{
	for (size_t i = find_first(s, from->index, to->index);
	     i < s->n && s->by_ends[i]->from == from && s->by_ends[i]->to == to; i++)
		check_pair(s, forbidden, s->by_ends[i]);
}

/* All flows from one end, of which some have a target that touches. */
static void check_from(struct search *s, const struct flow *forbidden, const struct endpoint *from,
		       unsigned stamp)
{
	for (size_t i = find_first(s, from->index, 0); i < s->n && s->by_ends[i]->from == from; i++)
		if (s->stamps[s->by_ends[i]->to->index] == stamp)
			check_pair(s, forbidden, s->by_ends[i]);
}

/* A few targets are looked for, many are ticked off. */
static void check_forbidden(struct search *s, const struct flow *forbidden)
{
	enum { FEW = 16 };
	const struct touching *from = near(s, forbidden->from), *to = near(s, forbidden->to);
	unsigned stamp = forbidden->index + 1;

	if (to->ends.n > FEW)
		for_each (e, &to->ends)
			s->stamps[(*e)->index] = stamp;
	for_each (f, &from->ends) {
		if (to->ends.n > FEW)
			check_from(s, forbidden, *f, stamp);
		else
			for_each (t, &to->ends)
				check_between(s, forbidden, *f, *t);
	}
}

/* Counted first, then given their lists. */
static void keep_exceptions(struct search *s)
{
	const struct exception *e = (const void *)s->exceptions.data;
	size_t n = s->exceptions.n / sizeof(*e);

	for (size_t i = 0; i < n; i++)
		e[i].demand->except.n++;
	for (size_t i = 0; i < n; i++) {
		struct demand *d = e[i].demand;

		if (!d->except.items) {
			d->except.items =
				arena_get(s->pl->arena, d->except.n, sizeof(*d->except.items));
			d->except.n = 0;
		}
		d->except.items[d->except.n++] = e[i].required;
	}
	buf_release(&s->exceptions);
}

void plan_find_conflicts(struct planner *pl)
{
	const struct flow *const *flows = (const void *)pl->flows.data;
	size_t n = pl->flows.n / sizeof(*flows);
	struct search s = {.pl = pl, .exceptions = BUF_INIT, .wide = BUF_INIT};

	collect_required(&s);
	collect_ends(&s);
	for (size_t i = 0; i < n; i++)
		if (flows[i]->kind == FLOW_FORBIDDEN)
			check_forbidden(&s, flows[i]);
	keep_exceptions(&s);
	buf_release(&s.wide);
}
