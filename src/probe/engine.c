/* SPDX-License-Identifier: ISC
 *
 * A task waits in one place at a time: with its name until that is resolved, in the queue of what
 * may start, or with its target while that has enough to do. One with several addresses goes on to
 * its next address when the one before has started.
 */
#include "probe/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/engine_int.h"
#include "probe/via.h"
#include "sys/loop.h"

enum {
	TURN = 64,	  /* starts in one turn of the loop: more only fill the kernel's caches */
	BURST_US = 10000, /* so much may be caught up with at once where there is a rate */
	DESCRIPTORS_SPARE =
		32, /* the loop's, the resolver's, standard streams, what we inherited */
	FAULTS_MAX = 6,
	PAUSE_MS = 20, /* after a fault of our own; doubles with each that follows */
};

void engine_queue_add(struct engine *e, struct queue *q, size_t task)
{
	uint32_t id = (uint32_t)task + 1;

	e->pending[task].next = 0;
	if (q->tail)
		e->pending[q->tail - 1].next = id;
	else
		q->head = id;
	q->tail = id;
}

static void queue_add_first(struct engine *e, struct queue *q, size_t task)
{
	e->pending[task].next = q->head;
	q->head = (uint32_t)task + 1;
	if (!q->tail)
		q->tail = q->head;
}

bool engine_queue_take(struct engine *e, struct queue *q, size_t *task)
{
	if (!q->head)
		return false;
	*task = q->head - 1;
	q->head = e->pending[*task].next;
	if (!q->head)
		q->tail = 0;
	return true;
}

static struct target *find_target(struct engine *e, const struct addr *a)
{
	struct target *t = e->last_target; /* tasks of one target mostly follow each other */

	if (t && addr_equal(&t->addr, a))
		return t;
	t = e->last_target = map_find(&e->targets, (struct slice){(const char *)a, sizeof(*a)});
	if (t)
		return t;
	t = e->last_target = ARENA_NEW(e->arena, struct target);
	t->addr = *a;
	window_init(&t->window, e->config.per_target);
	map_add(&e->targets, (struct slice){(const char *)&t->addr, sizeof(t->addr)}, t);
	return t;
}

/* What of an outcome is known before anything is tried. */
void engine_start_outcome(struct engine *e, size_t task, const struct addr *target,
			  struct outcome *o)
{
	const struct task *t = &e->tasks[task];

	*o = (struct outcome){
		.flow = t->flow,
		.source = t->source,
		.target = *target,
		.name = t->name,
		.transport = t->method->transport,
		.port = t->port,
		.method = t->method->name,
		.via = t->via ? t->via->label : NULL,
		.expected = t->expected,
		.texts = e->config.texts,
		.at_ms = e->config.loop->ops->wall_ms(e->config.loop),
	};
}

void engine_report(struct engine *e, size_t task, const struct outcome *o)
{
	e->config.outcome(e->config.ctx, task, o);
}

/* Probes. */

static struct probe *probe_at(struct engine *e, size_t i)
{
	return (struct probe *)(e->pool + i * e->probe_size);
}

static bool has_probe(const struct engine *e)
{
	return e->free || e->used < e->room;
}

static struct probe *take_probe(struct engine *e)
{
	struct probe *p = e->free;

	if (p)
		e->free = p->next;
	else
		p = probe_at(e, e->used++);
	memset(p, 0, e->probe_size);
	p->engine = e;
	p->is_live = true;
	e->live++;
	return p;
}

/* Two for the place of one: the window may have grown. */
void engine_leave_target(struct engine *e, struct probe *p)
{
	struct target *t = p->target;
	size_t task;

	if (p->is_late)
		return;
	p->is_late = true;
	t->window.n--;
	for (unsigned i = 0; i < 2 && t->window.n + i < t->window.size; i++)
		if (engine_queue_take(e, &t->waiting, &task))
			queue_add_first(e, &e->ready, task);
}

void engine_give_back(struct engine *e, struct probe *p)
{
	engine_leave_target(e, p);
	e->socks -= p->socks;
	p->is_live = false;
	p->next = e->free;
	e->free = p;
	e->live--;
}

void engine_count_try(struct engine *e)
{
	int64_t earliest_us;

	if (e->turn)
		e->turn--;
	if (!e->config.rate)
		return;
	earliest_us = loop_now(e->config.loop).us - BURST_US;
	if (e->next_try.us < earliest_us)
		e->next_try.us = earliest_us;
	e->next_try.us += (1000000 + e->config.rate - 1) / e->config.rate;
}

static void start_probe(struct engine *e, size_t task, const struct addr *to, struct target *target,
			unsigned socks)
{
	const struct task *t = &e->tasks[task];
	struct probe *p = take_probe(e);

	p->method = t->method;
	p->task = task;
	p->to = *to;
	p->from = t->source;
	p->port = t->port;
	p->started = loop_now(e->config.loop);
	p->target = target;
	p->socks = socks;
	e->socks += socks;
	target->window.n++;
	engine_count_try(e);
	t->method->begin(p);
}

/* After the task's present address has started: on to the next one. */
static void go_on(struct engine *e, size_t task)
{
	struct addr a;

	e->pending[task].address++;
	if (engine_next_address(e, task, &a)) {
		e->total++;
		engine_queue_add(e, &e->ready, task);
	} else {
		e->pending[task].over = true;
	}
}

static unsigned socks_for(const struct engine *e, size_t task, const struct target *target)
{
	unsigned most = e->tasks[task].method->socks, tries;

	if (most == 1)
		return 1;
	tries = rtt_tries(&target->rtt, &e->rtt);
	return tries < most ? tries : most;
}

/* Whose limits count, and of whom something is learnt: the proxy stands before the target. */
static const struct addr *dialled(const struct task *t, const struct addr *a)
{
	return t->via ? &t->via->addr : a;
}

/* False: it must wait until others have ended, and so must those behind it. */
static bool start_task(struct engine *e, size_t task)
{
	struct target *target;
	struct addr a;
	unsigned socks;

	if (!engine_next_address(e, task, &a))
		BUG("a task without an address is in the queue");
	if (engine_leads_back(&e->tasks[task], &a)) {
		go_on(e, task);
		engine_report_back(e, task, &a);
		return true;
	}
	target = find_target(e, dialled(&e->tasks[task], &a));
	if (target->ban.is_on) {
		go_on(e, task);
		engine_report_shut_out(e, task, target);
		return true;
	}
	if (window_is_full(&target->window)) {
		engine_queue_add(e, &target->waiting, task);
		return true;
	}
	socks = socks_for(e, task, target);
	if (e->live && e->socks + socks > e->descriptors) {
		queue_add_first(e, &e->ready, task);
		return false;
	}
	go_on(e, task);
	start_probe(e, task, &a, target, socks);
	return true;
}

static bool is_done(const struct engine *e)
{
	return !e->live && !e->ready.head && !e->next_name && !e->names_live;
}

static void resume_one(struct engine *e)
{
	struct probe *p = e->resting;

	e->resting = p->next;
	e->n_resting--;
	memset(p->state, 0, p->method->state_size);
	p->started = loop_now(e->config.loop);
	if (p->target->ban.is_on) {
		probe_finish_not_asked(p);
		return;
	}
	engine_count_try(e);
	p->method->begin(p);
}

/* Whether one may start now. If not, the timer wakes us when it may. */
static bool has_turn(struct engine *e)
{
	struct loop *l = e->config.loop;

	if (timer_is_armed(&e->pace))
		return false;
	if (!e->turn)
		timer_start(l, &e->pace, mono_add_us(loop_now(l), 1));
	else if (e->config.rate && e->next_try.us > loop_now(l).us)
		timer_start(l, &e->pace, e->next_try);
	return !timer_is_armed(&e->pace);
}

static bool has_room(const struct engine *e)
{
	return e->live - e->n_resting < e->window && !timer_is_armed(&e->pause);
}

/* Those that rest go before new ones. A probe may end while it starts: then the call from within
 * does nothing, and the loop here goes on. */
void engine_fill(struct engine *e)
{
	size_t task;

	if (e->is_filling || e->is_stopped)
		return;
	e->is_filling = true;
	engine_start_names(e);
	while (has_room(e) && (e->resting || e->ready.head) && has_turn(e)) {
		if (e->resting)
			resume_one(e);
		else if (!has_probe(e) || !engine_queue_take(e, &e->ready, &task) ||
			 !start_task(e, task))
			break;
	}
	e->is_filling = false;
	if (is_done(e) && e->config.done)
		e->config.done(e->config.ctx);
	else if (is_done(e))
		loop_stop(e->config.loop);
}

/* A fault of our own. The probe keeps its place and rests until another one has ended; only where
 * nothing else is under way does time alone help, and not for long. */
bool engine_rest(struct engine *e, struct probe *p)
{
	size_t others = e->live - e->n_resting - 1;

	if (!others && !timer_is_armed(&e->pause)) {
		if (e->faults == FAULTS_MAX)
			return false;
		timer_start(e->config.loop, &e->pause,
			    mono_add_ms(loop_now(e->config.loop), PAUSE_MS << e->faults++));
	}
	p->next = e->resting;
	e->resting = p;
	e->n_resting++;
	e->window = others ? others : 1;
	return true;
}

static void pause_over(struct timer *t)
{
	struct engine *e = (struct engine *)((char *)t - offsetof(struct engine, pause));

	engine_fill(e);
}

static void pace_over(struct timer *t)
{
	struct engine *e = (struct engine *)((char *)t - offsetof(struct engine, pace));

	e->turn = TURN;
	engine_fill(e);
}

/* Setting up and tearing down. */

static size_t free_descriptors(size_t all)
{
	size_t spare = all > DESCRIPTORS_SPARE * 2 ? DESCRIPTORS_SPARE : all / 2;

	return all ? all - spare : SIZE_MAX;
}

static void size_pool(struct engine *e)
{
	size_t state = 0;

	for (size_t i = 0; i < e->n_tasks; i++)
		if (state < e->tasks[i].method->state_size)
			state = e->tasks[i].method->state_size;
	e->probe_size = (sizeof(struct probe) + state + 15) / 16 * 16;
	e->descriptors = free_descriptors(e->config.descriptors);
	e->room = e->config.window < e->descriptors ? e->config.window : e->descriptors;
	if (!e->room)
		e->room = 1;
	e->window = e->room;
	e->pool = mem_new(e->room, e->probe_size); /* a page of it costs when it is touched */
}

struct engine *engine_new(const struct engine_config *config, const struct task *tasks,
			  size_t n_tasks)
{
	struct engine *e = mem_new(1, sizeof(*e));

	e->config = *config;
	if (!e->config.per_target)
		e->config.per_target = ENGINE_PER_TARGET;
	if (!e->config.window)
		e->config.window = ENGINE_WINDOW;
	e->tasks = tasks;
	e->n_tasks = e->total = n_tasks;
	e->pending = mem_new(n_tasks, sizeof(*e->pending));
	e->arena = arena_new();
	e->last_name = &e->first_name;
	e->pause.fire = pause_over;
	e->pace.fire = pace_over;
	e->turn = TURN;
	engine_init_ban(e);
	size_pool(e);
	for (size_t i = 0; i < n_tasks; i++) {
		if (engine_needs_name(&tasks[i]))
			engine_add_to_name(e, i);
		else
			engine_queue_add(e, &e->ready, i);
	}
	e->next_name = e->first_name;
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	timer_stop(e->config.loop, &e->pause);
	timer_stop(e->config.loop, &e->pace);
	timer_stop(e->config.loop, &e->ban);
	for (struct name *n = e->first_name; n; n = n->next)
		resolve_release(&n->query);
	map_release(&e->targets);
	map_release(&e->names);
	arena_free(e->arena);
	free(e->pool);
	free(e->pending);
	free(e);
}

static void report_untried(struct engine *e, size_t task, const struct addr *target)
{
	struct outcome o;

	engine_start_outcome(e, task, target, &o);
	blame_not_attempted("interrupted", &o);
	o.is_interrupted = true;
	engine_report(e, task, &o);
}

/* What is under way, and what never started, in the order of the tasks as far as it goes. */
static void give_up(struct engine *e)
{
	e->is_stopped = true;
	timer_stop(e->config.loop, &e->pause);
	timer_stop(e->config.loop, &e->pace);
	timer_stop(e->config.loop, &e->ban);
	if (e->config.resolver)
		e->config.resolver->ops->stop(e->config.resolver);
	for (size_t i = 0; i < e->used; i++) {
		struct probe *p = probe_at(e, i);

		if (!p->is_live)
			continue;
		p->method->cancel(p);
		report_untried(e, p->task, &p->to);
	}
	for (size_t i = 0; i < e->n_tasks; i++)
		if (!e->pending[i].over)
			report_untried(e, i, &e->tasks[i].target);
}

int engine_run(struct engine *e, const volatile int *interrupted, struct err *err)
{
	int rc = 0;

	engine_fill(e);
	if (!is_done(e))
		rc = loop_run(e->config.loop, interrupted, err);
	if (!is_done(e))
		give_up(e);
	return rc;
}

void engine_start(struct engine *e)
{
	engine_fill(e);
}

void engine_stop(struct engine *e)
{
	if (!is_done(e))
		give_up(e);
}

size_t engine_total(const struct engine *e)
{
	return e->total;
}
