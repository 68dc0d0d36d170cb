/* SPDX-License-Identifier: ISC
 *
 * ipset save, then iptables-save of either family: the line "#6" in front says IPv6, a line "---"
 * parts the two. What is read must be whole.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "box/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_set(const struct nf_set *s)
{
	for (size_t i = 0; i < s->n * s->n_keys; i++)
		if (nf_value_compare(&s->spans[i].lo, &s->spans[i].hi) > 0)
			BUG("a span ends before it begins");
}

static void check_cond(const struct nf_cond *c)
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

static void check_verdict(const struct box *b, const struct nf_verdict *v)
{
	bool moves = v->kind == VERDICT_JUMP || v->kind == VERDICT_GOTO;

	if (moves && v->chain >= b->ruleset.chains.n)
		BUG("a jump to nowhere");
	if ((v->kind == VERDICT_REJECT) != (v->answer != NULL))
		BUG("an answer without a rejection");
}

static void check_nat(const struct nf_target *t)
{
	if (t->family && addr_compare(&t->lo, &t->hi) > 0)
		BUG("addresses end before they begin");
	if (t->has_ports && t->port_lo > t->port_hi)
		BUG("ports end before they begin");
}

static void check_rule(const struct box *b, const struct nf_rule *r)
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

static void check_box(const struct box *b)
{
	for_each (s, &b->ruleset.sets)
		check_set(*s);
	for_each (c, &b->ruleset.chains)
		for_each (r, &c->rules)
			check_rule(b, r);
}

/* What stands before the line "---"; *rest is what follows. */
static struct slice before_line(struct slice *rest)
{
	struct slice all = *rest, line;
	const char *begin = rest->p;

	while (slice_cut(rest, '\n', &line))
		if (slice_is(line, "---"))
			return slice_from_to(begin, line.p);
	*rest = all;
	return SLICE_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rules = {(const char *)data, size};
	uint8_t family = slice_has_prefix(rules, "#6") ? 6 : 4;
	struct slice sets = size ? before_line(&rules) : SLICE_NONE;
	struct box *b = box_new();
	struct err err;

	if (family == 6 && sets.p)
		sets = slice_skip(sets, sets.n < 3 ? sets.n : 3);
	if (box_read_ipset(b, &(struct box_text){"sets", 1, sets}, &err) == 0 &&
	    box_read_iptables(b, &(struct box_text){"rules", 1, rules}, family, NF_XTABLES, &err) ==
		    0)
		check_box(b);
	box_free(b);
	return 0;
}
