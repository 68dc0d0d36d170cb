/* SPDX-License-Identifier: ISC
 *
 * Long runs of rules that only let pass or stop, joined by halves (policy/space_list.h): one after
 * the other they would take n * n.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "box/reach_int.h"
#include "policy/space_list.h"

enum { RUN_LEAST = 64 };

/* What is looked up in routes is remembered, and may not be made while a list is joined. */
static bool is_simple_key(enum nf_key key)
{
	switch (key) {
	case KEY_SADDR_TYPE:
	case KEY_DADDR_TYPE:
	case KEY_SADDR_IIF_TYPE:
	case KEY_DADDR_IIF_TYPE:
	case KEY_BACK_IIF:
	case KEY_BACK:
	case KEY_PKTTYPE:
		return false;
	default:
		return true;
	}
}

static bool is_simple_question(const struct nf_cond *c)
{
	if (c->unknown)
		return false;
	for_each (l, &c->lookups) {
		if (l->set->changing)
			return false;
		for (size_t k = 0; k < l->set->n_keys; k++)
			if (!is_simple_key(l->keys[k].key))
				return false;
	}
	return true;
}

static bool is_simple_verdict(const struct nf_verdict *v)
{
	return v->kind == VERDICT_ACCEPT || v->kind == VERDICT_DROP || v->kind == VERDICT_REJECT ||
	       v->kind == VERDICT_RETURN;
}

static bool is_simple(const struct nf_rule *rule)
{
	const struct nf_step *last = rule->steps.items + rule->steps.n - 1;

	if (!rule->steps.n || last->kind != STEP_VERDICT || !is_simple_verdict(&last->verdict))
		return false;
	for_each (s, &rule->steps)
		if (s != last && (s->kind != STEP_IF || !is_simple_question(&s->cond)))
			return false;
	return true;
}

size_t reach_list_length(const struct nf_chain *c, size_t from)
{
	size_t n = 0;

	while (from + n < c->rules.n && is_simple(&c->rules.items[from + n]))
		n++;
	return n < RUN_LEAST ? 0 : n;
}

struct joining {
	struct reached *r;
	const struct env *env;
	const struct nf_rule *rules;
	bool *unsure; /* of some rule it is not certain what it matches */
};

static uint32_t rule_set(const void *ctx, struct space *s, size_t i)
{
	const struct joining *j = ctx;
	uint32_t set = space_all((uint32_t)i + 1);

	for_each (step, &j->rules[i].steps) {
		struct space_pair c;

		if (step->kind != STEP_IF)
			break;
		c = reach_cond(j->r, j->env, &step->cond);
		*j->unsure |= c.must != c.may;
		set = space_where(s, set, c.may);
	}
	return set;
}

/* Where the last step's verdict is one of these. */
static uint32_t with_verdict(struct reached *r, const struct nf_rule *rules, size_t n, uint32_t set,
			     uint32_t kinds)
{
	uint32_t *to = mem_new(n + 1, sizeof(*to));

	for (size_t i = 0; i < n; i++) {
		const struct nf_step *last = rules[i].steps.items + rules[i].steps.n - 1;

		to[i + 1] = kinds >> last->verdict.kind & 1;
	}
	set = space_map(r->s, set, to, n + 1);
	free(to);
	return set;
}

static void note_all(struct reached *r, struct rule_note *notes, size_t n, uint32_t set)
{
	bool *has = mem_new(n + 1, sizeof(*has));

	if (set != SPACE_TOO_LARGE)
		space_values(r->s, set, has, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct rule_part *part;

		if (!has[i + 1])
			continue;
		notes[i].alive = true;
		part = list_add(r->arena, &notes[i].parts, sizeof(*part));
		*part = (struct rule_part){set, (uint32_t)i + 1};
	}
	free(has);
}

bool reach_list(struct reached *r, size_t chain, size_t from, size_t n, const struct flock *f,
		struct list_ends *ends)
{
	enum { STOPS_BITS = 1u << VERDICT_DROP | 1u << VERDICT_REJECT };
	const struct nf_rule *rules = r->b->ruleset.chains.items[chain].rules.items + from;
	bool unsure = false;
	struct joining j = {r, &f->env, rules, &unsure};
	struct space_rules list = {n, rule_set, &j};
	uint32_t set = space_first_match(r->s, &list, f->where);

	if (unsure)
		return false;
	note_all(r, r->notes[chain] + from, n, set);
	reach_stop(r, with_verdict(r, rules, n, set, STOPS_BITS));
	ends->accepted = with_verdict(r, rules, n, set, 1u << VERDICT_ACCEPT);
	ends->returned = with_verdict(r, rules, n, set, 1u << VERDICT_RETURN);
	ends->left = space_without(r->s, f->where, set);
	return true;
}
