/* SPDX-License-Identifier: ISC
 *
 * Each of the four is a graph; every node is looked at once, however many ways lead to it.
 */
#include "doc/product_cycles.h"

#include "base/arena.h"

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct walk {
	const struct product *p;
	struct errs *errs;
	unsigned char *marks; /* of the list that is being looked at */
	size_t *sizes;	      /* of the sets */
	unsigned depth;
	const char *through; /* the keys that lead on, for messages; "" */
};

/* Enters a node: true, and it is open; false: it was seen, or a message was given and *ok is
 * false. */
static bool enter(struct walk *w, size_t index, const char *what, struct text name, bool *ok)
{
	if (w->marks[index] == MARK_DONE)
		return false;
	if (w->marks[index] == MARK_OPEN)
		errs_add(w->errs, name.at, "the %s \"%s\" leads back to itself%s", what, name.s,
			 w->through);
	else if (w->depth == CHAIN_MAX)
		errs_add(w->errs, name.at, "more than %d names in a row lead to the %s \"%s\"%s",
			 CHAIN_MAX, what, name.s, w->through);
	else {
		w->marks[index] = MARK_OPEN;
		w->depth++;
		return true;
	}
	*ok = false;
	return false;
}

static bool leave(struct walk *w, size_t index, bool ok)
{
	w->marks[index] = MARK_DONE;
	w->depth--;
	return ok;
}

/* --- sets ------------------------------------------------------------------------------------- */

static bool walk_set(struct walk *w, const struct set *set);

/* Adds the ports of an expression, sets spelled out. */
static bool walk_expr(struct walk *w, const struct expr *e, size_t *size)
{
	if (e->kind == EXPR_SET) {
		const struct set *set = product_set(w->p, e->set);

		if (!walk_set(w, set))
			return false;
		*size += w->sizes[set - w->p->sets.items];
		return true;
	}
	*size += e->kind == EXPR_LEAF;
	for_each (kid, &e->kids)
		if (!walk_expr(w, *kid, size))
			return false;
	return true;
}

static bool walk_set(struct walk *w, const struct set *set)
{
	size_t index = (size_t)(set - w->p->sets.items);
	bool ok = true;

	if (!enter(w, index, "set", set->name, &ok))
		return ok;
	ok = walk_expr(w, set->needs, &w->sizes[index]);
	if (ok && w->sizes[index] > SET_PORTS_MAX) {
		errs_add(w->errs, set->name.at, "the set \"%s\" spelled out has more than %d ports",
			 set->name.s, SET_PORTS_MAX);
		ok = false;
	}
	return leave(w, index, ok);
}

/* --- roles ------------------------------------------------------------------------------------ */

static bool walk_role(struct walk *w, const struct role *r)
{
	size_t index = (size_t)(r - w->p->roles.items);
	bool ok = true;

	if (!enter(w, index, "role", r->name, &ok))
		return ok;
	for_each (name, &r->is)
		ok = ok && walk_role(w, product_role(w->p, name->s));
	for_each (name, &r->includes)
		ok = ok && walk_role(w, product_role(w->p, name->s));
	return leave(w, index, ok);
}

/* --- requirements ----------------------------------------------------------------------------- */

static bool walk_requirement(struct walk *w, const struct requirement *q)
{
	size_t index = (size_t)(q - w->p->requirements.items);
	bool ok = true;

	if (!enter(w, index, "requirement", q->id, &ok))
		return ok;
	if (q->child_of.s)
		ok = walk_requirement(w, product_requirement(w->p, q->child_of.s));
	for_each (id, &q->after)
		ok = ok && walk_requirement(w, product_requirement(w->p, id->s));
	return leave(w, index, ok);
}

/* --- goals ------------------------------------------------------------------------------------ */

static bool walk_goal(struct walk *w, const struct goal *g);

static bool walk_goal_tree(struct walk *w, const struct goal *g)
{
	const struct goal *other = g->kind == GOAL_NAME ? product_goal(w->p, g->name.s) : NULL;

	if (other)
		return walk_goal(w, other);
	for_each (kid, &g->kids)
		if (!walk_goal_tree(w, kid))
			return false;
	return true;
}

static bool walk_goal(struct walk *w, const struct goal *g)
{
	size_t index = (size_t)(g - w->p->goals.items);
	bool ok = true;

	if (!enter(w, index, "goal", g->name, &ok))
		return ok;
	for_each (kid, &g->kids)
		ok = ok && walk_goal_tree(w, kid);
	return leave(w, index, ok);
}

/* --- all -------------------------------------------------------------------------------------- */

#define WALK_ALL(w, list, walk_one, keys)                                                          \
	do {                                                                                       \
		(w)->marks = arena_get((w)->p->arena, (list)->n, 1);                               \
		(w)->depth = 0;                                                                    \
		(w)->through = keys;                                                               \
		for_each (item_, list)                                                             \
			if (!walk_one(w, item_))                                                   \
				return;                                                            \
	} while (0)

void product_check_cycles(const struct product *p, struct errs *errs)
{
	struct walk w = {.p = p, .errs = errs};

	w.sizes = ARENA_ARRAY(p->arena, size_t, p->sets.n);
	WALK_ALL(&w, &p->sets, walk_set, "");
	WALK_ALL(&w, &p->roles, walk_role, " by \"is\" or \"includes\"");
	WALK_ALL(&w, &p->requirements, walk_requirement, " by \"after\" or \"child_of\"");
	WALK_ALL(&w, &p->goals, walk_goal, "");
}
