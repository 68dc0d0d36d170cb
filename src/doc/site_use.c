/* SPDX-License-Identifier: ISC
 *
 * What a site says of a product, against that product.
 */

#include <stdio.h>

#include "doc/known.h"
#include "doc/site.h"
#include "model/setting.h"

struct checker {
	const struct site *s;
	const struct product *p;
	struct errs *errs;
	const char *of; /* " of passwordstate", for messages */
};

#define KNOWN(c, wanted, what, list) is_known(wanted, KNOWN_LIST(what, (c)->of, list), (c)->errs)

static void check_value(struct checker *c, const struct setting *s, struct text value)
{
	char why[SETTING_WHY_MAX];

	if (s && value.s && !setting_accepts(s, value.s, why))
		errs_add(c->errs, value.at, "%s: %s", s->name.s, why);
}

/* A role's binding may set what the role has; a substituted role's peer, too. */
/* Where RPC services listen is the host's matter, whether or not the product speaks of it. */
static const struct setting rpc_ports = {.name = {.s = "rpc_ports"}, .type = SETTING_RANGE};

static void check_setting(struct checker *c, const struct role *role, const char *of,
			  const struct value *v)
{
	const struct setting *s = role_setting(role, v->name.s);

	if (!s && text_is(v->name, rpc_ports.name.s))
		s = &rpc_ports;
	if (s || is_known(v->name, KNOWN_LIST("setting", of, &role->settings), c->errs))
		check_value(c, s, v->value);
}

static void check_binding(struct checker *c, const struct role *role, const struct binding *b)
{
	char of[256];

	if (b->serves.n) {
		bool substitutes = false;

		for_each (r, &c->p->roles)
			for_each (name, &r->is)
				substitutes |= text_same(*name, role->name);
		if (!substitutes)
			errs_add(c->errs, b->serves.items[0].text.at,
				 "\"serves\" is for a role that stands in for another; nobody "
				 "\"is\" "
				 "\"%s\"",
				 role->name.s);
	}
	snprintf(of, sizeof(of), " of the role \"%s\"%s", role->name.s, c->of);
	for_each (instance, &b->instances)
		for_each (v, &instance->settings)
			check_setting(c, role, of, v);
}

static void check_role(struct checker *c, const struct role_binding *rb)
{
	const struct role *role;

	if (!KNOWN(c, rb->role, "role", &c->p->roles))
		return;
	role = product_role(c->p, rb->role.s);
	for_each (b, &rb->bindings)
		check_binding(c, role, b);
}

/* "email", "not email" */
static void check_feature(struct checker *c, struct text t)
{
	if (slice_has_prefix(slice_of(t.s), "not ")) {
		t.s += 4;
		t.at.column += 4;
	}
	KNOWN(c, t, "feature", &c->p->features);
}

static bool has_feature(const struct use *u, const char *name)
{
	for_each (f, &u->features)
		if (text_is(*f, name))
			return true;
	return false;
}

static void check_conflicts(struct checker *c, const struct use *u)
{
	for_each (t, &u->features) {
		const struct feature *f = product_feature(c->p, t->s);

		if (!f)
			continue;
		for_each (other, &f->conflicts)
			if (has_feature(u, other->s))
				errs_add(c->errs, t->at,
					 "the features \"%s\" and \"%s\" exclude each other", t->s,
					 other->s);
	}
}

static void check_choices(struct checker *c, const struct use *u)
{
	for_each (v, &u->choices)
		if (KNOWN(c, v->name, "choice", &c->p->choices) && v->value.s)
			KNOWN(c, v->value, "option", &product_choice(c->p, v->name.s)->options);
	for_each (v, &u->settings)
		if (KNOWN(c, v->name, "setting", &c->p->settings))
			check_value(c, product_setting(c->p, v->name.s), v->value);
}

static void check_choose(struct checker *c, const struct choose *choose)
{
	struct text name = choose->requirement;

	if (name.s[0] != '@') {
		KNOWN(c, name, "requirement", &c->p->requirements);
		return;
	}
	name.s++;
	name.at.column++;
	KNOWN(c, name, "set", &c->p->sets);
}

static void check_modes(struct checker *c, const struct use_modes *m)
{
	const struct requirement *q;

	if (!KNOWN(c, m->requirement, "requirement", &c->p->requirements))
		return;
	q = product_requirement(c->p, m->requirement.s);
	if (!q->modes.n) {
		errs_add(c->errs, m->requirement.at, "the requirement \"%s\" has no modes",
			 m->requirement.s);
		return;
	}
	for_each (mode, &m->modes)
		KNOWN(c, *mode, "mode", &q->modes);
}

/* What is forbidden must not become allowed by waiting. */
static void check_grant(struct checker *c, const struct grant *g)
{
	if (KNOWN(c, g->requirement, "requirement", &c->p->requirements) && g->expires.s &&
	    product_requirement(c->p, g->requirement.s)->forbid)
		errs_add(c->errs, g->expires.at,
			 "the requirement \"%s\" forbids, and that does not expire",
			 g->requirement.s);
}

void site_check_use(const struct site *s, const struct use *u, const struct product *p,
		    struct errs *errs)
{
	struct buf of = BUF_INIT;
	struct checker c = {s, p, errs, NULL};

	buf_addf(&of, " of %s", p->name.s);
	c.of = of.data;

	for_each (rb, &u->roles)
		check_role(&c, rb);
	for_each (f, &u->features)
		check_feature(&c, *f);
	check_conflicts(&c, u);
	check_choices(&c, u);
	for_each (network, &u->networks)
		KNOWN(&c, network->name, "network", &p->networks);
	for_each (m, &u->modes)
		check_modes(&c, m);
	for_each (choose, &u->choose)
		check_choose(&c, choose);
	for_each (choose, &u->overrule)
		check_choose(&c, choose);
	for_each (g, &u->grants)
		check_grant(&c, g);
	for_each (item, &u->checklist)
		KNOWN(&c, item->item, "item of the checklist", &p->checklist);
	buf_release(&of);
}
