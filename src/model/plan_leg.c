/* SPDX-License-Identifier: ISC
 *
 * Proxies, FTP gateways and load balancers end a connection and start the next: one wanted tuple
 * becomes one flow for each leg.
 */
#include "model/plan_int.h"

static const struct need *whole(struct pair *p, const struct wanted *w)
{
	return plan_flow(p, w, (struct claim){0});
}

static void add_need(struct buf *kids, const struct need *need)
{
	if (need)
		buf_add(kids, &need, sizeof(need));
}

/* --- HTTP and SOCKS proxies ------------------------------------------------------------------- */

struct via_proxy {
	const struct device *device;
	const struct proxy *proxy;
	enum gateway gateway;
	const struct interface *inner; /* where its clients dial it */
};

static bool serves_zone(const struct proxy *p, const struct zone *to)
{
	if (!p->destination_names.n)
		return true;
	for_each (name, &p->destination_names)
		if (to && text_same(*name, to->name))
			return true;
	return false;
}

static const struct proxy *proxy_of(const struct device *d, enum gateway *gateway)
{
	*gateway = d->http_proxy.given ? GATEWAY_HTTP : GATEWAY_SOCKS;
	if (d->http_proxy.given)
		return &d->http_proxy;
	return d->socks_proxy.given ? &d->socks_proxy : NULL;
}

/* The proxies that stand in the client's own zone; the first is taken, how many there are told. */
static size_t find_proxies(struct planner *pl, const struct wanted *w, struct via_proxy *found)
{
	size_t n = 0;

	if (w->from->zone && w->from->zone == w->to->zone)
		return 0;
	for_each (d, &pl->site->devices) {
		enum gateway gateway;
		const struct proxy *proxy = proxy_of(d, &gateway);

		if (!proxy || !serves_zone(proxy, w->to->zone))
			continue;
		for_each (i, &d->interfaces) {
			if (i->zone != w->from->zone)
				continue;
			if (!n++)
				*found = (struct via_proxy){d, proxy, gateway, i};
			break;
		}
	}
	return n;
}

static const struct need *proxy_legs(struct pair *p, const struct wanted *w,
				     const struct via_proxy *via)
{
	struct planner *pl = p->pl;
	struct claim claim = {.leg = 1,
			      .gateway = via->gateway,
			      .through = via->device,
			      .whole = w->to,
			      .whole_ports = w->ports};
	struct wanted leg = *w;
	struct buf kids = BUF_INIT;

	leg.to = endpoint_of_device(pl, via->device, via->inner);
	leg.transport = TRANSPORT_TCP;
	leg.ports = (struct port_range){via->proxy->listen, via->proxy->listen};
	leg.service = via->gateway == GATEWAY_HTTP ? "http-proxy" : "socks";
	add_need(&kids, plan_flow(p, &leg, claim));
	leg = *w;
	leg.from = endpoint_of_device(pl, via->device, plan_facing(pl, via->device, w->to));
	claim.leg = 2;
	add_need(&kids, plan_flow(p, &leg, claim));
	return need_join(pl, NEED_ALL, &kids);
}

static const char *chosen_way(const struct pair *p)
{
	const struct use *u = p->pl->now->use;

	if (u)
		for_each (c, &u->choose)
			if (c->way.s && text_same(c->requirement, p->requirement->id))
				return c->way.s;
	return NULL;
}

static void ask_way(struct pair *p, const struct via_proxy *via, const char *first)
{
	struct planner *pl = p->pl;

	plan_ask(pl, plan_line(pl, "%s/%s", pl->now->product->name.s, p->requirement->id.s),
		 plan_line(pl, "uses[%zu].choose.%s: %s", pl->use_index, p->requirement->id.s, first),
		 "direct, or through the proxy %s?", via->device->name.s);
}

static void ask_for_proxy(struct pair *p, const struct wanted *w)
{
	struct planner *pl = p->pl;
	const char *zone = w->from->zone ? w->from->zone->name.s : "ZONE";

	plan_ask(pl, plan_line(pl, "%s/%s", pl->now->product->name.s, p->requirement->id.s),
		 plan_line(pl,
			   "devices.PROXY: {interfaces: {in: {zone: %s, addresses: [ADDRESS]}}, "
			   "http_proxy: {listen: 3128}}",
			   zone),
		 "it goes through a proxy; which one serves %s?", zone);
}

/* direct, proxy or either; where both are possible, the site chooses. */
static const struct need *by_proxy(struct pair *p, const struct wanted *w)
{
	const char *way = chosen_way(p);
	struct via_proxy via;
	size_t n = find_proxies(p->pl, w, &via);
	unsigned outer = p->branch;
	struct buf kids = BUF_INIT;

	if (!n) {
		if (p->requirement->via == VIA_PROXY || (way && strcmp(way, "proxy") == 0))
			ask_for_proxy(p, w);
		return whole(p, w);
	}
	if (n > 1)
		plan_ask(p->pl, plan_line(p->pl, "proxies of %s", w->from->zone->name.s),
			 "devices.PROXY.http_proxy.destinations: [ZONE]",
			 "more than one proxy serves %s; which one for which destinations? %s is "
			 "taken until the site says so",
			 w->from->zone->name.s, via.device->name.s);
	if (way && strcmp(way, "direct") == 0)
		return whole(p, w);
	if (way || p->requirement->via == VIA_PROXY)
		return proxy_legs(p, w, &via);
	ask_way(p, &via, "proxy");
	p->branch = 1;
	add_need(&kids, whole(p, w));
	p->branch = 2;
	add_need(&kids, proxy_legs(p, w, &via));
	p->branch = outer;
	return need_join(p->pl, NEED_ANY, &kids);
}

/* --- FTP gateways ----------------------------------------------------------------------------- */

enum { GATEWAYS_MAX = 8 };

/* The way of one conversation: client, gateways, server. Leg i runs from stop i to stop i+1. */
struct chain {
	const struct device *gateways[GATEWAYS_MAX];
	const struct interface *in[GATEWAYS_MAX], *out[GATEWAYS_MAX];
	size_t n;
};

static bool is_server_of(const struct ftp_gateway *g, const struct endpoint *to)
{
	if (g->placement != PLACEMENT_REVERSE)
		return true;
	for_each (ap, &g->servers)
		if (ap->host ? ap->host == to->host : endpoint_has_addr(to, &ap->addr))
			return true;
	return false;
}

static void find_chain(struct planner *pl, const struct wanted *w, struct chain *c)
{
	const struct path *path = plan_path(pl, w->from, w->to);

	c->n = 0;
	for_each (hop, &path->hops) {
		const struct ftp_gateway *g = &hop->device->ftp_gateway;

		if (!g->given || !is_server_of(g, w->to) || c->n == GATEWAYS_MAX)
			continue;
		c->gateways[c->n] = hop->device;
		c->in[c->n] = hop->in;
		c->out[c->n] = hop->out;
		c->n++;
	}
}

/* A leg ends at the interface that faces it. */
static const struct endpoint *client_end(struct planner *pl, const struct chain *c, size_t leg,
					 const struct wanted *w)
{
	return leg == 0 ? w->from : endpoint_of_device(pl, c->gateways[leg - 1], c->out[leg - 1]);
}

static const struct endpoint *server_end(struct planner *pl, const struct chain *c, size_t leg,
					 const struct wanted *w)
{
	return leg == c->n ? w->to : endpoint_of_device(pl, c->gateways[leg], c->in[leg]);
}

static struct claim leg_claim(const struct chain *c, size_t leg, const struct wanted *w)
{
	return (struct claim){.leg = (unsigned)leg + 1,
			      .gateway = GATEWAY_FTP,
			      .through = c->gateways[leg < c->n ? leg : c->n - 1],
			      .whole = w->to,
			      .whole_ports = w->ports};
}

static const struct need *by_ftp_gateways(struct pair *p, const struct wanted *w,
					  const struct chain *c)
{
	struct buf kids = BUF_INIT;

	for (size_t leg = 0; leg <= c->n; leg++) {
		struct wanted part = *w;

		part.from = client_end(p->pl, c, leg, w);
		part.to = server_end(p->pl, c, leg, w);
		if (leg < c->n) {
			uint16_t port = c->gateways[leg]->ftp_gateway.listen;

			part.ports = (struct port_range){port, port};
		}
		add_need(&kids, plan_flow(p, &part, leg_claim(c, leg, w)));
	}
	return need_join(p->pl, NEED_ALL, &kids);
}

enum { MODE_ACTIVE = 1, MODE_PASSIVE = 2 };

static unsigned client_modes(const struct ftp_gateway *g)
{
	switch (g->client_modes) {
	case CLIENT_ACTIVE:
		return MODE_ACTIVE;
	case CLIENT_PASSIVE:
		return MODE_PASSIVE;
	default:
		return MODE_ACTIVE | MODE_PASSIVE;
	}
}

static unsigned server_modes(const struct ftp_gateway *g, unsigned same)
{
	switch (g->server_modes) {
	case SERVER_ACTIVE:
		return MODE_ACTIVE;
	case SERVER_PASSIVE:
		return MODE_PASSIVE;
	case SERVER_PASSIVE_THEN_ACTIVE:
		return MODE_ACTIVE | MODE_PASSIVE;
	default:
		return same;
	}
}

/* What is possible on each leg: the near side offers, the far side accepts. */
static void find_modes(struct pair *p, const struct chain *c, unsigned modes[GATEWAYS_MAX + 1])
{
	modes[0] = client_modes(&c->gateways[0]->ftp_gateway);
	for (size_t leg = 1; leg <= c->n; leg++) {
		modes[leg] = server_modes(&c->gateways[leg - 1]->ftp_gateway, modes[leg - 1]);
		if (leg == c->n)
			break;
		modes[leg] &= client_modes(&c->gateways[leg]->ftp_gateway);
		if (modes[leg])
			continue;
		plan_ask(p->pl,
			 plan_line(p->pl, "devices.%s.ftp_gateway.modes", c->gateways[leg]->name.s),
			 plan_line(p->pl, "devices.%s.ftp_gateway.modes.client: either",
				   c->gateways[leg]->name.s),
			 "%s dials in a mode that %s does not accept; which of the two changes?",
			 c->gateways[leg - 1]->name.s, c->gateways[leg]->name.s);
	}
}

/* One data connection of one leg. The listening end names the range: a gateway has one towards its
 * clients and one for all else; C and S have theirs from the requirement. */
static const struct need *data_leg(struct pair *p, const struct chain *c, size_t leg,
				   const struct mode *mode, const struct wanted *w)
{
	bool active = text_is(mode->name, "active");
	size_t listener = active ? leg : leg + 1; /* a stop of the chain */
	const struct ftp_gateway *opener = NULL;
	struct wanted part = {.transport = TRANSPORT_TCP, .any_of = true, .service = "ftp-data"};

	part.from = active ? server_end(p->pl, c, leg, w) : client_end(p->pl, c, leg, w);
	part.to = active ? client_end(p->pl, c, leg, w) : server_end(p->pl, c, leg, w);
	if (listener >= 1 && listener <= c->n) {
		const struct ftp_gateway *g = &c->gateways[listener - 1]->ftp_gateway;

		part.ports = active ? g->server_ports : g->client_ports;
		if (!part.ports.lo)
			part.ports = (struct port_range){1024, 65535};
	} else if (!plan_resolve(p, mode->needs, &mode->needs->leaf.ports, &part.ports)) {
		return NULL;
	}
	if (active && leg < c->n)
		opener = &c->gateways[leg]->ftp_gateway;
	if (opener && opener->active_source == ACTIVE_SOURCE_20)
		part.source = (struct port_range){20, 20};
	part.any_of = part.ports.lo != part.ports.hi;
	return plan_flow(p, &part, leg_claim(c, leg, w));
}

const struct need *plan_gateway_children(struct pair *p, const struct flow *parent)
{
	struct wanted w = {.from = p->from->endpoint,
			   .to = p->to->endpoint,
			   .ports = parent ? parent->ports : (struct port_range){21, 21}};
	unsigned modes[GATEWAYS_MAX + 1];
	struct buf kids = BUF_INIT;
	struct chain c;

	find_chain(p->pl, &w, &c);
	if (!c.n)
		return NULL;
	find_modes(p, &c, modes);
	for (size_t leg = 0; leg <= c.n; leg++) {
		for_each (mode, &p->requirement->modes) {
			unsigned bit = text_is(mode->name, "active")    ? MODE_ACTIVE
				       : text_is(mode->name, "passive") ? MODE_PASSIVE
									: 0;

			if (!(modes[leg] & bit) || mode->needs->kind != EXPR_LEAF)
				continue;
			p->mode = mode->name.s;
			add_need(&kids, data_leg(p, &c, leg, mode, &w));
		}
	}
	p->mode = NULL;
	return need_join(p->pl, NEED_ALL, &kids);
}

/* --- load balancers --------------------------------------------------------------------------- */

static bool is_member(const struct balancer *b, const struct wanted *w)
{
	if (b->transport != TRANSPORT_NONE && b->transport != w->transport)
		return false;
	for_each (ap, &b->to)
		if ((ap->host ? ap->host == w->to->host : endpoint_has_addr(w->to, &ap->addr)) &&
		    (!ap->port || (ap->port == w->ports.lo && ap->port == w->ports.hi)))
			return true;
	return false;
}

static const struct balancer *find_balancer(struct planner *pl, const struct wanted *w,
					    const struct device **device)
{
	if (w->to->kind != ENDPOINT_HOST || w->any_of || w->ports.lo == 0)
		return NULL;
	for_each (d, &pl->site->devices) {
		*device = d;
		for_each (b, &d->load_balancer)
			if (is_member(b, w))
				return b;
	}
	return NULL;
}

static const struct interface *interface_with(const struct device *d, const struct addr *a)
{
	for_each (i, &d->interfaces)
		for_each (own, &i->addresses)
			if (addr_equal(own, a))
				return i;
	return NULL;
}

static const struct need *by_balancer(struct pair *p, const struct wanted *w,
				      const struct device *d, const struct balancer *b)
{
	struct planner *pl = p->pl;
	const struct interface *listening = interface_with(d, &b->at.addr);
	struct claim claim = {.leg = 1,
			      .gateway = GATEWAY_BALANCER,
			      .through = d,
			      .whole = w->to,
			      .whole_ports = w->ports};
	struct wanted leg = *w;
	struct buf kids = BUF_INIT;

	leg.to = listening ? endpoint_of_device(pl, d, listening)
			   : endpoint_of_address(pl, &b->at);
	if (b->at.port)
		leg.ports = (struct port_range){b->at.port, b->at.port};
	add_need(&kids, plan_flow(p, &leg, claim));
	leg = *w;
	leg.from = endpoint_of_device(pl, d, plan_facing(pl, d, w->to));
	claim.leg = 2;
	add_need(&kids, plan_flow(p, &leg, claim));
	return need_join(pl, NEED_ALL, &kids);
}

/* --- all of them ------------------------------------------------------------------------------ */

const struct need *plan_legs(struct pair *p, const struct wanted *w)
{
	const struct device *device = NULL;
	const struct balancer *b;
	struct chain chain;

	if (p->requirement->forbid)
		return whole(p, w);
	if (p->requirement->via != VIA_DIRECT && w->transport == TRANSPORT_TCP)
		return by_proxy(p, w);
	if (w->service && strcmp(w->service, "ftp") == 0 && w->transport == TRANSPORT_TCP) {
		find_chain(p->pl, w, &chain);
		if (chain.n)
			return by_ftp_gateways(p, w, &chain);
	}
	b = find_balancer(p->pl, w, &device);
	return b && device != w->from->device ? by_balancer(p, w, device, b) : whole(p, w);
}
