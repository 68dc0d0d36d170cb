/* SPDX-License-Identifier: ISC */
#include "probe/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/method.h"
#include "probe/method_tcp.h"

enum { PORTS_MAX = 4096 }; /* of one flow; more are not tried one by one */

/* --- the vantage ------------------------------------------------------------------------------ */

static bool is_own(const struct vantage *v, const struct addr *a)
{
	for_each (own, &v->addresses)
		if (addr_equal(own, a))
			return true;
	return false;
}

static bool find_by_name(const struct site *s, struct vantage *v)
{
	v->host = map_find(&s->hosts_by_name, slice_of(v->name));
	if (!v->host)
		v->device = map_find(&s->devices_by_name, slice_of(v->name));
	return v->host || v->device;
}

static bool has_own_address(const struct vantage *v, const struct host *h)
{
	for_each (a, &h->addresses)
		if (is_own(v, a))
			return true;
	return false;
}

static bool find_by_address(const struct site *s, struct vantage *v)
{
	for_each (h, &s->hosts) {
		if (!has_own_address(v, h))
			continue;
		if (v->host) {
			v->another = h;
			return false;
		}
		v->host = h;
		v->name = h->name.s;
	}
	if (v->host)
		return true;
	for_each (d, &s->devices)
		for_each (i, &d->interfaces)
			for_each (a, &i->addresses)
				if (is_own(v, a)) {
					v->device = d;
					v->name = d->name.s;
					return true;
				}
	return false;
}

bool vantage_find(const struct site *s, const char *as, struct vantage *v)
{
	v->name = as;
	return as ? find_by_name(s, v) : find_by_address(s, v);
}

/* One of many unnamed machines: this host is in that zone, or in that network. */
static bool is_one_of(const struct vantage *v, const struct site *s, const struct endpoint *e)
{
	const struct addr *addresses = v->addresses.items;
	size_t n = v->addresses.n;

	if (v->host && v->host->addresses.n) {
		addresses = v->host->addresses.items;
		n = v->host->addresses.n;
	}
	for (size_t i = 0; i < n; i++)
		for_each (p, &e->addresses)
			if (prefix_has(p, &addresses[i]) &&
			    site_zone_of(s, &addresses[i]) == e->zone)
				return true;
	return false;
}

bool vantage_is(const struct vantage *v, const struct site *s, const struct endpoint *e)
{
	if (e->kind == ENDPOINT_NETWORK)
		return is_one_of(v, s, e);
	return (v->host && e->host == v->host) || (v->device && e->device == v->device);
}

/* --- what may be tried ------------------------------------------------------------------------ */

static bool zone_has(const struct site *s, const struct addr *a)
{
	const struct zone *z = site_zone_of(s, a);

	return z && !z->any;
}

static bool is_sites_own(const struct site *s, const struct addr *a)
{
	if (zone_has(s, a))
		return true;
	for_each (h, &s->hosts)
		for_each (own, &h->addresses)
			if (addr_equal(own, a))
				return true;
	for_each (d, &s->devices)
		for_each (i, &d->interfaces)
			for_each (own, &i->addresses)
				if (addr_equal(own, a))
					return true;
	return false;
}

/* Checks go nowhere else; without a scope, to the site's own addresses. */
static bool is_in_scope(const struct site *s, const struct addr *a)
{
	if (!s->scope.n && !s->scope_names.n)
		return is_sites_own(s, a);
	for_each (p, &s->scope)
		if (prefix_has(p, a))
			return true;
	return false;
}

static bool is_name_in_scope(const struct site *s, const char *name)
{
	for_each (t, &s->scope_names)
		if (text_is(*t, name))
			return true;
	return false;
}

static struct task *add_task(struct check *c, size_t *room)
{
	if (c->n_tasks == *room) {
		*room = *room ? *room * 2 : 64;
		c->tasks = mem_resize(c->tasks, *room, sizeof(*c->tasks));
	}
	return &c->tasks[c->n_tasks++];
}

static void add_ports(struct check *c, const struct flow *f, const struct task *like, size_t *room)
{
	struct port_range ports = f->ports;

	if (f->translation && f->translation->dialled.port)
		ports.lo = ports.hi = f->translation->dialled.port;
	for (unsigned port = ports.lo; port <= ports.hi; port++) {
		struct task *t = add_task(c, room);

		*t = *like;
		t->method = &method_tcp;
		t->port = (uint16_t)port;
		t->flow = f->index;
		t->expected = f->claims->service;
	}
}

/* Each adds tasks, or returns why not. */
static const char *add_addresses(struct check *c, const struct flow *f, size_t *room)
{
	const struct site *s = c->plan->site;

	if (f->translation && f->translation->dialled.text.s) {
		struct task like = {.target = f->translation->dialled.addr};

		if (!is_in_scope(s, &like.target))
			return "its address is outside the site's scope";
		add_ports(c, f, &like, room);
		return NULL;
	}
	for_each (p, &f->to->addresses)
		if (!is_in_scope(s, &p->addr))
			return "its address is outside the site's scope";
	for_each (p, &f->to->addresses) {
		struct task like = {.target = p->addr};

		add_ports(c, f, &like, room);
	}
	return NULL;
}

static void add_name(struct check *c, const struct flow *f, const char *name, size_t *room)
{
	struct task like = {.name = name};

	c->has_names = true;
	add_ports(c, f, &like, room);
}

/* A name that the site gives a host is the site's own, unless a scope says what may be tried. */
static const char *add_host_name(struct check *c, const struct flow *f, size_t *room)
{
	const struct site *s = c->plan->site;
	const char *name = f->to->names.items[0].s;

	if ((s->scope.n || s->scope_names.n) && !is_name_in_scope(s, name))
		return "its name is not in the site's scope";
	add_name(c, f, name, room);
	return NULL;
}

static const char *add_outside_names(struct check *c, const struct flow *f, size_t *room)
{
	const struct role *outside = f->to->outside;
	size_t before = c->n_tasks;

	for_each (t, &outside->try_names)
		if (is_name_in_scope(c->plan->site, t->s))
			add_name(c, f, t->s, room);
	if (c->n_tasks != before)
		return NULL;
	return outside->try_names.n ? "none of its names is in the site's scope"
				    : "the product gives no name of it to try";
}

static const char *why_not(const struct flow *f)
{
	if (f->transport == TRANSPORT_UDP)
		return "UDP is not tried by this version";
	if (f->transport == TRANSPORT_ICMP)
		return "ping is not tried by this version";
	if (f->transport != TRANSPORT_TCP)
		return "only TCP is tried by this version";
	if (f->parent_port || f->any_of)
		return "its port is negotiated, which this version does not do";
	if (f->ports.hi - f->ports.lo >= PORTS_MAX)
		return "too many ports to try one by one";
	if (f->source.lo)
		return "it wants a source port of its own, which this version does not bind";
	if (f->to->kind == ENDPOINT_NETWORK)
		return "it goes to a whole network; name a host of it to try";
	return NULL;
}

static const char *add_flow(struct check *c, const struct flow *f, size_t *room)
{
	const char *why = why_not(f);

	if (why)
		return why;
	if (f->to->addresses.n)
		return add_addresses(c, f, room);
	return f->to->outside ? add_outside_names(c, f, room) : add_host_name(c, f, room);
}

/* A rule of the perimeter forbids a whole network to a whole network: no single probe proves it,
 * the rulesets do. */
static bool is_perimeter(const struct demand *d)
{
	return !d->installation->use && d->to->kind == ENDPOINT_NETWORK;
}

void check_prepare(struct check *c, const struct plan *plan, const struct vantage *v,
		   struct arena *arena)
{
	size_t room = 0;

	*c = (struct check){.plan = plan, .vantage = v, .arena = arena};
	c->results = ARENA_ARRAY(arena, struct flow_result, plan->flows.n);
	c->starts_here = ARENA_ARRAY(arena, bool, plan->demands.n);
	for (size_t i = 0; i < plan->demands.n; i++)
		c->starts_here[i] = vantage_is(v, plan->site, plan->demands.items[i]->from) &&
				    !is_perimeter(plan->demands.items[i]);
	for (size_t i = 0; i < plan->flows.n; i++) {
		const struct flow *f = plan->flows.items[i];
		struct flow_result *r = &c->results[i];

		r->is_here =
			vantage_is(v, plan->site, f->from) && !vantage_is(v, plan->site, f->to);
		if (f->to->kind == ENDPOINT_NETWORK)
			r->is_here = vantage_is(v, plan->site, f->from) &&
				     !is_perimeter(f->claims->demand);
		if (r->is_here)
			r->not_tested = add_flow(c, f, &room);
	}
}

void check_release(struct check *c)
{
	free(c->tasks);
}

/* --- afterwards ------------------------------------------------------------------------------- */

static const char *device_with(const struct site *s, const struct addr *a)
{
	if (a->family)
		for_each (d, &s->devices)
			for_each (i, &d->interfaces)
				for_each (own, &i->addresses)
					if (addr_equal(own, a))
						return d->name.s;
	return NULL;
}

void check_gather(struct check *c, struct outcome *outcomes, size_t n)
{
	const struct outcome **by_flow = arena_get(c->arena, n, sizeof(*by_flow));
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		outcomes[i].device = device_with(c->plan->site, &outcomes[i].by);
	/* Outcomes come in the order of tasks, and tasks in the order of flows. */
	for (size_t i = 0; i < n; i++) {
		struct flow_result *r = &c->results[outcomes[i].flow];

		by_flow[used] = &outcomes[i];
		if (!r->n)
			r->outcomes = &by_flow[used];
		r->n++;
		used++;
	}
}
