/* SPDX-License-Identifier: ISC */
#include "cmd/far.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/installed.h"
#include "probe/far_ask.h"
#include "probe/far_blame.h"
#include "probe/far_leave.h"
#include "probe/method.h"
#include "sys/host.h"
#include "sys/limit.h"
#include CONFIG_H

enum { MORE_DESCRIPTORS = 256, ALONE_MAX = 16 };

/* What is still to be done for an outcome. */
enum far_turn { FAR_TURN_WAITS, FAR_TURN_ALONE, FAR_TURN_OVER };

/* One far host's part of a run: its outcomes, in batches. */
struct asking {
	const struct far_side *side;
	const struct far_host *host;
	struct loop *loop;
	const volatile int *interrupted;
	struct far_ask ask;
	struct far_leave leave;
	size_t leaves[FAR_FLOWS_MAX]; /* of the batch: one more than its number there; 0: none */
	/* The batch, by the far side's ids. */
	struct outcome *alone[FAR_FLOWS_MAX], *second[FAR_FLOWS_MAX];
	struct outcome seconds[FAR_FLOWS_MAX];
	struct far_flow flows[FAR_FLOWS_MAX];
	struct task tasks[FAR_FLOWS_MAX];
	size_t n;
	enum far_turn *turns; /* of each outcome of the run; owned */
	size_t n_alone;	      /* so many had one more turn */
};

/* --- which outcomes --------------------------------------------------------------------------- */

static bool is_told_by_host(const struct far_host *h, const struct outcome *o)
{
	for (size_t i = 0; i < h->n_own; i++)
		if (addr_equal(&h->own[i], &o->target))
			return true;
	if (h->dns_name)
		return o->name && strcmp(h->dns_name, o->name) == 0;
	return !h->n_own;
}

static const struct far_host *host_of(const struct far_side *f, const struct outcome *o)
{
	for (size_t i = 0; i < f->n; i++)
		if (is_told_by_host(&f->hosts[i], o))
			return &f->hosts[i];
	return NULL;
}

/* An answer that only the target can give, and what was not tried, need no second look. */
static bool is_in_question(const struct outcome *o)
{
	switch (o->state) {
	case STATE_OPEN:
		return !o->proved && !o->is_stand_in && o->transport != TRANSPORT_ICMP;
	case STATE_WRONG_SERVICE:
	case STATE_OPEN_RESET:
	case STATE_SILENT:
	case STATE_CLOSED:
	case STATE_REJECTED:
	case STATE_DROPPED:
		return o->cause != CAUSE_LOCAL_FIREWALL && o->cause != CAUSE_PROXY;
	default:
		return false;
	}
}

/* Neither what goes through something, nor what is negotiated, is one try of one port. */
static bool is_single(const struct trial *t, const struct outcome *o)
{
	const struct task *task = &t->tasks[o->task];

	return o->target.family && !task->via && !task->mode;
}

/* One of these hosts is to be asked about it. */
static bool concerns(const struct far_side *f, const struct trial *t, const struct outcome *o)
{
	return f->n && is_in_question(o) && is_single(t, o) && host_of(f, o);
}

/* --- a batch ---------------------------------------------------------------------------------- */

/* Where the kernel sends from to there: no packet goes out for it. */
static bool find_source(struct asking *a, const struct outcome *o, struct addr *source)
{
	const struct sock_spec spec = {.kind = SOCK_UDP, .to = o->target, .port = 9};
	struct loop *l = a->loop;
	struct sock s = {0};
	const char *call;
	uint16_t port;
	bool ok;

	*source = o->source;
	if (source->family)
		return true;
	if (l->ops->open(l, &s, &spec, &call) != 0)
		return false;
	ok = l->ops->local_addr(l, &s, source, &port);
	l->ops->close(l, &s, false);
	return ok;
}

/* The far side can only put one stand-in at a port. */
static bool has_target(const struct asking *a, const struct outcome *o)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->flows[i].transport == o->transport && a->flows[i].port == o->port &&
		    addr_equal(&a->flows[i].target, &o->target))
			return true;
	return false;
}

static void add(struct asking *a, struct outcome *o)
{
	struct far_flow *f = &a->flows[a->n];
	struct task *task = &a->tasks[a->n];

	*f = (struct far_flow){.transport = o->transport,
			       .target = o->target,
			       .port = o->transport == TRANSPORT_ICMP ? 0 : o->port};
	if (!find_source(a, o, &f->source))
		return;
	*task = a->side->trial->tasks[o->task];
	task->target = o->target;
	task->source = f->source;
	task->family = 0;
	a->alone[a->n] = o;
	a->second[a->n] = NULL;
	a->n++;
}

static bool is_next(const struct asking *a, size_t i, enum far_turn turn)
{
	const struct trial *t = a->side->trial;
	const struct outcome *o = &t->outcomes.items[i];

	return a->turns[i] == turn && concerns(a->side, t, o) && host_of(a->side, o) == a->host &&
	       !has_target(a, o);
}

static void fill_with(struct asking *a, enum far_turn turn, size_t max)
{
	struct outcome_list *l = &a->side->trial->outcomes;

	for (size_t i = 0; i < l->n && a->n < max; i++)
		if (is_next(a, i, turn)) {
			a->turns[i] = FAR_TURN_OVER;
			add(a, &l->items[i]);
		}
}

/* The next batch; then, one by one, those of which it matters that nothing else goes on. */
static bool fill(struct asking *a)
{
	a->n = 0;
	fill_with(a, FAR_TURN_WAITS, FAR_FLOWS_MAX);
	if (!a->n)
		fill_with(a, FAR_TURN_ALONE, 1);
	return a->n > 0;
}

static void take_second(void *ctx, size_t task, const struct outcome *o)
{
	struct asking *a = ctx;

	a->seconds[task] = *o;
	a->second[task] = &a->seconds[task];
}

/* A datagram's fate the kernel tells at once; of a SYN that its filter drops it says nothing. */
static bool may_not_leave(const struct outcome *o)
{
	return o->state == STATE_DROPPED && o->transport == TRANSPORT_TCP;
}

static void begin_leaving(struct asking *a)
{
	a->leave = (struct far_leave){.loop = a->loop};
	for (size_t i = 0; i < a->n; i++) {
		a->leaves[i] = 0;
		if (!may_not_leave(a->alone[i]))
			continue;
		far_leave_add(&a->leave, &a->flows[i]);
		a->leaves[i] = a->leave.n;
	}
}

struct waiting {
	struct timer timer; /* first: the address is the same */
	struct loop *loop;
};

static void stop_waiting(struct timer *t)
{
	loop_stop(((struct waiting *)t)->loop);
}

static int wait_for_leaving(struct asking *a, struct err *err)
{
	struct waiting w = {.timer.fire = stop_waiting, .loop = a->loop};
	int rc = 0;

	if (far_leave_is_over(&a->leave))
		return 0;
	timer_start(a->loop, &w.timer, mono_add_ms(a->leave.started, FAR_LEAVE_MS));
	while (!rc && !*a->interrupted && !far_leave_is_over(&a->leave))
		rc = loop_run(a->loop, a->interrupted, err);
	timer_stop(a->loop, &w.timer);
	return rc;
}

static int try_again(struct asking *a, struct err *err)
{
	struct trial *t = a->side->trial;
	const struct engine_config config = {
		.loop = a->loop,
		.texts = &t->texts,
		.timeout_ms = t->timeout_ms,
		.rate = t->rate,
		.descriptors = limit_descriptors(a->n + MORE_DESCRIPTORS),
		.chance = host_chance,
		.outcome = take_second,
		.ctx = a,
	};
	struct engine *e = engine_new(&config, a->tasks, a->n);
	int rc = engine_run(e, a->interrupted, err);

	engine_free(e);
	return rc;
}

/* --- what follows ----------------------------------------------------------------------------- */

/* Whether the far side's filter dropped anything is told of all that came meanwhile: of one alone
 * it says more. */
static bool is_worth_a_turn(struct asking *a, size_t i)
{
	const struct far_view *v = &a->ask.views[i];
	const struct outcome *o = a->alone[i];

	return a->n > 1 && is_in_question(o) && o->cause == CAUSE_UNPROVEN && !v->left &&
	       v->drop != FAR_NO && v->interface != FAR_NO && a->n_alone++ < ALONE_MAX;
}

static enum far_seen left_of(const struct asking *a, size_t i)
{
	if (a->alone[i]->transport != TRANSPORT_TCP)
		return FAR_YES;
	return a->leaves[i] ? a->leave.tries[a->leaves[i] - 1].left : FAR_UNKNOWN;
}

static void conclude(struct asking *a, size_t i)
{
	struct outcome *alone = a->alone[i], o;
	struct far_case c = {.alone = alone, .view = a->ask.views[i], .left = left_of(a, i)};

	if (!a->second[i] || a->ask.watched[i] != FAR_YES)
		return;
	o = *a->second[i];
	far_blame(&c, &o);
	o.id = alone->id;
	o.task = alone->task;
	*alone = o;
	if (is_worth_a_turn(a, i))
		a->turns[alone - a->side->trial->outcomes.items] = FAR_TURN_ALONE;
}

void far_tell(const struct far_host *h, const char *why)
{
	char at[ADDR_TEXT_MAX];
	struct err e;

	(void)err_set(&e, ERR_SYSTEM, PLACE_NONE, "the far side at %s%s%s: %s",
		      addr_text(&h->at, at), h->name ? ", " : "", h->name ? h->name : "", why);
	(void)command_failed(&e);
}

static void tell_refusals(const struct asking *a, const char **told)
{
	for (size_t i = 0; i < a->n; i++) {
		const char *why = a->ask.refused[i];

		if (a->ask.watched[i] != FAR_NO || (*told && strcmp(*told, why) == 0))
			continue;
		far_tell(a->host, why);
		*told = arena_copy(a->side->arena, slice_of(why));
	}
}

static int run_batch(struct asking *a, const char **told, struct err *err)
{
	int rc = far_ask_watch(&a->ask, a->flows, a->n, err);

	if (rc)
		return rc;
	tell_refusals(a, told);
	begin_leaving(a);
	rc = try_again(a, err);
	if (!rc)
		rc = wait_for_leaving(a, err);
	far_leave_end(&a->leave);
	if (!rc)
		rc = far_ask_views(&a->ask, err);
	for (size_t i = 0; i < a->n && !rc; i++)
		conclude(a, i);
	return rc;
}

int far_start_channel(const struct far_host *h, struct channel **c, struct err *err)
{
	char at[ADDR_TEXT_MAX], port[8];
	const char *argv[] = {
		"portolan-channel", "dial", addr_text(&h->at, at), port, h->key, NULL};
	struct buf path = BUF_INIT;
	int rc;

	snprintf(port, sizeof(port), "%u", h->port);
	installed_path(argv[0], LIBEXEC_DIR, &path);
	rc = channel_start(c, path.data, argv, err);
	buf_release(&path);
	return rc;
}

static int ask_host(struct asking *a, struct err *err)
{
	const char *told = NULL;
	int rc = far_start_channel(a->host, &a->ask.channel, err);

	a->ask.loop = a->loop;
	a->ask.interrupted = a->interrupted;
	if (!rc)
		rc = far_ask_start(&a->ask, err);
	do {
		if (!rc)
			rc = run_batch(a, &told, err);
	} while (!rc && !*a->interrupted && fill(a));
	far_ask_stop(&a->ask);
	channel_free(a->ask.channel);
	return rc;
}

/* What fails here leaves what is known already. */
static void ask_one(const struct far_side *f, const struct far_host *h, struct loop *l,
		    const volatile int *interrupted)
{
	struct asking *a = mem_new(1, sizeof(*a));
	struct err err;

	a->turns = mem_new(f->trial->outcomes.n, sizeof(*a->turns));
	a->side = f;
	a->host = h;
	a->loop = l;
	a->interrupted = interrupted;
	if (fill(a) && ask_host(a, &err) != 0)
		far_tell(h, err.text);
	free(a->turns);
	free(a);
}

void far_run(const struct far_side *f, struct loop *l, const volatile int *interrupted)
{
	struct outcome_list *outcomes = &f->trial->outcomes;
	bool *was_concerned = mem_new(outcomes->n, sizeof(*was_concerned));

	for (size_t i = 0; i < outcomes->n; i++)
		was_concerned[i] = concerns(f, f->trial, &outcomes->items[i]);
	for (size_t i = 0; i < f->n && !*interrupted; i++)
		ask_one(f, &f->hosts[i], l, interrupted);
	for (size_t i = 0; i < outcomes->n; i++)
		if (was_concerned[i] && f->took)
			f->took(f->trial, &outcomes->items[i]);
	free(was_concerned);
}
