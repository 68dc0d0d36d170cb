/* SPDX-License-Identifier: ISC
 *
 * Proxies, load balancers and FTP gateways end a connection and start the next: one wanted tuple
 * becomes one flow for each leg.
 */
#include "model/plan_int.h"

static const struct need *onwards(struct pair *p, const struct wanted *w, struct claim claim);

/* The way may have legs already, before this gateway. */
static struct claim next_leg(struct claim claim, enum gateway gateway, const struct device *through,
			     const struct wanted *w)
{
	claim.leg++;
	claim.gateway = gateway;
	claim.through = through;
	if (!claim.whole) {
		claim.whole = w->to;
		claim.whole_ports = w->ports;
	}
	return claim;
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

enum { PROXIES_TOLD = 2 };

/* The proxies that stand in the client's own zone: how many, and the first ones. */
static size_t find_proxies(struct planner *pl, const struct wanted *w,
			   struct via_proxy found[PROXIES_TOLD])
{
	size_t n = 0;

	if (!w->from->zone || w->from->zone == w->to->zone)
		return 0;
	for_each (d, &pl->site->devices) {
		enum gateway gateway;
		const struct proxy *proxy = proxy_of(d, &gateway);

		if (!proxy || d == w->from->device || !serves_zone(proxy, w->to->zone))
			continue;
		for_each (i, &d->interfaces) {
			if (i->zone != w->from->zone)
				continue;
			if (n < PROXIES_TOLD)
				found[n] = (struct via_proxy){d, proxy, gateway, i};
			n++;
			break;
		}
	}
	return n;
}

static const struct need *proxy_legs(struct pair *p, const struct wanted *w,
				     const struct via_proxy *via)
{
	struct planner *pl = p->pl;
	struct claim claim = next_leg((struct claim){0}, via->gateway, via->device, w);
	struct wanted leg = *w;
	struct buf kids = BUF_INIT;

	leg.to = endpoint_of_device(pl, via->device, via->inner);
	leg.transport = TRANSPORT_TCP;
	leg.ports = (struct port_range){via->proxy->listen, via->proxy->listen};
	leg.any_of = false;
	leg.service = via->gateway == GATEWAY_HTTP ? "http-proxy" : "socks";
	need_add(&kids, plan_flow(p, &leg, claim));
	leg = *w;
	leg.from = endpoint_of_device(pl, via->device, plan_facing(pl, via->device, w->to));
	need_add(&kids, onwards(p, &leg, next_leg(claim, via->gateway, via->device, w)));
	return need_join(pl, NEED_ALL, &kids);
}

static void ask_way(struct pair *p, const struct via_proxy *via)
{
	struct planner *pl = p->pl;

	plan_ask(pl, plan_line(pl, "%s/%s", pl->now->product->name.s, p->requirement->id.s),
		 plan_choose_line(p, p->requirement->id.s, "proxy"),
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

static void ask_which_proxy(struct planner *pl, const struct wanted *w,
			    const struct via_proxy found[PROXIES_TOLD])
{
	plan_ask(pl, plan_line(pl, "proxies of %s", w->from->zone->name.s),
		 plan_line(pl, "devices.%s.%s.destinations: [ZONE]", found[1].device->name.s,
			   found[1].gateway == GATEWAY_HTTP ? "http_proxy" : "socks_proxy"),
		 "more than one proxy serves %s; which one for which destinations? %s is taken "
		 "until the site says so",
		 w->from->zone->name.s, found[0].device->name.s);
}

/* Both ways are possible, and the site has not chosen. */
static const struct need *either_way(struct pair *p, const struct wanted *w,
				     const struct via_proxy *via)
{
	bool outermost = plan_begin_group(p);
	struct buf kids = BUF_INIT;

	ask_way(p, via);
	plan_set_branch(p, outermost, 1);
	need_add(&kids, onwards(p, w, (struct claim){0}));
	plan_set_branch(p, outermost, 2);
	need_add(&kids, proxy_legs(p, w, via));
	plan_end_group(p, outermost);
	return need_join(p->pl, NEED_ANY, &kids);
}

/* direct, proxy or either. What must go through a proxy has no way until there is one. */
static const struct need *by_proxy(struct pair *p, const struct wanted *w)
{
	const char *way = plan_chosen_way(p);
	bool must = p->requirement->via == VIA_PROXY || (way && strcmp(way, "proxy") == 0);
	struct via_proxy found[PROXIES_TOLD];
	size_t n = find_proxies(p->pl, w, found);

	if (!n && must) {
		ask_for_proxy(p, w);
		return NULL;
	}
	if (!n || (!must && way))
		return onwards(p, w, (struct claim){0});
	if (n > 1)
		ask_which_proxy(p->pl, w, found);
	return must ? proxy_legs(p, w, found) : either_way(p, w, found);
}

/* --- load balancers --------------------------------------------------------------------------- */

bool addr_port_is_at(const struct addr_port *ap, const struct endpoint *e)
{
	return ap->host ? ap->host == e->host : endpoint_has_addr(e, &ap->addr);
}

static bool is_member(const struct balancer *b, const struct crossing *c)
{
	if (b->transport != TRANSPORT_NONE && b->transport != c->transport)
		return false;
	for_each (ap, &b->to)
		if (addr_port_is_at(ap, c->to) &&
		    (!ap->port || (ap->port == c->ports.lo && ap->port == c->ports.hi)))
			return true;
	return false;
}

/* Members talk to each other directly: through the balancer they could meet themselves. */
static bool is_behind(const struct balancer *b, const struct endpoint *from)
{
	for_each (ap, &b->to)
		if (from->kind == ENDPOINT_HOST && addr_port_is_at(ap, from))
			return true;
	return false;
}

const struct balancer *device_balancer(const struct device *d, const struct crossing *c)
{
	if (c->to->kind != ENDPOINT_HOST || d == c->from->device)
		return NULL;
	for_each (b, &d->load_balancer)
		if (is_member(b, c) && !is_behind(b, c->from))
			return b;
	return NULL;
}

static const struct balancer *find_balancer(struct planner *pl, const struct wanted *w,
					    const struct device **device)
{
	const struct crossing c = {w->from, w->to, w->transport, w->ports};
	const struct balancer *b;

	if (w->any_of || w->ports.lo == 0)
		return NULL;
	for_each (d, &pl->site->devices) {
		*device = d;
		b = device_balancer(d, &c);
		if (b)
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

static const struct need *by_balancer(struct pair *p, const struct wanted *w, struct claim claim,
				      const struct device *d, const struct balancer *b)
{
	struct planner *pl = p->pl;
	const struct interface *listening = interface_with(d, &b->at.addr);
	struct wanted leg = *w;
	struct buf kids = BUF_INIT;

	claim = next_leg(claim, GATEWAY_BALANCER, d, w);
	leg.to = listening ? endpoint_of_device(pl, d, listening) : endpoint_of_address(pl, &b->at);
	if (b->at.port)
		leg.ports = (struct port_range){b->at.port, b->at.port};
	need_add(&kids, plan_flow(p, &leg, claim));
	leg = *w;
	leg.from = endpoint_of_device(pl, d, plan_facing(pl, d, w->to));
	need_add(&kids, plan_flow(p, &leg, next_leg(claim, GATEWAY_BALANCER, d, w)));
	return need_join(pl, NEED_ALL, &kids);
}

/* Its translation is all that happens to the connection. */
static const struct need *through_balancer(struct pair *p, const struct wanted *w,
					   struct claim claim, const struct device *d)
{
	struct wanted through = *w;

	through.through = d;
	return plan_flow(p, &through, claim);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* From here to the target, by what stands in between. The claim is of the leg that ended here; a
 * gateway behind a proxy starts from that proxy's own leg. */
static const struct need *onwards(struct pair *p, const struct wanted *w, struct claim claim)
{
	struct claim before = claim;
	const struct device *device = NULL;
	const struct balancer *b;
	const struct need *need;

	if (before.leg)
		before.leg--;
	if (w->service && strcmp(w->service, "ftp") == 0 && w->transport == TRANSPORT_TCP) {
		need = plan_ftp_control(p, w, before);
		if (need)
			return need;
	}
	b = find_balancer(p->pl, w, &device);
	if (!b)
		return plan_flow(p, w, claim);
	if (b->plane == PLANE_NAT)
		return through_balancer(p, w, claim, device);
	return by_balancer(p, w, before, device, b);
}

const struct need *plan_legs(struct pair *p, const struct wanted *w)
{
	if (p->requirement->forbid)
		return plan_flow(p, w, (struct claim){0});
	if (p->requirement->via != VIA_DIRECT && w->transport == TRANSPORT_TCP)
		return by_proxy(p, w);
	return onwards(p, w, (struct claim){0});
}
