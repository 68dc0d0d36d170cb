/* SPDX-License-Identifier: ISC
 *
 * A list of rules that is much like one that was joined before, in the same space and for the same
 * packets. A packet that no rule matches which only one of the two has meets the same rules in the
 * same order, and has the same end: only the others are joined again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "box/reach_int.h"

struct joined {
	const struct nf_rule *rules; /* borrowed */
	size_t n;
	struct env env;
	enum nf_hook hook;
	bool own, looped;
	uint32_t where, set;
	struct joined *next;
};
struct reach_memo {
	struct joined *first;
	bool complete;
};

struct reach_memo *reach_memo_new(void)
{
	return mem_new(1, sizeof(struct reach_memo));
}

void reach_memo_complete(struct reach_memo *m)
{
	m->complete = true;
}

void reach_memo_free(struct reach_memo *m)
{
	while (m && m->first) {
		struct joined *next = m->first->next;

		free(m->first);
		m->first = next;
	}
	free(m);
}

/* --- rules that say the same ------------------------------------------------------------------ */

static bool same_set(const struct nf_set *a, const struct nf_set *b)
{
	return a == b || (a->n == b->n && a->n_keys == b->n_keys && !a->except && !b->except &&
			  !memcmp(a->spans, b->spans, a->n * a->n_keys * sizeof(*a->spans)));
}

static bool same_lookup(const struct nf_lookup *a, const struct nf_lookup *b)
{
	if (!same_set(a->set, b->set))
		return false;
	for (size_t k = 0; k < a->set->n_keys; k++)
		if (a->keys[k].key != b->keys[k].key || a->keys[k].mask != b->keys[k].mask)
			return false;
	return true;
}

/* Of rules of a list, which only ask and then accept, drop or return. */
static bool same_step(const struct nf_step *a, const struct nf_step *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == STEP_VERDICT)
		return a->verdict.kind == b->verdict.kind;
	if (a->cond.negate != b->cond.negate || a->cond.lookups.n != b->cond.lookups.n)
		return false;
	for (size_t i = 0; i < a->cond.lookups.n; i++)
		if (!same_lookup(&a->cond.lookups.items[i], &b->cond.lookups.items[i]))
			return false;
	return true;
}

static bool same_rule(const struct nf_rule *a, const struct nf_rule *b)
{
	if (a->steps.n != b->steps.n)
		return false;
	for (size_t i = 0; a->steps.items != b->steps.items && i < a->steps.n; i++)
		if (!same_step(&a->steps.items[i], &b->steps.items[i]))
			return false;
	return true;
}

/* --- what only one of the two has ------------------------------------------------------------- */

struct changed {
	const struct joined *old;
	const struct nf_rule *rules;
	size_t n;
	/* Of the old list, of the new one: no more than `most` together. Owned. */
	const struct nf_rule **items;
	size_t n_items, most;
};

static bool add_changed(struct changed *c, const struct nf_rule *rules, size_t n)
{
	for (size_t i = 0; i < n && c->n_items < c->most; i++)
		c->items[c->n_items++] = rules + i;
	return c->n_items < c->most;
}

/* How many rules behind `rules` the first one stands that says the same as `wanted`; 0: none near.
 */
static size_t find_ahead(const struct nf_rule *rules, size_t n, const struct nf_rule *wanted)
{
	enum { AHEAD = 32 };

	for (size_t i = 1; i < n && i <= AHEAD; i++)
		if (same_rule(&rules[i], wanted))
			return i;
	return 0;
}

/* False: too much is different. */
static bool find_changed(struct changed *c)
{
	const struct joined *old = c->old;
	size_t i = 0, k = 0;

	while (i < old->n && k < c->n) {
		size_t gone, new;
		bool room;

		if (same_rule(&old->rules[i], &c->rules[k])) {
			i++;
			k++;
			continue;
		}
		gone = find_ahead(old->rules + i, old->n - i, &c->rules[k]);
		new = gone ? 0 : find_ahead(c->rules + k, c->n - k, &old->rules[i]);
		if (!gone && !new)
			gone = new = 1;
		room = add_changed(c, old->rules + i, gone) && add_changed(c, c->rules + k, new);
		if (!room)
			return false;
		i += gone;
		k += new;
	}
	return add_changed(c, old->rules + i, old->n - i) && add_changed(c, c->rules + k, c->n - k);
}

/* --- the list --------------------------------------------------------------------------------- */

static const struct joined *find_joined(const struct reached *r, const struct flock *f)
{
	const struct joined *j = r->asked.memo->first;

	while (j && !(j->where == f->where && j->hook == r->hook && j->own == r->own &&
		      j->looped == r->looped && reach_same_env(&j->env, &f->env)))
		j = j->next;
	return j;
}

bool reach_again(struct reached *r, const struct list_run *run, const struct flock *f,
		 uint32_t *set)
{
	const struct nf_chain *chain = &r->b->ruleset.chains.items[run->chain];
	struct changed c = {.rules = chain->rules.items + run->from, .n = run->n};
	uint32_t where = SPACE_EMPTY, again;
	bool done;

	if (!r->asked.memo || !r->asked.no_rules || !(c.old = find_joined(r, f)))
		return false;
	c.most = 16 + (run->n + c.old->n) / 16;
	c.items = mem_new(c.most, sizeof(*c.items));
	done = find_changed(&c);
	for (size_t i = 0; done && i < c.n_items; i++) {
		uint32_t of;

		done = reach_rule_set(r, &f->env, c.items[i], &of);
		where = space_override(r->s, where, of);
	}
	free(c.items);
	if (!done)
		return false;
	where = space_where(r->s, f->where, where);
	*set = c.old->set;
	if (where == SPACE_EMPTY)
		return true;
	if (!reach_join(r, &f->env, c.rules, c.n, where, &again))
		return false;
	*set = space_override(r->s, again, space_without(r->s, *set, where));
	return true;
}

void reach_remember(struct reached *r, const struct list_run *run, const struct flock *f,
		    uint32_t set)
{
	const struct nf_chain *chain = &r->b->ruleset.chains.items[run->chain];
	struct reach_memo *m = r->asked.memo;
	struct joined *j;

	if (!m || m->complete || !r->asked.no_rules)
		return;
	j = mem_new(1, sizeof(*j));
	*j = (struct joined){.rules = chain->rules.items + run->from,
			     .n = run->n,
			     .env = f->env,
			     .hook = r->hook,
			     .own = r->own,
			     .looped = r->looped,
			     .where = f->where,
			     .set = set,
			     .next = m->first};
	m->first = j;
}
