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

static void set_target(struct reached *r, struct translating *t, const struct env *env,
		       const struct nf_target *to, uint32_t where)
{
	struct env now = *env;

	now.target_set = true;
	now.ct_status |= CT_DNAT;
	now.moved |= to->family != 0;
	if (to->family) {
		now.to_lo = to->lo;
		now.to_hi = to->hi;
	}
	add_with_ports(r, t, &now, to, where);
}

static void set_source(struct reached *r, struct translating *t, const struct env *env,
		       uint32_t where)
{
	struct env now = *env;

	now.source_set = true;
	now.ct_status |= CT_SNAT;
	flocks_add(r->s, t->done, &now, where);
}

/* As box/walk_nat.c: the first of the link's addresses; family 0: it has none. */
static struct addr own_address(const struct reached *r, const char *link, uint8_t family)
{
	for_each (a, &r->b->addresses)
		if (link && a->addr.family == family && strcmp(a->link, link) == 0 &&
		    !addr_is_link_local(&a->addr))
			return a->addr;
	return (struct addr){0};
}

static void redirect(struct reached *r, struct translating *t, const struct env *env,
		     struct nf_target to, struct addr own, uint32_t where)
{
	if (where == SPACE_EMPTY)
		return;
	if (!own.family) {
		reach_stop(r, where);
		return;
	}
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

/* By the address of the link where it came in, or by which it leaves. */
static void by_link(struct reached *r, struct translating *t, const struct env *env,
		    const struct nf_target *to, uint32_t where)
{
	bool masquerade = t->nat->kind == NAT_MASQUERADE;
	enum space_field field = masquerade ? SPACE_OUT : SPACE_IN;

	for (uint8_t family = 4; family <= 6; family += 2) {
		uint32_t of = space_where(r->s, where, reach_family(r, family));

		for (uint32_t id = 0; id < r->names->names.n + SPACE_FIRST_INTERFACE; id++) {
			struct addr own = own_address(r, reach_name(r, id), family);
			uint32_t here = space_where(r->s, of, reach_value(r, field, id));

			if (!masquerade && id == SPACE_NO_INTERFACE)
				own = loopback(family);
			if (!masquerade)
				redirect(r, t, env, *to, own, here);
			else if (own.family)
				set_source(r, t, env, here);
			else
				reach_stop(r, here);
		}
	}
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
		by_link(r, t, env, to, of);
	else if (t->nat->kind == NAT_DESTINATION)
		set_target(r, t, env, to, of);
	else
		set_source(r, t, env, of);
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
