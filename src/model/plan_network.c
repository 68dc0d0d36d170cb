/* SPDX-License-Identifier: ISC
 *
 * Machines that are on several networks: which of their addresses a requirement is about.
 */
#include "model/plan_int.h"

static const struct use_network *find_network(const struct use *u, struct text name)
{
	for_each (n, &u->networks)
		if (name.s && text_same(n->name, name))
			return n;
	return NULL;
}

/* --- questions -------------------------------------------------------------------------------- */

/* A name does not tell the network: addresses go instead of it. */
static const char *host_line(struct planner *pl, const struct host *h)
{
	struct buf have = BUF_INIT;
	char text[ADDR_TEXT_MAX];
	const char *line;

	for_each (a, &h->addresses)
		buf_addf(&have, "%s, ", addr_text(a, text));
	line = h->addresses.n
		       ? plan_line(pl, "hosts.%s.addresses: [%sADDRESS]", h->name.s, have.data)
		       : plan_line(pl, "hosts.%s: {addresses: [ADDRESS]}", h->name.s);
	buf_release(&have);
	return line;
}

static const char *network_line(struct planner *pl, const struct use_network *n)
{
	struct buf have = BUF_INIT;
	char text[PREFIX_TEXT_MAX];
	const char *line;

	for_each (p, &n->networks)
		buf_addf(&have, "%s, ", prefix_text(p, text));
	line = plan_line(pl, "uses[%zu].networks.%s: {networks: [%sNETWORK]}", pl->use_index,
			 n->name.s, have.data);
	buf_release(&have);
	return line;
}

static const char *line_for(struct planner *pl, const struct endpoint *e,
			    const struct use_network *n)
{
	if (e->host)
		return host_line(pl, e->host);
	if (e->device)
		return plan_line(pl, "devices.%s.interfaces.%s: {zone: ZONE, addresses: [ADDRESS]}",
				 e->name, n->name.s);
	return network_line(pl, n);
}

static void ask_address(struct planner *pl, const struct endpoint *e, const struct use_network *n)
{
	plan_ask(pl, plan_line(pl, "%s on %s.%s", e->name, pl->now->name, n->name.s),
		 line_for(pl, e, n), "which address has %s in the network %s of %s?", e->name,
		 n->name.s, pl->now->name);
}

/* --- players ---------------------------------------------------------------------------------- */

/* A role outside has the addresses of others, and our networks say nothing of them. */
static bool add_player(struct planner *pl, struct players *result, const struct player *player,
		       const struct use_network *n)
{
	const struct endpoint *e = player->endpoint;

	if (e->kind != ENDPOINT_OUTSIDE)
		e = endpoint_on_network(pl, e, n);
	if (!e)
		return false;
	result->all.items[result->all.n] = *player;
	result->all.items[result->all.n++].endpoint = e;
	return true;
}

const struct players *plan_on_network(struct planner *pl, const struct players *all,
				      struct text name)
{
	const struct use_network *n = find_network(pl->now->use, name);
	struct players *result;
	bool found = false;

	if (!n)
		return all;
	result = ARENA_NEW(pl->arena, struct players);
	result->bound = all->bound;
	result->all.items = ARENA_ARRAY(pl->arena, struct player, all->all.n);
	for_each (player, &all->all) {
		bool last = player + 1 == all->all.items + all->all.n ||
			    !endpoints_share_host(player[0].endpoint, player[1].endpoint);

		found = add_player(pl, result, player, n) || found;
		if (last && !found)
			ask_address(pl, player->endpoint, n);
		found = found && !last;
	}
	return result;
}
