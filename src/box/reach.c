/* SPDX-License-Identifier: ISC
 *
 * All packets through the box: received ones and its own.
 */
#include "box/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "box/reach_int.h"

static int compare_base(const void *a_, const void *b_, void *chains_)
{
	const struct nf_chain *chains = chains_;
	size_t a = *(const size_t *)a_, b = *(const size_t *)b_;

	if (chains[a].priority != chains[b].priority)
		return chains[a].priority < chains[b].priority ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void find_base(struct reached *r)
{
	const struct nf_ruleset *rules = &r->b->ruleset;

	for (size_t i = 0; i < rules->chains.n; i++)
		if (rules->chains.items[i].base)
			*(size_t *)list_add(r->arena, &r->base[rules->chains.items[i].hook],
					    sizeof(size_t)) = i;
	for (size_t h = 0; h < NF_HOOKS; h++)
		if (r->base[h].n)
			qsort_r(r->base[h].items, r->base[h].n, sizeof(size_t), compare_base,
				rules->chains.items);
}

static uint32_t icmp_types(const struct reached *r, uint32_t proto, const struct space_range *types,
			   size_t n)
{
	struct space_range protos = {proto, proto};
	uint32_t family = proto == 1 ? SPACE_IPV4 : SPACE_IPV6;
	struct space_range families = {family, family};
	struct space_match m = {0};

	m.fields[SPACE_PROTO] = (struct space_ranges){&protos, 1};
	m.fields[SPACE_FAMILY] = (struct space_ranges){&families, 1};
	m.fields[SPACE_TO_PORT] = (struct space_ranges){types, n};
	return space_of(r->s, &m, 1);
}

static uint32_t with_state(const struct reached *r, enum space_state state, uint32_t set)
{
	if (!(r->asked.states & 1u << state))
		return SPACE_EMPTY;
	return space_where(r->s, set, reach_value(r, SPACE_STATE, state));
}

/* With the state that connection tracking gives the first packet of a connection:
 * nf_state_of_first(). What is no first one can have any protocol. */
static uint32_t of_states(const struct reached *r)
{
	static const struct space_range asks4[] = {
		{0x800, 0x8ff}, {0xd00, 0xdff}, {0xf00, 0xfff}, {0x1100, 0x11ff}};
	static const struct space_range asks6[] = {{0x8000, 0x80ff}, {0x8b00, 0x8bff}};
	static const struct space_range left_alone[] = {{0x8200, 0x88ff}, {0x8f00, 0x8fff}};
	uint32_t icmp = space_override(r->s, reach_value(r, SPACE_PROTO, 1),
				       reach_value(r, SPACE_PROTO, 58));
	uint32_t asks = space_override(r->s, icmp_types(r, 1, asks4, ARRAY_LEN(asks4)),
				       icmp_types(r, 58, asks6, ARRAY_LEN(asks6)));
	uint32_t alone = icmp_types(r, 58, left_alone, ARRAY_LEN(left_alone));
	uint32_t set =
		with_state(r, SPACE_NEW, space_complement(r->s, space_without(r->s, icmp, asks)));

	set = space_override(r->s, set, with_state(r, SPACE_UNTRACKED, alone));
	set = space_override(r->s, set,
			     with_state(r, SPACE_INVALID, space_complement(r->s, alone)));
	set = space_override(r->s, set, with_state(r, SPACE_ESTABLISHED, SPACE_ALL));
	set = space_override(r->s, set, with_state(r, SPACE_RELATED, SPACE_ALL));
	return space_where(r->s, set, reach_value(r, SPACE_DIRECTION, SPACE_ORIGINAL));
}

/* What comes in as itself. */
static bool is_entry(const struct reached *r, const char *name)
{
	const struct box_link *l = box_find_link(r->b, name), *master;

	if (!r->b->has.links)
		return true;
	master = l && l->master ? box_find_link(r->b, l->master) : NULL;
	return l && !(master && master->kind);
}

static uint32_t entries(const struct reached *r)
{
	uint32_t set =
		r->b->has.links ? SPACE_EMPTY : reach_value(r, SPACE_IN, SPACE_OTHER_INTERFACE);

	for (size_t i = 0; i < r->names->names.n; i++)
		if (is_entry(r, r->names->names.items[i]))
			set = space_override(
				r->s, set,
				reach_value(r, SPACE_IN, (uint32_t)i + SPACE_FIRST_INTERFACE));
	return set;
}

/* What belongs to a VRF is decided elsewhere. */
static uint32_t in_vrf(const struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for_each (l, &r->b->links)
		if (l->kind && strcmp(l->kind, "vrf") == 0)
			set = space_override(r->s, set,
					     reach_value(r, SPACE_IN, reach_id(r, l->name)));
	return set;
}

static uint32_t all_of(const struct reached *r, const struct flocks *f)
{
	uint32_t set = SPACE_EMPTY;

	for (size_t i = 0; i < f->n; i++)
		set = space_override(r->s, set, f->items[i].where);
	return set;
}

/* Of parts of the box that nobody has read nobody knows whether they drop it. */
static void pass_bridge(struct reached *r, struct flocks *f, enum space_field field)
{
	uint32_t by = SPACE_EMPTY;

	if (!r->b->ruleset.bridge_doubts.n)
		return;
	for_each (l, &r->b->links)
		if (l->kind && strcmp(l->kind, "bridge") == 0)
			by = space_override(r->s, by, reach_value(r, field, reach_id(r, l->name)));
	r->overlap = true;
	reach_stop(r, space_where(r->s, all_of(r, f), by));
}

/* What the box sends to itself comes in again, with its connection, mark and route. */
static void loop_back(struct reached *r, struct flocks *f, struct flocks *in)
{
	uint32_t lo = reach_value(r, SPACE_OUT, r->lo);
	struct flocks out = {0};

	for (size_t i = 0; i < f->n; i++) {
		struct env now = f->items[i].env;
		uint32_t where = f->items[i].where;

		flocks_add(r->s, &out, &now, space_without(r->s, where, lo));
		now.source_set = now.target_set = true;
		flocks_add(r->s, in, &now, space_where(r->s, where, lo));
	}
	flocks_release(f);
	*f = out;
	r->looped = true;
	reach_hook(r, NF_PREROUTING, in);
	reach_route_loop(r, in);
	reach_hook(r, NF_INPUT, in);
	r->looped = false;
}

static void leave(struct reached *r, struct flocks *f, enum reach_way way)
{
	struct flocks in = {0};

	reach_hook(r, NF_POSTROUTING, f);
	pass_bridge(r, f, SPACE_OUT);
	if (way == REACH_OUTPUT)
		loop_back(r, f, &in);
	reach_hook(r, NF_EGRESS, f);
	r->passed[way] = space_override(r->s, all_of(r, f), all_of(r, &in));
	flocks_release(f);
	flocks_release(&in);
}

static void keep_strangers_out(struct reached *r, struct flocks *f)
{
	uint32_t strangers = reach_strangers(r);

	for (size_t i = 0; i < f->n; i++) {
		reach_stop(r, space_where(r->s, f->items[i].where, strangers));
		f->items[i].where = space_without(r->s, f->items[i].where, strangers);
	}
}

static void receive(struct reached *r)
{
	struct flocks f = {0}, local = {0}, forward = {0};
	struct env env = {0};
	uint32_t within = space_where(r->s, of_states(r), entries(r));

	r->own = false;
	r->stop = STOP_EARLY;
	within = space_where(r->s, within, r->asked.within);
	reach_undecided(r, space_where(r->s, within, in_vrf(r)));
	flocks_add(r->s, &f, &env, space_without(r->s, within, in_vrf(r)));
	reach_hook(r, NF_INGRESS, &f);
	pass_bridge(r, &f, SPACE_IN);
	keep_strangers_out(r, &f);
	reach_hook(r, NF_PREROUTING, &f);
	reach_route_in(r, &f, &local, &forward);
	flocks_release(&f);
	r->domain[REACH_INPUT] = all_of(r, &local);
	r->domain[REACH_FORWARD] = all_of(r, &forward);
	r->stop = STOP_INPUT;
	reach_hook(r, NF_INPUT, &local);
	r->passed[REACH_INPUT] = all_of(r, &local);
	flocks_release(&local);
	r->stop = STOP_FORWARD;
	reach_hook(r, NF_FORWARD, &forward);
	leave(r, &forward, REACH_FORWARD);
}

/* The box sends as itself, or as nobody yet. */
static uint32_t own_sources(struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for (uint8_t family = 4; family <= 6; family += 2) {
		uint32_t of = reach_family(r, family), own = of;

		if (reach_routes_known(r, family))
			own = reach_local_type(r, SPACE_FROM, SPACE_FIELDS, ADDR_LOCAL);
		set = space_override(r->s, set, space_where(r->s, own, of));
	}
	set = space_override(r->s, set, reach_addrs(r, SPACE_FROM, "0.0.0.0/32"));
	return space_override(r->s, set, reach_addrs(r, SPACE_FROM, "::/128"));
}

/* What changed on the way out is routed again. */
static void route_again(struct reached *r, struct flocks *f)
{
	struct flocks stays = {0}, again = {0};

	for (size_t i = 0; i < f->n; i++) {
		const struct flock *k = &f->items[i];
		uint32_t moved = k->env.moved ? reach_known(r) : SPACE_EMPTY, where;

		flocks_add(r->s, &stays, &k->env, space_without(r->s, k->where, moved));
		where = space_where(r->s, k->where, moved);
		flocks_add(r->s, &again, &k->env, space_forget(r->s, where, SPACE_OUT));
	}
	flocks_release(f);
	reach_route_out(r, &again);
	for (size_t i = 0; i < again.n; i++)
		flocks_add(r->s, &stays, &again.items[i].env, again.items[i].where);
	flocks_release(&again);
	*f = stays;
}

static void send_own(struct reached *r)
{
	struct flocks f = {0};
	struct env env = {0};
	uint32_t where = space_where(r->s, of_states(r), own_sources(r));

	r->own = true;
	r->stop = STOP_OUTPUT;
	where = space_where(r->s, where, reach_value(r, SPACE_IN, SPACE_NO_INTERFACE));
	flocks_add(r->s, &f, &env, space_where(r->s, where, r->asked.within));
	reach_route_out(r, &f);
	r->domain[REACH_OUTPUT] = all_of(r, &f);
	reach_hook(r, NF_OUTPUT, &f);
	route_again(r, &f);
	leave(r, &f, REACH_OUTPUT);
}

static void make_notes(struct reached *r)
{
	size_t n = r->b->ruleset.chains.n;

	r->notes = ARENA_ARRAY(r->arena, struct rule_note *, n + 1);
	r->visits = ARENA_ARRAY(r->arena, struct chain_visit, n + 1);
	r->arrivals = ARENA_ARRAY(r->arena, uint32_t, n + 1);
	r->dead = reach_dead_memo(r);
	r->spare = reach_spare_memo(r);
	r->touched = reach_touched_new();
	for (size_t i = 0; i < n; i++)
		r->notes[i] = ARENA_ARRAY(r->arena, struct rule_note,
					  r->b->ruleset.chains.items[i].rules.n + 1);
}

struct reached *reach_new(const struct box *b, const struct reach_frame *f, struct space *s,
			  const struct reach_asked *asked)
{
	struct reached *r = mem_new(1, sizeof(*r));

	*r = (struct reached){.b = b, .names = f, .frame = f->frame, .s = s, .asked = *asked};
	if (!r->asked.states)
		r->asked.states = 1u << SPACE_NEW;
	r->arena = arena_new();
	r->lo = reach_id(r, "lo");
	find_base(r);
	make_notes(r);
	receive(r);
	send_own(r);
	return r;
}

void reach_free(struct reached *r)
{
	if (!r)
		return;
	reach_touched_free(r->touched);
	arena_free(r->arena);
	free(r);
}

/* Packets whose rules nobody has read. */
static uint32_t without_rules(const struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for (uint8_t family = 4; family <= 6; family += 2)
		if (!box_has_rules(r->b, family))
			set = space_override(r->s, set, reach_family(r, family));
	return set;
}

static uint32_t stopped_at(const struct reached *r, enum stop stop)
{
	size_t n = r->stopped[stop].n;
	uint32_t *sets = mem_new(n + 1, sizeof(*sets)), all;

	for (size_t i = 0; i < n; i++)
		sets[i] = space_without(r->s, r->stopped[stop].items[i].set,
					r->stopped[stop].items[i].but);
	all = space_override_all(r->s, sets, n);
	free(sets);
	return all;
}

/* What may be stopped, or is not decided, and so is not certain to pass. Where routes are known,
 * what may go another way and be stopped there as well. */
static uint32_t doomed(const struct reached *r, enum reach_way way)
{
	static const enum stop stops[REACH_WAYS] = {STOP_INPUT, STOP_FORWARD, STOP_OUTPUT};
	uint32_t here = SPACE_EMPTY, any = SPACE_EMPTY;

	for (enum stop i = 0; i < STOPS; i++) {
		uint32_t bad = space_override(r->s, stopped_at(r, i), r->undecided[i]);

		any = space_override(r->s, any, bad);
		if (i == STOP_EARLY || i == stops[way])
			here = space_override(r->s, here, bad);
	}
	if (reach_known(r) == SPACE_EMPTY)
		return here;
	any = space_where(r->s, space_forget(r->s, any, SPACE_OUT), reach_known(r));
	return space_override(r->s, here, any);
}

struct space_pair reach_allowed(const struct reached *r, enum reach_way way)
{
	static const enum stop stops[REACH_WAYS] = {STOP_INPUT, STOP_FORWARD, STOP_OUTPUT};
	struct space_pair p = {SPACE_EMPTY, r->passed[way]};
	uint32_t early = space_where(r->s, r->undecided[STOP_EARLY], SPACE_ALL);
	uint32_t none = reach_value(r, SPACE_OUT, SPACE_NO_INTERFACE);
	uint32_t unread = without_rules(r);
	/* Each packet has had one end, and no other way to take. */
	bool certain = !r->overlap && reach_known(r) == SPACE_EMPTY;

	if (!r->b->ruleset.doubts.n)
		p.must = certain ? p.may : space_without(r->s, p.may, doomed(r, way));
	p.may = space_override(r->s, p.may, r->undecided[stops[way]]);
	if (way == REACH_INPUT)
		p.may = space_override(r->s, p.may, space_where(r->s, early, none));
	if (way == REACH_FORWARD)
		p.may = space_override(r->s, p.may, space_without(r->s, early, none));
	p.must = space_without(r->s, p.must, unread);
	p.may = space_override(r->s, p.may, space_where(r->s, r->domain[way], unread));
	return p;
}

uint32_t reach_domain(const struct reached *r, enum reach_way way)
{
	return r->domain[way];
}
