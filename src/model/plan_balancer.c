/* SPDX-License-Identifier: ISC
 *
 * What load balancers ask their members, to know whether they live.
 */
#include "model/plan_int.h"

static struct text plain(const char *s)
{
	return (struct text){s, PLACE_NONE};
}

static struct wanted wanted_of(const struct expr *check)
{
	const struct setting_env env = {NULL, NULL};
	struct wanted w = {.transport = check->leaf.transport, .name = check->leaf.name};
	const struct setting_ref *missing;
	char why[120];

	if (w.transport != TRANSPORT_ICMP &&
	    ports_resolve(&check->leaf.ports, &env, &w.ports, &missing, why) != PORTS_OK)
		w.transport = TRANSPORT_NONE; /* the reader has refused it */
	return w;
}

/* A requirement of nobody's product, so that these flows have a reason like all others. */
static struct requirement *check_requirement(struct planner *pl, const struct device *d,
					     const struct balancer *b, const struct wanted *w)
{
	struct requirement *q = ARENA_NEW(pl->arena, struct requirement);
	const char *t = transport_names[w->transport];

	q->id = plain(
		plan_keep(pl, w->name ? plan_line(pl, "%s-asks-%s-%s", d->name.s, t, w->name)
				      : plan_line(pl, "%s-asks-%s-%u", d->name.s, t, w->ports.lo)));
	q->id.at = b->place;
	q->from = d->name;
	q->to = plain("members");
	q->needs = b->health_check;
	q->why = plain("the balancer asks its members whether they live");
	return q;
}

static void check_member(struct planner *pl, const struct device *d, struct requirement *q,
			 const struct wanted *what, const struct endpoint *member)
{
	const struct player to = {.endpoint = member};
	const struct player from = {.endpoint =
					    endpoint_of_device(pl, d, plan_facing(pl, d, member))};
	struct demand *demand = ARENA_NEW(pl->arena, struct demand);
	struct pair p = {.pl = pl, .requirement = q, .from = &from, .to = &to, .demand = demand};
	struct wanted w = *what;

	w.from = from.endpoint;
	w.to = to.endpoint;
	demand->installation = pl->now;
	demand->requirement = q;
	demand->from = w.from;
	demand->to = w.to;
	buf_add(&pl->demands, &demand, sizeof(demand));
	demand->needs = plan_flow(&p, &w, (struct claim){0});
}

/* Of a host with several places, the nearest. */
static const struct endpoint *place_of(struct planner *pl, const struct device *d,
				       const struct addr_port *ap)
{
	const struct endpoint *best = NULL;
	const struct ends *ends;
	size_t fewest = SIZE_MAX;

	if (!ap->host)
		return endpoint_of_address(pl, ap);
	ends = endpoints_of_host(pl, ap->host);
	for_each (e, &ends->all) {
		const struct endpoint *here = endpoint_of_device(pl, d, plan_facing(pl, d, *e));
		size_t distance = plan_distance(pl, here, *e);

		if (best && distance >= fewest)
			continue;
		best = *e;
		fewest = distance;
	}
	return best;
}

static void check_members(struct planner *pl, const struct device *d, const struct balancer *b)
{
	struct wanted w = wanted_of(b->health_check);
	struct requirement *q;

	if (w.transport == TRANSPORT_NONE)
		return;
	q = check_requirement(pl, d, b, &w);
	for_each (ap, &b->to) {
		const struct endpoint *member = place_of(pl, d, ap);

		if (member)
			check_member(pl, d, q, &w, member);
	}
}

static bool has_checks(const struct site *site)
{
	for_each (d, &site->devices)
		for_each (b, &d->load_balancer)
			if (b->health_check)
				return true;
	return false;
}

void plan_health_checks(struct planner *pl)
{
	struct installation *now;
	struct product *own;

	if (!has_checks(pl->site))
		return;
	own = ARENA_NEW(pl->arena, struct product);
	own->name = plain("health_check");
	now = &pl->plan->installations.items[pl->plan->installations.n++];
	*now = (struct installation){NULL, own, "health_check"};
	pl->now = now;
	for_each (d, &pl->site->devices)
		for_each (b, &d->load_balancer)
			if (b->health_check)
				check_members(pl, d, b);
}
