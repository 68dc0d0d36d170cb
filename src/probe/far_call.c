/* SPDX-License-Identifier: ISC */
#include "probe/far_call.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text_pool.h"
#include "probe/engine.h"
#include "probe/far_leave.h"
#include "probe/method.h"
#include "probe/method_ping.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "sys/host.h"
#include "sys/limit.h"

enum { SPARE_DESCRIPTORS = 256 };

struct far_call {
	struct timer timer; /* first: the address is the same */
	struct loop *loop;
	struct far_leave leave;
	size_t leaves[FAR_FLOWS_MAX]; /* of each flow: one more than its number there; 0: none */
	struct engine *engine;
	struct text_pool texts;
	struct far_flow flows[FAR_FLOWS_MAX];
	struct task tasks[FAR_FLOWS_MAX];
	struct outcome outcomes[FAR_FLOWS_MAX];
	size_t n;
	void (*done)(void *ctx);
	void *ctx;
};

static const struct method *method_of(const struct far_flow *f)
{
	if (f->transport == TRANSPORT_TCP)
		return &method_tcp;
	return f->transport == TRANSPORT_UDP ? &method_udp : &method_ping;
}

static void take_outcome(void *ctx, size_t task, const struct outcome *o)
{
	struct far_call *c = ctx;

	c->outcomes[task] = *o;
}

/* The engine is still at work when it says so. */
static void note_done(void *ctx)
{
	struct far_call *c = ctx;

	timer_start(c->loop, &c->timer, loop_now(c->loop));
}

static bool is_dropped(const struct far_call *c, size_t i)
{
	return c->outcomes[i].state == STATE_DROPPED && c->outcomes[i].transport == TRANSPORT_TCP;
}

static void tell_done(struct timer *t)
{
	struct far_call *c = (struct far_call *)t;

	far_leave_end(&c->leave);
	c->done(c->ctx);
}

/* Of what is silent: whether it left at all. */
static void look_at_leaving(struct timer *t)
{
	struct far_call *c = (struct far_call *)t;

	for (size_t i = 0; i < c->n; i++)
		if (is_dropped(c, i)) {
			far_leave_add(&c->leave, &c->flows[i]);
			c->leaves[i] = c->leave.n;
		}
	t->fire = tell_done;
	if (c->leave.n)
		timer_start(c->loop, t, mono_add_ms(c->leave.started, FAR_LEAVE_MS));
	else
		tell_done(t);
}

struct far_call *far_call_start(struct loop *l, const struct far_flow *flows, size_t n,
				void (*done)(void *ctx), void *ctx)
{
	struct far_call *c = mem_new(1, sizeof(*c));
	const struct engine_config config = {
		.loop = l,
		.texts = &c->texts,
		.descriptors = limit_descriptors(n + SPARE_DESCRIPTORS),
		.chance = host_chance,
		.outcome = take_outcome,
		.done = note_done,
		.ctx = c,
	};

	c->timer.fire = look_at_leaving;
	c->loop = c->leave.loop = l;
	c->n = n;
	c->done = done;
	c->ctx = ctx;
	text_pool_init(&c->texts);
	memcpy(c->flows, flows, n * sizeof(*flows));
	for (size_t i = 0; i < n; i++)
		c->tasks[i] = (struct task){.target = flows[i].target,
					    .source = flows[i].source,
					    .port = flows[i].port,
					    .flow = UINT_MAX,
					    .method = method_of(&flows[i])};
	c->engine = engine_new(&config, c->tasks, n);
	engine_start(c->engine);
	return c;
}

/* Of a datagram the kernel tells at once when its filter drops it. */
static enum far_seen left_of(const struct far_call *c, size_t i)
{
	if (c->flows[i].transport != TRANSPORT_TCP)
		return FAR_YES;
	return c->leaves[i] ? c->leave.tries[c->leaves[i] - 1].left : FAR_UNKNOWN;
}

struct far_called far_call_outcome(const struct far_call *c, size_t i)
{
	const struct outcome *o = &c->outcomes[i];
	struct far_called called = {.state = o->state,
				    .cause = o->cause,
				    .confidence = o->confidence,
				    .by = o->by,
				    .rtt_us = o->rtt_us,
				    .tries = o->tries,
				    .left = left_of(c, i),
				    .how = slice_of(o->how),
				    .evidence = slice_of(o->evidence)};

	while (called.n_candidates < OUTCOME_CANDIDATES_MAX && o->candidates[called.n_candidates]) {
		called.candidates[called.n_candidates] =
			slice_of(o->candidates[called.n_candidates]);
		called.n_candidates++;
	}
	return called;
}

void far_call_free(struct far_call *c)
{
	if (!c)
		return;
	engine_stop(c->engine);
	far_leave_end(&c->leave);
	timer_stop(c->loop, &c->timer);
	engine_free(c->engine);
	text_pool_release(&c->texts);
	free(c);
}
