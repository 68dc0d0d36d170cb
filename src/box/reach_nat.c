/* SPDX-License-Identifier: ISC
 *
 * Translation of flocks: box/walk_nat.c in sets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "box/reach_int.h"

uint32_t reach_pull(const struct reached *r, const struct env *env, uint32_t set)
{
	struct space *s = r->s;

	if (env->to_lo.family) {
		struct space_range to = space_frame_find(r->frame, &env->to_lo, &env->to_hi);

		set = space_where(s, set, space_of_field(s, SPACE_TO, to));
		set = space_forget(s, set, SPACE_TO);
	}
	if (env->has_port) {
		struct space_range ports = {env->port_lo, env->port_hi};

		set = space_where(s, set, space_of_field(s, SPACE_TO_PORT, ports));
		set = space_forget(s, set, SPACE_TO_PORT);
	}
	return set;
}

struct translating {
	const struct nf_nat *nat;
	struct flocks *done, *rest;
};

/* With a new address, or with none, and a new port or with the one that it has. */
static void add(struct reached *r, struct translating *t, const struct env *env,
		const struct space_range *ports, uint32_t where)
{
	struct env now = *env;

	if (ports) {
		now.has_port = true;
		now.port_lo = (uint16_t)ports->lo;
		now.port_hi = (uint16_t)ports->hi;
	}
	flocks_add(r->s, t->done, &now, where);
}

/* A port that is in the range stays; of a target's range the first is taken. */
static void add_with_ports(struct reached *r, struct translating *t, const struct env *env,
			   const struct nf_target *to, uint32_t where)
{
	struct space_range range = {to->port_lo, to->port_hi}, first = {to->port_lo, to->port_lo};
	struct space_range any = {0, UINT16_MAX}, old = range;
	uint32_t with = to->has_ports ? space_where(r->s, where, reach_has_ports(r)) : SPACE_EMPTY;
	uint32_t in;

	if (to->port_base) {
		old.lo = to->port_base;
		old.hi = old.lo + (range.hi - range.lo);
	}
	if (old.hi > UINT16_MAX)
		old.hi = UINT16_MAX;
	in = space_where(r->s, with, space_of_field(r->s, SPACE_TO_PORT, old));
	add(r, t, env, NULL, space_without(r->s, where, with));
	add(r, t, env, to->port_base ? &range : NULL, in);
	add(r, t, env, to->port_base ? &any : &first, space_without(r->s, with, in));
}

/* The packets whose address is one of these, and whose port, if they have one, is. */
static uint32_t within(const struct reached *r, const struct nf_target *to, enum space_field addr,
		       enum space_field port)
{
	uint32_t set = SPACE_ALL;

	if (to->family)
		set = space_of_field(r->s, addr, space_frame_find(r->frame, &to->lo, &to->hi));
	if (to->has_ports) {
		struct space_range ports = {to->port_lo, to->port_hi};
		uint32_t none = space_complement(r->s, reach_has_ports(r));

		none = space_override(r->s, none, space_of_field(r->s, port, ports));
		set = space_where(r->s, set, none);
	}
	return set;
}

/* What stays as it was is not called translated (nf_nat_setup_info()). Of several addresses its own
 * may be taken, or not. */
static void set_target(struct reached *r, struct translating *t, const struct env *env,
		       const struct nf_target *to, uint32_t where)
{
	uint32_t same = space_where(r->s, where,
				    reach_pull(r, env, within(r, to, SPACE_TO, SPACE_TO_PORT)));
	struct env now = *env;

	now.target_set = true;
	if (to->port_base && to->port_base != to->port_lo)
		same = SPACE_EMPTY;
	flocks_add(r->s, t->done, &now, same);
	if (addr_equal(&to->lo, &to->hi))
		where = space_without(r->s, where, same);
	else
		r->overlap |= same != SPACE_EMPTY;
	now.ct_status |= CT_DNAT;
	now.moved |= to->family != 0;
	if (to->family) {
		now.to_lo = to->lo;
		now.to_hi = to->hi;
	}
	add_with_ports(r, t, &now, to, where);
}

static uint32_t own_addresses(const struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for_each (a, &r->b->addresses) {
		struct prefix p = prefix_of_addr(&a->addr);

		set = space_override(r->s, set, reach_prefix(r, SPACE_FROM, &p));
	}
	return set;
}

/* `to` without an address: to one of the box's own, which a packet may have already. */
static void set_source(struct reached *r, struct translating *t, const struct env *env,
		       const struct nf_target *to, uint32_t where)
{
	uint32_t same = space_where(r->s, where, within(r, to, SPACE_FROM, SPACE_FROM_PORT));
	struct env now = *env;

	now.source_set = true;
	if (to->family)
		where = space_without(r->s, where, same);
	else
		same = space_where(r->s, same, own_addresses(r));
	r->overlap |= !to->family && same != SPACE_EMPTY;
	flocks_add(r->s, t->done, &now, same);
	now.new_source = true;
	now.ct_status |= CT_SNAT;
	flocks_add(r->s, t->done, &now, where);
}

static void redirect(struct reached *r, struct translating *t, const struct env *env,
		     struct nf_target to, struct addr own, uint32_t where)
{
	to.family = own.family;
	to.lo = to.hi = own;
	set_target(r, t, env, &to, where);
}

static struct addr loopback(uint8_t family)
{
	struct addr a = {.family = family};

	a.bytes[0] = family == 4 ? 127 : 0;
	a.bytes[family == 4 ? 3 : 15] = 1;
	return a;
}

static bool is_of_link(const struct addr *a)
{
	return addr_is_link_local(a) || (a->family == 6 && addr_is_zero(a));
}

/* Whose address is taken: a link's (NULL: any), of the target's scope. */
struct own {
	const char *link;
	uint8_t family;
	bool of_link;
};

static bool is_own(const struct box_address *a, const struct own *o)
{
	return a->addr.family == o->family && !addr_is_loopback(&a->addr) &&
	       is_of_link(&a->addr) == o->of_link && (!o->link || strcmp(a->link, o->link) == 0);
}

/* IPv4 takes the first. Which one IPv6 takes depends on the target, and on what it took before:
 * any of them. */
static void redirect_to_own(struct reached *r, struct translating *t, const struct env *env,
			    const struct nf_target *to, const struct own *o, uint32_t where)
{
	size_t n = 0;

	for_each (a, &r->b->addresses) {
		if (!is_own(a, o) || (n && o->family == 4))
			continue;
		redirect(r, t, env, *to, a->addr, where);
		n++;
	}
	r->overlap |= n > 1;
	if (!n)
		reach_stop(r, where);
}

/* Without an address of the link, that of another will do. */
static void masquerade(struct reached *r, struct translating *t, const struct env *env,
		       const struct nf_target *to, struct own o, uint32_t where)
{
	bool any = o.family == 6 && o.of_link && o.link && strcmp(o.link, "lo") == 0;

	o.link = NULL;
	for_each (a, &r->b->addresses)
		any |= is_own(a, &o);
	if (any)
		set_source(r, t, env, to, where);
	else
		reach_stop(r, where);
}

/* To which address that depends on no link: of what the box sends, and on lo. */
static uint32_t to_loopback(struct reached *r, const struct env *env, bool of_link)
{
	uint32_t to = of_link ? SPACE_ALL : reach_pull(r, env, reach_addrs(r, SPACE_TO, "::1/128"));

	to = space_where(r->s, to, reach_value(r, SPACE_IN, r->lo));
	to = space_where(r->s, to, reach_family(r, 6));
	return space_override(r->s, to, reach_value(r, SPACE_IN, SPACE_NO_INTERFACE));
}

/* walk_nat.c: is_of_site(); of many, those that anybody uses. */
static uint32_t to_site(const struct reached *r, const struct env *env)
{
	uint32_t set = space_override(r->s, reach_addrs(r, SPACE_TO, "ff05::/16"),
				      reach_addrs(r, SPACE_TO, "ff15::/16"));

	return reach_pull(r, env, space_override(r->s, set, reach_addrs(r, SPACE_TO, "fec0::/10")));
}

/* By the address of the link where it came in, or by which it leaves. */
static void by_link(struct reached *r, struct translating *t, const struct env *env,
		    const struct nf_target *to, struct own o, uint32_t where)
{
	bool out = t->nat->kind == NAT_MASQUERADE;
	uint32_t simple = to_loopback(r, env, o.of_link);

	if (!out) {
		redirect(r, t, env, *to, loopback(o.family), space_where(r->s, where, simple));
		where = space_without(r->s, where, simple);
		reach_stop(r, space_where(r->s, where, to_site(r, env)));
		where = space_without(r->s, where, to_site(r, env));
	}
	for (uint32_t id = 0; id < r->names->names.n + SPACE_FIRST_INTERFACE; id++) {
		uint32_t here =
			space_where(r->s, where, reach_value(r, out ? SPACE_OUT : SPACE_IN, id));

		o.link = reach_name(r, id) ? reach_name(r, id) : "";
		if (here == SPACE_EMPTY)
			continue;
		if (out)
			masquerade(r, t, env, to, o, here);
		else
			redirect_to_own(r, t, env, to, &o, here);
	}
}

/* walk_route.c: is_to_link(); of many, those that anybody uses. */
static uint32_t to_link(const struct reached *r)
{
	static const char *const many[] = {"::/128", "ff00::/15", "ff02::/16", "ff10::/15",
					   "ff12::/16"};
	uint32_t set = reach_addrs(r, SPACE_TO, "fe80::/10");

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		set = space_override(r->s, set, reach_addrs(r, SPACE_TO, many[i]));
	return set;
}

static void by_own(struct reached *r, struct translating *t, const struct env *env,
		   const struct nf_target *to, uint32_t where)
{
	uint32_t of_link = reach_pull(r, env, to_link(r));

	by_link(r, t, env, to, (struct own){.family = 6, .of_link = true},
		space_where(r->s, where, of_link));
	where = space_without(r->s, where, of_link);
	for (uint8_t family = 4; family <= 6; family += 2)
		by_link(r, t, env, to, (struct own){.family = family},
			space_where(r->s, where, reach_family(r, family)));
}

static void apply(struct reached *r, struct translating *t, const struct env *env,
		  const struct nf_target *to, uint32_t where)
{
	uint32_t of = where;

	if (where == SPACE_EMPTY)
		return;
	if (to->family)
		of = space_where(r->s, where, reach_family(r, to->family));
	flocks_add(r->s, t->rest, env, space_without(r->s, where, of));
	if (t->nat->kind == NAT_MASQUERADE || t->nat->kind == NAT_REDIRECT)
		by_own(r, t, env, to, of);
	else if (t->nat->kind == NAT_DESTINATION)
		set_target(r, t, env, to, of);
	else
		set_source(r, t, env, to, of);
}

static void apply_map(struct reached *r, struct translating *t, const struct flock *f)
{
	const struct nf_set *set = t->nat->map->set;
	struct routing g = reach_find(r, &f->env, t->nat->map);
	bool *has = mem_new(set->n + 1, sizeof(*has));

	for_each (layer, &g.layers) {
		uint32_t here = space_where(r->s, *layer, f->where);

		if (here == SPACE_TOO_LARGE) {
			flocks_add(r->s, t->done, &f->env, here);
			break;
		}
		memset(has, 0, (set->n + 1) * sizeof(*has));
		space_values(r->s, here, has, set->n + 1);
		for (size_t i = 0; i < set->n; i++)
			if (has[i + 1])
				apply(r, t, &f->env, &set->data[i].target,
				      space_select(r->s, here, (uint32_t)i + 1));
	}
	r->overlap |= !g.certain;
	flocks_add(r->s, t->rest, &f->env, space_where(r->s, f->where, g.none));
	free(has);
}

void reach_translate(struct reached *r, const struct nf_nat *nat, const struct flock *f,
		     struct flocks *done, struct flocks *rest)
{
	struct translating t = {nat, done, rest};

	if (nat->map)
		apply_map(r, &t, f);
	else
		apply(r, &t, &f->env, &nat->target, f->where);
}
