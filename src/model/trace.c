/* SPDX-License-Identifier: ISC */
#include "model/trace.h"

const char *const hop_sight_names[] = {"silent", "flow", "control", NULL};

static bool has_address(const struct interface *i, const struct addr *a)
{
	for_each (own, &i->addresses)
		if (addr_equal(own, a))
			return true;
	return false;
}

/* The narrowest network counts; "any" is no place. */
static const struct zone *zone_of(const struct site *s, const struct addr *a)
{
	const struct zone *best = NULL;
	unsigned bits = 0;

	for_each (z, &s->zones)
		for_each (p, &z->networks)
			if (!z->any && p->bits >= bits && prefix_has(p, a)) {
				best = z;
				bits = p->bits;
			}
	return best;
}

static void name_hop(struct trace_hop *h, const struct site *s)
{
	for_each (d, &s->devices)
		for_each (i, &d->interfaces)
			if (has_address(i, &h->addr)) {
				h->device = d;
				h->interface = i;
				h->zone = i->zone;
				return;
			}
	h->zone = zone_of(s, &h->addr);
}

void trace_name_hops(struct trace *t, const struct site *s)
{
	t->has_site = true;
	for (unsigned i = 0; i < t->n; i++)
		if (t->hops[i].addr.family)
			name_hop(&t->hops[i], s);
}

const struct device *trace_asked(const struct trace *t)
{
	const struct device *last = NULL;
	const struct outcome *o = t->outcome;

	if (o->hop)
		return o->hop <= t->n ? t->hops[o->hop - 1].device : NULL;
	for (unsigned i = 0; i < t->n; i++)
		if (t->hops[i].sight == HOP_FLOW)
			last = t->hops[i].device;
	return last;
}
