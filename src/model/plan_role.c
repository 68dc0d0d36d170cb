/* SPDX-License-Identifier: ISC
 *
 * Roles become players, and of all players those who meet.
 */
#include "base/mem.h"
#include "model/plan_int.h"

/* --- players ---------------------------------------------------------------------------------- */

struct gathering {
	struct planner *pl;
	struct buf players; /* struct player */
	struct map keys;    /* of those that are there; keys in the arena */
	struct player like; /* role, binding, settings of those that are added */
};

/* Who is bound twice, once by name and once in a group, plays once; unless the settings differ, or
 * whom it serves. */
static void format_key(const struct player *p, struct buf *key)
{
	buf_addf(key, "%u", p->endpoint->index);
	if (p->binding && p->binding->serves.n)
		buf_addf(key, " %p", (const void *)p->binding);
	if (p->settings)
		for_each (v, &p->settings->settings)
			buf_addf(key, "\n%s=%s", v->name.s, v->value.s);
}

static void add_player(struct gathering *g, const struct endpoint *e)
{
	struct buf key = BUF_INIT;

	g->like.endpoint = e;
	format_key(&g->like, &key);
	if (!map_find(&g->keys, buf_slice(&key))) {
		map_add(&g->keys, slice_of(plan_keep(g->pl, key.data)), g);
		buf_add(&g->players, &g->like, sizeof(g->like));
	}
	buf_release(&key);
}

static void add_host(struct gathering *g, const struct host *h)
{
	for_each (e, &endpoints_of_host(g->pl, h)->all)
		add_player(g, *e);
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
			g->like = (struct player){.role = role, .binding = b, .settings = instance};
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
	map_release(&g.keys);
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

/* Looked at for each pair, so that membership is found once for each group. */
static bool is_member(struct planner *pl, const struct group *group, const struct host *h)
{
	const struct site *site = pl->site;
	bool **members;

	if (!h)
		return false;
	if (!pl->members)
		pl->members = ARENA_ARRAY(pl->arena, bool *, site->groups.n);
	members = &pl->members[group - site->groups.items];
	if (!*members) {
		*members = ARENA_ARRAY(pl->arena, bool, site->hosts.n);
		for_each (member, &group->hosts)
			(*members)[*member - site->hosts.items] = true;
	}
	return (*members)[h - site->hosts.items];
}

static bool is_inside(const struct endpoint *e, const struct prefix *network)
{
	for_each (p, &e->addresses)
		if (!prefix_has_prefix(network, p))
			return false;
	return e->addresses.n != 0;
}

static bool target_has(struct planner *pl, const struct target *t, const struct endpoint *e)
{
	switch (t->kind) {
	case TARGET_HOST:
		return e->host && e->host == t->host;
	case TARGET_DEVICE:
		return e->device && e->device == t->device;
	case TARGET_ZONE:
		return e->zone == t->zone;
	case TARGET_NETWORK:
		return is_inside(e, &t->network);
	case TARGET_GROUP:
		if (is_member(pl, t->group, e->host))
			return true;
		for_each (network, &t->group->networks)
			if (is_inside(e, network))
				return true;
		return false;
	}
	return false;
}

static bool says_whom(const struct player *player)
{
	return player->binding && player->binding->serves.n;
}

static bool serves(struct planner *pl, const struct player *player, const struct endpoint *peer)
{
	if (says_whom(player))
		for_each (t, &player->binding->serves)
			if (target_has(pl, t, peer))
				return true;
	return false;
}

static bool anybody_serves(struct planner *pl, const struct role *role, const struct endpoint *peer)
{
	const struct players *all = plan_players(pl, role);

	for_each (player, &all->all)
		if (serves(pl, player, peer))
			return true;
	return false;
}

/* One that does not say whom it serves, and is not of the first role, would never act. */
static void ask_whom_it_serves(struct planner *pl, const struct player *player)
{
	const char *name = player->endpoint->name, *role = player->role->name.s;

	plan_ask(pl, plan_line(pl, "%s.roles.%s serves", pl->now->name, role),
		 plan_binding_line(pl, player, "serves: [zone ZONE]"),
		 "whom does %s (%s) serve? Until the site says so, it serves nobody", name, role);
}

static bool plays(const struct players *all, const struct player *player)
{
	for_each (other, &all->all)
		if (other->endpoint == endpoint_whole(player->endpoint) &&
		    other->binding == player->binding)
			return true;
	return false;
}

/* Who says whom it serves serves nobody else; the first role of the list takes the rest. */
bool plan_plays_for(struct planner *pl, const struct role *role, const struct player *player,
		    const struct endpoint *peer)
{
	const struct players *firsts;

	if (!role->is.n || player->role == role)
		return true;
	if (says_whom(player))
		return serves(pl, player, peer);
	if (anybody_serves(pl, role, peer))
		return false;
	firsts = plan_players(pl, product_role(pl->now->product, role->is.items[0].s));
	if (!firsts->all.n || plays(firsts, player))
		return true; /* also where nobody else is there */
	ask_whom_it_serves(pl, player);
	return false;
}

static bool anybody_plays_for(const struct pair *p, const struct role *role,
			      const struct players *all, const struct endpoint *peer)
{
	for_each (player, &all->all)
		if (plan_plays_for(p->pl, role, player, peer))
			return true;
	return false;
}

/* All of them say whom they serve, and none says this one. Of a role that only one may play, those
 * that nobody serves are meant to be left out. */
void plan_warn_unserved(const struct pair *p, const struct role *role, const struct players *all,
			const struct players *peers)
{
	struct planner *pl = p->pl;

	if (role->is.n < 2)
		return;
	for_each (peer, &peers->all) {
		if (anybody_plays_for(p, role, all, peer->endpoint))
			continue;
		plan_warn(pl, (struct finding){
				      .severity = SEVERITY_MEDIUM,
				      .code = "nobody-serves",
				      .subject = plan_line(pl, "%s.roles.%s", pl->now->name,
							   role->name.s),
				      .evidence = plan_line(pl, "%s: nobody is %s for %s",
							    p->requirement->id.s, role->name.s,
							    peer->endpoint->name),
				      .fix = "say who serves it, or leave \"serves\" out for who "
					     "takes the rest",
				      .at = pl->now->use->place});
	}
}

static void add_targets(struct buf *out, const void *targets_)
{
	const LIST_OF(struct target) *targets = targets_;
	const char *between = ", serves: [";

	for_each (t, targets) {
		buf_addf(out, "%s%s", between, t->text.s);
		between = ", ";
	}
	if (targets->n)
		buf_add_char(out, ']');
}

const char *plan_binding_line(struct planner *pl, const struct player *player, const char *more)
{
	const struct binding *b = player->binding;
	const struct role_binding *rb = b ? find_binding(pl->now->use, player->role) : NULL;
	struct buf out = BUF_INIT;
	const char *line;

	buf_addf(&out, "{to: %s", b ? b->to.text.s : player->endpoint->name);
	if (b)
		add_targets(&out, &b->serves);
	if (player->settings)
		for_each (v, &player->settings->settings)
			buf_addf(&out, ", %s: \"%s\"", v->name.s, v->value.s);
	buf_addf(&out, ", %s}", more);
	if (rb && rb->bindings.n > 1)
		line = plan_line(pl, "uses[%zu].roles.%s[%zu]: %s", pl->use_index,
				 player->role->name.s, (size_t)(b - rb->bindings.items), out.data);
	else
		line = plan_line(pl, "uses[%zu].roles.%s: [%s]", pl->use_index,
				 player->role->name.s, out.data);
	buf_release(&out);
	return line;
}

/* --- several endpoints of one host ------------------------------------------------------------ */

struct siblings {
	const struct player *begin, *end;
};

static bool are_siblings(const struct player *a, const struct player *b)
{
	return a->settings == b->settings && endpoints_share_host(a->endpoint, b->endpoint);
}

/* The players that stand for the same host or device, side by side. */
static struct siblings siblings_of(const struct players *all, const struct player *one)
{
	struct siblings s = {one, one + 1};

	while (s.begin > all->all.items && are_siblings(s.begin - 1, one))
		s.begin--;
	while (s.end < all->all.items + all->all.n && are_siblings(s.end, one))
		s.end++;
	return s;
}

static unsigned common_families(const struct player *a, const struct player *b)
{
	return endpoint_families(a->endpoint) & endpoint_families(b->endpoint);
}

/* Is there a better pair than (x, y) for these families? Nearer, or as near and before it. */
static bool has_rival(const struct pair *p, struct siblings from, struct siblings to,
		      unsigned families)
{
	size_t distance = plan_distance(p->pl, p->from->endpoint, p->to->endpoint);
	bool before = true;

	for (const struct player *x = from.begin; x < from.end; x++) {
		for (const struct player *y = to.begin; y < to.end; y++) {
			unsigned common = common_families(x, y);
			size_t d;

			if (x == p->from && y == p->to) {
				before = false;
				continue;
			}
			if (!families && common)
				return true;
			if (families && !(common & families))
				continue;
			d = plan_distance(p->pl, x->endpoint, y->endpoint);
			if (d < distance || (d == distance && before))
				return true;
		}
	}
	return false;
}

bool plan_is_nearest(const struct pair *p, const struct players *from, const struct players *to)
{
	struct siblings a, b;
	unsigned common;

	if (!p->from->endpoint->one_of_several && !p->to->endpoint->one_of_several)
		return true;
	a = siblings_of(from, p->from);
	b = siblings_of(to, p->to);
	if (endpoints_share_host(p->from->endpoint, p->to->endpoint))
		return p->from == a.begin && p->to == b.begin;
	common = common_families(p->from, p->to);
	if (!common)
		return !has_rival(p, a, b, 0);
	return ((common & FAMILY_4) && !has_rival(p, a, b, FAMILY_4)) ||
	       ((common & FAMILY_6) && !has_rival(p, a, b, FAMILY_6));
}
