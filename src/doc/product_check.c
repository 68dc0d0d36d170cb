/* SPDX-License-Identifier: ISC */
#include "doc/product_check.h"

#include <stdio.h>

#include "base/suggest.h"
#include "doc/fields.h"
#include "doc/known.h"
#include "doc/product_cycles.h"
#include "model/setting.h"

struct checker {
	struct product *p;
	struct errs *errs;
	const struct requirement *now; /* whose expressions are looked at; NULL: a set's */
	bool is_child;
};

/* --- names ------------------------------------------------------------------------------------ */

#define KNOWN(c, wanted, what, list)	    is_known(wanted, KNOWN_LIST(what, "", list), (c)->errs)
#define KNOWN_OF(c, wanted, what, of, list) is_known(wanted, KNOWN_LIST(what, of, list), (c)->errs)

static void check_role_name(struct checker *c, struct text name)
{
	if (name.s)
		KNOWN(c, name, "role", &c->p->roles);
}

static void check_docs(struct checker *c, const void *docs_)
{
	const LIST_OF(struct docref) *docs = docs_;

	for_each (d, docs)
		if (d->in.s)
			KNOWN(c, d->in, "document", &c->p->documents);
}

/* --- expressions ------------------------------------------------------------------------------ */

/* The setting that a reference means; NULL after a message. */
static const struct setting *find_setting(struct checker *c, const struct setting_ref *ref)
{
	struct text name = {ref->name, ref->at}, role = {ref->role, ref->at};
	const struct setting *s;

	if (role.s && !KNOWN(c, role, "role", &c->p->roles))
		return NULL;
	if (role.s) {
		const struct role *r = product_role(c->p, role.s);

		char of[128];

		snprintf(of, sizeof(of), " of the role \"%s\"", role.s);
		s = role_setting(r, name.s);
		if (!s)
			KNOWN_OF(c, name, "setting", of, &r->settings);
	} else {
		s = product_setting(c->p, name.s);
		if (!s)
			KNOWN(c, name, "setting", &c->p->settings);
	}
	return s;
}

static void check_ref(struct checker *c, const struct setting_ref *ref)
{
	const struct setting *s = find_setting(c, ref);

	if (!s)
		return;
	if (s->type == SETTING_WORD || s->type == SETTING_VERSION)
		errs_add(c->errs, ref->at, "the setting \"%s\" is a %s, not a number", ref->name,
			 setting_type_names[s->type]);
}

static void check_term(struct checker *c, const struct port_term *t)
{
	for_each (piece, &t->pieces)
		if (!piece->digits)
			check_ref(c, &piece->ref);
}

static void check_arith(struct checker *c, const struct arith *a)
{
	if (a->op == ARITH_REF)
		check_ref(c, &a->ref);
	if (a->left)
		check_arith(c, a->left);
	if (a->right)
		check_arith(c, a->right);
}

static void check_ports(struct checker *c, const struct expr *e, const struct ports *p)
{
	check_term(c, &p->lo);
	check_term(c, &p->hi);
	if (p->arith)
		check_arith(c, p->arith);
	if (p->kind == PORTS_PARENT && c->now && !c->now->child_of.s)
		errs_add(c->errs, e->at, "\"parent\" needs \"child_of\": whose source port it is");
}

/* Looks a set up and hangs its tree below the reference. The expression is still ours to change. */
static void link_set(struct checker *c, const struct expr *e)
{
	struct expr *mine = (struct expr *)e;
	struct text name = {e->set, e->at};
	const struct set *set;

	if (!KNOWN(c, name, "set", &c->p->sets))
		return;
	set = product_set(c->p, e->set);
	if (!set->needs)
		return;
	mine->kids.items = arena_get(c->p->arena, 1, sizeof(*mine->kids.items));
	mine->kids.items[0] = set->needs;
	mine->kids.n = 1;
}

static void check_expr(struct checker *c, const struct expr *e)
{
	if (!e)
		return;
	if (e->kind == EXPR_SET) {
		link_set(c, e);
		return;
	}
	if (e->kind == EXPR_LEAF) {
		check_ports(c, e, &e->leaf.ports);
		check_ports(c, e, &e->leaf.source);
	}
	for_each (kid, &e->kids)
		check_expr(c, *kid);
}

static void check_sets(struct checker *c)
{
	for_each (set, &c->p->sets)
		check_expr(c, set->needs);
}

/* --- conditions ------------------------------------------------------------------------------- */

/* "target.session_port" of a role's binding, or a setting of the product. */
static const struct setting *cond_setting(struct checker *c, struct text name)
{
	struct slice rest = slice_of(name.s), role;
	char role_name[101];
	const struct role *r;

	if (!strchr(name.s, '.'))
		return product_setting(c->p, name.s);
	slice_cut(&rest, '.', &role);
	if (role.n >= sizeof(role_name))
		return NULL;
	snprintf(role_name, sizeof(role_name), "%.*s", (int)role.n, role.p);
	r = product_role(c->p, role_name);
	return r ? role_setting(r, rest.p) : NULL;
}

static void check_equals(struct checker *c, struct cond *cond)
{
	const struct choice *choice = product_choice(c->p, cond->left.s);
	const struct setting *setting = cond_setting(c, cond->left);
	struct suggest s = suggest_start(slice_of(cond->left.s));
	char hint[SUGGEST_TEXT_MAX];

	if (choice) {
		KNOWN_OF(c, cond->right, "option", " of this choice", &choice->options);
		return;
	}
	if (setting) {
		cond->kind = COND_COMPARE;
		return;
	}
	for_each (x, &c->p->choices)
		suggest_add(&s, x->name.s);
	for_each (x, &c->p->settings)
		suggest_add(&s, x->name.s);
	errs_add(c->errs, cond->left.at, "unknown choice or setting \"%.60s\"%s", cond->left.s,
		 suggest_text(&s, hint));
}

static void check_cond(struct checker *c, const struct cond *cond)
{
	if (!cond)
		return;
	switch (cond->kind) {
	case COND_APART:
	case COND_WITH:
		check_role_name(c, cond->left);
		check_role_name(c, cond->right);
		break;
	case COND_FEATURE:
		KNOWN(c, cond->left, "feature", &c->p->features);
		break;
	case COND_CHOICE:
		check_equals(c, (struct cond *)cond);
		break;
	case COND_COMPARE:
		if (!cond_setting(c, cond->left))
			KNOWN(c, cond->left, "setting", &c->p->settings);
		break;
	case COND_NOT:
	case COND_AND:
	case COND_OR:
		check_cond(c, cond->a);
		check_cond(c, cond->b);
		break;
	}
}

/* --- settings, choices, roles ----------------------------------------------------------------- */

/* The bounds are values of the setting's own type. */
static void check_bound(struct checker *c, const struct setting *s, struct text bound)
{
	struct setting unbounded = {.name = s->name, .type = s->type};
	char why[SETTING_WHY_MAX];

	if (bound.s && !setting_accepts(&unbounded, bound.s, why))
		errs_add(c->errs, bound.at, "%s", why);
}

static void check_setting(struct checker *c, const struct setting *s)
{
	char why[SETTING_WHY_MAX];
	uint64_t ports;

	if (s->at_least.s && (s->type != SETTING_RANGE ||
			      !slice_number(slice_of(s->at_least.s), 65535, &ports) || !ports))
		errs_add(c->errs, s->at_least.at,
			 "expected how many ports a setting of type range must have, found "
			 "\"%.40s\"",
			 s->at_least.s);

	check_bound(c, s, s->min);
	check_bound(c, s, s->max);
	for_each (f, &s->forbid)
		check_bound(c, s, *f);
	if (s->value.s && !setting_accepts(s, s->value.s, why))
		errs_add(c->errs, s->value.at, "%s", why);
}

static void check_choice(struct checker *c, const struct choice *choice)
{
	if (choice->options.n < 2)
		errs_add(c->errs, choice->name.at, "a choice needs at least two options");
	if (choice->value.s)
		KNOWN_OF(c, choice->value, "option", " of this choice", &choice->options);
}

/* "*.example.com", "${tenant}.example.com" */
static void check_dns_name(struct checker *c, struct text name)
{
	const char *rest = name.s, *begin;

	if (!dns_name_is_valid(slice_of(name.s), "*${}"))
		errs_add(c->errs, name.at,
			 "expected a name such as www.example.com, found \"%.60s\"", name.s);
	while ((begin = strstr(rest, "${"))) {
		const char *end = strchr(begin, '}');
		struct text setting = {NULL, name.at};

		if (!end || end == begin + 2) {
			errs_add(c->errs, name.at, "expected ${setting}, closed by }");
			return;
		}
		setting.s = arena_copy(c->p->arena, slice_from_to(begin + 2, end));
		KNOWN(c, setting, "setting", &c->p->settings);
		rest = end;
	}
}

/* 224.0.0.0/4 (RFC 5771), ff00::/8 (RFC 4291 section 2.7), the limited broadcast (RFC 919). */
static bool is_group(const struct prefix *p)
{
	static const uint8_t everybody[4] = {255, 255, 255, 255};

	if (p->addr.family == 6)
		return p->bits >= 8 && p->addr.bytes[0] == 0xff;
	return (p->bits >= 4 && p->addr.bytes[0] >> 4 == 14) ||
	       (p->bits == 32 && memcmp(p->addr.bytes, everybody, 4) == 0);
}

static void check_multicast(struct checker *c, const struct role *r)
{
	char text[PREFIX_TEXT_MAX];

	for_each (p, &r->multicast)
		if (!is_group(p))
			errs_add(c->errs, r->name.at,
				 "%s is neither a multicast group nor 255.255.255.255",
				 prefix_text(p, text));
}

static void check_role(struct checker *c, const struct role *r)
{
	for_each (name, &r->names)
		check_dns_name(c, *name);
	for_each (name, &r->try_names)
		check_dns_name(c, *name);
	for_each (name, &r->is)
		check_role_name(c, *name);
	for_each (name, &r->includes)
		check_role_name(c, *name);
	for_each (s, &r->settings)
		check_setting(c, s);
	if (r->is.n && r->includes.n)
		errs_add(c->errs, r->name.at, "a role has either \"is\" or \"includes\"");
	if (!r->outside && (r->names.n || r->addresses.n || r->try_names.n || r->multicast.n))
		errs_add(c->errs, r->name.at,
			 "\"names\", \"addresses\", \"multicast\" and \"try\" belong to a role "
			 "with \"outside: true\"");
	check_multicast(c, r);
	for_each (t, &r->try_names)
		if (strchr(t->s, '*'))
			errs_add(c->errs, t->at, "a name to try cannot have a wildcard");
}

/* --- requirements ----------------------------------------------------------------------------- */

/* A mode runs between the requirement's own two roles, this way or the other. */
static void check_mode_ends(struct checker *c, const struct requirement *q, const struct mode *m)
{
	bool from_known = !m->from.s || text_same(m->from, q->from) || text_same(m->from, q->to);
	bool to_known = !m->to.s || text_same(m->to, q->from) || text_same(m->to, q->to);

	if (!from_known || !to_known || (text_same(m->from, m->to) && !text_same(q->from, q->to)))
		errs_add(c->errs, m->name.at,
			 "a mode runs between %s and %s, this way or the other", q->from.s,
			 q->to.s);
}

static void check_modes(struct checker *c, const struct requirement *q)
{
	for_each (m, &q->modes) {
		check_role_name(c, m->from);
		check_role_name(c, m->to);
		if (q->from.s && q->to.s)
			check_mode_ends(c, q, m);
		check_expr(c, m->needs);
	}
}

static void check_networks(struct checker *c, const struct requirement *q)
{
	if (q->network.from.s)
		KNOWN(c, q->network.from, "network", &c->p->networks);
	if (q->network.to.s && !text_same(q->network.from, q->network.to))
		KNOWN(c, q->network.to, "network", &c->p->networks);
}

static void check_requirement(struct checker *c, const struct requirement *q)
{
	c->now = q;
	check_role_name(c, q->from);
	check_role_name(c, q->to);
	check_expr(c, q->needs);
	check_expr(c, q->forbid);
	check_expr(c, q->also);
	check_modes(c, q);
	check_networks(c, q);
	check_cond(c, q->when);
	if (q->child_of.s)
		KNOWN(c, q->child_of, "requirement", &c->p->requirements);
	for_each (id, &q->after)
		KNOWN(c, *id, "requirement", &c->p->requirements);
	check_role_name(c, q->documented.from);
	check_role_name(c, q->documented.to);
	c->now = NULL;
	check_expr(c, q->documented.needs);
	check_docs(c, &q->doc);
}

/* A goal of the same name as a requirement goes first. */
static void check_goal(struct checker *c, const struct goal *g)
{
	if (g->kind == GOAL_NAME && !product_goal(c->p, g->name.s))
		KNOWN(c, g->name, "requirement or goal", &c->p->requirements);
	for_each (kid, &g->kids)
		check_goal(c, kid);
}

void product_check(struct product *p, struct errs *errs)
{
	struct checker c = {.p = p, .errs = errs};
	size_t before = errs->n + errs->dropped;

	for_each (s, &p->settings)
		check_setting(&c, s);
	for_each (f, &p->features)
		for_each (other, &f->conflicts)
			KNOWN(&c, *other, "feature", &p->features);
	for_each (choice, &p->choices)
		check_choice(&c, choice);
	for_each (r, &p->roles)
		check_role(&c, r);
	check_sets(&c);
	for_each (q, &p->requirements)
		check_requirement(&c, q);
	for_each (g, &p->goals)
		check_goal(&c, g);
	for_each (d, &p->defects) {
		check_docs(&c, &d->doc);
		for_each (id, &d->requirements)
			KNOWN(&c, *id, "requirement", &p->requirements);
	}
	for_each (m, &p->checklist)
		check_docs(&c, &m->doc);
	if (before == errs->n + errs->dropped)
		product_check_cycles(p, errs);
}
