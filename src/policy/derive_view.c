/* SPDX-License-Identifier: ISC
 *
 * What a flow's packets look like at one device: behind the translations of those before it, and
 * before those of the ones behind it.
 */
#include <stdlib.h>

#include "policy/derive_int.h"

static size_t hop_of(const struct derivation *d, const struct flow *f)
{
	size_t i = 0;

	while (i < f->path->hops.n && f->path->hops.items[i].device != d->device)
		i++;
	return i;
}

/* Whether this address of the host is one of a network's; what lies in a narrower zone is not. */
static bool is_among(const struct derivation *d, const struct endpoint *e, const struct addr *a)
{
	if (e->zone && site_zone_of(d->plan->site, a) != e->zone)
		return false;
	for_each (p, &e->addresses)
		if (prefix_has(p, a))
			return true;
	return false;
}

/* Whether the host is this end, or one of the unnamed machines that are. */
static bool is_host(const struct derivation *d, const struct endpoint *e)
{
	if (e->kind != ENDPOINT_NETWORK)
		return e->host == d->host;
	for_each (a, &d->host->addresses)
		if (is_among(d, e, a))
			return true;
	return false;
}

/* Inside of a zone that lies behind two of the device's interfaces: who stands behind which the
 * site does not say. */
static bool may_cross(const struct derivation *d, const struct flow *f)
{
	size_t n = 0;

	if (!f->from->zone || f->from->zone != f->to->zone || f->path->hops.n || f->path->unknown ||
	    f->from->device || f->to->device)
		return false;
	for_each (i, &d->device->interfaces)
		n += i->zone == f->from->zone;
	return n > 1;
}

enum stand derive_stand(const struct derivation *d, const struct flow *f)
{
	if (d->host)
		return is_host(d, d->side == STAND_START ? f->from : f->to) ? d->side
									    : STAND_NOWHERE;
	if (f->from->device == d->device)
		return f->to->device == d->device ? STAND_NOWHERE : STAND_START;
	if (f->to->device == d->device)
		return STAND_END;
	return hop_of(d, f) < f->path->hops.n || may_cross(d, f) ? STAND_WAY : STAND_NOWHERE;
}

/* --- addresses -------------------------------------------------------------------------------- */

static int by_prefix(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* What lies inside another one is said by it; sorted, it comes behind it. */
static void drop_inner(struct prefixes *p)
{
	size_t n = 0;

	if (p->list.n > 1)
		qsort(p->list.items, p->list.n, sizeof(*p->list.items), by_prefix);
	for_each (one, &p->list)
		if (!n || !prefix_has_prefix(&p->list.items[n - 1], one))
			p->list.items[n++] = *one;
	p->list.n = n;
}

bool derive_addresses(struct derivation *d, const struct endpoint *e, uint8_t family,
		      struct prefixes *out)
{
	size_t n = 0;

	*out = (struct prefixes){{NULL, 0}};
	for_each (p, &e->addresses) {
		if (p->addr.family != family)
			continue;
		if (!p->bits)
			return true;
		n++;
	}
	if (!n)
		return false;
	out->list.items = ARENA_ARRAY(d->arena, struct prefix, n);
	for_each (p, &e->addresses)
		if (p->addr.family == family)
			out->list.items[out->list.n++] = *p;
	drop_inner(out);
	return true;
}

/* Of an end in which the host is one of many: its own addresses. */
static bool own_addresses(struct derivation *d, const struct endpoint *e, uint8_t family,
			  struct prefixes *out)
{
	if (!d->host || e->kind != ENDPOINT_NETWORK)
		return derive_addresses(d, e, family, out);
	*out = (struct prefixes){{NULL, 0}};
	for_each (a, &d->host->addresses)
		if (a->family == family && is_among(d, e, a))
			*(struct prefix *)list_add(d->arena, &out->list, sizeof(*out->list.items)) =
				prefix_of_addr(a);
	drop_inner(out);
	return out->list.n != 0;
}

struct prefixes derive_one(struct derivation *d, const struct addr *a)
{
	struct prefixes one = {{ARENA_NEW(d->arena, struct prefix), 1}};

	one.list.items[0] = prefix_of_addr(a);
	return one;
}

/* --- where it comes from ---------------------------------------------------------------------- */

/* A transparent gateway speaks as the one to whom the whole way goes. */
static const struct endpoint *posed_as(const struct flow *f, const struct device *device)
{
	if (!device || f->claims->gateway != GATEWAY_FTP || !f->translation ||
	    device->ftp_gateway.placement != PLACEMENT_TRANSPARENT)
		return NULL;
	return f->claims->whole;
}

/* A hop leaves by one of the interfaces of its zone, each with a translation of its own. NULL: none
 * by this one. */
static const struct addr *source_by(const struct hop *hop, const struct interface *out,
				    const struct crossing *c, uint8_t family)
{
	struct hop one = *hop;

	if (!hop->out || out->zone != hop->out->zone)
		return NULL;
	one.out = out;
	return hop_source_nat(&one, c, family);
}

static void find_departures(struct derivation *d, const struct hop *hop, const struct crossing *c,
			    uint8_t family, struct view *v)
{
	for_each (i, &hop->device->interfaces) {
		const struct addr *a = source_by(hop, i, c, family);

		if (a)
			*(struct departure *)list_add(d->arena, &v->leaves,
						      sizeof(*v->leaves.items)) =
				(struct departure){i->system_name.s, a};
	}
}

/* Behind the translation of a device before this one. */
static void hide(struct derivation *d, const struct hop *hop, const struct crossing *c,
		 uint8_t family, struct view *v)
{
	struct prefixes as = {{NULL, 0}};

	for_each (i, &hop->device->interfaces) {
		const struct addr *a = source_by(hop, i, c, family);

		if (a)
			*(struct prefix *)list_add(d->arena, &as.list, sizeof(*as.list.items)) =
				prefix_of_addr(a);
	}
	if (!as.list.n)
		return;
	drop_inner(&as);
	v->source = as;
	v->hidden = true;
}

static bool find_source(struct derivation *d, const struct flow *f, uint8_t family, struct view *v)
{
	const struct crossing crossing = {f->from, f->to, f->transport, f->ports};
	const struct endpoint *as = f->translation && f->translation->seen_at &&
						    f->translation->seen_at == f->from->device
					    ? posed_as(f, f->from->device)
					    : NULL;

	if (as && !as->addresses.n)
		return true;
	/* What starts here has all translations behind it. */
	if (derive_stand(d, f) == STAND_START)
		return own_addresses(d, as ? as : f->from, family, &v->source);
	if (!derive_addresses(d, as ? as : f->from, family, &v->source))
		return false;
	for_each (hop, &f->path->hops) {
		if (hop->device == d->device) {
			find_departures(d, hop, &crossing, family, v);
			break;
		}
		hide(d, hop, &crossing, family, v);
	}
	return true;
}

/* --- where it goes ---------------------------------------------------------------------------- */

static bool is_at(const struct addr_port *at, enum transport transport, const struct flow *f,
		  const struct view *v)
{
	return (transport == TRANSPORT_NONE || transport == f->transport) &&
	       v->dialled.list.n == 1 && addr_equal(&v->dialled.list.items[0].addr, &at->addr) &&
	       (!at->port || at->port == v->dialled_ports.lo);
}

const struct addr *derive_address_of(const struct addr_port *ap, uint8_t family)
{
	if (!ap->host)
		return ap->addr.family == family ? &ap->addr : NULL;
	for_each (a, &ap->host->addresses)
		if (a->family == family)
			return a;
	return NULL;
}

/* To the member that the flow means. */
static void balance(struct derivation *d, const struct device *device, const struct flow *f,
		    uint8_t family, struct view *v)
{
	const struct crossing c = {f->from, f->to, f->transport, f->ports};
	const struct balancer *b = device_balancer(device, &c);

	if (!b || b->plane != PLANE_NAT || !is_at(&b->at, b->transport, f, v))
		return;
	for_each (ap, &b->to) {
		const struct addr *to = derive_address_of(ap, family);

		if (!to || !addr_port_is_at(ap, f->to))
			continue;
		v->target = derive_one(d, to);
		v->ports = f->ports;
		v->translated = true;
		v->balancer = b;
		return;
	}
}

/* What this device makes of what is dialled: `dialled` becomes `target`. */
static void translate(struct derivation *d, const struct device *device, const struct flow *f,
		      uint8_t family, struct view *v)
{
	v->target = v->dialled;
	v->ports = v->dialled_ports;
	v->translated = false;
	v->balancer = NULL;
	for_each (n, &device->destination_nat) {
		const struct addr *to = derive_address_of(&n->to, family);

		if (!to || !is_at(&n->at, n->transport, f, v))
			continue;
		v->target = derive_one(d, to);
		if (n->to.port)
			v->ports = (struct port_range){n->to.port, n->to.port};
		v->translated = true;
		return;
	}
	balance(d, device, f, family, v);
}

/* What the source dials. False: nothing of this family. */
static bool find_dialled(struct derivation *d, const struct flow *f, uint8_t family, struct view *v)
{
	const struct translation *t = f->translation;
	const struct endpoint *as =
		t && t->dialled_at == f->to->device ? posed_as(f, f->to->device) : NULL;

	v->dialled_ports = f->ports;
	if (t && t->dialled.port && (as || t->dialled.addr.family == family))
		v->dialled_ports = (struct port_range){t->dialled.port, t->dialled.port};
	if (as) {
		v->any_dialled = !as->addresses.n;
		return v->any_dialled || derive_addresses(d, as, family, &v->dialled);
	}
	if (t && t->dialled_at && t->dialled.addr.family == family) {
		v->dialled = derive_one(d, &t->dialled.addr);
		return true;
	}
	return derive_addresses(d, f->to, family, &v->dialled);
}

/* Through the devices before this one, and through this one. */
static void follow(struct derivation *d, const struct flow *f, uint8_t family, struct view *v)
{
	for_each (hop, &f->path->hops) {
		translate(d, hop->device, f, family, v);
		if (hop->device == d->device)
			return;
		v->dialled = v->target;
		v->dialled_ports = v->ports;
	}
}

static bool is_same(const struct prefixes *a, const struct prefixes *b)
{
	if (a->list.n != b->list.n)
		return false;
	for (size_t i = 0; i < a->list.n; i++)
		if (!prefix_equal(&a->list.items[i], &b->list.items[i]))
			return false;
	return true;
}

static bool find_target(struct derivation *d, const struct flow *f, uint8_t family, struct view *v)
{
	enum stand stand = derive_stand(d, f);

	if (!find_dialled(d, f, family, v))
		return false;
	v->target = v->dialled;
	v->ports = v->dialled_ports;
	if (stand != STAND_START)
		follow(d, f, family, v);
	if (stand != STAND_END)
		return true;
	if (d->host) {
		v->translated = false;
		v->ports = f->ports;
		return own_addresses(d, f->to, family, &v->target);
	}
	v->dialled = v->target;
	v->dialled_ports = v->ports;
	if (!derive_addresses(d, f->to, family, &v->target))
		return false;
	v->ports = f->ports;
	v->translated = v->any_dialled || !is_same(&v->dialled, &v->target) ||
			v->dialled_ports.lo != v->ports.lo;
	return true;
}

/* --- through which interfaces ----------------------------------------------------------------- */

/* All of the zone's; where one of them has no name, any. */
static struct names interfaces_in(struct derivation *d, const struct zone *z)
{
	struct names names = {{NULL, 0}};

	for_each (i, &d->device->interfaces) {
		if (!z || i->zone != z)
			continue;
		if (!i->system_name.s)
			return (struct names){{NULL, 0}};
		*(const char **)list_add(d->arena, &names.list, sizeof(*names.list.items)) =
			i->system_name.s;
	}
	return names;
}

static const struct zone *zone_of(const struct interface *i)
{
	return i ? i->zone : NULL;
}

static void find_sides(struct derivation *d, const struct flow *f, struct view *v)
{
	const struct hop *hop =
		hop_of(d, f) < f->path->hops.n ? &f->path->hops.items[hop_of(d, f)] : NULL;

	v->in = interfaces_in(d, hop ? zone_of(hop->in) : f->from->zone);
	v->out = interfaces_in(d, hop ? zone_of(hop->out) : f->to->zone);
}

/* A device that is an end is not among the hops: its next neighbour on the way tells the side. */
static void find_interfaces(struct derivation *d, const struct flow *f, struct view *v)
{
	const struct path *p = f->path;
	const struct zone *first = p->hops.n ? zone_of(p->hops.items[0].in) : NULL;
	const struct zone *last = p->hops.n ? zone_of(p->hops.items[p->hops.n - 1].out) : NULL;

	switch (derive_stand(d, f)) {
	case STAND_START:
		v->out = interfaces_in(d, first ? first : f->to->zone);
		break;
	case STAND_END:
		v->in = interfaces_in(d, last ? last : f->from->zone);
		break;
	case STAND_WAY:
		find_sides(d, f, v);
		break;
	default:
		break;
	}
}

bool derive_view(struct derivation *d, const struct flow *f, uint8_t family, struct view *v)
{
	*v = (struct view){0};
	if (!find_source(d, f, family, v) || !find_target(d, f, family, v))
		return false;
	find_interfaces(d, f, v);
	return true;
}
