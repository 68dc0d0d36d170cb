/* SPDX-License-Identifier: ISC
 *
 * Whether a requirement applies: its condition, asked of an installation and, once there is one, of
 * a pair. What waits for the pair is unknown until then.
 */
#include <stdio.h>

#include "model/plan_int.h"

static bool has_name(const void *names_, const char *name)
{
	const LIST_OF(struct text) *names = names_;

	for_each (t, names)
		if (text_is(*t, name))
			return true;
	return false;
}

/* Does the pair decide who plays this role? Then it is an end, or stands for one. */
static bool is_end(const struct role *end, const char *role)
{
	return text_is(end->name, role) || has_name(&end->is, role) ||
	       has_name(&end->includes, role);
}

static bool plays_as(const struct player *player, const struct role *end, const char *role)
{
	return player &&
	       (text_is(end->name, role) || (player->role && text_is(player->role->name, role)));
}

static const struct player *end_of(const struct pair *p, const char *role)
{
	if (plays_as(p->from, p->from_role, role))
		return p->from;
	return plays_as(p->to, p->to_role, role) ? p->to : NULL;
}

static bool is_among(const struct players *all, const struct endpoint *e)
{
	for_each (player, &all->all)
		if (endpoints_share_host(player->endpoint, e))
			return true;
	return false;
}

/* Two roles of which neither is an end: together where every host of one is a host of the other,
 * apart where none is; in between the site has to be clearer. */
static enum truth sets_together(const struct players *a, const struct players *b)
{
	size_t shared = 0;

	if (!a->all.n || !b->all.n)
		return TRUTH_UNKNOWN;
	for_each (player, &a->all)
		shared += is_among(b, player->endpoint);
	if (shared == 0)
		return TRUTH_NO;
	return shared == a->all.n && a->all.n == b->all.n ? TRUTH_YES : TRUTH_UNKNOWN;
}

/* What is not installed is on no host, so that everything is apart from it. */
static bool is_absent(struct planner *pl, const struct role *role)
{
	return role->optional && !plan_players(pl, role)->bound;
}

static enum truth together(const void *ctx, const char *name_a, const char *name_b)
{
	const struct pair *p = ctx;
	const struct role *a = product_role(p->pl->now->product, name_a);
	const struct role *b = product_role(p->pl->now->product, name_b);
	const struct player *x = end_of(p, name_a), *y = a == b ? p->to : end_of(p, name_b);
	const struct players *others;

	if (is_absent(p->pl, a) || is_absent(p->pl, b))
		return TRUTH_NO;
	if (x && y)
		return endpoints_share_host(x->endpoint, y->endpoint) ? TRUTH_YES : TRUTH_NO;
	if (!p->from && (is_end(p->from_role, name_a) || is_end(p->to_role, name_a) ||
			 is_end(p->from_role, name_b) || is_end(p->to_role, name_b)))
		return TRUTH_UNKNOWN;
	if (!x && !y)
		return sets_together(plan_players(p->pl, a), plan_players(p->pl, b));
	others = plan_players(p->pl, x ? b : a);
	if (!others->all.n)
		return TRUTH_UNKNOWN;
	return is_among(others, (x ? x : y)->endpoint) ? TRUTH_YES : TRUTH_NO;
}

static enum truth feature(const void *ctx, const char *name)
{
	const struct pair *p = ctx;
	const struct feature *f = product_feature(p->pl->now->product, name);
	bool on = f && f->on;

	for_each (t, &p->pl->now->use->features) {
		if (text_is(*t, name))
			on = true;
		else if (slice_has_prefix(slice_of(t->s), "not ") && strcmp(t->s + 4, name) == 0)
			on = false;
	}
	return on ? TRUTH_YES : TRUTH_NO;
}

static const char *choice(const void *ctx, const char *name)
{
	const struct pair *p = ctx;
	const struct choice *c = product_choice(p->pl->now->product, name);

	for_each (v, &p->pl->now->use->choices)
		if (text_is(v->name, name))
			return v->value.s;
	return c ? c->value.s : NULL;
}

/* "port" of the product, "target.session_port" of a role's binding. */
static struct setting_ref ref_of(struct planner *pl, const char *name)
{
	const char *dot = strchr(name, '.');

	if (!dot)
		return (struct setting_ref){.name = name};
	return (struct setting_ref){plan_line(pl, "%.*s", (int)(dot - name), name), dot + 1,
				    PLACE_NONE};
}

static const char *setting(const void *ctx, const char *name)
{
	const struct pair *p = ctx;
	const struct setting_ref ref = ref_of(p->pl, name);

	return ref.role && !p->from ? NULL : plan_setting(p, &ref);
}

enum truth plan_applies(const struct pair *p, const struct cond **unknown)
{
	const struct cond_env env = {together, feature, choice, setting, p};

	return p->requirement->when ? cond_eval(p->requirement->when, &env, unknown) : TRUTH_YES;
}

bool plan_waits_for_pair(const struct cond *c)
{
	return c->kind == COND_APART || c->kind == COND_WITH ||
	       (c->kind == COND_COMPARE && strchr(c->left.s, '.'));
}

static void ask_choice(struct pair *p, const char *name)
{
	struct planner *pl = p->pl;
	const struct choice *c = product_choice(pl->now->product, name);

	plan_ask(pl, plan_line(pl, "%s.%s", pl->now->name, name),
		 plan_line(pl, "uses[%zu].choices.%s: %s", pl->use_index, name,
			   c->options.items[0].s),
		 "which %s (%s)? %s depends on it", name, c->title.s ? c->title.s : name,
		 p->requirement->id.s);
}

void plan_ask_condition(struct pair *p, const struct cond *c)
{
	struct planner *pl = p->pl;
	struct setting_ref ref;
	const char *who;

	switch (c->kind) {
	case COND_CHOICE:
		ask_choice(p, c->left.s);
		break;
	case COND_COMPARE:
		ref = ref_of(pl, c->left.s);
		plan_ask_setting(p, &ref);
		break;
	default:
		who = plan_players(pl, product_role(pl->now->product, c->left.s))->all.n
			      ? c->right.s
			      : c->left.s;
		plan_ask(pl, plan_line(pl, "%s.%s %s", pl->now->name, c->left.s, c->right.s),
			 plan_line(pl, "uses[%zu].roles.%s: HOST", pl->use_index, who),
			 "are %s and %s on the same host? %s depends on it", c->left.s, c->right.s,
			 p->requirement->id.s);
	}
}
