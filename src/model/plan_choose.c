/* SPDX-License-Identifier: ISC
 *
 * Alternatives, and which of them the site chose.
 */
#include "model/plan_int.h"

/* --- numbers ---------------------------------------------------------------------------------- */

bool plan_begin_group(struct pair *p)
{
	if (p->group)
		return false;
	p->group = ++p->groups;
	return true;
}

void plan_set_branch(struct pair *p, bool outermost, unsigned branch)
{
	if (outermost)
		p->branch = branch;
}

void plan_end_group(struct pair *p, bool outermost)
{
	if (outermost)
		p->group = p->branch = 0;
}

/* --- the same needs --------------------------------------------------------------------------- */

static const char *value_of(const void *ctx, const struct setting_ref *ref)
{
	return plan_setting(ctx, ref);
}

/* Whether written as numbers or as settings. What cannot be known is not the same. */
static bool same_ports(const struct pair *p, const struct ports *x, const struct ports *y)
{
	const struct setting_env env = {value_of, p};
	const struct setting_ref *missing;
	struct port_range i, k;
	char why[120];

	return ports_resolve(x, &env, &i, &missing, why) == PORTS_OK &&
	       ports_resolve(y, &env, &k, &missing, why) == PORTS_OK && i.lo == k.lo &&
	       i.hi == k.hi && x->any_of == y->any_of;
}

static bool same_leaf(const struct pair *p, const struct leaf *a, const struct leaf *b)
{
	if (a->transport != b->transport || a->number != b->number)
		return false;
	if (a->name || b->name)
		return a->name && b->name && strcmp(a->name, b->name) == 0;
	return same_ports(p, &a->ports, &b->ports) && same_ports(p, &a->source, &b->source);
}

static bool same_needs(const struct pair *p, const struct expr *a, const struct expr *b)
{
	if (a->kind == EXPR_SET && b->kind == EXPR_SET)
		return strcmp(a->set, b->set) == 0;
	if (a->kind == EXPR_SET)
		return a->kids.n && same_needs(p, a->kids.items[0], b);
	if (a->kind != b->kind || a->kids.n != b->kids.n)
		return false;
	for (size_t i = 0; i < a->kids.n; i++)
		if (!same_needs(p, a->kids.items[i], b->kids.items[i]))
			return false;
	return a->kind != EXPR_LEAF || same_leaf(p, &a->leaf, &b->leaf);
}

/* --- choices ---------------------------------------------------------------------------------- */

/* `chosen` is one alternative, or one of each of a requirement's several alternatives. */
static const struct expr *branch_of(const struct pair *p, const struct expr *any,
				    const struct expr *chosen)
{
	for_each (branch, &any->kids) {
		if (same_needs(p, *branch, chosen))
			return *branch;
		if (chosen->kind == EXPR_ALL)
			for_each (kid, &chosen->kids)
				if (same_needs(p, *branch, *kid))
					return *branch;
	}
	return NULL;
}

static bool is_of_set(const struct choose *c, const struct in_set *set)
{
	return c->requirement.s[0] == '@' && strcmp(c->requirement.s + 1, set->name) == 0;
}

static void tell_alternatives(struct pair *p, struct chosen *state, const struct choose *c,
			      const struct expr *any)
{
	struct buf text = BUF_INIT;

	if (state->matched || state->among)
		return;
	plan_format_needs(p, any, &text);
	state->among = plan_keep(p->pl, text.data);
	buf_clear(&text);
	plan_format_needs(p, (struct expr *)c->needs, &text);
	state->text = plan_keep(p->pl, text.data);
	buf_release(&text);
}

static const struct expr *look_up(struct pair *p, const struct choose *c, const struct expr *any)
{
	struct chosen *state = &p->pl->chosen[c - p->pl->now->use->choose.items];
	const struct expr *branch = branch_of(p, any, c->needs);

	if (branch)
		state->matched = true;
	else
		tell_alternatives(p, state, c, any);
	return branch;
}

static void ask_which(struct pair *p, const struct expr *any)
{
	struct planner *pl = p->pl;
	struct buf all = BUF_INIT, first = BUF_INIT;
	const char *key =
		p->in_set ? plan_line(pl, "\"@%s\"", p->in_set->name) : p->requirement->id.s;

	plan_format_needs(p, any, &all);
	plan_format_needs(p, any->kids.items[0], &first);
	plan_ask(pl, plan_line(pl, "%s/%s", pl->now->product->name.s, p->requirement->id.s),
		 plan_choose_line(p, key, first.data), "%s?", all.data);
	buf_release(&all);
	buf_release(&first);
}

/* The requirement's own choice goes before that of a set, an inner set before an outer one. */
const struct expr *plan_chosen(struct pair *p, const struct expr *any)
{
	const struct use *u = p->pl->now->use;
	const struct expr *branch = NULL;

	for_each (c, &u->choose)
		if (c->needs && text_same(c->requirement, p->requirement->id))
			branch = look_up(p, c, any);
	for (const struct in_set *set = p->in_set; set && !branch; set = set->outer)
		for_each (c, &u->choose)
			if (c->needs && !branch && is_of_set(c, set))
				branch = look_up(p, c, any);
	if (!branch)
		ask_which(p, any);
	return branch;
}

static const struct choose *find_choose(const struct pair *p, const char *key)
{
	for_each (c, &p->pl->now->use->choose)
		if (text_is(c->requirement, key))
			return c;
	return NULL;
}

const char *plan_chosen_way(const struct pair *p)
{
	const struct choose *c = find_choose(p, p->requirement->id.s);

	return c ? c->way.s : NULL;
}

const char *plan_choose_line(struct pair *p, const char *key, const char *more)
{
	struct planner *pl = p->pl;
	const struct choose *c = find_choose(p, key);
	struct buf have = BUF_INIT;
	const char *line;

	if (c && c->needs) {
		plan_format_needs(p, c->needs, &have);
		if (have.data[0] == '[')
			buf_truncate(&have, have.n - 1);
	}
	if (c && c->way.s)
		buf_addf(&have, "%s%s", have.n ? ", " : "", c->way.s);
	line = plan_line(
		pl, have.n ? "uses[%zu].choose.%s: %s%s, %s]" : "uses[%zu].choose.%s: %s%s%s",
		pl->use_index, key, have.n && have.data[0] != '[' ? "[" : "", have.data, more);
	buf_release(&have);
	return line;
}

/* A choice that met alternatives, and was none of them, answers nothing. */
void plan_check_choices(struct planner *pl)
{
	for_each (c, &pl->now->use->choose) {
		const struct chosen *state = &pl->chosen[c - pl->now->use->choose.items];

		if (state->among && !state->matched)
			errs_add(pl->errs, c->requirement.at, "choose.%s: %s is none of %s",
				 c->requirement.s, state->text, state->among);
	}
}
