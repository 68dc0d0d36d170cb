/* SPDX-License-Identifier: ISC */
#include "probe/far_serve.h"

#include <stdlib.h>

#include "base/mem.h"
#include "probe/far_call.h"
#include "probe/far_watch.h"
#include "sys/channel_words.h"

enum {
	WATCH_MS = 120000, /* one batch at most: a silent port may be waited for as long as 60 s */
	GRACE_MS = 60,	   /* after the last try: what is on its way yet */
};

enum session_state {
	SESSION_NONE,
	SESSION_NEW,	   /* it is to say hello */
	SESSION_COLLECTS,  /* says what it will try */
	SESSION_WAITS,	   /* for another session's batch to end */
	SESSION_WATCHED,   /* tries */
	SESSION_IS_TOLD,   /* has tried; the answer comes in a moment */
	SESSION_IS_CALLED, /* this host tries */
};

struct session {
	enum session_state state;
	unsigned key;
	struct addr peer;
	struct addr said; /* where it thinks that it comes from */
	struct far_flow flows[FAR_FLOWS_MAX];
	bool is_used[FAR_FLOWS_MAX], are_calls;
	size_t n_used;
	struct far_serve *serve;
	struct far_call *call;		/* SESSION_IS_CALLED; owned */
	unsigned called[FAR_FLOWS_MAX]; /* the ids of what it tries */
	size_t n_called;
};

struct far_serve {
	struct far_serve_config config;
	struct session sessions[CHANNEL_SESSIONS];
	struct session *floor; /* whose flows are watched; NULL: nobody's */
	struct timer timer;    /* the floor's */
	struct far_watch watch;
	struct far_serve_counts counts;
};

static unsigned id_of(const struct far_serve *s, const struct session *x)
{
	return (unsigned)(x - s->sessions);
}

static void say(struct far_serve *s, const struct session *x, const struct far_word *w)
{
	struct buf line = BUF_INIT;

	far_word_format(w, &line);
	s->config.say(s->config.ctx, id_of(s, x), buf_slice(&line));
	buf_release(&line);
}

/* --- what may be watched ---------------------------------------------------------------------- */

static bool is_translated(const struct session *x)
{
	return !addr_equal(&x->said, &x->peer);
}

static bool may_come_from(const struct far_serve *s, const struct session *x, const struct addr *a)
{
	const struct far_allowed *allowed = &s->config.allowed[x->key];

	for (size_t i = 0; i < allowed->n; i++)
		if (addr_equal(&allowed->sources[i], a))
			return true;
	return addr_equal(a, &x->peer);
}

/* Why not; NULL: it may. Where the session comes by another address than it knows, so will the flow
 * from there: what it knows cannot be checked, what is seen can. */
static const char *refuse(const struct far_serve *s, const struct session *x, struct far_flow *f)
{
	if (is_translated(x) && addr_equal(&f->source, &x->said))
		f->source = x->peer;
	if (!may_come_from(s, x, &f->source))
		return "the source is neither where this session comes from nor named behind its "
		       "key (listen --allow KEY,ADDRESS)";
	if (!s->config.loop->ops->is_own(s->config.loop, &f->target))
		return "the target is no address of this host";
	if (f->transport == TRANSPORT_ICMP && s->config.tap < 0)
		return "a ping is seen by those alone who may look at packets (CAP_NET_RAW)";
	return NULL;
}

/* Only to where the session comes from: nobody else is to be tried on its behalf. */
static const char *refuse_call(const struct far_serve *s, const struct session *x,
			       const struct far_flow *f)
{
	if (is_translated(x))
		return "the one who asks has another address here than there: it cannot be called";
	if (!may_come_from(s, x, &f->target))
		return "the target is neither where this session comes from nor named behind its "
		       "key (listen --allow KEY,ADDRESS)";
	if (!s->config.loop->ops->is_own(s->config.loop, &f->source))
		return "the source is no address of this host";
	return NULL;
}

/* --- a batch ---------------------------------------------------------------------------------- */

static void give_floor(struct far_serve *s);

static void say_refused(struct far_serve *s, struct session *x, unsigned id, const char *why)
{
	s->counts.refused++;
	say(s, x, &(struct far_word){.verb = FAR_REFUSED, .id = id, .text = slice_of(why)});
}

static void start_watch(struct far_serve *s, struct session *x)
{
	s->floor = x;
	for (unsigned i = 0; i < FAR_FLOWS_MAX; i++) {
		struct far_flow f = x->flows[i];
		const char *why;

		if (!x->is_used[i])
			continue;
		why = refuse(s, x, &f);
		if (why) {
			say_refused(s, x, i, why);
			continue;
		}
		s->counts.flows++;
		far_watch_add(&s->watch, i, &f);
	}
	far_watch_start(&s->watch);
	x->state = SESSION_WATCHED;
	timer_start(s->config.loop, &s->timer, mono_add_ms(loop_now(s->config.loop), WATCH_MS));
	say(s, x, &(struct far_word){.verb = FAR_READY});
}

static void collect(struct session *x)
{
	x->state = SESSION_COLLECTS;
	x->n_used = 0;
	for (unsigned i = 0; i < FAR_FLOWS_MAX; i++)
		x->is_used[i] = false;
}

static void end_watch(struct far_serve *s)
{
	timer_stop(s->config.loop, &s->timer);
	far_watch_clear(&s->watch);
	s->floor = NULL;
	give_floor(s);
}

static void report(struct far_serve *s)
{
	struct session *x = s->floor;

	far_watch_stop(&s->watch);
	for (size_t i = 0; i < s->watch.n; i++)
		say(s, x,
		    &(struct far_word){.verb = FAR_SAW,
				       .id = s->watch.items[i].id,
				       .view = s->watch.items[i].view});
	say(s, x, &(struct far_word){.verb = FAR_END});
	collect(x);
	end_watch(s);
}

static void drop(struct far_serve *s, struct session *x)
{
	s->config.drop(s->config.ctx, id_of(s, x));
	far_serve_gone(s, id_of(s, x));
}

/* The moment after the last try; or it tries for ever. */
static void time_is_up(struct timer *t)
{
	struct far_serve *s = (struct far_serve *)((char *)t - offsetof(struct far_serve, timer));

	if (s->floor->state == SESSION_IS_TOLD)
		report(s);
	else
		drop(s, s->floor);
}

static void give_floor(struct far_serve *s)
{
	for (size_t i = 0; i < CHANNEL_SESSIONS && !s->floor; i++)
		if (s->sessions[i].state == SESSION_WAITS)
			start_watch(s, &s->sessions[i]);
}

/* --- tries of this host ----------------------------------------------------------------------- */

static void end_call(void *ctx)
{
	struct session *x = ctx;

	for (size_t i = 0; i < x->n_called; i++)
		say(x->serve, x,
		    &(struct far_word){.verb = FAR_CALLED,
				       .id = x->called[i],
				       .called = far_call_outcome(x->call, i)});
	say(x->serve, x, &(struct far_word){.verb = FAR_END});
	far_call_free(x->call);
	x->call = NULL;
	collect(x);
}

static void start_call(struct far_serve *s, struct session *x)
{
	struct far_flow flows[FAR_FLOWS_MAX];

	x->serve = s;
	x->n_called = 0;
	for (unsigned i = 0; i < FAR_FLOWS_MAX; i++) {
		const char *why = x->is_used[i] ? refuse_call(s, x, &x->flows[i]) : NULL;

		if (why)
			say_refused(s, x, i, why);
		if (why || !x->is_used[i])
			continue;
		flows[x->n_called] = x->flows[i];
		x->called[x->n_called++] = i;
	}
	s->counts.flows += x->n_called;
	x->state = SESSION_IS_CALLED;
	x->call = far_call_start(s->config.loop, flows, x->n_called, end_call, x);
}

/* --- words ------------------------------------------------------------------------------------ */

static bool take_hello(struct far_serve *s, struct session *x, const struct far_word *w)
{
	if (x->state != SESSION_NEW || w->is_far)
		return false;
	x->said = w->address;
	collect(x);
	say(s, x,
	    &(struct far_word){.verb = FAR_HELLO,
			       .is_far = true,
			       .has_packets = s->config.tap >= 0,
			       .address = x->peer});
	return true;
}

/* One batch is of one kind. */
static bool take_flow(struct session *x, const struct far_word *w)
{
	bool is_call = w->verb == FAR_CALL;

	if (x->state != SESSION_COLLECTS || x->is_used[w->id] ||
	    (x->n_used && x->are_calls != is_call))
		return false;
	x->is_used[w->id] = true;
	x->n_used++;
	x->are_calls = is_call;
	x->flows[w->id] = w->flow;
	return true;
}

static bool take_dial(struct far_serve *s, struct session *x)
{
	if (x->state != SESSION_COLLECTS || !x->n_used || !x->are_calls)
		return false;
	start_call(s, x);
	return true;
}

static bool take_go(struct far_serve *s, struct session *x)
{
	if (x->state != SESSION_COLLECTS || (x->n_used && x->are_calls))
		return false;
	x->state = SESSION_WAITS;
	give_floor(s);
	return true;
}

static bool take_told(struct far_serve *s, struct session *x)
{
	if (x->state != SESSION_WATCHED)
		return false;
	x->state = SESSION_IS_TOLD;
	timer_start(s->config.loop, &s->timer, mono_add_ms(loop_now(s->config.loop), GRACE_MS));
	return true;
}

static bool take(struct far_serve *s, struct session *x, const struct far_word *w)
{
	switch (w->verb) {
	case FAR_HELLO:
		return take_hello(s, x, w);
	case FAR_WATCH:
	case FAR_CALL:
		return take_flow(x, w);
	case FAR_DIAL:
		return take_dial(s, x);
	case FAR_GO:
		return take_go(s, x);
	case FAR_TOLD:
		return take_told(s, x);
	default:
		return false;
	}
}

void far_serve_line(struct far_serve *s, unsigned session, struct slice line)
{
	struct session *x = &s->sessions[session];
	struct far_word w;

	if (x->state == SESSION_NONE)
		return;
	if (!far_word_parse(line, &w) || !take(s, x, &w))
		drop(s, x);
}

/* --- sessions --------------------------------------------------------------------------------- */

void far_serve_open(struct far_serve *s, unsigned session, unsigned key, const struct addr *peer)
{
	far_serve_gone(s, session);
	s->sessions[session] = (struct session){.state = SESSION_NEW, .key = key, .peer = *peer};
	s->counts.sessions++;
}

void far_serve_gone(struct far_serve *s, unsigned session)
{
	struct session *x = &s->sessions[session];

	x->state = SESSION_NONE;
	far_call_free(x->call);
	x->call = NULL;
	if (s->floor != x)
		return;
	far_watch_stop(&s->watch);
	end_watch(s);
}

const struct far_serve_counts *far_serve_counted(const struct far_serve *s)
{
	return &s->counts;
}

struct far_serve *far_serve_new(const struct far_serve_config *c)
{
	struct far_serve *s = mem_new(1, sizeof(*s));

	s->config = *c;
	s->timer.fire = time_is_up;
	far_watch_init(&s->watch, c->loop, c->tap);
	return s;
}

void far_serve_free(struct far_serve *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < CHANNEL_SESSIONS; i++)
		far_call_free(s->sessions[i].call);
	timer_stop(s->config.loop, &s->timer);
	far_watch_release(&s->watch);
	free(s);
}
