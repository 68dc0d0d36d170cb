/* SPDX-License-Identifier: ISC */
#include "policy/exposure.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

/* Weighed together are so many, each with three values; more are weighed one after the other. */
enum { TOGETHER_MAX = 5, VALUES = 3 };
static const enum server_modes values[VALUES] = {SERVER_PASSIVE, SERVER_ACTIVE, SERVER_EITHER};

const char *const exposure_side_names[] = {"outside", "less-trusted", "elsewhere", NULL};

/* How far from outside, by the index of the zone. */
enum { FAR = 1000000 };
struct distances {
	const struct site *site;
	unsigned *zones;
};

struct search {
	const struct exposure_asked *asked;
	struct errs *errs;
	struct distances distances;
	LIST_OF(const struct device *) free;
	struct arena *arena;
	struct least_exposure *found;
	unsigned *best; /* by the index of the gateway: a value */
	unsigned best_actives;
	size_t unmet; /* legs that no choice mends */
};

/* --- how gateways dial ------------------------------------------------------------------------ */

/* The leg begins at the gateway in passive mode, and ends there in active mode. */
unsigned gateway_dials_by(const struct flow *f, const struct claim *c, const struct device *gateway)
{
	if (c->gateway != GATEWAY_FTP || !c->mode)
		return 0;
	if (strcmp(c->mode, "passive") == 0)
		return f->from->device == gateway ? DIALS_PASSIVE : 0;
	return f->to->device == gateway ? DIALS_ACTIVE : 0;
}

unsigned gateway_dials(const struct plan *plan, const struct device *gateway)
{
	unsigned dials = 0;

	for_each (f, &plan->flows)
		for (const struct claim *c = (*f)->claims; c; c = c->next)
			dials |= gateway_dials_by(*f, c, gateway);
	return dials;
}

const char *gateway_mode_word(const struct gateway_modes *m)
{
	return server_mode_names[m->modes];
}

void least_exposure_format(const struct least_exposure *e, struct buf *out)
{
	for_each (m, &e->modes)
		buf_addf(out, "%s%s dials in %s mode", m == e->modes.items ? "" : ", ", m->device,
			 gateway_mode_word(m));
}

/* --- sides ------------------------------------------------------------------------------------ */

static unsigned of_zone(const struct distances *d, const struct zone *z)
{
	return z ? d->zones[z - d->site->zones.items] : 0;
}

static unsigned nearest(const struct distances *d, const struct device *device)
{
	unsigned least = FAR;

	for_each (i, &device->interfaces)
		if (i->zone && of_zone(d, i->zone) < least)
			least = of_zone(d, i->zone);
	return least;
}

/* From zone to zone through devices, until nothing comes nearer. */
static void measure_distances(struct distances *d, const struct site *site)
{
	bool changed = true;

	d->site = site;
	d->zones = mem_new(site->zones.n ? site->zones.n : 1, sizeof(*d->zones));
	for_each (z, &site->zones)
		d->zones[z - site->zones.items] = z->any ? 0 : FAR;
	while (changed) {
		changed = false;
		for_each (device, &site->devices) {
			unsigned next = nearest(d, device) + 1;

			for_each (i, &device->interfaces) {
				if (!i->zone || of_zone(d, i->zone) <= next)
					continue;
				d->zones[i->zone - site->zones.items] = next;
				changed = true;
			}
		}
	}
}

static unsigned distance_of(const struct distances *d, const struct endpoint *e)
{
	if (e->device)
		return nearest(d, e->device);
	return of_zone(d, e->zone);
}

/* --- how much is let in ----------------------------------------------------------------------- */

static bool is_data(const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (c->gateway == GATEWAY_FTP && c->mode)
			return true;
	return false;
}

static bool lets_in(const struct rule *r)
{
	if ((r->hook != HOOK_INPUT && r->hook != HOOK_FORWARD) || r->action != ACTION_ACCEPT ||
	    r->match.packets != PACKETS_ANY)
		return false;
	for_each (f, &r->flows)
		if (is_data(*f))
			return true;
	return false;
}

static double volume_of(const struct match *m)
{
	unsigned bits = m->family == 6 ? 128 : 32;
	double addresses = 0;
	double ports = m->ports.lo ? m->ports.hi - m->ports.lo + 1.0 : 65536.0;

	for_each (p, &m->target.list) {
		double size = 1;

		for (unsigned i = p->bits; i < bits; i++)
			size *= 2;
		addresses += size;
	}
	return (m->target.list.n ? addresses : m->family == 6 ? 0x1p128 : 0x1p32) * ports;
}

/* What a gateway passes on by translation came in from there. */
static const struct zone *zone_behind(const struct device *device, const char *interface)
{
	for_each (i, &device->interfaces)
		if (interface && text_is(i->system_name, interface))
			return i->zone;
	return NULL;
}

/* Of several flows the one from the least trusted side says it. */
static double *side_of(const struct distances *d, const struct device *device, const struct rule *r,
		       struct exposure *e)
{
	double *side = &e->sides[EXPOSURE_REST];

	for_each (f, &r->flows) {
		const struct endpoint *from = (*f)->from;
		bool passed_on = from->device == device;
		unsigned distance = passed_on ? of_zone(d, zone_behind(device, r->match.in))
					      : distance_of(d, from);

		if (distance == 0 && (passed_on || !from->device))
			return &e->sides[EXPOSURE_OUTSIDE];
		if (distance < distance_of(d, (*f)->to))
			side = &e->sides[EXPOSURE_LESS_TRUSTED];
	}
	return side;
}

static void format_prefixes(const struct prefixes *p, uint8_t family, struct buf *out)
{
	char text[PREFIX_TEXT_MAX];

	if (!p->list.n)
		buf_addf(out, "any IPv%u", family);
	for_each (one, &p->list)
		buf_addf(out, "%s%s", one == p->list.items ? "" : "+", prefix_text(one, text));
}

static const char *text_of(struct arena *arena, const struct rule *r)
{
	struct buf text = BUF_INIT;
	const char *kept;

	buf_addf(&text, "%s ", hook_names[r->hook]);
	format_prefixes(&r->match.source, r->match.family, &text);
	buf_add_text(&text, " > ");
	format_prefixes(&r->match.target, r->match.family, &text);
	buf_addf(&text, " %s/", transport_names[r->match.transport]);
	port_range_format(r->match.ports, &text);
	kept = arena_printf(arena, "%s", text.data);
	buf_release(&text);
	return kept;
}

/* What comes in, and as texts: `lines` are struct exposure_gone. */
struct inbound {
	struct exposure exposure;
	struct arena *arena;
	LIST_OF(struct exposure_gone) lines;
};

static bool add_device(struct search *s, const struct plan *plan, const struct device *device,
		       struct inbound *in)
{
	struct policy *p = policy_derive(plan, device, &s->asked->policy, s->errs);

	if (!p)
		return false;
	for_each (r, &p->rules) {
		if (!lets_in(r))
			continue;
		*side_of(&s->distances, device, r, &in->exposure) += volume_of(&r->match);
		*(struct exposure_gone *)list_add(in->arena, &in->lines, sizeof(*in->lines.items)) =
			(struct exposure_gone){device, text_of(in->arena, r)};
	}
	policy_free(p);
	return true;
}

static bool measure(struct search *s, const struct plan *plan, struct inbound *in)
{
	*in = (struct inbound){.arena = s->arena};
	for_each (device, &s->asked->site->devices)
		if (!add_device(s, plan, device, in))
			return false;
	return true;
}

/* --- choices ---------------------------------------------------------------------------------- */

/* Which of the free ones, and how; all others keep what they do. */
static struct plan_options options_of(const struct search *s, const unsigned *choice)
{
	struct plan_options o = s->asked->plan;
	struct gateway_modes *modes = ARENA_ARRAY(s->arena, struct gateway_modes, s->free.n);

	for (size_t i = 0; i < s->free.n; i++)
		if (values[choice[i]] != SERVER_EITHER)
			modes[o.n_modes++] =
				(struct gateway_modes){s->free.items[i]->name.s, values[choice[i]]};
	o.modes = modes;
	o.ends_as_used = true;
	return o;
}

static struct plan *plan_of(const struct search *s, const struct plan_options *o)
{
	return plan_build(s->asked->site, s->asked->products, s->asked->n_products, o, s->errs);
}

static int compare(const struct exposure *a, const struct exposure *b)
{
	for (size_t i = 0; i < EXPOSURE_SIDES; i++)
		if (a->sides[i] != b->sides[i])
			return a->sides[i] < b->sides[i] ? -1 : 1;
	return 0;
}

/* One that leaves a leg without a mode serves nobody. */
static bool try_choice(struct search *s, const unsigned *choice)
{
	struct plan_options o = options_of(s, choice);
	struct plan *plan = plan_of(s, &o);
	unsigned n_actives = 0;
	struct inbound in;
	bool done;
	int c;

	if (!plan)
		return false;
	done = measure(s, plan, &in);
	for (size_t i = 0; i < s->free.n; i++)
		n_actives += values[choice[i]] != SERVER_PASSIVE;
	c = compare(&in.exposure, &s->found->after);
	if (done && plan->modes_unmet <= s->unmet &&
	    (c < 0 || (c == 0 && n_actives < s->best_actives))) {
		s->found->after = in.exposure;
		s->best_actives = n_actives;
		memcpy(s->best, choice, s->free.n * sizeof(*choice));
	}
	plan_free(plan);
	return done;
}

static bool try_together(struct search *s)
{
	unsigned choice[TOGETHER_MAX] = {0};
	size_t i = 0;

	while (i < s->free.n) {
		if (!try_choice(s, choice))
			return false;
		for (i = 0; i < s->free.n && ++choice[i] == VALUES; i++)
			choice[i] = 0;
	}
	return true;
}

static bool try_each(struct search *s)
{
	unsigned *choice = arena_get(s->arena, s->free.n, sizeof(*choice));

	for (size_t i = 0; i < s->free.n; i++)
		for (unsigned value = 0; value < VALUES; value++) {
			memcpy(choice, s->best, s->free.n * sizeof(*choice));
			choice[i] = value;
			if (!try_choice(s, choice))
				return false;
		}
	return true;
}

/* --- what was found --------------------------------------------------------------------------- */

static bool has_line(const struct inbound *in, const struct exposure_gone *line)
{
	for_each (other, &in->lines)
		if (other->device == line->device && strcmp(other->text, line->text) == 0)
			return true;
	return false;
}

static bool keep(struct search *s, const struct inbound *before)
{
	struct plan_options o = options_of(s, s->best);
	struct plan *plan = plan_of(s, &o);
	struct inbound after;
	bool done = plan && measure(s, plan, &after);

	plan_free(plan);
	if (!done)
		return false;
	s->found->after = after.exposure;
	s->found->modes.items = ARENA_ARRAY(s->arena, struct gateway_modes, o.n_modes);
	for (size_t i = 0; i < o.n_modes; i++)
		s->found->modes.items[s->found->modes.n++] = o.modes[i];
	for_each (line, &before->lines)
		if (!has_line(&after, line))
			*(struct exposure_gone *)list_add(s->arena, &s->found->gone,
							  sizeof(*line)) = *line;
	return true;
}

static bool search(struct search *s)
{
	struct plan_options as_used = s->asked->plan;
	struct plan *plan = plan_of(s, &s->asked->plan);
	struct inbound before;
	bool done = plan && measure(s, plan, &before);

	if (done) {
		for_each (d, &s->asked->site->devices)
			if (gateway_is_free(&d->ftp_gateway) && gateway_dials(plan, d))
				*(const struct device **)list_add(s->arena, &s->free, sizeof(d)) =
					d;
	}
	plan_free(plan);
	if (!done)
		return false;
	as_used.ends_as_used = true;
	plan = plan_of(s, &as_used);
	if (!plan)
		return false;
	s->unmet = plan->modes_unmet;
	plan_free(plan);
	s->found->before = s->found->after = before.exposure;
	s->best_actives = VALUES * (unsigned)s->free.n + 1;
	s->best = arena_get(s->arena, s->free.n + 1, sizeof(*s->best));
	for (size_t i = 0; i < s->free.n; i++)
		s->best[i] = VALUES - 1;
	return (s->free.n <= TOGETHER_MAX ? try_together(s) : try_each(s)) && keep(s, &before);
}

struct least_exposure *least_exposure_find(const struct exposure_asked *asked, struct errs *errs)
{
	struct arena *arena = arena_new();
	struct search s = {.asked = asked,
			   .errs = errs,
			   .arena = arena,
			   .found = ARENA_NEW(arena, struct least_exposure)};
	bool done;

	*s.found = (struct least_exposure){.arena = arena};
	measure_distances(&s.distances, asked->site);
	done = search(&s);
	free(s.distances.zones);
	if (done)
		return s.found;
	arena_free(arena);
	return NULL;
}

void least_exposure_free(struct least_exposure *e)
{
	if (e)
		arena_free(e->arena);
}

struct plan_options least_exposure_plan(const struct least_exposure *e,
					const struct plan_options *options)
{
	struct plan_options o = *options;

	o.modes = e->modes.items;
	o.n_modes = e->modes.n;
	o.ends_as_used = true;
	return o;
}
