/* SPDX-License-Identifier: ISC
 *
 * An expression and a pair become a tree of flows: settings are filled in, choices are applied.
 */
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
static bool is_meant(const struct player *player, const struct role *end, const char *role)
{
	return player &&
	       ((player->role && text_is(player->role->name, role)) || text_is(end->name, role));
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

/* The end of the pair that a reference to a role means, the listening one first; NULL: neither. */
static const struct player *meant(const struct pair *p, const char *role)
{
	if (is_meant(p->to, p->to_role, role))
		return p->to;
	return is_meant(p->from, p->from_role, role) ? p->from : NULL;
}

static const char *role_value(const struct pair *p, const struct setting_ref *ref)
{
	const struct role *role = product_role(p->pl->now->product, ref->role);
	const struct setting *setting = role ? role_setting(role, ref->name) : NULL;
	const struct player *end = meant(p, ref->role);
	const char *value = NULL;

	if (end)
		value = end->settings ? find_value(&end->settings->settings, ref->name) : NULL;
	else if (role)
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

static void ask_role_setting(struct pair *p, const struct role *role, const struct setting_ref *ref)
{
	struct planner *pl = p->pl;
	const struct setting *s = role_setting(role, ref->name);
	const struct players *all = plan_players(pl, role);
	const struct player *whose = meant(p, ref->role);
	const char *value = plan_line(pl, "%s: VALUE", ref->name);

	if (!whose && all->all.n)
		whose = all->all.items;
	plan_ask(pl, plan_line(pl, "%s.%s.%s", pl->now->name, ref->role, ref->name),
		 whose ? plan_binding_line(pl, whose, value)
		       : plan_line(pl, "uses[%zu].roles.%s: [{to: HOST, %s}]", pl->use_index,
				   ref->role, value),
		 "what is %s of %s (%s)?", ref->name, whose ? whose->endpoint->name : ref->role,
		 s && s->title.s ? s->title.s : ref->name);
}

void plan_ask_setting(struct pair *p, const struct setting_ref *ref)
{
	struct planner *pl = p->pl;
	const struct product *product = pl->now->product;
	const struct setting *s = product_setting(product, ref->name);

	if (ref->role)
		ask_role_setting(p, product_role(product, ref->role), ref);
	else
		plan_ask(pl, plan_line(pl, "%s.%s", pl->now->name, ref->name),
			 plan_line(pl, "uses[%zu].settings.%s: VALUE", pl->use_index, ref->name),
			 "what is %s: %s?", ref->name, s && s->title.s ? s->title.s : "a setting");
}

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
		plan_ask_setting(p, missing);
		break;
	case PORTS_BAD:
		errs_add(p->pl->errs, e->at, "%s/%s (%s): %s", p->pl->now->product->name.s,
			 p->requirement->id.s, p->pl->now->name, why);
		break;
	}
	return false;
}

/* --- trees ------------------------------------------------------------------------------------ */

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

void need_add(struct buf *kids, const struct need *need)
{
	if (need)
		buf_add(kids, &need, sizeof(need));
}

const struct need *need_open(struct planner *pl)
{
	struct need *need = ARENA_NEW(pl->arena, struct need);

	need->kind = NEED_OPEN;
	return need;
}

static const char *service_of(const struct pair *p, const struct leaf *leaf)
{
	return leaf->service ? leaf->service : p->requirement->service.s;
}

/* Where the services behind the directory listen. Windows has a range of its own; where services
 * register with rpcbind, every system has another. False after a question or an error. */
static bool resolve_rpc(struct pair *p, const struct setting_ref *ref, bool windows,
			struct port_range *ports)
{
	static const struct port_range dynamic = {49152, 65535}; /* RFC 6335; Windows since 2008 */
	const char *value = role_value(p, ref);

	*ports = dynamic;
	if (value && !port_range_parse(slice_of(value), ports)) {
		errs_add(p->pl->errs, ref->at, "rpc_ports of %s is no range: %s", ref->role, value);
		return false;
	}
	if (!value && !windows)
		plan_ask_setting(p, ref);
	return value || windows;
}

/* One of the ports that the directory names. */
static const struct need *expand_named(struct pair *p, const struct wanted *w,
				       const struct need *directory, const char *what)
{
	const struct flow *parent = p->parent;
	const struct need *need;

	p->parent = need_first_flow(directory);
	p->what = what;
	need = plan_legs(p, w);
	p->parent = parent;
	p->what = NULL;
	return need;
}

/* The directory, and one port of its range: rpc/wmi is tcp/135 and one of the rpc_ports. */
static const struct need *expand_rpc(struct pair *p, const struct expr *e)
{
	enum { ENDPOINT_MAPPER = 135 };
	const struct rpc_name *rpc = rpc_name_find(slice_of(e->leaf.name));
	const struct role *role = p->to->role ? p->to->role : p->to_role;
	const struct setting_ref ref = {role->name.s, "rpc_ports", e->at};
	bool windows = rpc->directory == ENDPOINT_MAPPER;
	struct wanted directory = {.from = p->from->endpoint,
				   .to = p->to->endpoint,
				   .transport = TRANSPORT_TCP,
				   .ports = {rpc->directory, rpc->directory},
				   .service = windows ? "epmap" : "rpcbind"};
	struct wanted range = directory;
	const struct need *asked;
	struct buf kids = BUF_INIT;

	range.service = e->leaf.service;
	asked = plan_legs(p, &directory);
	need_add(&kids, asked);
	if (resolve_rpc(p, &ref, windows, &range.ports)) {
		range.any_of = range.ports.lo != range.ports.hi;
		need_add(&kids, expand_named(p, &range, asked, e->leaf.name));
	} else {
		need_add(&kids, need_open(p->pl));
	}
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
		return need_open(p->pl);
	if (w.ports.lo == w.ports.hi)
		w.any_of = false;
	return mark_degraded(p->pl, plan_legs(p, &w), leaf->degraded);
}

/* --- alternatives ----------------------------------------------------------------------------- */

static const struct need *expand_kids(struct pair *p, const struct expr *e, enum need_kind kind)
{
	bool alternatives = kind != NEED_ALL, outermost = alternatives && plan_begin_group(p);
	struct buf kids = BUF_INIT;

	for (size_t i = 0; i < e->kids.n; i++) {
		plan_set_branch(p, outermost, (unsigned)i + 1);
		need_add(&kids, plan_expand(p, e->kids.items[i]));
	}
	plan_end_group(p, outermost);
	return need_join(p->pl, kind, &kids);
}

/* The chosen one alone, else all of them. */
static const struct need *expand_any(struct pair *p, const struct expr *e)
{
	const struct expr *chosen = plan_chosen(p, e);

	return chosen ? plan_expand(p, chosen) : expand_kids(p, e, NEED_ANY);
}

static const struct need *expand_set(struct pair *p, const struct expr *e)
{
	const struct in_set inner = {e->set, p->in_set};
	const struct need *result;

	if (!e->kids.n)
		return NULL;
	p->in_set = &inner;
	result = plan_expand(p, e->kids.items[0]);
	p->in_set = inner.outer;
	return result;
}

const struct need *plan_expand(struct pair *p, const struct expr *e)
{
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
		return expand_set(p, e);
	}
	return NULL;
}

/* --- words ------------------------------------------------------------------------------------ */

/* What has no value yet is written as its reference. */
static void format_ports(struct pair *p, const struct ports *ports, struct buf *out)
{
	const struct setting_env env = {value_of, p};
	const struct setting_ref *missing = NULL;
	struct port_range r;
	char why[120];

	if (ports->any_of)
		buf_add_text(out, "any-of ");
	if (ports->kind == PORTS_PARENT)
		buf_add_text(out, "parent");
	else if (ports->kind == PORTS_ANY)
		buf_add_text(out, "any");
	else if (ports_resolve(ports, &env, &r, &missing, why) == PORTS_OK)
		port_range_format(r, out);
	else
		buf_addf(out, "${%s%s%s}", missing && missing->role ? missing->role : "",
			 missing && missing->role ? "." : "", missing ? missing->name : "?");
}

static void format_leaf(struct pair *p, const struct expr *e, struct buf *out)
{
	const struct leaf *leaf = &e->leaf;

	buf_addf(out, "%s/", transport_names[leaf->transport]);
	if (leaf->name)
		buf_add_text(out, leaf->name);
	else if (leaf->transport == TRANSPORT_IP && leaf->number == IP_ANY)
		buf_add_text(out, "any");
	else if (leaf->transport == TRANSPORT_IP)
		buf_addf(out, "%u", leaf->number);
	else
		format_ports(p, &leaf->ports, out);
	if (leaf->source.kind != PORTS_NONE) {
		buf_add_text(out, " from ");
		format_ports(p, &leaf->source, out);
	}
	if (leaf->degraded)
		buf_add_text(out, " degraded");
}

static void format_kids(struct pair *p, const struct expr *e, struct buf *out)
{
	const char *between = e->kind == EXPR_ANY ? " or " : e->kind == EXPR_ELSE ? " else " : ", ";

	for (size_t i = 0; i < e->kids.n; i++) {
		const struct expr *kid = e->kids.items[i];
		bool brackets = kid->kind == EXPR_ANY || kid->kind == EXPR_ELSE;

		if (i)
			buf_add_text(out, between);
		if (brackets && e->kind != EXPR_ALL)
			buf_add_char(out, '(');
		plan_format_needs(p, kid, out);
		if (brackets && e->kind != EXPR_ALL)
			buf_add_char(out, ')');
	}
}

void plan_format_needs(struct pair *p, const struct expr *e, struct buf *out)
{
	if (e->kind == EXPR_LEAF) {
		format_leaf(p, e, out);
	} else if (e->kind == EXPR_SET) {
		buf_addf(out, "\"@%s\"", e->set);
	} else {
		if (e->kind == EXPR_ALL)
			buf_add_char(out, '[');
		format_kids(p, e, out);
		if (e->kind == EXPR_ALL)
			buf_add_char(out, ']');
	}
}
