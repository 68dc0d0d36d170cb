/* SPDX-License-Identifier: ISC
 *
 * Prerequisites. Demands are sorted so that those of one requirement, from one host, or between one
 * pair of hosts stand together.
 */
#include "model/judge_int.h"

#include <stdlib.h>

/* --- in order --------------------------------------------------------------------------------- */

enum { KEYS = 4 }; /* installation, requirement, from, to */
struct keys {
	uintptr_t key[KEYS];
};

/* A host in two zones is two endpoints, and one host. */
static uintptr_t identity(const struct endpoint *e)
{
	if (e->host)
		return (uintptr_t)e->host;
	return e->device ? (uintptr_t)e->device : (uintptr_t)e;
}

static struct keys keys_of(const struct demand *d, const struct requirement *q)
{
	return (struct keys){
		{(uintptr_t)d->installation, (uintptr_t)q, identity(d->from), identity(d->to)}};
}

static int compare_keys(const struct keys *a, const struct keys *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a->key[i] != b->key[i])
			return a->key[i] < b->key[i] ? -1 : 1;
	return 0;
}

static int compare(const void *a_, const void *b_)
{
	const struct judgement *a = *(struct judgement *const *)a_;
	const struct judgement *b = *(struct judgement *const *)b_;
	const struct keys x = keys_of(a->demand, a->demand->requirement);
	const struct keys y = keys_of(b->demand, b->demand->requirement);
	int order = compare_keys(&x, &y, KEYS);

	return order ? order : (a > b) - (a < b);
}

void judge_sort(struct judging *j)
{
	size_t n = j->out->items.n;

	j->by_requirement.items = ARENA_ARRAY(j->arena, struct judgement *, n);
	j->by_requirement.n = n;
	for (size_t i = 0; i < n; i++)
		j->by_requirement.items[i] = &j->out->items.items[i];
	if (n)
		qsort(j->by_requirement.items, n, sizeof(*j->by_requirement.items), compare);
}

/* The first that is not before the keys; behind those that are equal in them where `after`. */
static size_t find(const struct judging *j, const struct keys *keys, size_t n, bool after)
{
	size_t lo = 0, hi = j->by_requirement.n;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;
		const struct demand *d = j->by_requirement.items[middle]->demand;
		const struct keys have = keys_of(d, d->requirement);

		if (compare_keys(&have, keys, n) < after)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

/* Those that are equal in the first n keys. */
static struct judged_list find_all(const struct judging *j, const struct keys *keys, size_t n)
{
	size_t begin = find(j, keys, n, false);

	return (struct judged_list){&j->by_requirement.items[begin],
				    find(j, keys, n, true) - begin};
}

struct judged_list judge_of_requirement(const struct judging *j, const struct installation *in,
					const struct requirement *q)
{
	const struct keys keys = {{(uintptr_t)in, (uintptr_t)q}};

	return find_all(j, &keys, 2);
}

/* --- prerequisites ---------------------------------------------------------------------------- */

/* Of the same pair of hosts; else of the same source; else whichever start here. */
static struct judged_list find_meant(const struct judging *j, const struct demand *d,
				     const struct requirement *q)
{
	const struct keys keys = keys_of(d, q);
	struct judged_list meant = {NULL, 0};

	for (size_t n = KEYS; n >= 2 && !meant.n; n--)
		meant = find_all(j, &keys, n);
	return meant;
}

static void find_cause(const struct judging *j, struct judgement *judged, bool *done);

/* What keeps it from holding: itself, or what fails before it. */
static const struct judgement *cause_of(const struct judging *j, struct judgement *judged,
					bool *done)
{
	find_cause(j, judged, done);
	if (judged->prerequisite)
		return judged->prerequisite;
	return verdict_is_broken(judged->verdict) ? judged : NULL;
}

/* One of several that works is enough to say nothing. */
static const struct judgement *cause_of_all(const struct judging *j, struct judged_list list,
					    bool *done)
{
	const struct judgement *first = NULL;

	for_each (item, &list) {
		const struct judgement *cause;

		if ((*item)->demand->absence != ABSENCE_NONE)
			return NULL;
		if ((*item)->elsewhere)
			continue;
		cause = cause_of(j, *item, done);
		if (!cause)
			return NULL;
		if (!first)
			first = cause;
	}
	return first;
}

static const struct judgement *cause_before(const struct judging *j, const struct demand *d,
					    struct text id, bool *done)
{
	const struct requirement *q = product_requirement(d->installation->product, id.s);

	return q ? cause_of_all(j, find_meant(j, d, q), done) : NULL;
}

/* Once each. There are no circles: doc/product_cycles.c refuses them. */
static void find_cause(const struct judging *j, struct judgement *judged, bool *done)
{
	const struct demand *d = judged->demand;
	const struct requirement *q = d->requirement;
	size_t index = (size_t)(judged - j->out->items.items);

	if (done[index] || judged->elsewhere)
		return;
	done[index] = true;
	for_each (id, &q->after)
		if (!judged->prerequisite)
			judged->prerequisite = cause_before(j, d, *id, done);
	if (!judged->prerequisite && q->child_of.s)
		judged->prerequisite = cause_before(j, d, q->child_of, done);
	if (!judged->prerequisite || verdict_is_good(judged->verdict))
		return;
	judged->turn = judged->prerequisite->turn;
	judged->device = judged->prerequisite->device;
}

void judge_prerequisites(const struct judging *j)
{
	bool *done = ARENA_ARRAY(j->arena, bool, j->out->items.n);

	for_each (judged, &j->out->items)
		find_cause(j, judged, done);
}
