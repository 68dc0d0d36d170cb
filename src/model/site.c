/* SPDX-License-Identifier: ISC */
#include "model/site.h"

void site_free(struct site *s)
{
	if (!s)
		return;
	map_release(&s->hosts_by_name);
	map_release(&s->zones_by_name);
	map_release(&s->groups_by_name);
	map_release(&s->devices_by_name);
	arena_free(s->arena);
}

struct grant use_grant(const struct use *use, const char *requirement)
{
	struct grant all = use ? use->grant : (struct grant){0};

	if (!use)
		return all;
	for_each (g, &use->grants) {
		if (!text_is(g->requirement, requirement))
			continue;
		all.owner = g->owner.s ? g->owner : all.owner;
		all.ticket = g->ticket.s ? g->ticket : all.ticket;
		all.expires = g->expires.s ? g->expires : all.expires;
	}
	return all;
}

const struct zone *site_zone_of(const struct site *s, const struct addr *a)
{
	const struct zone *best = NULL;
	int bits = -1;

	for_each (z, &s->zones) {
		for_each (p, &z->networks) {
			if ((int)p->bits > bits && prefix_has(p, a)) {
				best = z;
				bits = p->bits;
			}
		}
	}
	return best;
}
