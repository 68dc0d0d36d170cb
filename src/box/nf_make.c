/* SPDX-License-Identifier: ISC */
#include "box/nf_make.h"

#include <string.h>

struct nf_rule *nf_add_rule(struct box *b, struct nf_chain *c, struct slice line, struct place at)
{
	struct nf_rule *r = list_add(b->arena, &c->rules, sizeof(*r));

	r->text = arena_copy(b->arena, line);
	r->number = c->rules.n > 1 ? r[-1].number + 1 : 1;
	r->place = at;
	return r;
}

struct nf_step *nf_add_step(struct box *b, struct nf_rule *r, enum nf_step_kind kind)
{
	/* Most rules have five or six; what list_add() outgrows would come to as much again. */
	enum { FIRST_ROOM = 6 };
	size_t n = r->steps.n, room = FIRST_ROOM;
	struct nf_step *old = r->steps.items;

	while (room < n)
		room *= 2;
	if (n == 0 || n == room) {
		r->steps.items = ARENA_ARRAY(b->arena, struct nf_step, n ? 2 * n : room);
		if (n)
			memcpy(r->steps.items, old, n * sizeof(*old));
	}
	r->steps.items[n].kind = kind;
	r->steps.n++;
	return &r->steps.items[n];
}

void nf_ask(struct box *b, struct nf_rule *r, struct nf_key_use key, struct nf_span span,
	    bool negate)
{
	nf_ask_any(b, r, key, &span, 1, negate);
}

void nf_ask_any(struct box *b, struct nf_rule *r, struct nf_key_use key,
		const struct nf_span *spans, size_t n, bool negate)
{
	struct nf_set *set = ARENA_NEW(b->arena, struct nf_set);
	struct nf_span *copy = ARENA_ARRAY(b->arena, struct nf_span, n);

	for (size_t i = 0; i < n; i++)
		copy[i] = spans[i];
	*set = (struct nf_set){.n_keys = 1, .n = n, .spans = copy, .place = r->place};
	nf_ask_set(b, r, set, &key, negate);
}

void nf_ask_set(struct box *b, struct nf_rule *r, const struct nf_set *set,
		const struct nf_key_use *keys, bool negate)
{
	struct nf_cond *cond = &nf_add_step(b, r, STEP_IF)->cond;
	struct nf_lookup *l = list_add(b->arena, &cond->lookups, sizeof(*l));

	*l = nf_make_lookup(b, set, keys);
	cond->negate = negate;
}

struct nf_lookup nf_make_lookup(struct box *b, const struct nf_set *set,
				const struct nf_key_use *keys)
{
	struct nf_key_use *copy = ARENA_ARRAY(b->arena, struct nf_key_use, set->n_keys);

	for (size_t i = 0; i < set->n_keys; i++)
		copy[i] = keys[i];
	return (struct nf_lookup){.keys = copy, .set = set};
}

void nf_ask_unknown(struct box *b, struct nf_rule *r, struct slice words)
{
	nf_add_step(b, r, STEP_IF)->cond.unknown = arena_copy(b->arena, words);
}
