/* SPDX-License-Identifier: ISC
 *
 * An expression and a pair become a tree of flows: settings are filled in, choices are applied.
 */
#include <stdio.h>

#include "model/plan_int.h"

/* --- settings --------------------------------------------------------------------------------- */

static const char *find_value(const void *values_, const char *name)
{
	const LIST_OF(struct value) *values = values_;

	for_each (v, values)
		if (text_is(v->name, name))
			return v->value.s;
	return NULL;
}

/* Whether this end of the pair is meant by a reference to `role`. */
static bool is_meant(const struct player *player, struct text end, const char *role)
{
	return player && ((player->role && text_is(player->role->name, role)) || text_is(end, role));
}

/* A role that is neither end: what its players agree on. */
static const char *common_value(const struct pair *p, const struct role *role, const char *name)
{
	const struct players *all = plan_players(p->pl, role);
	const char *common = NULL;

	for_each (player, &all->all) {
		const char *value =
			player->settings ? find_value(&player->settings->settings, name) : NULL;

		if (value && common && strcmp(value, common) != 0)
			return NULL;
		if (value)
			common = value;
	}
	return common;
}

static const char *role_value(const struct pair *p, const struct setting_ref *ref)
{
	const struct role *role = product_role(p->pl->now->product, ref->role);
	const struct setting *setting = role ? role_setting(role, ref->name) : NULL;
	const char *value = NULL;
	bool is_end = true;

	if (is_meant(p->to, p->requirement->to, ref->role))
		value = p->to->settings ? find_value(&p->to->settings->settings, ref->name) : NULL;
	else if (is_meant(p->from, p->requirement->from, ref->role))
		value = p->from->settings ? find_value(&p->from->settings->settings, ref->name)
					  : NULL;
	else
		is_end = false;
	if (!value && !is_end && role)
		value = common_value(p, role, ref->name);
	return value ? value : setting ? setting->value.s : NULL;
}

const char *plan_setting(const struct pair *p, const struct setting_ref *ref)
{
	const struct installation *now = p->pl->now;
	const struct setting *setting;
	const char *value;

	if (ref->role)
		return role_value(p, ref);
	value = find_value(&now->use->settings, ref->name);
	setting = product_setting(now->product, ref->name);
	return value ? value : setting ? setting->value.s : NULL;
}

static const char *value_of(const void *ctx, const struct setting_ref *ref)
{
	return plan_setting(ctx, ref);
}

static void ask_setting(struct pair *p, const struct setting_ref *ref)
{
	struct planner *pl = p->pl;
	const struct role *role = ref->role ? product_role(pl->now->product, ref->role) : NULL;
	const struct setting *s = role ? role_setting(role, ref->name)
				       : product_setting(pl->now->product, ref->name);

	if (ref->role)
		plan_ask(pl, plan_line(pl, "%s.%s.%s", pl->now->name, ref->role, ref->name),
			 plan_line(pl, "uses[%zu].roles.%s: [{to: %s, %s: VALUE}]", pl->use_index,
				   ref->role, p->to->endpoint->name, ref->name),
			 "what is %s of %s (%s)?", ref->name, p->to->endpoint->name,
			 s && s->title.s ? s->title.s : ref->name);
	else
		plan_ask(pl, plan_line(pl, "%s.%s", pl->now->name, ref->name),
			 plan_line(pl, "uses[%zu].settings.%s: VALUE", pl->use_index, ref->name),
			 "what is %s: %s?", ref->name, s && s->title.s ? s->title.s : "a setting");
}

/* The ports of a leaf; false after a question or a message. */
bool plan_resolve(struct pair *p, const struct expr *e, const struct ports *ports,
		  struct port_range *out)
{
	const struct setting_env env = {value_of, p};
	const struct setting_ref *missing = NULL;
	char why[120];

	switch (ports_resolve(ports, &env, out, &missing, why)) {
	case PORTS_OK:
		return true;
	case PORTS_MISSING:
		ask_setting(p, missing);
		break;
	case PORTS_BAD:
		errs_add(p->pl->errs, e->at, "%s/%s (%s): %s", p->pl->now->product->name.s,
			 p->requirement->id.s, p->pl->now->name, why);
		break;
	}
	p->failed = true;
	return false;
}

/* --- trees ------------------------------------------------------------------------------------ */

/* kids holds const struct need *; none gives NULL, one gives itself. */
const struct need *need_join(struct planner *pl, enum need_kind kind, struct buf *kids)
{
	size_t n = kids->n / sizeof(const struct need *);
	const struct need *result = NULL;
	struct need *joined;

	if (n == 1) {
		memcpy(&result, kids->data, sizeof(result));
	} else if (n > 1) {
		joined = ARENA_NEW(pl->arena, struct need);
		joined->kind = kind;
		joined->kids.items = arena_get(pl->arena, n, sizeof(const struct need *));
		joined->kids.n = n;
		memcpy(joined->kids.items, kids->data, kids->n);
		result = joined;
	}
	buf_release(kids);
	return result;
}

static void add_need(struct buf *kids, const struct need *need)
{
	if (need)
		buf_add(kids, &need, sizeof(need));
}

static const char *service_of(const struct pair *p, const struct leaf *leaf)
{
	return leaf->service ? leaf->service : p->requirement->service.s;
}

/* The directory, and one port of its range: rpc/wmi is tcp/135 and one of the target's rpc_ports. */
static const struct need *expand_rpc(struct pair *p, const struct expr *e)
{
	static const struct port_range dynamic = {49152, 65535}; /* RFC 6335; Windows since 2008 */
	const struct rpc_name *rpc = rpc_name_find(slice_of(e->leaf.name));
	const struct setting_ref ref = {p->requirement->to.s, "rpc_ports", e->at};
	const char *value = role_value(p, &ref);
	struct wanted directory = {.from = p->from->endpoint,
				   .to = p->to->endpoint,
				   .transport = TRANSPORT_TCP,
				   .ports = {rpc->directory, rpc->directory},
				   .service = rpc->directory == 135 ? "epmap" : "rpcbind"};
	struct wanted range = directory;
	struct buf kids = BUF_INIT;

	range.ports = dynamic;
	range.service = e->leaf.service;
	if (value && !port_range_parse(slice_of(value), &range.ports)) {
		errs_add(p->pl->errs, e->at, "rpc_ports of %s is no range: %s",
			 p->requirement->to.s, value);
		p->failed = true;
	}
	range.any_of = range.ports.lo != range.ports.hi;
	add_need(&kids, plan_legs(p, &directory));
	add_need(&kids, plan_legs(p, &range));
	return need_join(p->pl, NEED_ALL, &kids);
}

static const struct need *mark_degraded(struct planner *pl, const struct need *need, bool degraded)
{
	struct need *copy;

	if (!degraded || !need)
		return need;
	copy = ARENA_NEW(pl->arena, struct need);
	*copy = *need;
	copy->degraded = true;
	return copy;
}

static const struct need *expand_leaf(struct pair *p, const struct expr *e)
{
	const struct leaf *leaf = &e->leaf;
	struct wanted w = {.from = p->from->endpoint,
			   .to = p->to->endpoint,
			   .transport = leaf->transport,
			   .any_of = leaf->ports.any_of,
			   .parent_port = leaf->ports.kind == PORTS_PARENT,
			   .name = leaf->transport == TRANSPORT_ICMP ? leaf->name : NULL,
			   .number = leaf->number,
			   .service = service_of(p, leaf)};

	if (leaf->transport == TRANSPORT_RPC)
		return mark_degraded(p->pl, expand_rpc(p, e), leaf->degraded);
	if (!plan_resolve(p, e, &leaf->ports, &w.ports) ||
	    !plan_resolve(p, e, &leaf->source, &w.source))
		return NULL;
	if (w.ports.lo == w.ports.hi)
		w.any_of = false;
	return mark_degraded(p->pl, plan_legs(p, &w), leaf->degraded);
}

/* --- choices ---------------------------------------------------------------------------------- */

static const struct choose *find_choose(const struct pair *p)
{
	const struct use *u = p->pl->now->use;

	if (!u)
		return NULL;
	for_each (c, &u->choose)
		if (text_same(c->requirement, p->requirement->id))
			return c;
	for_each (c, &u->choose)
		if (p->in_set && c->requirement.s[0] == '@' &&
		    strcmp(c->requirement.s + 1, p->in_set) == 0)
			return c;
	return NULL;
}

static bool same_ports(struct pair *p, const struct expr *a, const struct ports *x,
		       const struct ports *y)
{
	struct port_range i, k;

	return plan_resolve(p, a, x, &i) && plan_resolve(p, a, y, &k) && i.lo == k.lo &&
	       i.hi == k.hi && x->any_of == y->any_of;
}

/* The same needs, whether the ports are written as numbers or as settings. */
static bool same_needs(struct pair *p, const struct expr *a, const struct expr *b)
{
	if (a->kind == EXPR_SET && b->kind != EXPR_SET)
		return a->kids.n && same_needs(p, a->kids.items[0], b);
	if (a->kind != b->kind || a->kids.n != b->kids.n)
		return false;
	if (a->kind == EXPR_SET)
		return strcmp(a->set, b->set) == 0;
	for (size_t i = 0; i < a->kids.n; i++)
		if (!same_needs(p, a->kids.items[i], b->kids.items[i]))
			return false;
	if (a->kind != EXPR_LEAF)
		return true;
	if (a->leaf.transport != b->leaf.transport || a->leaf.number != b->leaf.number)
		return false;
	if (a->leaf.name || b->leaf.name)
		return a->leaf.name && b->leaf.name && strcmp(a->leaf.name, b->leaf.name) == 0;
	return same_ports(p, a, &a->leaf.ports, &b->leaf.ports);
}

/* The alternative that the site chose: the expression, or one of its list. */
static bool is_chosen(struct pair *p, const struct expr *branch, const struct expr *chosen)
{
	if (same_needs(p, branch, chosen))
		return true;
	if (chosen->kind == EXPR_ALL)
		for_each (kid, &chosen->kids)
			if (same_needs(p, branch, *kid))
				return true;
	return false;
}

/* A requirement with several "or"s: those that `choose` does not speak of stay open. */
static const struct expr *chosen_branch(struct pair *p, const struct expr *e)
{
	const struct choose *c = find_choose(p);

	if (!c || !c->needs)
		return NULL;
	for_each (kid, &e->kids)
		if (is_chosen(p, *kid, c->needs))
			return *kid;
	return NULL;
}

static void format_branches(struct pair *p, const struct expr *e, struct buf *out, struct buf *first)
{
	for (size_t i = 0; i < e->kids.n; i++) {
		struct buf *both[] = {out, i ? NULL : first};

		if (i)
			buf_add_text(out, " or ");
		for (size_t k = 0; k < ARRAY_LEN(both); k++)
			if (both[k])
				plan_format_needs(p, e->kids.items[i], both[k]);
	}
}

static void ask_which(struct pair *p, const struct expr *e)
{
	struct planner *pl = p->pl;
	struct buf all = BUF_INIT, first = BUF_INIT;
	const char *key = p->in_set ? plan_line(pl, "\"@%s\"", p->in_set) : p->requirement->id.s;

	format_branches(p, e, &all, &first);
	plan_ask(pl, plan_line(pl, "%s/%s", pl->now->product->name.s, p->requirement->id.s),
		 plan_line(pl, "uses[%zu].choose.%s: %s", pl->use_index, key, first.data), "%s?",
		 all.data);
	buf_release(&all);
	buf_release(&first);
}

/* Alternatives: the chosen one alone, else all of them, numbered. */
static const struct need *expand_any(struct pair *p, const struct expr *e)
{
	const struct expr *chosen = chosen_branch(p, e);
	unsigned outer = p->branch;
	struct buf kids = BUF_INIT;

	if (chosen)
		return plan_expand(p, chosen);
	ask_which(p, e);
	for (size_t i = 0; i < e->kids.n; i++) {
		p->branch = (unsigned)i + 1;
		add_need(&kids, plan_expand(p, e->kids.items[i]));
	}
	p->branch = outer;
	return need_join(p->pl, NEED_ANY, &kids);
}

static const struct need *expand_kids(struct pair *p, const struct expr *e, enum need_kind kind)
{
	unsigned outer = p->branch;
	struct buf kids = BUF_INIT;

	for (size_t i = 0; i < e->kids.n; i++) {
		if (kind == NEED_ELSE)
			p->branch = (unsigned)i + 1;
		add_need(&kids, plan_expand(p, e->kids.items[i]));
	}
	p->branch = outer;
	return need_join(p->pl, kind, &kids);
}

const struct need *plan_expand(struct pair *p, const struct expr *e)
{
	const char *outer = p->in_set;
	const struct need *result;

	switch (e->kind) {
	case EXPR_LEAF:
		return expand_leaf(p, e);
	case EXPR_ALL:
		return expand_kids(p, e, NEED_ALL);
	case EXPR_ANY:
		return expand_any(p, e);
	case EXPR_ELSE:
		return expand_kids(p, e, NEED_ELSE);
	case EXPR_SET:
		p->in_set = e->set;
		result = e->kids.n ? plan_expand(p, e->kids.items[0]) : NULL;
		p->in_set = outer;
		return result;
	}
	return NULL;
}

/* --- words ------------------------------------------------------------------------------------ */

static void format_leaf(struct pair *p, const struct expr *e, struct buf *out)
{
	const struct leaf *leaf = &e->leaf;
	struct port_range r;

	buf_addf(out, "%s/", transport_names[leaf->transport]);
	if (leaf->name)
		buf_add_text(out, leaf->name);
	else if (leaf->transport == TRANSPORT_IP && leaf->number == IP_ANY)
		buf_add_text(out, "any");
	else if (leaf->transport == TRANSPORT_IP)
		buf_addf(out, "%u", leaf->number);
	else if (leaf->ports.kind == PORTS_PARENT)
		buf_add_text(out, "parent");
	else if (leaf->ports.kind == PORTS_ANY)
		buf_add_text(out, "any");
	else if (plan_resolve(p, e, &leaf->ports, &r)) {
		if (leaf->ports.any_of)
			buf_add_text(out, "any-of ");
		port_range_format(r, out);
	}
}


void plan_format_needs(struct pair *p, const struct expr *e, struct buf *out)
{
	const char *between = e->kind == EXPR_ANY ? " or " : e->kind == EXPR_ELSE ? " else " : ", ";

	if (e->kind == EXPR_LEAF) {
		format_leaf(p, e, out);
		return;
	}
	if (e->kind == EXPR_SET) {
		buf_addf(out, "\"@%s\"", e->set);
		return;
	}
	buf_add_char(out, e->kind == EXPR_ALL ? '[' : '(');
	for (size_t i = 0; i < e->kids.n; i++) {
		if (i)
			buf_add_text(out, between);
		plan_format_needs(p, e->kids.items[i], out);
	}
	buf_add_char(out, e->kind == EXPR_ALL ? ']' : ')');
}
