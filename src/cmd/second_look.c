/* SPDX-License-Identifier: ISC */
#include "cmd/second_look.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/rtt.h"

enum {
	ROUNDS_MAX = 6,
	RATE_MIN = 1, /* new connections a second */
	RATE_MAX = 1000,
};

static bool is_silent(const struct outcome *o)
{
	return o->state == STATE_DROPPED || (o->state == STATE_SILENT && o->answers_later);
}

static struct slice target_of(const struct outcome *o)
{
	return (struct slice){(const char *)&o->target, sizeof(o->target)};
}

/* Of one target none is better known than the others. */
static bool is_in_doubt(const struct trial *t, const struct outcome *o, const struct map *later)
{
	if (trial_is_shut_out(t, &o->target))
		return false;
	if (!is_silent(o) || o->via || o->leg || o->named_port || !o->target.family)
		return false;
	/* Whoever says how long to wait gets no more tries for bad luck. */
	if (!t->timeout_ms && o->bad_luck > (float)rtt_bad_luck_max)
		return true;
	return map_find(later, target_of(o)) != NULL;
}

static size_t collect(struct trial *t, struct outcome *doubtful)
{
	struct map later = {0}; /* targets that answered a try at leisure */
	size_t n = 0;

	for (size_t i = 0; i < t->outcomes.n; i++) {
		struct outcome *o = &t->outcomes.items[i];

		if (o->answers_later && !map_find(&later, target_of(o)))
			map_add(&later, target_of(o), o);
	}
	for (size_t i = 0; i < t->outcomes.n; i++)
		if (is_in_doubt(t, &t->outcomes.items[i], &later))
			doubtful[n++] = t->outcomes.items[i];
	map_release(&later);
	return n;
}

/* Half of what came through; then half of that. */
static unsigned next_rate(const struct second_look *s, const struct trial *t)
{
	int64_t ms = s->elapsed_ms > 0 ? s->elapsed_ms : 1;
	uint64_t rate = s->rate ? s->rate : s->answered * 1000 / (uint64_t)ms;

	if (t->rate && rate > t->rate)
		rate = t->rate;
	rate /= 2;
	return rate < RATE_MIN ? RATE_MIN : rate > RATE_MAX ? RATE_MAX : (unsigned)rate;
}

static void make_tasks(const struct trial *t, const struct outcome *doubtful, size_t n,
		       struct task *tasks)
{
	for (size_t i = 0; i < n; i++) {
		tasks[i] = t->tasks[doubtful[i].task];
		tasks[i].target = doubtful[i].target;
	}
}

/* ctx: the doubtful. The tries of all rounds count, and what is unlikely twice is so much less
 * likely. */
static void take_again(void *ctx, size_t task, const struct outcome *o)
{
	struct outcome *old = (struct outcome *)ctx + task, fresh = *o;

	if (o->is_interrupted)
		return;
	fresh.id = old->id;
	fresh.task = old->task;
	fresh.tries += old->tries;
	if (fresh.bad_luck > 0 && old->bad_luck > 0 && !old->answers_later)
		fresh.bad_luck *= old->bad_luck;
	*old = fresh;
}

static void tell(struct trial *t, struct outcome *list, size_t n)
{
	second_look_put_back(t, list, n);
	for (size_t i = 0; t->took && i < n; i++)
		t->took(t, &list[i]);
}

int second_look(struct second_look *s, struct trial *t, const volatile int *interrupted,
		struct outcome **fresh, size_t *n, struct err *err)
{
	struct outcome *list = mem_new(t->outcomes.n, sizeof(*list));
	struct task *tasks;
	int rc = 0;

	*n = s->rounds++ < ROUNDS_MAX ? collect(t, list) : 0;
	if (*n) {
		s->rate = next_rate(s, t);
		tasks = mem_new(*n, sizeof(*tasks));
		make_tasks(t, list, *n, tasks);
		rc = trial_run_tasks(t, tasks, *n, s->rate, take_again, list, interrupted, err);
		free(tasks);
		tell(t, list, *n);
	}
	*fresh = list;
	return rc;
}

/* Ids are places: cmd/trial.c gives them. */
void second_look_put_back(struct trial *t, const struct outcome *fresh, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->outcomes.items[fresh[i].id - 1] = fresh[i];
}
