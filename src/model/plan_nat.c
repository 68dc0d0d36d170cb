/* SPDX-License-Identifier: ISC
 *
 * What address translation on the way makes of a tuple: what the source dials, and as whom the
 * target sees it.
 */
#include "model/plan_int.h"

/* --- destination ------------------------------------------------------------------------------ */

static bool is_port(uint16_t port, struct port_range ports)
{
	return !port || (ports.lo == port && ports.hi == port);
}

/* An end that is wider than a machine is not what stands behind a translation. */
static bool is_target(const struct addr_port *to, const struct wanted *w)
{
	if (!is_port(to->port, w->ports))
		return false;
	if (to->host)
		return w->to->host == to->host;
	return (w->to->kind == ENDPOINT_HOST || w->to->kind == ENDPOINT_DEVICE) &&
	       endpoint_has_addr(w->to, &to->addr);
}

/* Of two translations in a row, the outer one leads to what the inner one is dialled at. */
static bool leads_on(const struct addr_port *to, const struct addr_port *at)
{
	return addr_equal(&to->addr, &at->addr) && (!to->port || !at->port || to->port == at->port);
}

/* The address that is dialled must be on the side from which the connection comes. */
static bool is_on_this_side(struct planner *pl, const struct addr *at, const struct hop *hop)
{
	if (!hop->in)
		return true;
	for_each (a, &hop->in->addresses)
		if (addr_equal(a, at))
			return true;
	return site_zone_of(pl->site, at) == hop->in->zone;
}

/* Of this device; its address is dialled from all sides. NULL: none leads to the target. */
static const struct balancer *translating_balancer(const struct device *d, const struct wanted *w)
{
	const struct crossing c = {w->from, w->to, w->transport, w->ports};
	const struct balancer *b = device_balancer(d, &c);

	return b && b->plane == PLANE_NAT ? b : NULL;
}

static void dial(const struct addr_port *at, const struct device *device, struct translation *t)
{
	t->dialled = *at;
	t->dialled_at = device;
}

/* From the target back to the source. */
static void find_dialled(struct planner *pl, const struct wanted *w, const struct path *path,
			 struct translation *t)
{
	for (size_t i = path->hops.n; i-- > 0;) {
		const struct hop *hop = &path->hops.items[i];
		const struct balancer *b = translating_balancer(hop->device, w);

		if (b && !t->dialled_at) {
			dial(&b->at, hop->device, t);
			continue;
		}
		for_each (n, &hop->device->destination_nat) {
			if ((n->transport != TRANSPORT_NONE && n->transport != w->transport) ||
			    !is_on_this_side(pl, &n->at.addr, hop) ||
			    !(t->dialled_at ? leads_on(&n->to, &t->dialled) : is_target(&n->to, w)))
				continue;
			dial(&n->at, hop->device, t);
			if (!t->dialled.port && w->ports.lo == w->ports.hi)
				t->dialled.port = w->ports.lo;
			break;
		}
	}
}

/* --- source ----------------------------------------------------------------------------------- */

static unsigned family_bit(const struct addr *a)
{
	return a->family == 4 ? FAMILY_4 : FAMILY_6;
}

/* IPv4 first: where both families are in use, it is the one that is translated. */
static const struct addr *address_for(const struct source_nat *n, unsigned families)
{
	const struct addr *six = NULL;

	if (n->to.s)
		return families & family_bit(&n->to_addr) ? &n->to_addr : NULL;
	for_each (a, &n->out->addresses) {
		if (a->family == 4 && (families & FAMILY_4))
			return a;
		if (a->family == 6 && (families & FAMILY_6) && !six)
			six = a;
	}
	return six;
}

/* Out of which address of `device` does this go? NULL: it is not translated. */
static const struct addr *find_source(const struct device *device, const struct interface *in,
				      const struct interface *out, const struct endpoint *from,
				      unsigned families)
{
	for_each (n, &device->source_nat) {
		const struct addr *a;

		if (n->out != out || ((!in || n->from != in->zone) && n->from != from->zone))
			continue;
		a = address_for(n, families);
		if (a)
			return a;
	}
	return NULL;
}

/* A balancer that sends as itself does so in the family in which it is dialled. Where it is in and
 * out by one interface, answers would not come back to it otherwise. */
static const struct addr *own_address(const struct hop *hop, const struct crossing *c,
				      unsigned families)
{
	const struct balancer *b = device_balancer(hop->device, c);

	if (!b || b->plane != PLANE_NAT || !hop->out ||
	    (b->seen_as != SEEN_AS_BALANCER && hop->in != hop->out) ||
	    !(families & family_bit(&b->at.addr)))
		return NULL;
	for_each (a, &hop->out->addresses)
		if (a->family == b->at.addr.family)
			return a;
	return NULL;
}

static const struct addr *source_at(const struct hop *hop, const struct crossing *c,
				    unsigned families)
{
	const struct addr *own = own_address(hop, c, families);

	return own ? own : find_source(hop->device, hop->in, hop->out, c->from, families);
}

const struct addr *hop_source_nat(const struct hop *hop, const struct crossing *c, uint8_t family)
{
	return source_at(hop, c, family == 4 ? FAMILY_4 : FAMILY_6);
}

/* By the first of the zone's interfaces that translates. */
static const struct addr *source_behind(const struct hop *hop, const struct crossing *c,
					unsigned families)
{
	struct hop one = *hop;
	const struct addr *a = source_at(hop, c, families);

	for_each (out, &hop->device->interfaces) {
		if (a || !hop->out || out->zone != hop->out->zone)
			continue;
		one.out = out;
		a = source_at(&one, c, families);
	}
	return a;
}

static void find_seen_as(const struct wanted *w, const struct path *path, struct translation *t)
{
	unsigned families = endpoint_families(w->from) & endpoint_families(w->to);
	const struct crossing c = {w->from, w->to, w->transport, w->ports};

	for_each (hop, &path->hops) {
		const struct addr *a = source_behind(hop, &c, families);

		if (!a)
			continue;
		t->seen_as = *a;
		t->seen_at = hop->device;
	}
}

const struct device *plan_hides(const struct flow *f)
{
	unsigned families = endpoint_families(f->from) & endpoint_families(f->to);

	if (f->translation && f->translation->dialled_at)
		return NULL;
	for_each (hop, &f->path->hops)
		if (find_source(hop->device, hop->out, hop->in, f->to, families))
			return hop->device;
	return NULL;
}

/* --- transparent gateways --------------------------------------------------------------------- */

/* The client dials the server and meets the gateway, which answers in the server's name. */
static void pose(struct planner *pl, const struct wanted *w, struct translation *t)
{
	const struct endpoint *as = w->posing;
	bool dialled = !w->posing_source;
	const struct device *gateway = dialled ? w->to->device : w->from->device;
	char text[ADDR_TEXT_MAX];
	const char *name = as->names.n ? as->names.items[0].s : as->name;

	if (as->addresses.n)
		name = addr_text(&as->addresses.items[0].addr, text);
	if (!dialled) {
		t->seen_at = gateway;
		if (as->addresses.n)
			t->seen_as = as->addresses.items[0].addr;
		return;
	}
	t->dialled_at = gateway;
	t->dialled.host = as->host;
	if (as->addresses.n)
		t->dialled.addr = as->addresses.items[0].addr;
	t->dialled.port = w->posing_port;
	if (w->posing_port)
		name = plan_line(pl, strchr(name, ':') ? "[%s]:%u" : "%s:%u", name, w->posing_port);
	t->dialled.text.s = plan_keep(pl, name);
}

const struct translation *plan_translate(struct planner *pl, const struct wanted *w,
					 const struct path *path)
{
	struct translation t = {0}, *kept;

	find_dialled(pl, w, path, &t);
	find_seen_as(w, path, &t);
	if (w->posing)
		pose(pl, w, &t);
	if (!t.dialled_at && !t.seen_at)
		return NULL;
	kept = ARENA_NEW(pl->arena, struct translation);
	*kept = t;
	return kept;
}
