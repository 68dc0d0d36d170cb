/* SPDX-License-Identifier: ISC
 *
 * What holds for every ruleset that a reader lets through.
 */
#pragma once

#include "base/compiler.h"
#include "box/read.h"

static inline void check_set(const struct nf_set *s)
{
	for (size_t i = 0; i < s->n * s->n_keys; i++)
		if (nf_value_compare(&s->spans[i].lo, &s->spans[i].hi) > 0)
			BUG("a span ends before it begins");
}

static inline void check_cond(const struct nf_cond *c)
{
	if (!c->unknown && !c->lookups.n)
		BUG("a question without a look-up");
	for_each (l, &c->lookups) {
		if (!l->set->n_keys)
			BUG("a look-up without keys");
		for (size_t k = 0; k < l->set->n_keys; k++)
			if (l->keys[k].key >= NF_KEYS_COUNT)
				BUG("no such key");
		check_set(l->set);
	}
}

static inline void check_verdict(const struct box *b, const struct nf_verdict *v)
{
	bool moves = v->kind == VERDICT_JUMP || v->kind == VERDICT_GOTO;

	if (moves && v->chain >= b->ruleset.chains.n)
		BUG("a jump to nowhere");
	if ((v->kind == VERDICT_REJECT) != (v->answer != NULL))
		BUG("an answer without a rejection");
}

static inline void check_nat(const struct nf_target *t)
{
	if (t->family && addr_compare(&t->lo, &t->hi) > 0)
		BUG("addresses end before they begin");
	if (t->has_ports && t->port_lo > t->port_hi)
		BUG("ports end before they begin");
}

static inline void check_rule(const struct box *b, const struct nf_rule *r)
{
	for_each (s, &r->steps)
		switch (s->kind) {
		case STEP_IF:
			check_cond(&s->cond);
			break;
		case STEP_VERDICT:
			check_verdict(b, &s->verdict);
			break;
		case STEP_NAT:
			check_nat(&s->nat.target);
			break;
		case STEP_HELPER:
		case STEP_UNKNOWN:
			if (!s->text)
				BUG("a step without words");
			break;
		default:
			break;
		}
	if (!r->text || !r->number)
		BUG("a rule without its text or number");
}

static inline void check_box(const struct box *b)
{
	for_each (s, &b->ruleset.sets)
		check_set(*s);
	for_each (c, &b->ruleset.chains)
		for_each (r, &c->rules)
			check_rule(b, r);
}
