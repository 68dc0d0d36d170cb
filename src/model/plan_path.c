/* SPDX-License-Identifier: ISC
 *
 * Which devices a connection crosses. Zones are the places, devices with a leg in two zones are the
 * ways. Where the site says nothing and more than one way is possible, that is a question.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "model/plan_int.h"

struct known_path {
	struct path *path; /* NULL: not yet looked for */
	bool asked;
};

struct path_table {
	struct known_path *known; /* by zone and zone */
};

enum { HOPS_MAX = 8, PATHS_TOLD = 4, STEPS_MAX = 100000 };

/* A walk from zone to zone that visits no zone and no device twice. */
struct walk {
	const struct site *site;
	const struct zone *goal;
	struct hop hops[HOPS_MAX];
	size_t n;
	struct hop found[PATHS_TOLD][HOPS_MAX];
	size_t found_n[PATHS_TOLD];
	size_t n_found;
	size_t steps; /* a bound for a site that is a maze */
};

static bool is_proxy(const struct device *d)
{
	for_each (b, &d->load_balancer)
		if (b->plane == PLANE_RELAY)
			return true;
	return d->http_proxy.given || d->socks_proxy.given;
}

/* A proxy with two legs passes on what it understands, and routes nothing; an FTP gateway sits on a
 * box that routes the rest. */
static bool routes(const struct device *d)
{
	return !is_proxy(d) || d->filter != FILTER_NONE || d->source_nat.n || d->destination_nat.n;
}

static const struct interface *interface_in(const struct device *d, const struct zone *z)
{
	for_each (i, &d->interfaces)
		if (i->zone == z)
			return i;
	return NULL;
}

/* Two interfaces in one zone are one way. */
static bool is_way(const struct device *d, const struct interface *i)
{
	return interface_in(d, i->zone) == i;
}

static bool was_visited(const struct walk *w, const struct device *d, const struct zone *z)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->hops[i].device == d || w->hops[i].in->zone == z)
			return true;
	return false;
}

static void keep(struct walk *w)
{
	if (w->n_found < PATHS_TOLD) {
		memcpy(w->found[w->n_found], w->hops, w->n * sizeof(w->hops[0]));
		w->found_n[w->n_found] = w->n;
	}
	w->n_found++;
}

static void walk_from(struct walk *w, const struct zone *at);

/* Who has a leg where the connection goes delivers it there, and sends it nowhere else. */
static void walk_through(struct walk *w, const struct device *d, const struct interface *in)
{
	bool delivers = interface_in(d, w->goal) != NULL;

	for_each (out, &d->interfaces) {
		if (!is_way(d, out) || out->zone == in->zone || w->n_found >= PATHS_TOLD ||
		    w->steps++ > STEPS_MAX || (delivers && out->zone != w->goal) ||
		    was_visited(w, d, out->zone))
			continue;
		w->hops[w->n++] = (struct hop){d, in, out};
		walk_from(w, out->zone);
		w->n--;
	}
}

static void walk_from(struct walk *w, const struct zone *at)
{
	if (at == w->goal) {
		keep(w);
		return;
	}
	if (w->n == HOPS_MAX)
		return;
	for_each (d, &w->site->devices) {
		if (!routes(d))
			continue;
		for_each (in, &d->interfaces)
			if (in->zone == at && is_way(d, in))
				walk_through(w, d, in);
	}
}

/* Two devices side by side in `through` share a zone: their interfaces there face each other. */
static const struct interface *interface_towards(const struct device *d, const struct device *next)
{
	for_each (i, &d->interfaces)
		if (interface_in(next, i->zone))
			return i;
	return NULL;
}

static struct path *path_of_rule(struct planner *pl, const struct path_rule *rule, bool reversed)
{
	struct path *p = ARENA_NEW(pl->arena, struct path);
	size_t n = rule->through.n;

	p->hops.items = ARENA_ARRAY(pl->arena, struct hop, n);
	p->hops.n = n;
	for (size_t i = 0; i < n; i++) {
		const struct device *d = rule->through.items[reversed ? n - 1 - i : i];
		const struct device *before =
			i ? rule->through.items[reversed ? n - i : i - 1] : NULL;
		const struct device *after =
			i + 1 < n ? rule->through.items[reversed ? n - 2 - i : i + 1] : NULL;
		const struct zone *from = reversed ? rule->to : rule->from;
		const struct zone *to = reversed ? rule->from : rule->to;

		p->hops.items[i].device = d;
		p->hops.items[i].in = before ? interface_towards(d, before) : interface_in(d, from);
		p->hops.items[i].out = after ? interface_towards(d, after) : interface_in(d, to);
	}
	return p;
}

/* A rule, or the same rule backwards: a connection the other way crosses the same boxes. */
static struct path *find_rule(struct planner *pl, const struct zone *from, const struct zone *to)
{
	for_each (rule, &pl->site->paths)
		if (rule->from == from && rule->to == to)
			return path_of_rule(pl, rule, false);
	for_each (rule, &pl->site->paths)
		if (rule->from == to && rule->to == from)
			return path_of_rule(pl, rule, true);
	return NULL;
}

static void add_hop_names(struct buf *out, const struct hop *hops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s", i ? ", " : "", hops[i].device->name.s);
}

/* Each answer is an entry of its own behind those that are there. */
static size_t next_path(struct planner *pl)
{
	return pl->site->paths.n + pl->paths_asked++;
}

static void ask_which(struct planner *pl, const struct walk *w, const struct zone *from,
		      const struct zone *to)
{
	struct buf ways = BUF_INIT, first = BUF_INIT;

	for (size_t i = 0; i < w->n_found && i < PATHS_TOLD; i++) {
		if (i)
			buf_add_text(&ways, "; or ");
		add_hop_names(&ways, w->found[i], w->found_n[i]);
	}
	add_hop_names(&first, w->found[0], w->found_n[0]);
	plan_ask(pl, plan_line(pl, "paths from %s to %s", from->name.s, to->name.s),
		 plan_line(pl, "paths[%zu]: {from: %s, to: %s, through: [%s]}", next_path(pl),
			   from->name.s, to->name.s, first.data),
		 "which way is it from %s to %s: %s?", from->name.s, to->name.s, ways.data);
	buf_release(&ways);
	buf_release(&first);
}

static void ask_for_way(struct planner *pl, const struct zone *from, const struct zone *to)
{
	plan_ask(pl, plan_line(pl, "paths from %s to %s", from->name.s, to->name.s),
		 plan_line(pl, "paths[%zu]: {from: %s, to: %s, through: [DEVICE]}", next_path(pl),
			   from->name.s, to->name.s),
		 "which devices lie between %s and %s? None connects the two", from->name.s,
		 to->name.s);
}

static struct path *search(struct planner *pl, const struct zone *from, const struct zone *to,
			   bool ask)
{
	struct walk *w = mem_new(1, sizeof(*w));
	struct path *p = ARENA_NEW(pl->arena, struct path);

	w->site = pl->site;
	w->goal = to;
	walk_from(w, from);
	p->unknown = w->n_found != 1 || w->steps > STEPS_MAX;
	if (!p->unknown) {
		p->hops.n = w->found_n[0];
		p->hops.items = ARENA_ARRAY(pl->arena, struct hop, p->hops.n);
		memcpy(p->hops.items, w->found[0], p->hops.n * sizeof(struct hop));
	} else if (ask && w->n_found) {
		ask_which(pl, w, from, to);
	} else if (ask) {
		ask_for_way(pl, from, to);
	}
	free(w);
	return p;
}

static struct known_path *slot(struct planner *pl, const struct zone *from, const struct zone *to)
{
	size_t n = pl->site->zones.n;
	size_t i = (size_t)(from - pl->site->zones.items), k = (size_t)(to - pl->site->zones.items);

	if (!pl->path_table) {
		pl->path_table = mem_new(1, sizeof(*pl->path_table));
		pl->path_table->known = mem_new(n * n, sizeof(struct known_path));
	}
	return &pl->path_table->known[i * n + k];
}

/* Asked once for both directions: one rule answers both. */
static const struct path *find_path(struct planner *pl, const struct endpoint *from,
				    const struct endpoint *to, bool quiet)
{
	static const struct path nothing_between, not_known = {.unknown = true};
	struct known_path *known, *back;

	if (endpoint_is_multicast(to) || endpoint_is_multicast(from))
		return &nothing_between;
	if (!from->zone || !to->zone)
		return pl->site->zones.n ? &not_known : &nothing_between;
	known = slot(pl, from->zone, to->zone);
	back = slot(pl, to->zone, from->zone);
	if (!known->path)
		known->path = find_rule(pl, from->zone, to->zone);
	if (!known->path && from->zone == to->zone)
		return &nothing_between;
	if (!known->path || (known->path->unknown && !quiet && !known->asked)) {
		known->path = search(pl, from->zone, to->zone, !quiet && !back->asked);
		known->asked = !quiet;
	}
	return known->path;
}

const struct path *plan_path(struct planner *pl, const struct endpoint *from,
			     const struct endpoint *to)
{
	return find_path(pl, from, to, false);
}

const struct path *plan_path_between(struct planner *pl, const struct path *path,
				     const struct endpoint *from, const struct endpoint *to)
{
	size_t first = 0, end = path->hops.n;
	struct path *p;

	if (first < end && from->device && path->hops.items[first].device == from->device)
		first++;
	if (first < end && to->device && path->hops.items[end - 1].device == to->device)
		end--;
	if (end - first == path->hops.n)
		return path;
	p = ARENA_NEW(pl->arena, struct path);
	p->hops.items = path->hops.items + first;
	p->hops.n = end - first;
	return p;
}

static void add_hops(struct path *p, const struct path *more)
{
	for_each (hop, &more->hops)
		p->hops.items[p->hops.n++] = *hop;
	p->unknown |= more->unknown;
}

static bool has_device(const struct path *p, const struct device *d)
{
	for_each (hop, &p->hops)
		if (hop->device == d)
			return true;
	return false;
}

const struct path *plan_path_through(struct planner *pl, const struct endpoint *from,
				     const struct device *d, const struct endpoint *to)
{
	const struct path *whole = plan_path(pl, from, to), *before, *behind;
	const struct endpoint *near, *far;
	struct path *p;

	if (has_device(whole, d) || !d->interfaces.n)
		return whole;
	near = endpoint_of_device(pl, d, plan_facing(pl, d, from));
	far = endpoint_of_device(pl, d, plan_facing(pl, d, to));
	before = plan_path_between(pl, plan_path(pl, from, near), from, near);
	behind = plan_path_between(pl, plan_path(pl, far, to), far, to);
	p = ARENA_NEW(pl->arena, struct path);
	p->hops.items = ARENA_ARRAY(pl->arena, struct hop, before->hops.n + behind->hops.n + 1);
	add_hops(p, before);
	p->hops.items[p->hops.n++] = (struct hop){d, near->interface, far->interface};
	add_hops(p, behind);
	return p;
}

/* A host with several endpoints uses the one from which the other is nearest. */
size_t plan_distance(struct planner *pl, const struct endpoint *from, const struct endpoint *to)
{
	const struct path *p = find_path(pl, from, to, true);

	return p->unknown ? SIZE_MAX : p->hops.n;
}

const struct interface *plan_facing(struct planner *pl, const struct device *d,
				    const struct endpoint *to)
{
	const struct interface *best = NULL;
	size_t fewest = SIZE_MAX;

	for_each (i, &d->interfaces) {
		size_t distance;

		if (i->zone == to->zone)
			return i;
		distance = plan_distance(pl, endpoint_of_device(pl, d, i), to);
		if (distance < fewest) {
			best = i;
			fewest = distance;
		}
	}
	if (!best && d->interfaces.n)
		best = d->interfaces.items;
	return best;
}

void path_table_free(struct path_table *t)
{
	if (!t)
		return;
	free(t->known);
	free(t);
}
