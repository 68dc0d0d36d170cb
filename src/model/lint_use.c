/* SPDX-License-Identifier: ISC */
#include "model/lint_use.h"

/* --- expressions ------------------------------------------------------------------------------ */

/* fn with every leaf; below a set's name, too. */
static void each_leaf(const struct expr *e, void (*fn)(void *ctx, const struct expr *leaf),
		      void *ctx)
{
	if (!e)
		return;
	if (e->kind == EXPR_LEAF)
		fn(ctx, e);
	for_each (kid, &e->kids)
		each_leaf(*kid, fn, ctx);
}

static const char *default_value(const void *ctx, const struct setting_ref *ref)
{
	const struct product *p = ctx;
	const struct role *r = ref->role ? product_role(p, ref->role) : NULL;
	const struct setting *s =
		ref->role ? (r ? role_setting(r, ref->name) : NULL) : product_setting(p, ref->name);

	return s ? s->value.s : NULL;
}

struct collecting {
	const struct product *p;
	struct port_use now;	/* what all leaves of an expression share */
	struct port_uses *uses; /* items NULL: only counted */
};

static void collect(void *ctx, const struct expr *e)
{
	struct collecting *c = ctx;
	struct setting_env env = {default_value, c->p};
	const struct setting_ref *missing;
	struct port_use *u;
	char why[120];

	if (!c->uses->items) {
		c->uses->n++;
		return;
	}
	u = &c->uses->items[c->uses->n++];
	*u = c->now;
	u->leaf = &e->leaf;
	u->at = e->at;
	if (e->leaf.service)
		u->service = e->leaf.service;
	u->is_known = (e->leaf.ports.kind == PORTS_SPAN || e->leaf.ports.kind == PORTS_ANY ||
		       e->leaf.ports.kind == PORTS_ARITH) &&
		      ports_resolve(&e->leaf.ports, &env, &u->ports, &missing, why) == PORTS_OK;
}

static void collect_requirement(struct collecting *c, const struct requirement *q)
{
	c->now = (struct port_use){
		.q = q, .from = q->from.s, .to = q->to.s, .service = q->service.s};
	each_leaf(q->needs, collect, c);
	c->now.is_also = true;
	each_leaf(q->also, collect, c);
	c->now.is_also = false;
	c->now.is_forbidden = true;
	each_leaf(q->forbid, collect, c);
	c->now.is_forbidden = false;
	for_each (m, &q->modes) {
		c->now.from = m->from.s ? m->from.s : q->from.s;
		c->now.to = m->to.s ? m->to.s : q->to.s;
		each_leaf(m->needs, collect, c);
	}
}

struct port_uses port_uses_of(const struct product *p, struct arena *arena)
{
	struct port_uses uses = {0};
	struct collecting c = {.p = p, .uses = &uses};

	for_each (q, &p->requirements)
		collect_requirement(&c, q);
	uses.items = ARENA_ARRAY(arena, struct port_use, uses.n + 1);
	uses.n = 0;
	for_each (q, &p->requirements)
		collect_requirement(&c, q);
	return uses;
}

/* --- conditions ------------------------------------------------------------------------------- */

static bool cond_has(const struct cond *c, unsigned kinds, const char *name)
{
	if (!c)
		return false;
	if (kinds & 1u << c->kind &&
	    (text_is(c->left, name) ||
	     ((c->kind == COND_APART || c->kind == COND_WITH) && text_is(c->right, name))))
		return true;
	return cond_has(c->a, kinds, name) || cond_has(c->b, kinds, name);
}

static bool any_cond_has(const struct product *p, unsigned kinds, const char *name)
{
	for_each (q, &p->requirements)
		if (cond_has(q->when, kinds, name))
			return true;
	return false;
}

bool uses_feature(const struct product *p, const char *name)
{
	return any_cond_has(p, 1u << COND_FEATURE, name);
}

bool uses_choice(const struct product *p, const char *name)
{
	return any_cond_has(p, 1u << COND_CHOICE, name);
}

/* --- settings --------------------------------------------------------------------------------- */

struct wanted {
	const char *role, *name;
	bool found;
};

static void want_ref(struct wanted *w, const struct setting_ref *ref)
{
	bool same_role = w->role ? ref->role && strcmp(ref->role, w->role) == 0 : !ref->role;

	w->found |= same_role && strcmp(ref->name, w->name) == 0;
}

static void want_in_arith(struct wanted *w, const struct arith *a)
{
	if (!a)
		return;
	if (a->op == ARITH_REF)
		want_ref(w, &a->ref);
	want_in_arith(w, a->left);
	want_in_arith(w, a->right);
}

static void want_in_ports(struct wanted *w, const struct ports *p)
{
	for_each (piece, &p->lo.pieces)
		if (!piece->digits)
			want_ref(w, &piece->ref);
	for_each (piece, &p->hi.pieces)
		if (!piece->digits)
			want_ref(w, &piece->ref);
	want_in_arith(w, p->arith);
}

/* An RPC service listens on its role's rpc_ports, which is not written out. */
static void want_in_leaf(void *ctx, const struct expr *e)
{
	struct wanted *w = ctx;

	want_in_ports(w, &e->leaf.ports);
	want_in_ports(w, &e->leaf.source);
	w->found |=
		w->role && e->leaf.transport == TRANSPORT_RPC && strcmp(w->name, "rpc_ports") == 0;
}

static bool names_have(const struct product *p, const char *name)
{
	char ref[128];

	snprintf(ref, sizeof(ref), "${%s}", name);
	for_each (r, &p->roles) {
		for_each (t, &r->names)
			if (strstr(t->s, ref))
				return true;
		for_each (t, &r->try_names)
			if (strstr(t->s, ref))
				return true;
	}
	return false;
}

bool uses_setting(const struct product *p, const char *role, const char *name)
{
	struct wanted w = {role, name, false};
	char in_cond[256];

	for_each (q, &p->requirements) {
		each_leaf(q->needs, want_in_leaf, &w);
		each_leaf(q->also, want_in_leaf, &w);
		each_leaf(q->forbid, want_in_leaf, &w);
		for_each (m, &q->modes)
			each_leaf(m->needs, want_in_leaf, &w);
	}
	snprintf(in_cond, sizeof(in_cond), "%s%s%s", role ? role : "", role ? "." : "", name);
	return w.found || any_cond_has(p, 1u << COND_COMPARE, in_cond) ||
	       (!role && names_have(p, name));
}

/* --- roles and sets --------------------------------------------------------------------------- */

static bool requirement_has_role(const struct requirement *q, const char *name)
{
	if (text_is(q->from, name) || text_is(q->to, name))
		return true;
	for_each (m, &q->modes)
		if (text_is(m->from, name) || text_is(m->to, name))
			return true;
	return cond_has(q->when, 1u << COND_APART | 1u << COND_WITH, name);
}

bool uses_role(const struct product *p, const char *name)
{
	for_each (q, &p->requirements)
		if (requirement_has_role(q, name))
			return true;
	for_each (r, &p->roles) {
		for_each (t, &r->is)
			if (text_is(*t, name))
				return true;
		for_each (t, &r->includes)
			if (text_is(*t, name))
				return true;
	}
	return false;
}

static bool expr_has_set(const struct expr *e, const char *name)
{
	if (!e)
		return false;
	if (e->kind == EXPR_SET && strcmp(e->set, name) == 0)
		return true;
	for_each (kid, &e->kids)
		if (expr_has_set(*kid, name))
			return true;
	return false;
}

bool uses_network(const struct product *p, const char *name)
{
	for_each (q, &p->requirements)
		if (text_is(q->network.from, name) || text_is(q->network.to, name))
			return true;
	return false;
}

bool uses_set(const struct product *p, const char *name)
{
	for_each (q, &p->requirements) {
		if (expr_has_set(q->needs, name) || expr_has_set(q->also, name) ||
		    expr_has_set(q->forbid, name))
			return true;
		for_each (m, &q->modes)
			if (expr_has_set(m->needs, name))
				return true;
	}
	return false;
}
