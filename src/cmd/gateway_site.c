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
	c->user = g->run_as.s;
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

/* An explicit gateway further on is asked by the same words: it is dialled, and finds the
 * server. */
static void find_next_hop(struct gate_rule *r, const struct flow *onwards)
{
	const struct device *d = onwards->to->device;

	if (!d || !d->ftp_gateway.given || d->ftp_gateway.placement == PLACEMENT_TRANSPARENT ||
	    !onwards->to->addresses.n)
		return;
	for_each (p, &onwards->to->addresses)
		if (!r->next[p->addr.family == 6].family)
			r->next[p->addr.family == 6] = p->addr;
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

/* --- the site's own access rules -------------------------------------------------------------- */

static void add_hosts(void *list, const struct host *h, struct arena *arena)
{
	for_each (a, &h->addresses)
		*(struct prefix *)list_add(arena, list, sizeof(struct prefix)) = prefix_of_addr(a);
}

static void add_networks(void *list, const void *networks, struct arena *arena)
{
	const LIST_OF(struct prefix) *from = networks;

	for_each (p, from)
		*(struct prefix *)list_add(arena, list, sizeof(*p)) = *p;
}

static void add_target(void *list, const struct target *t, struct arena *arena)
{
	switch (t->kind) {
	case TARGET_HOST:
		add_hosts(list, t->host, arena);
		break;
	case TARGET_GROUP:
		add_networks(list, &t->group->networks, arena);
		for_each (h, &t->group->hosts)
			add_hosts(list, *h, arena);
		break;
	case TARGET_ZONE:
		add_networks(list, &t->zone->networks, arena);
		break;
	case TARGET_DEVICE:
		for_each (i, &t->device->interfaces)
			for_each (a, &i->addresses)
				*(struct prefix *)list_add(arena, list, sizeof(struct prefix)) =
					prefix_of_addr(a);
		break;
	case TARGET_NETWORK:
		*(struct prefix *)list_add(arena, list, sizeof(struct prefix)) = t->network;
		break;
	}
}

/* What is in both: of two networks that share addresses the smaller one. */
static void meet(void *out, const void *all, const void *targets, struct arena *arena)
{
	const LIST_OF(struct prefix) *chart = all;
	const LIST_OF(struct target) *named = targets;
	LIST_OF(struct prefix) wanted = {NULL, 0};

	if (!named->n)
		add_networks(out, all, arena);
	for_each (t, named)
		add_target(&wanted, t, arena);
	for_each (p, chart)
		for_each (w, &wanted)
			if (prefix_has_prefix(p, w) || prefix_has_prefix(w, p))
				*(struct prefix *)list_add(arena, out, sizeof(*p)) =
					p->bits > w->bits ? *p : *w;
}

static void narrow(struct gate_config *c, const struct gate_rule *chart, const struct ftp_access *a,
		   struct arena *arena)
{
	static const unsigned may[] = {
		[FTP_MAY_ALL] = CMD_READS | CMD_ADDS | CMD_CHANGES,
		[FTP_MAY_READ] = CMD_READS,
		[FTP_MAY_WRITE] = CMD_ADDS,
	};
	struct gate_rule r = *chart, *added;

	memset(&r.from, 0, sizeof(r.from));
	memset(&r.to, 0, sizeof(r.to));
	meet(&r.from, &chart->from, &a->from, arena);
	meet(&r.to, &chart->to, &a->to, arena);
	for_each (user, &a->users)
		*(const char **)list_add(arena, &r.users, sizeof(char *)) = user->s;
	r.may = may[a->may];
	if (!r.from.n || !r.to.n)
		return;
	added = list_add(arena, &c->rules, sizeof(*added));
	*added = r;
}

/* Each of the chart's rules, as far as an access rule lets it: in the order of these. */
static void apply_access(struct gate_config *c, const struct ftp_gateway *g, struct arena *arena)
{
	struct gate_config chart = *c;

	if (!g->access.n)
		return;
	memset(&c->rules, 0, sizeof(c->rules));
	for_each (a, &g->access)
		for_each (r, &chart.rules)
			narrow(c, r, a, arena);
}

static void set_limit(unsigned *limit, uint32_t said)
{
	if (said)
		*limit = said == FTP_UNLIMITED ? 0 : said;
}

static void copy_policy(struct gate_config *c, const struct ftp_gateway *g, struct arena *arena)
{
	const struct ftp_limits *l = &g->limits;

	c->tls = (enum gate_tls)g->tls;
	add_networks(&c->never, &g->never, arena);
	for_each (t, &g->deny)
		*(const char **)list_add(arena, &c->denied, sizeof(char *)) = t->s;
	for_each (t, &g->allow)
		*(const char **)list_add(arena, &c->allowed, sizeof(char *)) = t->s;
	set_limit(&c->limits.sessions, l->sessions);
	set_limit(&c->limits.per_source, l->per_source);
	set_limit(&c->limits.per_minute, l->per_minute);
	set_limit(&c->limits.login, l->login);
	set_limit(&c->limits.idle, l->idle);
	set_limit(&c->limits.data, l->data);
	if (l->rate)
		c->limits.rate = l->rate == FTP_UNLIMITED ? 0 : l->rate;
}

/* --- the chart -------------------------------------------------------------------------------- */

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
	copy_policy(c, &d->ftp_gateway, arena);
	for_each (f, &plan->flows) {
		take_flow(c, plan, d, *f, arena);
		c->without_port |= dials_without_port(*f, d);
	}
	apply_access(c, &d->ftp_gateway, arena);
	if (!c->rules.n)
		return err_set(err, ERR_DOCUMENT, d->ftp_gateway.place,
			       "nobody goes through \"%s\": no use of a product with "
			       "negotiated data leads there",
			       device);
	return 0;
}
