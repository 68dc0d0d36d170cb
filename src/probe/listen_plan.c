/* SPDX-License-Identifier: ISC */
#include "probe/listen_plan.h"

static bool is_own(const struct vantage *v, const struct addr *a)
{
	for_each (own, &v->addresses)
		if (addr_equal(own, a))
			return true;
	return false;
}

static bool knows_own(const struct vantage *v)
{
	if (v->host)
		for_each (a, &v->host->addresses)
			if (is_own(v, a))
				return true;
	if (v->device)
		for_each (i, &v->device->interfaces)
			for_each (a, &i->addresses)
				if (is_own(v, a))
					return true;
	return false;
}

static bool has(const struct endpoint *e, const struct addr *a)
{
	for_each (p, &e->addresses)
		if (prefix_has(p, a))
			return true;
	return false;
}

static void find_addresses(struct listen_flow *f, const struct vantage *v, struct arena *arena)
{
	struct addr *at = ARENA_ARRAY(arena, struct addr, v->addresses.n);
	bool all = !knows_own(v);
	size_t n = 0;

	for_each (own, &v->addresses)
		if (all || has(f->flow->to, own))
			at[n++] = *own;
	f->at.items = at;
	f->at.n = n;
}

/* Behind source translation it is that address which arrives; others of the source need not go
 * through it. */
static void find_sources(struct listen_flow *f, struct arena *arena)
{
	const struct translation *t = f->flow->translation;
	size_t n = f->flow->from->addresses.n;
	struct prefix *from = ARENA_ARRAY(arena, struct prefix, n + 1);

	for (size_t i = 0; i < n; i++)
		from[i] = f->flow->from->addresses.items[i];
	if (t && t->seen_as.family)
		from[n++] = prefix_of_addr(&t->seen_as);
	f->from.items = from;
	f->from.n = n;
}

/* NULL: it can be. */
static const char *why_not(const struct listen_flow *f)
{
	if (f->transport != TRANSPORT_TCP && f->transport != TRANSPORT_UDP)
		return "only TCP and UDP are stood in for";
	if (f->flow->parent_port)
		return "its port is negotiated by the connection before it";
	if (!f->from.n)
		return "the site gives its source a name and no address to know it by";
	if (!f->at.n)
		return "this host has none of its addresses";
	return NULL;
}

/* Pings are answered by the kernel itself. */
static bool is_for_us(const struct flow *f, const struct site *s, const struct vantage *v)
{
	bool own = f->from->kind != ENDPOINT_NETWORK && vantage_is(v, s, f->from);

	return f->kind == FLOW_REQUIRED && f->transport != TRANSPORT_ICMP && !own &&
	       vantage_is(v, s, f->to);
}

void listen_plan_build(struct listen_plan *out, const struct plan *plan, const struct vantage *v,
		       struct arena *arena)
{
	*out = (struct listen_plan){0};
	out->flows.items = ARENA_ARRAY(arena, struct listen_flow, plan->flows.n);
	out->left.items = ARENA_ARRAY(arena, struct listen_left, plan->flows.n);
	for_each (flow, &plan->flows) {
		struct listen_flow f = {
			.flow = *flow, .transport = (*flow)->transport, .ports = (*flow)->ports};
		const char *why;

		if (!is_for_us(*flow, plan->site, v))
			continue;
		find_addresses(&f, v, arena);
		find_sources(&f, arena);
		why = why_not(&f);
		if (why)
			out->left.items[out->left.n++] = (struct listen_left){*flow, why};
		else
			out->flows.items[out->flows.n++] = f;
	}
}

void listen_plan_release(struct listen_plan *p)
{
	for_each (f, &p->flows)
		portset_release(&f->arrived);
}
