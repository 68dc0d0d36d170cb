/* SPDX-License-Identifier: ISC
 *
 * The planner's course: each installation, each requirement, each pair of players.
 */
#include "model/plan.h"

#include <stdlib.h>
#include <stdio.h>

#include "base/mem.h"
#include "model/plan_int.h"

/* --- questions and warnings ------------------------------------------------------------------- */

const char *plan_line(struct planner *pl, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	const char *kept;
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	kept = arena_copy(pl->arena, buf_slice(&text));
	buf_release(&text);
	return kept;
}

/* The line to add tells questions apart: one answer, one question. */
void plan_ask(struct planner *pl, const char *subject, const char *add, const char *fmt, ...)
{
	struct question q = {.subject = subject, .add = add};
	struct buf text = BUF_INIT;
	va_list ap;

	if (!map_add(&pl->asked, slice_of(add), pl))
		return;
	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	q.text = arena_copy(pl->arena, buf_slice(&text));
	buf_release(&text);
	buf_add(&pl->questions, &q, sizeof(q));
}

void plan_warn(struct planner *pl, struct finding f)
{
	const char *key = plan_line(pl, "! %s %s", f.code, f.subject);

	if (map_add(&pl->asked, slice_of(key), pl))
		buf_add(&pl->warnings, &f, sizeof(f));
}

/* --- conditions ------------------------------------------------------------------------------- */

/* What a condition is asked of: an installation, and a pair once there is one. */
struct asked_of {
	struct planner *pl;
	const struct requirement *requirement;
	const struct player *from, *to; /* NULL: not yet */
};

static const struct player *end_of(const struct asked_of *a, const char *role)
{
	if (a->from && (text_is(a->requirement->from, role) ||
			(a->from->role && text_is(a->from->role->name, role))))
		return a->from;
	if (a->to && (text_is(a->requirement->to, role) ||
		      (a->to->role && text_is(a->to->role->name, role))))
		return a->to;
	return NULL;
}

static bool plays(const struct players *all, const struct endpoint *e)
{
	for_each (player, &all->all)
		if (endpoints_share_host(player->endpoint, e))
			return true;
	return false;
}

/* Two roles of which neither is an end: together where every host of one is a host of the other. */
static enum truth sets_together(const struct players *a, const struct players *b)
{
	size_t shared = 0;

	if (!a->all.n || !b->all.n)
		return TRUTH_UNKNOWN;
	for_each (player, &a->all)
		shared += plays(b, player->endpoint);
	if (shared == 0)
		return TRUTH_NO;
	return shared == a->all.n && a->all.n == b->all.n ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth together(const void *ctx, const char *role_a, const char *role_b)
{
	const struct asked_of *a = ctx;
	const struct product *product = a->pl->now->product;
	const struct player *x = end_of(a, role_a), *y = end_of(a, role_b);

	if (x && y)
		return endpoints_share_host(x->endpoint, y->endpoint) ? TRUTH_YES : TRUTH_NO;
	if (!a->from && (text_is(a->requirement->from, role_a) ||
			 text_is(a->requirement->to, role_a) ||
			 text_is(a->requirement->from, role_b) ||
			 text_is(a->requirement->to, role_b)))
		return TRUTH_UNKNOWN; /* the pair will decide */
	if (x || y) {
		const struct players *others =
			plan_players(a->pl, product_role(product, x ? role_b : role_a));

		if (!others->all.n)
			return TRUTH_UNKNOWN;
		return plays(others, (x ? x : y)->endpoint) ? TRUTH_YES : TRUTH_NO;
	}
	return sets_together(plan_players(a->pl, product_role(product, role_a)),
			     plan_players(a->pl, product_role(product, role_b)));
}

static enum truth feature(const void *ctx, const char *name)
{
	const struct asked_of *a = ctx;
	const struct feature *f = product_feature(a->pl->now->product, name);
	bool on = f && f->on;

	for_each (t, &a->pl->now->use->features) {
		if (text_is(*t, name))
			on = true;
		else if (slice_has_prefix(slice_of(t->s), "not ") && strcmp(t->s + 4, name) == 0)
			on = false;
	}
	return on ? TRUTH_YES : TRUTH_NO;
}

static const char *choice(const void *ctx, const char *name)
{
	const struct asked_of *a = ctx;
	const struct choice *c = product_choice(a->pl->now->product, name);

	for_each (v, &a->pl->now->use->choices)
		if (text_is(v->name, name))
			return v->value.s;
	return c ? c->value.s : NULL;
}

/* "role.setting" waits for the pair, as "apart" does. */
static const char *setting(const void *ctx, const char *name)
{
	const struct asked_of *a = ctx;
	struct pair p = {.pl = a->pl, .requirement = a->requirement, .from = a->from, .to = a->to};
	struct setting_ref ref = {.name = name};
	struct slice rest = slice_of(name), role;

	if (strchr(name, '.')) {
		if (!a->from)
			return NULL;
		slice_cut(&rest, '.', &role);
		ref.role = plan_line(a->pl, "%.*s", (int)role.n, role.p);
		ref.name = rest.p;
	}
	return plan_setting(&p, &ref);
}

static enum truth applies(const struct asked_of *a, const struct cond **unknown)
{
	const struct cond_env env = {together, feature, choice, setting, a};

	return a->requirement->when ? cond_eval(a->requirement->when, &env, unknown) : TRUTH_YES;
}

/* What could not be decided even for a pair. */
static void ask_condition(const struct asked_of *a, const struct cond *c)
{
	struct planner *pl = a->pl;
	const char *where = plan_line(pl, "%s.%s", pl->now->name, c->left.s);

	if (c->kind == COND_CHOICE)
		plan_ask(pl, where,
			 plan_line(pl, "uses[%zu].choices.%s: %s", pl->use_index, c->left.s,
				   c->right.s),
			 "which %s? %s depends on it", c->left.s, a->requirement->id.s);
	else if (c->kind == COND_COMPARE)
		plan_ask(pl, where,
			 plan_line(pl, "uses[%zu].settings.%s: VALUE", pl->use_index, c->left.s),
			 "what is %s? %s depends on it", c->left.s, a->requirement->id.s);
	else
		plan_ask(pl, plan_line(pl, "%s.%s %s", pl->now->name, c->left.s, c->right.s),
			 plan_line(pl, "uses[%zu].roles.%s: HOST", pl->use_index, c->right.s),
			 "are %s and %s on the same host? %s depends on it", c->left.s, c->right.s,
			 a->requirement->id.s);
}

/* --- demands ---------------------------------------------------------------------------------- */

static bool is_parent(const struct product *product, const struct requirement *q)
{
	for_each (other, &product->requirements)
		if (text_same(other->child_of, q->id))
			return true;
	return false;
}

static const char *parent_key(const struct pair *p, const char *id)
{
	return plan_line(p->pl, "%s %p %p", id, (const void *)p->from->endpoint,
			 (const void *)p->to->endpoint);
}

static struct demand *new_demand(struct pair *p)
{
	struct demand *d = ARENA_NEW(p->pl->arena, struct demand);

	d->installation = p->pl->now;
	d->requirement = p->requirement;
	d->from = p->from->endpoint;
	d->to = p->to->endpoint;
	buf_add(&p->pl->demands, &d, sizeof(d));
	p->demand = d;
	if (is_parent(p->pl->now->product, p->requirement))
		map_add(&p->pl->parents, slice_of(parent_key(p, p->requirement->id.s)), d);
	return d;
}

/* The parent's flow of the same pair, for a negotiated child. */
static const struct flow *find_parent(const struct pair *p)
{
	const struct demand *d;
	const struct need *need;

	if (!p->requirement->child_of.s)
		return NULL;
	d = map_find(&p->pl->parents, slice_of(parent_key(p, p->requirement->child_of.s)));
	need = d ? d->needs : NULL;
	while (need && need->kind != NEED_FLOW)
		need = need->kids.items[0];
	return need ? need->flow : NULL;
}

static bool parent_is_ftp(const struct pair *p)
{
	const struct requirement *parent =
		p->requirement->child_of.s
			? product_requirement(p->pl->now->product, p->requirement->child_of.s)
			: NULL;

	return parent && text_is(parent->service, "ftp");
}

static const struct player *mode_end(const struct pair *p, struct text role,
				     const struct player *usual)
{
	if (!role.s)
		return usual;
	return text_same(role, p->requirement->from) ? p->from : p->to;
}

/* Each mode has its own direction and its own needs. */
static const struct need *expand_modes(struct pair *p)
{
	const struct need *legs = parent_is_ftp(p) ? plan_gateway_children(p, p->parent) : NULL;
	const struct player *from = p->from, *to = p->to;
	struct buf kids = BUF_INIT;

	if (legs)
		return legs;
	for_each (m, &p->requirement->modes) {
		const struct need *need;

		p->from = mode_end(p, m->from, from);
		p->to = from == p->from ? to : from;
		if (m->to.s && !m->from.s)
			p->to = mode_end(p, m->to, to);
		p->mode = m->name.s;
		need = plan_expand(p, m->needs);
		if (need)
			buf_add(&kids, &need, sizeof(need));
		p->from = from;
		p->to = to;
	}
	p->mode = NULL;
	return need_join(p->pl, NEED_ALL, &kids);
}

static const struct expr *overruled(const struct pair *p)
{
	if (p->pl->now->use)
		for_each (c, &p->pl->now->use->overrule)
			if (text_same(c->requirement, p->requirement->id))
				return c->needs;
	return NULL;
}

static const char *documented_text(struct pair *p)
{
	const struct documented *d = &p->requirement->documented;
	struct buf text = BUF_INIT;
	const char *kept;

	if (!d->given)
		return NULL;
	if (d->none)
		return "none";
	if (d->from.s || d->to.s)
		buf_addf(&text, "%s to %s: ", d->from.s ? d->from.s : p->requirement->from.s,
			 d->to.s ? d->to.s : p->requirement->to.s);
	if (d->needs)
		plan_format_needs(p, d->needs, &text);
	else
		buf_add_text(&text, "as ours");
	kept = arena_copy(p->pl->arena, buf_slice(&text));
	buf_release(&text);
	return kept;
}

static void expand(struct pair *p)
{
	const struct requirement *q = p->requirement;
	const struct expr *needs = q->forbid ? q->forbid : q->needs;
	const struct expr *instead = overruled(p);

	if (instead)
		needs = instead;
	else if (p->pl->options->as_documented && q->documented.needs)
		needs = q->documented.needs;
	else
		p->documented = documented_text(p);
	p->parent = find_parent(p);
	p->demand->needs = q->modes.n && !instead ? expand_modes(p) : plan_expand(p, needs);
	if (q->also) {
		p->also = true;
		p->demand->also = plan_expand(p, q->also);
	}
}

/* A host that several endpoints stand for takes the one that is nearest to its peer. */
static bool is_nearest(struct planner *pl, const struct players *all, const struct player *one,
		       const struct endpoint *peer, bool from)
{
	size_t distance;

	if (!one->endpoint->one_of_several)
		return true;
	distance = from ? plan_distance(pl, one->endpoint, peer)
			: plan_distance(pl, peer, one->endpoint);
	for_each (other, &all->all) {
		size_t d;

		if (other == one || !endpoints_share_host(other->endpoint, one->endpoint) ||
		    other->settings != one->settings)
			continue;
		d = from ? plan_distance(pl, other->endpoint, peer)
			 : plan_distance(pl, peer, other->endpoint);
		if (d < distance || (d == distance && other < one))
			return false;
	}
	return true;
}

static void plan_pair(struct asked_of *a, bool decided)
{
	const struct cond *unknown = NULL;
	struct pair p = {.pl = a->pl, .requirement = a->requirement, .from = a->from, .to = a->to};
	enum truth t = decided ? TRUTH_YES : applies(a, &unknown);
	struct demand *d;

	if (t == TRUTH_UNKNOWN)
		ask_condition(a, unknown);
	if (t != TRUTH_YES)
		return;
	d = new_demand(&p);
	if (a->requirement->link_none)
		d->absence = ABSENCE_NO_LINK;
	else if (endpoints_share_host(d->from, d->to))
		d->absence = ABSENCE_SAME_HOST;
	else
		expand(&p);
}

/* --- requirements ----------------------------------------------------------------------------- */

static void ask_role(struct planner *pl, const struct role *role, const struct requirement *q)
{
	plan_ask(pl, plan_line(pl, "%s.roles.%s", pl->now->name, role->name.s),
		 plan_line(pl, "uses[%zu].roles.%s: HOST", pl->use_index, role->name.s),
		 "who is %s (%s)? %s needs to know", role->name.s,
		 role->title.s ? role->title.s : "a role", q->id.s);
}

/* With `is` and `includes` it is enough that one of several is bound. */
static bool is_missing(struct planner *pl, const struct role *role, const struct requirement *q)
{
	const struct players *players = plan_players(pl, role);

	if (players->all.n)
		return false;
	if (role->optional)
		pl->plan->not_installed++;
	else if (!players->bound)
		ask_role(pl, role, q);
	return true;
}

static const struct role *end_role(struct planner *pl, const struct requirement *q, bool from)
{
	struct text name = from ? q->from : q->to;
	struct text documented = from ? q->documented.from : q->documented.to;

	if (pl->options->as_documented && documented.s)
		name = documented;
	return product_role(pl->now->product, name.s);
}

static void plan_requirement(struct planner *pl, const struct requirement *q)
{
	struct asked_of a = {.pl = pl, .requirement = q};
	const struct role *from_role = end_role(pl, q, true), *to_role = end_role(pl, q, false);
	enum truth t = applies(&a, NULL);
	const struct players *from, *to;
	bool missing;

	if (t == TRUTH_NO || (pl->options->as_documented && q->documented.none))
		return;
	missing = is_missing(pl, from_role, q);
	missing |= is_missing(pl, to_role, q);
	if (missing)
		return;
	from = plan_players(pl, from_role);
	to = plan_players(pl, to_role);
	for_each (x, &from->all) {
		for_each (y, &to->all) {
			a.from = x;
			a.to = y;
			if (plan_plays_for(pl, from_role, x, y->endpoint) &&
			    plan_plays_for(pl, to_role, y, x->endpoint) &&
			    is_nearest(pl, from, x, y->endpoint, true) &&
			    is_nearest(pl, to, y, x->endpoint, false))
				plan_pair(&a, t == TRUTH_YES);
		}
	}
}

/* --- installations ---------------------------------------------------------------------------- */

static const struct product *find_product(const struct product *const *products, size_t n,
					  struct text name)
{
	for (size_t i = 0; i < n; i++)
		if (text_same(products[i]->name, name))
			return products[i];
	return NULL;
}

/* Parents come before their children, so that a child finds its parent's flow. */
static void plan_in_order(struct planner *pl, const struct requirement *q, bool *done)
{
	const struct product *product = pl->now->product;
	size_t i = (size_t)(q - product->requirements.items);

	if (done[i])
		return;
	done[i] = true;
	if (q->child_of.s)
		plan_in_order(pl, product_requirement(product, q->child_of.s), done);
	plan_requirement(pl, q);
}

static void plan_installation(struct planner *pl, struct installation *now)
{
	bool *done = mem_new(now->product->requirements.n, sizeof(bool));

	pl->now = now;
	pl->players = ARENA_ARRAY(pl->arena, struct players, now->product->roles.n);
	pl->players_known = ARENA_ARRAY(pl->arena, bool, now->product->roles.n);
	for_each (q, &now->product->requirements)
		plan_in_order(pl, q, done);
	free(done);
	map_release(&pl->parents);
}

static void plan_uses(struct planner *pl, const struct product *const *products, size_t n_products)
{
	const struct site *site = pl->site;
	struct plan *plan = pl->plan;

	plan->installations.items = ARENA_ARRAY(pl->arena, struct installation, site->uses.n + 1);
	for_each (u, &site->uses) {
		struct installation *now = &plan->installations.items[plan->installations.n];

		now->use = u;
		now->product = find_product(products, n_products, u->product);
		now->name = u->as.s ? u->as.s : u->product.s;
		pl->use_index = (size_t)(u - site->uses.items);
		if (!now->product) {
			errs_add(pl->errs, u->product.at, "the catalog has no product \"%s\"",
				 u->product.s);
			continue;
		}
		plan->installations.n++;
		plan_installation(pl, now);
	}
}

/* A growing buffer becomes a list in the arena. */
static void freeze(struct arena *a, struct buf *b, size_t size, void *list_)
{
	struct list *list = list_;

	list->n = b->n / size;
	list->items = arena_get(a, list->n, size);
	if (list->n)
		memcpy(list->items, b->data, b->n);
	buf_release(b);
}

struct plan *plan_build(const struct site *site, const struct product *const *products,
			size_t n_products, const struct plan_options *options, struct errs *errs)
{
	struct arena *arena = arena_new();
	struct plan *plan = ARENA_NEW(arena, struct plan);
	struct planner pl = {.plan = plan,
			     .arena = arena,
			     .site = site,
			     .options = options,
			     .errs = errs,
			     .flows = BUF_INIT,
			     .demands = BUF_INIT,
			     .questions = BUF_INIT,
			     .warnings = BUF_INIT};
	size_t before = errs->n + errs->dropped;

	plan->arena = arena;
	plan->site = site;
	plan_uses(&pl, products, n_products);
	plan_never_cross(&pl);
	plan_find_conflicts(&pl);
	plan_find_warnings(&pl);
	freeze(arena, &pl.flows, sizeof(struct flow *), &plan->flows);
	freeze(arena, &pl.demands, sizeof(struct demand *), &plan->demands);
	freeze(arena, &pl.questions, sizeof(struct question), &plan->questions);
	freeze(arena, &pl.warnings, sizeof(struct finding), &plan->warnings);
	map_release(&pl.asked);
	map_release(&pl.endpoints);
	flow_table_free(pl.flow_table);
	path_table_free(pl.path_table);
	if (before == errs->n + errs->dropped)
		return plan;
	plan_free(plan);
	return NULL;
}

void plan_free(struct plan *p)
{
	if (p)
		arena_free(p->arena);
}
