/* SPDX-License-Identifier: ISC
 *
 * The ends of flows: hosts, devices, networks, and names outside the site.
 */
#include "base/mem.h"
#include "model/plan_int.h"

/* --- one for each thing ----------------------------------------------------------------------- */

/* One endpoint for each key, so that equal endpoints are equal pointers. */
static struct endpoint *intern(struct planner *pl, enum endpoint_kind kind, const char *name,
			       const struct zone *zone)
{
	const char *key = plan_line(pl, "%d %s %s", kind, zone ? zone->name.s : "", name);
	struct endpoint *e = map_find(&pl->endpoint_keys, slice_of(key));

	if (e)
		return e;
	e = ARENA_NEW(pl->arena, struct endpoint);
	e->kind = kind;
	e->zone = zone;
	e->index = (unsigned)(pl->endpoints.n / sizeof(e));
	buf_add(&pl->endpoints, &e, sizeof(e));
	map_add(&pl->endpoint_keys, slice_of(plan_keep(pl, key)), e);
	return e;
}

static const struct zone *zone_of(struct planner *pl, const struct addr *a, const char *whose)
{
	const struct zone *z = site_zone_of(pl->site, a);
	char text[ADDR_TEXT_MAX];

	if (!z && pl->site->zones.n)
		plan_ask(pl, plan_line(pl, "%s is in no zone", whose),
			 plan_line(pl, "zones.ZONE.networks: [%s]", addr_text(a, text)),
			 "in which zone is %s, the address of %s?", addr_text(a, text), whose);
	return z;
}

/* --- hosts ------------------------------------------------------------------------------------ */

struct host_ends {
	bool known;
	struct ends ends;
};

static struct endpoint *end_with_name(struct planner *pl, const struct host *h)
{
	struct endpoint *e = intern(pl, ENDPOINT_HOST, h->name.s, h->zone);

	e->name = h->name.s;
	e->host = h;
	e->names.items = (struct text *)&h->dns_name;
	e->names.n = 1;
	if (!h->zone && pl->site->zones.n)
		plan_ask(pl, plan_line(pl, "hosts.%s.zone", h->name.s),
			 plan_line(pl, "hosts.%s.zone: ZONE", h->name.s),
			 "in which zone is %s? Its name alone does not tell", h->name.s);
	return e;
}

static struct endpoint *end_in_zone(struct planner *pl, const struct host *h, const struct zone *z)
{
	struct endpoint *e = intern(pl, ENDPOINT_HOST, h->name.s, z);

	if (e->host)
		return e;
	e->name = h->name.s;
	e->host = h;
	e->addresses.items = ARENA_ARRAY(pl->arena, struct prefix, h->addresses.n);
	return e;
}

/* Addresses that fall through to the zone of "any" say nothing beside one that has a zone. */
static bool has_home(struct planner *pl, const struct host *h)
{
	for_each (a, &h->addresses) {
		const struct zone *z = site_zone_of(pl->site, a);

		if (z && !z->any)
			return true;
	}
	return false;
}

static void find_ends(struct planner *pl, const struct host *h, struct ends *ends)
{
	bool home = has_home(pl, h);

	ends->all.items = arena_get(pl->arena, h->addresses.n + 1, sizeof(*ends->all.items));
	if (h->dns_name.s)
		ends->all.items[ends->all.n++] = end_with_name(pl, h);
	for_each (a, &h->addresses) {
		const struct zone *z = zone_of(pl, a, h->name.s);
		struct endpoint *e;

		if (home && z && z->any)
			continue;
		e = end_in_zone(pl, h, z);
		if (!e->addresses.n)
			ends->all.items[ends->all.n++] = e;
		e->addresses.items[e->addresses.n++] = prefix_of_addr(a);
	}
	for (size_t i = 0; ends->all.n > 1 && i < ends->all.n; i++)
		((struct endpoint *)ends->all.items[i])->one_of_several = true;
}

/* One endpoint for each zone that the host has addresses in. */
const struct ends *endpoints_of_host(struct planner *pl, const struct host *h)
{
	struct host_ends *own;

	if (!pl->host_ends)
		pl->host_ends = ARENA_ARRAY(pl->arena, struct host_ends, pl->site->hosts.n);
	own = &pl->host_ends[h - pl->site->hosts.items];
	if (!own->known) {
		own->known = true;
		find_ends(pl, h, &own->ends);
	}
	return &own->ends;
}

/* --- devices, networks, the world ------------------------------------------------------------- */

const struct endpoint *endpoint_of_device(struct planner *pl, const struct device *d,
					  const struct interface *i)
{
	struct endpoint *e =
		intern(pl, ENDPOINT_DEVICE, plan_line(pl, "%s.%s", d->name.s, i ? i->name.s : ""),
		       i ? i->zone : NULL);

	if (e->device)
		return e;
	e->name = d->name.s;
	e->device = d;
	e->interface = i;
	e->one_of_several = d->interfaces.n > 1;
	if (!i)
		return e;
	e->addresses.items = ARENA_ARRAY(pl->arena, struct prefix, i->addresses.n);
	for_each (a, &i->addresses)
		e->addresses.items[e->addresses.n++] = prefix_of_addr(a);
	return e;
}

const struct endpoint *endpoint_of_zone(struct planner *pl, const struct zone *z)
{
	struct endpoint *e = intern(pl, ENDPOINT_NETWORK, plan_line(pl, "zone %s", z->name.s), z);

	if (e->name)
		return e;
	e->name = plan_keep(pl, plan_line(pl, "zone %s", z->name.s));
	e->addresses.items = z->networks.items;
	e->addresses.n = z->networks.n;
	return e;
}

/* Which devices lie on the way depends on the zone, and here are several. */
static void warn_spanning(struct planner *pl, const char *name, const struct prefix *p,
			  const struct zone *zone)
{
	for_each (z, &pl->site->zones)
		for_each (q, &z->networks)
			if (z != zone && q->bits > p->bits && prefix_has_prefix(p, q))
				plan_warn(pl, (struct finding){
						      .severity = SEVERITY_MEDIUM,
						      .code = "network-spans-zones",
						      .subject = name,
						      .evidence = plan_line(
							      pl,
							      "%s holds networks of %s too; its "
							      "paths are those of %s",
							      name, z->name.s,
							      zone ? zone->name.s : "no zone"),
						      .fix = "bind one network or zone each"});
}

const struct endpoint *endpoint_of_prefix(struct planner *pl, const char *name,
					  const struct prefix *p)
{
	const struct zone *zone = zone_of(pl, &p->addr, name);
	struct endpoint *e = intern(pl, ENDPOINT_NETWORK, name, zone);

	if (e->name)
		return e;
	e->name = plan_keep(pl, name);
	e->addresses.items = ARENA_NEW(pl->arena, struct prefix);
	e->addresses.items[0] = *p;
	e->addresses.n = 1;
	warn_spanning(pl, e->name, p, zone);
	return e;
}

const struct endpoint *endpoint_of_address(struct planner *pl, const struct addr_port *ap)
{
	struct prefix p = prefix_of_addr(&ap->addr);
	char text[ADDR_TEXT_MAX];

	if (ap->host && endpoints_of_host(pl, ap->host)->all.n)
		return endpoints_of_host(pl, ap->host)->all.items[0];
	return endpoint_of_prefix(pl, addr_text(&ap->addr, text), &p);
}

/* In the zone of "any", or of its published addresses; a multicast group is everywhere. */
static const struct zone *zone_of_outside(struct planner *pl, const struct role *role)
{
	if (role->addresses.n)
		return zone_of(pl, &role->addresses.items[0].addr, role->name.s);
	if (role->multicast.n)
		return NULL;
	for_each (z, &pl->site->zones)
		if (z->any)
			return z;
	if (pl->site->zones.n)
		plan_ask(pl, plan_line(pl, "%s is in no zone", role->name.s),
			 "zones.ZONE.networks: [any]",
			 "%s is outside the site; which zone is the rest of the world?",
			 role->name.s);
	return NULL;
}

/* "r${base}.example": a name with the settings of this installation. */
static struct text fill_in(struct planner *pl, struct text name)
{
	const struct pair p = {.pl = pl};
	struct buf out = BUF_INIT;
	const char *s = name.s, *open, *close;

	while ((open = strstr(s, "${")) && (close = strchr(open, '}'))) {
		struct setting_ref ref = {
			.name = plan_line(pl, "%.*s", (int)(close - open - 2), open + 2)};
		const char *value = plan_setting(&p, &ref);

		buf_add(&out, s, (size_t)(open - s));
		if (value)
			buf_add_text(&out, value);
		else
			buf_add(&out, open, (size_t)(close + 1 - open));
		s = close + 1;
	}
	buf_add_text(&out, s);
	name.s = plan_keep(pl, out.data);
	buf_release(&out);
	return name;
}

const struct endpoint *endpoint_of_outside(struct planner *pl, const struct role *role)
{
	const char *key =
		plan_line(pl, "%s %s %s", pl->now->product->name.s, pl->now->name, role->name.s);
	struct endpoint *e = intern(pl, ENDPOINT_OUTSIDE, key, zone_of_outside(pl, role));

	if (e->outside)
		return e;
	e->name = role->name.s;
	e->outside = role;
	e->names.items = ARENA_ARRAY(pl->arena, struct text, role->names.n);
	for_each (t, &role->names)
		e->names.items[e->names.n++] = fill_in(pl, *t);
	e->addresses.items = role->addresses.n ? role->addresses.items : role->multicast.items;
	e->addresses.n = role->addresses.n ? role->addresses.n : role->multicast.n;
	return e;
}

const struct endpoint *endpoint_of_any(struct planner *pl, const struct role *role)
{
	const char *name = plan_line(pl, "any %s", role->name.s);
	struct endpoint *e =
		intern(pl, ENDPOINT_NETWORK, plan_line(pl, "%s %s", pl->now->name, name), NULL);

	if (!e->name)
		e->name = plan_keep(pl, name);
	return e;
}

/* --- what a network has of them --------------------------------------------------------------- */

/* True: all of the prefix is in the network. Of a wider one, what of the network is in its zone. */
static bool add_inside(struct planner *pl, const struct endpoint *e, const struct prefix *p,
		       const struct use_network *network, struct buf *inside)
{
	for_each (q, &network->networks) {
		if (!prefix_has_prefix(q, p))
			continue;
		buf_add(inside, p, sizeof(*p));
		return true;
	}
	for_each (q, &network->networks)
		if (prefix_has_prefix(p, q) && site_zone_of(pl->site, &q->addr) == e->zone)
			buf_add(inside, q, sizeof(*q));
	return false;
}

/* Two networks that have the same of it make one endpoint. */
static const struct endpoint *narrowed(struct planner *pl, const struct endpoint *e,
				       const char *network, const struct buf *inside)
{
	const struct prefix *prefixes = (const void *)inside->data;
	size_t n = inside->n / sizeof(*prefixes);
	struct buf key = BUF_INIT;
	char text[PREFIX_TEXT_MAX];
	struct endpoint *own;
	unsigned index;

	buf_addf(&key, "%s on", e->name);
	for (size_t i = 0; i < n; i++)
		buf_addf(&key, " %s", prefix_text(&prefixes[i], text));
	own = intern(pl, e->kind, key.data, e->zone);
	buf_release(&key);
	if (own->whole)
		return own;
	index = own->index;
	*own = *e;
	own->index = index;
	own->whole = e;
	own->network = plan_keep(pl, plan_line(pl, "%s.%s", pl->now->name, network));
	own->addresses.items = ARENA_ARRAY(pl->arena, struct prefix, n);
	own->addresses.n = n;
	memcpy(own->addresses.items, prefixes, inside->n);
	return own;
}

const struct endpoint *endpoint_on_network(struct planner *pl, const struct endpoint *e,
					   const struct use_network *network)
{
	struct buf inside = BUF_INIT;
	bool all = e->addresses.n != 0;

	for_each (p, &e->addresses)
		all = add_inside(pl, e, p, network, &inside) && all;
	if (!all)
		e = inside.n ? narrowed(pl, e, network->name.s, &inside) : NULL;
	buf_release(&inside);
	return e;
}

const struct endpoint *endpoint_whole(const struct endpoint *e)
{
	return e->whole ? e->whole : e;
}

/* --- what they have in common ----------------------------------------------------------------- */

bool endpoint_has_addr(const struct endpoint *e, const struct addr *a)
{
	for_each (p, &e->addresses)
		if (prefix_has(p, a))
			return true;
	return false;
}

static bool has_prefix(const struct endpoint *e, const struct prefix *p)
{
	for_each (q, &e->addresses)
		if (prefix_has_prefix(q, p))
			return true;
	return false;
}

bool endpoints_overlap(const struct endpoint *a, const struct endpoint *b)
{
	if (a == b)
		return true;
	for_each (p, &a->addresses)
		if (has_prefix(b, p))
			return true;
	for_each (p, &b->addresses)
		if (has_prefix(a, p))
			return true;
	return false;
}

bool endpoints_share_host(const struct endpoint *a, const struct endpoint *b)
{
	return (a->host && a->host == b->host) || (a->device && a->device == b->device);
}

bool endpoint_is_multicast(const struct endpoint *e)
{
	return e->outside && e->outside->multicast.n && !e->outside->addresses.n;
}

unsigned endpoint_families(const struct endpoint *e)
{
	unsigned families = 0;

	for_each (p, &e->addresses)
		families |= p->addr.family == 4 ? FAMILY_4 : FAMILY_6;
	return families ? families : FAMILY_4 | FAMILY_6;
}
