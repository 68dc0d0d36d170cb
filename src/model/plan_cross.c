/* SPDX-License-Identifier: ISC
 *
 * The site's own rules: what never crosses from one zone to another.
 */
#include "model/plan_int.h"
#include "model/service.h"

static struct text plain(const char *s)
{
	return (struct text){s, PLACE_NONE};
}

/* A requirement of nobody's product, so that these flows have a reason like all others. */
static struct requirement *perimeter_requirement(struct planner *pl, const struct never_cross *n,
						 size_t i)
{
	struct requirement *q = ARENA_NEW(pl->arena, struct requirement);
	struct expr *forbid = ARENA_NEW(pl->arena, struct expr);

	q->id = plain(plan_keep(pl, plan_line(pl, "%s-%s-to-%s", n->service.s,
					      n->between[i]->name.s, n->between[1 - i]->name.s)));
	q->id.at = n->place;
	q->from = plain(n->between[i]->name.s);
	q->to = plain(n->between[1 - i]->name.s);
	q->forbid = forbid;
	q->service = n->service;
	q->why = plain("the site's own rule: this never crosses");
	return q;
}

static void forbid_ports(struct pair *p, const struct service *s, struct buf *kids)
{
	static const struct {
		unsigned on;
		enum transport transport;
	} kinds[] = {{ON_TCP, TRANSPORT_TCP}, {ON_UDP, TRANSPORT_UDP}, {ON_SCTP, TRANSPORT_SCTP}};

	for (size_t i = 0; i < s->n_ports; i++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			struct wanted w = {.from = p->from->endpoint,
					   .to = p->to->endpoint,
					   .transport = kinds[k].transport,
					   .ports = {s->ports[i].lo, s->ports[i].hi},
					   .service = s->name};

			if (s->ports[i].on & kinds[k].on)
				need_add(kids, plan_legs(p, &w));
		}
	}
}

static void never_cross_one_way(struct planner *pl, const struct never_cross *n, size_t i,
				const struct service *s)
{
	const struct player from = {.endpoint = endpoint_of_zone(pl, n->between[i])};
	const struct player to = {.endpoint = endpoint_of_zone(pl, n->between[1 - i])};
	struct demand *d = ARENA_NEW(pl->arena, struct demand);
	struct pair p = {.pl = pl,
			 .requirement = perimeter_requirement(pl, n, i),
			 .from = &from,
			 .to = &to,
			 .demand = d};
	struct buf kids = BUF_INIT;

	d->installation = pl->now;
	d->requirement = p.requirement;
	d->from = from.endpoint;
	d->to = to.endpoint;
	buf_add(&pl->demands, &d, sizeof(d));
	forbid_ports(&p, s, &kids);
	d->needs = need_join(pl, NEED_ALL, &kids);
}

void plan_never_cross(struct planner *pl)
{
	struct plan *plan = pl->plan;
	struct product *own;
	struct installation *now;

	if (!pl->site->never_cross.n)
		return;
	own = ARENA_NEW(pl->arena, struct product);
	own->name = plain("never_cross");
	now = &plan->installations.items[plan->installations.n++];
	*now = (struct installation){NULL, own, "never_cross"};
	pl->now = now;
	for_each (n, &pl->site->never_cross) {
		struct service s;

		if (!service_find(slice_of(n->service.s), &s)) {
			errs_add(pl->errs, n->service.at, "unknown service \"%.60s\"",
				 n->service.s);
			continue;
		}
		never_cross_one_way(pl, n, 0, &s);
		never_cross_one_way(pl, n, 1, &s);
	}
}
