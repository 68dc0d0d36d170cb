/* SPDX-License-Identifier: ISC */
#include "cmd/check_inbound.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/check_results.h"
#include "probe/far_ask.h"
#include "probe/far_blame.h"
#include "probe/far_watch.h"
#include "probe/method.h"
#include "probe/method_ping.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "sys/packet_tap.h"

/* One host's. */
struct inbound {
	struct inbound *next;
	const struct far_host *host;
	struct vantage vantage; /* it */
	struct check check;	/* what starts there; only what ends here is tried */
	struct buf outcomes;	/* struct outcome; owned */
	size_t first, n;	/* among the trial's, once they are there */
};

/* A batch under way. */
struct calling {
	struct checking *c;
	struct inbound *in;
	struct far_ask ask;
	struct far_watch watch;
	struct far_flow flows[FAR_FLOWS_MAX];
	size_t tasks[FAR_FLOWS_MAX];
	struct outcome outcomes[FAR_FLOWS_MAX];
	bool is_heard[FAR_FLOWS_MAX];
	enum far_seen left[FAR_FLOWS_MAX];
	size_t n;
};

/* --- what there is to try --------------------------------------------------------------------- */

static bool is_own(const struct checking *c, const struct addr *a)
{
	for (size_t i = 0; i < c->addrs.n; i++)
		if (addr_equal(&c->addrs.items[i], a))
			return true;
	return false;
}

/* Its address of that family: the one that it is asked at, where that is one. */
static bool find_source(const struct far_host *h, uint8_t family, struct addr *source)
{
	if (h->at.family == family) {
		*source = h->at;
		return true;
	}
	for (size_t i = 0; i < h->n_own; i++)
		if (h->own[i].family == family) {
			*source = h->own[i];
			return true;
		}
	return false;
}

static bool has_target(const struct calling *k, const struct far_flow *f)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->flows[i].transport == f->transport && k->flows[i].port == f->port &&
		    addr_equal(&k->flows[i].target, &f->target))
			return true;
	return false;
}

/* False: it is none of what the far side can try. */
static bool flow_of(const struct calling *k, const struct task *t, struct far_flow *f)
{
	*f = (struct far_flow){
		.transport = t->method->transport, .target = t->target, .port = t->port};
	return is_own(k->c, &t->target) && !t->via && !t->mode &&
	       (f->transport == TRANSPORT_ICMP) == !f->port &&
	       find_source(k->in->host, t->target.family, &f->source);
}

/* From task *next on, a batch; what cannot be in this one for its port is in none. */
static bool fill(struct calling *k, size_t *next)
{
	size_t n;
	const struct task *tasks = check_tasks(&k->in->check, &n);

	k->n = 0;
	for (; *next < n && k->n < FAR_FLOWS_MAX; ++*next) {
		struct far_flow f;

		if (!flow_of(k, &tasks[*next], &f) || has_target(k, &f))
			continue;
		k->flows[k->n] = f;
		k->is_heard[k->n] = false;
		k->tasks[k->n++] = *next;
	}
	return k->n > 0;
}

/* --- what came of it -------------------------------------------------------------------------- */

static const char *method_name(enum transport transport)
{
	if (transport == TRANSPORT_TCP)
		return method_tcp.name;
	return transport == TRANSPORT_UDP ? method_udp.name : method_ping.name;
}

static void take_decision(struct text_pool *texts, const struct far_called *said, struct outcome *o)
{
	o->state = said->state;
	o->cause = said->cause;
	o->confidence = said->confidence;
	o->network = outcome_network(o->state, o->cause);
	o->service = outcome_service(o->state, o->cause);
	o->by = said->by;
	o->rtt_us = said->rtt_us;
	o->tries = said->tries;
	o->how = text_pool_add(texts, said->how);
	o->evidence = text_pool_add(texts, said->evidence);
	for (size_t i = 0; i < said->n_candidates; i++)
		o->candidates[i] = text_pool_add(texts, said->candidates[i]);
}

static void hear(void *ctx, unsigned id, const struct far_called *said)
{
	struct calling *k = ctx;
	struct outcome *o = &k->outcomes[id];
	const struct far_flow *f = &k->flows[id];
	size_t n;
	const struct task *t = &check_tasks(&k->in->check, &n)[k->tasks[id]];

	*o = (struct outcome){.task = (unsigned)k->tasks[id],
			      .flow = t->flow,
			      .source = f->source,
			      .target = f->target,
			      .name = t->name,
			      .transport = f->transport,
			      .port = f->port,
			      .vantage = k->in->vantage.name,
			      .method = method_name(f->transport),
			      .means = {"recverr"},
			      .expected = t->expected,
			      .texts = &k->c->trial.texts,
			      .at_ms = k->ask.loop->ops->wall_ms(k->ask.loop)};
	take_decision(&k->c->trial.texts, said, o);
	k->is_heard[id] = true;
	k->left[id] = said->left;
}

static void conclude(struct calling *k, size_t i)
{
	struct outcome alone = k->outcomes[i], *o = &k->outcomes[i];
	struct far_case c = {.alone = &alone,
			     .view = k->watch.items[i].view,
			     .is_first = true,
			     .left = k->left[i]};

	c.view.has_packets = c.view.interface != FAR_UNKNOWN;
	far_blame(&c, o);
	check_name_device(&k->c->check, o);
	buf_add(&k->in->outcomes, o, sizeof(*o));
}

static void tell_refusal(const struct calling *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->ask.watched[i] == FAR_NO) {
			far_tell(k->in->host, k->ask.refused[i]);
			return; /* of the others it says the same */
		}
}

static int run_batch(struct calling *k, struct err *err)
{
	int rc;

	for (size_t i = 0; i < k->n; i++)
		far_watch_add(&k->watch, (unsigned)i, &k->flows[i]);
	far_watch_start(&k->watch);
	rc = far_ask_call(&k->ask, k->flows, k->n, err);
	far_watch_stop(&k->watch);
	if (!rc)
		tell_refusal(k);
	for (size_t i = 0; i < k->n && !rc; i++)
		if (k->is_heard[i])
			conclude(k, i);
	far_watch_clear(&k->watch);
	return rc;
}

/* --- one host --------------------------------------------------------------------------------- */

static int run_calls(struct calling *k, size_t next, struct err *err)
{
	int rc = far_start_channel(k->in->host, &k->ask.channel, err);

	if (!rc)
		rc = far_ask_start(&k->ask, err);
	do {
		if (!rc)
			rc = run_batch(k, err);
	} while (!rc && !*k->ask.interrupted && fill(k, &next));
	far_ask_stop(&k->ask);
	channel_free(k->ask.channel);
	return rc;
}

static void try_host(struct checking *c, struct inbound *in, struct loop *l,
		     const volatile int *interrupted)
{
	struct calling *k = mem_new(1, sizeof(*k));
	int tap = packet_tap_open();
	size_t next = 0;
	struct err err;

	k->c = c;
	k->in = in;
	k->ask = (struct far_ask){.loop = l, .interrupted = interrupted, .heard = hear, .ctx = k};
	far_watch_init(&k->watch, l, tap);
	if (fill(k, &next) && run_calls(k, next, &err) != 0)
		far_tell(in->host, err.text);
	far_watch_release(&k->watch);
	if (tap >= 0)
		packet_tap_close(tap);
	free(k);
}

void check_inbound_try(struct checking *c, struct loop *l, const volatile int *interrupted)
{
	struct inbound **last = &c->inbound;

	for (size_t i = 0; i < c->far.n && !*interrupted; i++) {
		struct inbound *in = ARENA_NEW(c->arena, struct inbound);

		in->host = &c->far.hosts[i];
		in->outcomes = BUF_INIT;
		if (!vantage_find(c->loaded.site, in->host->name, &in->vantage))
			continue;
		check_prepare(&in->check, &c->narrowed.plan, &in->vantage,
			      (struct check_options){.network_only = true}, c->arena);
		*last = in;
		last = &in->next;
		try_host(c, in, l, interrupted);
	}
}

/* --- with the others -------------------------------------------------------------------------- */

void check_inbound_add(struct checking *c)
{
	struct outcome_list *l = &c->trial.outcomes;

	for (struct inbound *in = c->inbound; in; in = in->next) {
		struct outcome *from = (struct outcome *)(void *)in->outcomes.data;

		in->first = l->n;
		in->n = in->outcomes.n / sizeof(*from);
		l->items = mem_resize(l->items, l->n + in->n + 1, sizeof(*l->items));
		l->room = l->n + in->n + 1;
		for (size_t i = 0; i < in->n; i++) {
			struct outcome *o = &l->items[l->n++];

			*o = from[i];
			o->id = (unsigned)l->n;
			checking_keep(c, o);
		}
	}
}

void check_inbound_gather(struct checking *c)
{
	const struct plan *plan = &c->narrowed.plan;

	for (struct inbound *in = c->inbound; in; in = in->next) {
		if (!in->n)
			continue;
		check_gather(&in->check, c->trial.outcomes.items + in->first, in->n);
		for (size_t i = 0; i < plan->flows.n; i++)
			if (in->check.results[i].n)
				check_merge_result(c->arena, &c->check.results[i],
						   &in->check.results[i]);
		for (size_t i = 0; i < plan->demands.n; i++)
			c->check.starts_here[i] |= in->check.starts_here[i] && c->check.comes_in[i];
	}
}

void check_inbound_release(struct checking *c)
{
	for (struct inbound *in = c->inbound; in; in = in->next) {
		buf_release(&in->outcomes);
		check_release(&in->check);
	}
}
