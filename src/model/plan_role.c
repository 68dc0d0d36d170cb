/* SPDX-License-Identifier: ISC
 *
 * Roles become players, and players have endpoints.
 */
#include <stdio.h>

#include "model/plan_int.h"

/* --- endpoints -------------------------------------------------------------------------------- */

/* One endpoint for each thing and zone, so that equal endpoints are equal pointers. */
static struct endpoint *intern(struct planner *pl, enum endpoint_kind kind, const char *name,
			       const struct zone *zone)
{
	const char *key = arena_printf(pl->arena, "%d %s %s", kind, name, zone ? zone->name.s : "");
	struct endpoint *e = map_find(&pl->endpoints, slice_of(key));

	if (e)
		return e;
	e = ARENA_NEW(pl->arena, struct endpoint);
	e->kind = kind;
	e->name = name;
	e->zone = zone;
	map_add(&pl->endpoints, slice_of(key), e);
	return e;
}

static void add_prefix(struct planner *pl, struct endpoint *e, struct prefix p)
{
	struct prefix *more = ARENA_ARRAY(pl->arena, struct prefix, e->addresses.n + 1);

	if (e->addresses.n)
		memcpy(more, e->addresses.items, e->addresses.n * sizeof(*more));
	more[e->addresses.n] = p;
	e->addresses.items = more;
	e->addresses.n++;
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

/* Addresses that fall through to the zone of "any" say nothing beside one that has a zone. */
static bool is_stray(const struct planner *pl, const struct host *h, const struct zone *z)
{
	if (!z || !z->any)
		return false;
	for_each (a, &h->addresses) {
		const struct zone *other = site_zone_of(pl->site, a);

		if (other && !other->any)
			return true;
	}
	return false;
}

/* One endpoint for each zone that the host has addresses in. Returns how many. */
static size_t endpoints_of_host(struct planner *pl, const struct host *h,
				const struct endpoint *found[], size_t room)
{
	size_t n = 0;

	if (h->dns_name.s) {
		struct endpoint *e = intern(pl, ENDPOINT_HOST, h->name.s, h->zone);

		e->host = h;
		e->names.items = (struct text *)&h->dns_name;
		e->names.n = 1;
		if (!h->zone && pl->site->zones.n)
			plan_ask(pl, plan_line(pl, "hosts.%s.zone", h->name.s),
				 plan_line(pl, "hosts.%s.zone: ZONE", h->name.s),
				 "in which zone is %s? Its name alone does not tell", h->name.s);
		found[0] = e;
		return 1;
	}
	for_each (a, &h->addresses) {
		const struct zone *z = zone_of(pl, a, h->name.s);
		struct endpoint *e;
		size_t i = 0;

		if (is_stray(pl, h, z))
			continue;
		e = intern(pl, ENDPOINT_HOST, h->name.s, z);
		e->host = h;
		if (!endpoint_has_addr(e, a))
			add_prefix(pl, e, prefix_of_addr(a));
		while (i < n && found[i] != e)
			i++;
		if (i == n && n < room)
			found[n++] = e;
	}
	for (size_t i = 0; n > 1 && i < n; i++)
		((struct endpoint *)found[i])->one_of_several = true;
	return n;
}

bool endpoint_has_addr(const struct endpoint *e, const struct addr *a)
{
	for_each (p, &e->addresses)
		if (prefix_has(p, a))
			return true;
	return false;
}

/* Whether every address of `narrow` is one of `wide`. */
bool endpoint_covers(const struct endpoint *wide, const struct endpoint *narrow)
{
	if (wide == narrow)
		return true;
	if (!narrow->addresses.n)
		return false;
	for_each (p, &narrow->addresses) {
		bool inside = false;

		for_each (q, &wide->addresses)
			inside |= prefix_has_prefix(q, p);
		if (!inside)
			return false;
	}
	return true;
}

bool endpoints_share_host(const struct endpoint *a, const struct endpoint *b)
{
	return (a->host && a->host == b->host) || (a->device && a->device == b->device);
}

const struct endpoint *endpoint_of_device(struct planner *pl, const struct device *d,
					  const struct interface *i)
{
	const char *key = plan_line(pl, "%s.%s", d->name.s, i ? i->name.s : "");
	struct endpoint *e = intern(pl, ENDPOINT_DEVICE, key, i ? i->zone : NULL);

	if (e->device)
		return e;
	e->name = d->name.s;
	e->device = d;
	e->interface = i;
	e->one_of_several = d->interfaces.n > 1;
	if (i)
		for_each (a, &i->addresses)
			add_prefix(pl, e, prefix_of_addr(a));
	return e;
}

const struct endpoint *endpoint_of_zone(struct planner *pl, const struct zone *z)
{
	struct endpoint *e =
		intern(pl, ENDPOINT_NETWORK, plan_line(pl, "zone %s", z->name.s), z);

	e->addresses.items = z->networks.items;
	e->addresses.n = z->networks.n;
	return e;
}

static const struct endpoint *endpoint_of_prefix(struct planner *pl, const char *name,
						 const struct prefix *p)
{
	struct endpoint *e =
		intern(pl, ENDPOINT_NETWORK, name, zone_of(pl, &p->addr, name));

	if (!e->addresses.n)
		add_prefix(pl, e, *p);
	return e;
}

const struct endpoint *endpoint_of_address(struct planner *pl, const struct addr_port *ap)
{
	const struct endpoint *found[8];
	struct prefix p = prefix_of_addr(&ap->addr);
	char text[ADDR_TEXT_MAX];

	if (ap->host && endpoints_of_host(pl, ap->host, found, ARRAY_LEN(found)))
		return found[0];
	return endpoint_of_prefix(pl, plan_line(pl, "%s", addr_text(&ap->addr, text)), &p);
}

/* The world behind a name: in the zone of "any", or of its published addresses. */
static const struct endpoint *endpoint_of_outside(struct planner *pl, const struct role *role)
{
	const struct zone *zone = NULL;
	const struct prefix *first = role->addresses.n   ? role->addresses.items
				     : role->multicast.n ? role->multicast.items
							 : NULL;
	struct endpoint *e;

	if (first)
		zone = site_zone_of(pl->site, &first->addr);
	for_each (z, &pl->site->zones)
		if (!first && z->any)
			zone = z;
	e = intern(pl, ENDPOINT_OUTSIDE, role->name.s, zone);
	e->outside = role;
	e->names.items = role->names.items;
	e->names.n = role->names.n;
	e->addresses.items = first == role->multicast.items ? role->multicast.items
							    : role->addresses.items;
	e->addresses.n = first == role->multicast.items ? role->multicast.n : role->addresses.n;
	return e;
}

/* --- players ---------------------------------------------------------------------------------- */

struct gathering {
	struct planner *pl;
	struct buf players; /* struct player */
	struct player like; /* role, binding, settings of those that are added */
};

static void add_player(struct gathering *g, const struct endpoint *e)
{
	const struct player *have = (const void *)g->players.data;
	size_t n = g->players.n / sizeof(*have);

	for (size_t i = 0; n <= 64 && i < n; i++)
		if (have[i].endpoint == e && have[i].settings == g->like.settings)
			return;
	g->like.endpoint = e;
	buf_add(&g->players, &g->like, sizeof(g->like));
}

static void add_host(struct gathering *g, const struct host *h)
{
	const struct endpoint *found[8];
	size_t n = endpoints_of_host(g->pl, h, found, ARRAY_LEN(found));

	for (size_t i = 0; i < n; i++)
		add_player(g, found[i]);
}

static void add_group(struct gathering *g, const struct group *group)
{
	char text[PREFIX_TEXT_MAX];

	for_each (h, &group->hosts)
		add_host(g, *h);
	for_each (p, &group->networks)
		add_player(g, endpoint_of_prefix(g->pl,
						 plan_line(g->pl, "group %s %s", group->name.s,
							   prefix_text(p, text)),
						 p));
}

static void add_device(struct gathering *g, const struct device *d)
{
	for_each (i, &d->interfaces)
		if (i->addresses.n)
			add_player(g, endpoint_of_device(g->pl, d, i));
	if (!d->interfaces.n)
		add_player(g, endpoint_of_device(g->pl, d, NULL));
}

static void add_target(struct gathering *g, const struct target *t)
{
	switch (t->kind) {
	case TARGET_HOST:
		if (t->host)
			add_host(g, t->host);
		break;
	case TARGET_GROUP:
		add_group(g, t->group);
		break;
	case TARGET_ZONE:
		add_player(g, endpoint_of_zone(g->pl, t->zone));
		break;
	case TARGET_DEVICE:
		add_device(g, t->device);
		break;
	case TARGET_NETWORK:
		add_player(g, endpoint_of_prefix(g->pl, t->text.s, &t->network));
		break;
	}
}

static const struct role_binding *find_binding(const struct use *u, const struct role *role)
{
	for_each (rb, &u->roles)
		if (text_same(rb->role, role->name))
			return rb;
	return NULL;
}

static void add_bound(struct gathering *g, const struct role *role, const struct role_binding *rb)
{
	for_each (b, &rb->bindings) {
		for_each (instance, &b->instances) {
			g->like = (struct player){
				.role = role, .binding = b, .settings = instance};
			add_target(g, &b->to);
		}
	}
}

static void add_players_of(struct gathering *g, struct planner *pl, const void *names_,
			   struct players *result)
{
	const LIST_OF(struct text) *names = names_;

	for_each (name, names) {
		const struct players *others =
			plan_players(pl, product_role(pl->now->product, name->s));

		result->bound |= others->bound;
		for_each (player, &others->all) {
			g->like = *player;
			add_player(g, player->endpoint);
		}
	}
}

static void find_players(struct planner *pl, const struct role *role, struct players *result)
{
	const struct role_binding *rb = find_binding(pl->now->use, role);
	struct gathering g = {.pl = pl, .players = BUF_INIT};

	if (rb) {
		result->bound = true;
		add_bound(&g, role, rb);
	} else if (role->outside) {
		result->bound = true;
		g.like = (struct player){.role = role};
		add_player(&g, endpoint_of_outside(pl, role));
	}
	if (!rb)
		add_players_of(&g, pl, &role->is, result);
	add_players_of(&g, pl, &role->includes, result);
	result->all.n = g.players.n / sizeof(struct player);
	result->all.items = ARENA_ARRAY(pl->arena, struct player, result->all.n);
	if (result->all.n)
		memcpy(result->all.items, g.players.data, g.players.n);
	buf_release(&g.players);
}

const struct players *plan_players(struct planner *pl, const struct role *role)
{
	size_t i = (size_t)(role - pl->now->product->roles.items);

	if (!pl->players_known[i]) {
		pl->players_known[i] = true;
		find_players(pl, role, &pl->players[i]);
	}
	return &pl->players[i];
}

/* --- substitution ----------------------------------------------------------------------------- */

static bool target_has(const struct target *t, const struct endpoint *e)
{
	switch (t->kind) {
	case TARGET_HOST:
		return e->host && e->host == t->host;
	case TARGET_DEVICE:
		return e->device && e->device == t->device;
	case TARGET_ZONE:
		return e->zone == t->zone;
	case TARGET_NETWORK:
		for_each (p, &e->addresses)
			if (!prefix_has_prefix(&t->network, p))
				return false;
		return e->addresses.n != 0;
	case TARGET_GROUP:
		for_each (h, &t->group->hosts)
			if (e->host == *h)
				return true;
		for_each (network, &t->group->networks)
			for_each (p, &e->addresses)
				if (prefix_has_prefix(network, p))
					return true;
		return false;
	}
	return false;
}

static bool serves(const struct player *player, const struct endpoint *peer)
{
	if (player->binding)
		for_each (t, &player->binding->serves)
			if (target_has(t, peer))
				return true;
	return false;
}

static bool anybody_serves(struct planner *pl, const struct role *role, const struct endpoint *peer)
{
	const struct players *all = plan_players(pl, role);

	for_each (player, &all->all)
		if (serves(player, peer))
			return true;
	return false;
}

/* One that does not say whom it serves, and is not of the first role, would never act. */
static void ask_whom_it_serves(struct planner *pl, const struct player *player)
{
	const char *name = player->endpoint->name, *role = player->role->name.s;

	plan_ask(pl, plan_line(pl, "%s.roles.%s serves", pl->now->name, role),
		 plan_line(pl, "uses[%zu].roles.%s: [{to: %s, serves: [zone ZONE]}]", pl->use_index,
			   role, name),
		 "whom does %s (%s) serve? Until the site says so, it serves nobody", name, role);
}

bool plan_plays_for(struct planner *pl, const struct role *role, const struct player *player,
		    const struct endpoint *peer)
{
	const struct role *first;

	if (!role->is.n || player->role == role)
		return true;
	if (anybody_serves(pl, role, peer))
		return serves(player, peer);
	first = product_role(pl->now->product, role->is.items[0].s);
	if (player->role == first)
		return true;
	if (!player->binding || !player->binding->serves.n) {
		const struct players *firsts = plan_players(pl, first);

		if (!firsts->all.n)
			return true; /* nobody else there: it takes all */
		ask_whom_it_serves(pl, player);
	}
	return false;
}
