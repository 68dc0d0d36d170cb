/* SPDX-License-Identifier: ISC */
#include "policy/space_list.h"

#include <stdlib.h>

#include "base/mem.h"
#include "policy/space_collect.h"
#include "policy/space_int.h"

struct joining {
	const struct space_rules *rules;
	uint32_t within;
	uint64_t steps; /* of the space, before */
	struct space_collector wanted;
};

/* What is left of a list costs at least as much for each rule as what is done, more or less: larger
 * lists are joined more often, but no two parts are alike. Where that comes
 * to twice the limit, it is not worth to go on. */
static bool is_hopeless(const struct joining *j, size_t done)
{
	const struct space *s = j->wanted.space;
	double each = (double)(s->steps - j->steps) / (double)done;

	return each * (double)j->rules->n > 2 * (double)s->limits.steps;
}

/* Rules from..to - 1, at least one. */
static uint32_t join(struct joining *j, size_t from, size_t to)
{
	struct space_collector *c = &j->wanted;
	struct space *s = c->space;
	size_t middle = from + (to - from) / 2;
	uint32_t a, b;

	if (to - from == 1)
		return space_where(s, j->rules->set(j->rules->ctx, s, from), j->within);
	a = join(j, from, middle);
	if (from == 0 && is_hopeless(j, middle))
		s->over = true;
	if (a == SPACE_TOO_LARGE || s->over)
		return SPACE_TOO_LARGE;
	c->roots[c->n_roots++] = a;
	b = join(j, middle, to);
	a = space_override(s, a, b);
	c->roots[c->n_roots - 1] = a;
	if (a != SPACE_TOO_LARGE)
		space_collector_step(c);
	c->n_roots--;
	return a;
}

uint32_t space_first_match(struct space *s, const struct space_rules *rules, uint32_t within)
{
	struct joining j = {.rules = rules, .within = within, .steps = s->steps};
	uint32_t set = SPACE_EMPTY;

	space_collector_init(&j.wanted, s);
	if (rules->n)
		set = join(&j, 0, rules->n);
	if (set != SPACE_TOO_LARGE) {
		j.wanted.roots[0] = set;
		j.wanted.n_roots = 1;
		space_collector_finish(&j.wanted);
	}
	space_collector_release(&j.wanted);
	return set;
}

struct space_list {
	struct space *space;
	size_t room; /* a power of two, n or more; what is not a rule is empty */
	uint32_t
		*tree; /* the root at 1, the halves of i at 2i and 2i + 1, the rules from room on */
	size_t n;
};

struct space_list *space_list_new(struct space *s, const struct space_rules *rules, uint32_t within)
{
	struct space_list *l = mem_new(1, sizeof(*l));

	l->space = s;
	l->n = rules->n;
	l->room = 1;
	while (l->room < l->n)
		l->room *= 2;
	l->tree = mem_new(2 * l->room, sizeof(*l->tree));
	for (size_t i = 0; i < l->n; i++)
		l->tree[l->room + i] = space_where(s, rules->set(rules->ctx, s, i), within);
	for (size_t i = l->room - 1; i; i--)
		l->tree[i] = space_override(s, l->tree[2 * i], l->tree[2 * i + 1]);
	return l;
}

void space_list_free(struct space_list *l)
{
	if (!l)
		return;
	free(l->tree);
	free(l);
}

uint32_t space_list_set(const struct space_list *l)
{
	return l->tree[1];
}

uint32_t space_list_replaced(const struct space_list *l, size_t i, uint32_t instead)
{
	size_t at = l->room + i;

	if (i >= l->n)
		BUG("rule %zu of %zu", i, l->n);
	for (; at > 1; at /= 2)
		instead = at % 2 ? space_override(l->space, l->tree[at - 1], instead)
				 : space_override(l->space, instead, l->tree[at + 1]);
	return instead;
}
