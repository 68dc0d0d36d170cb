/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_site.h"

#include <string.h>

#include "cmd/gateway_options.h"
#include "gateway/ftp_command.h"

static const struct device *find_device(const struct site *s, const char *name)
{
	return map_find(&s->devices_by_name, slice_of(name));
}

/* The claim of a conversation that this gateway splits; NULL: the flow is none. */
static const struct claim *control_claim(const struct claim *c)
{
	for (; c; c = c->next)
		if (c->gateway == GATEWAY_FTP && !c->mode)
			return c;
	return NULL;
}

static void copy_part(struct gate_config *c, const struct device *d)
{
	const struct ftp_gateway *g = &d->ftp_gateway;

	c->name = d->name.s;
	c->placement = g->placement;
	c->plane = g->plane;
	c->client_ports = g->client_ports;
	c->server_ports = g->server_ports;
	c->client_modes = g->client_modes;
	c->server_modes = g->server_modes;
	c->active_source = g->active_source;
}

static void add_listener(struct gate_config *c, const struct addr *a, uint16_t port,
			 struct arena *arena)
{
	for_each (l, &c->listeners)
		if (l->port == port && addr_equal(&l->at, a))
			return;
	*(struct gate_listener *)list_add(arena, &c->listeners, sizeof(*c->listeners.items)) =
		(struct gate_listener){*a, port};
}

/* An explicit gateway further on is asked by the same words: it is dialled, and finds the server. */
static void find_next_hop(struct gate_rule *r, const struct flow *onwards)
{
	const struct device *d = onwards->to->device;

	if (!d || !d->ftp_gateway.given || d->ftp_gateway.placement == PLACEMENT_TRANSPARENT ||
	    !onwards->to->addresses.n)
		return;
	r->next = onwards->to->addresses.items[0].addr;
	r->next_port = onwards->ports.lo;
}

static void add_rule(struct gate_config *c, const struct flow *in, const struct claim *claim,
		     const struct flow *onwards, struct arena *arena)
{
	struct gate_rule *r = list_add(arena, &c->rules, sizeof(*r));

	for_each (p, &in->from->addresses)
		*(struct prefix *)list_add(arena, &r->from, sizeof(*p)) = *p;
	for_each (p, &claim->whole->addresses)
		*(struct prefix *)list_add(arena, &r->to, sizeof(*p)) = *p;
	r->ports = claim->whole_ports;
	r->may = CMD_READS | CMD_ADDS | CMD_CHANGES;
	find_next_hop(r, onwards);
}

/* The leg that follows in the same conversation. */
static const struct flow *find_onwards(const struct plan *plan, const struct device *d,
				       const struct claim *in)
{
	for_each (f, &plan->flows)
		for (const struct claim *c = (*f)->claims; c; c = c->next)
			if (c->demand == in->demand && !c->mode && c->leg == in->leg + 1 &&
			    (*f)->from->device == d)
				return *f;
	return NULL;
}

static void take_flow(struct gate_config *c, const struct plan *plan, const struct device *d,
		      const struct flow *f, struct arena *arena)
{
	if (f->to->device != d)
		return;
	for_each (p, &f->to->addresses)
		add_listener(c, &p->addr, d->ftp_gateway.listen, arena);
	for (const struct claim *claim = control_claim(f->claims); claim;
	     claim = control_claim(claim->next)) {
		const struct flow *onwards = find_onwards(plan, d, claim);

		if (onwards)
			add_rule(c, f, claim, onwards, arena);
	}
}

static bool dials_without_port(const struct flow *f, const struct device *d)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (c->gateway == GATEWAY_FTP && c->mode &&
		    strcmp(c->mode, "active-without-port") == 0 && f->from->device == d)
			return true;
	return false;
}

static void add_server(struct gate_config *c, const struct addr *a, uint16_t port,
		       struct arena *arena)
{
	*(struct gate_listener *)list_add(arena, &c->servers, sizeof(*c->servers.items)) =
		(struct gate_listener){*a, port ? port : 21};
}

static void copy_servers(struct gate_config *c, const struct device *d, struct arena *arena)
{
	for_each (ap, &d->ftp_gateway.servers) {
		if (!ap->host)
			add_server(c, &ap->addr, ap->port, arena);
		else
			for_each (a, &ap->host->addresses)
				add_server(c, a, ap->port, arena);
	}
}

int gateway_from_site(struct gate_config *c, const struct plan *plan, const char *device,
		      struct arena *arena, struct err *err)
{
	const struct device *d = find_device(plan->site, device);

	if (!d)
		return err_set(err, ERR_USAGE, PLACE_NONE, "the site has no device \"%s\"", device);
	if (!d->ftp_gateway.given)
		return err_set(err, ERR_DOCUMENT, d->name.at,
			       "\"%s\" has no ftp_gateway: nothing to run", device);
	copy_part(c, d);
	copy_servers(c, d, arena);
	gateway_defaults(c);
	for_each (f, &plan->flows) {
		take_flow(c, plan, d, *f, arena);
		c->without_port |= dials_without_port(*f, d);
	}
	if (!c->rules.n)
		return err_set(err, ERR_DOCUMENT, d->ftp_gateway.place,
			       "nobody goes through \"%s\": no use of a product with "
			       "negotiated data leads there",
			       device);
	return 0;
}
