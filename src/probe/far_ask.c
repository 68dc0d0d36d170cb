/* SPDX-License-Identifier: ISC */
#include "probe/far_ask.h"

#include <stdio.h>
#include <string.h>

enum {
	HELLO_MS = 12000,
	ANSWER_MS = 250000, /* others may have the floor, two minutes each */
};

/* --- what comes ------------------------------------------------------------------------------- */

static void wake(struct far_ask *a, enum far_ask_state state)
{
	a->state = state;
	loop_stop(a->loop);
}

static void end(struct far_ask *a, struct slice why)
{
	snprintf(a->why, sizeof(a->why), "%.*s", (int)why.n, why.n ? why.p : "");
	wake(a, FAR_ASK_OVER);
}

static void say(struct far_ask *a, const struct far_word *w)
{
	struct buf line = BUF_INIT;

	far_word_format(w, &line);
	if (!channel_tell(a->channel,
			  &(struct channel_word){.verb = CHANNEL_LINE, .text = buf_slice(&line)}))
		end(a, slice_of("the connection is gone"));
	buf_release(&line);
}

static void take_hello(struct far_ask *a, const struct far_word *w)
{
	a->has_packets = w->has_packets;
	a->is_translated = !addr_equal(&w->address, &a->local);
	wake(a, FAR_ASK_READY);
}

static void take_refusal(struct far_ask *a, const struct far_word *w)
{
	a->watched[w->id] = FAR_NO;
	snprintf(a->refused[w->id], sizeof(a->refused[w->id]), "%.*s", (int)w->text.n, w->text.p);
}

static void take_view(struct far_ask *a, const struct far_word *w)
{
	struct far_view *v = &a->views[w->id];

	*v = w->view;
	v->has_packets = a->has_packets && v->interface != FAR_UNKNOWN;
	v->is_translated = a->is_translated;
}

/* False: not what is awaited. */
static bool take_word(struct far_ask *a, const struct far_word *w)
{
	if (a->state == FAR_ASK_SHAKES) {
		if (w->verb != FAR_HELLO || !w->is_far)
			return false;
		take_hello(a, w);
		return true;
	}
	if (a->state != FAR_ASK_WAITS)
		return false;
	if (w->verb == FAR_READY || w->verb == FAR_END)
		wake(a, FAR_ASK_READY);
	else if (w->verb == FAR_REFUSED && w->id < a->n)
		take_refusal(a, w);
	else if (w->verb == FAR_SAW && w->id < a->n)
		take_view(a, w);
	else if (w->verb == FAR_CALLED && w->id < a->n && a->heard)
		a->heard(a->ctx, w->id, &w->called);
	else
		return false;
	return true;
}

static void take_line(struct far_ask *a, struct slice line)
{
	struct far_word w;

	if (!far_word_parse(line, &w) || !take_word(a, &w))
		end(a, slice_of("it says what this version does not understand"));
}

void far_ask_take(struct far_ask *a, const struct channel_word *w)
{
	switch (w->verb) {
	case CHANNEL_OPEN:
		a->local = w->local;
		say(a, &(struct far_word){.verb = FAR_HELLO, .address = w->local});
		break;
	case CHANNEL_LINE:
		take_line(a, w->text);
		break;
	case CHANNEL_GONE:
		end(a, w->text.n ? w->text : slice_of("it ended the connection"));
		break;
	case CHANNEL_FAILED:
		end(a, w->text);
		break;
	default:
		break;
	}
}

static void hear(struct sock *s, unsigned events)
{
	struct far_ask *a = (struct far_ask *)((char *)s - offsetof(struct far_ask, sock));
	char bytes[CHANNEL_WORD_MAX];
	struct channel_word w;
	int rc = channel_hear(a->channel, bytes, &w);

	(void)events;
	if (rc > 0) {
		far_ask_take(a, &w);
		return;
	}
	if (rc == 0)
		return;
	if (a->state != FAR_ASK_OVER)
		end(a, slice_of("the program that keeps the key ended"));
	a->loop->ops->unwatch(a->loop, s);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void time_is_up(struct timer *t)
{
	end((struct far_ask *)((char *)t - offsetof(struct far_ask, timer)),
	    slice_of("it does not answer"));
}

static int wait_for_it(struct far_ask *a, int64_t ms, struct err *err)
{
	int rc = 0;

	timer_start(a->loop, &a->timer, mono_add_ms(loop_now(a->loop), ms));
	while (!rc && !*a->interrupted && (a->state == FAR_ASK_SHAKES || a->state == FAR_ASK_WAITS))
		rc = loop_run(a->loop, a->interrupted, err);
	timer_stop(a->loop, &a->timer);
	if (!rc && a->state != FAR_ASK_READY)
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE, "%s",
			     a->state == FAR_ASK_OVER ? a->why : "interrupted");
	return rc;
}

int far_ask_start(struct far_ask *a, struct err *err)
{
	a->sock.ready = hear;
	a->timer.fire = time_is_up;
	if (a->loop->ops->watch(a->loop, &a->sock, channel_fd(a->channel), SOCK_READABLE) != 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "no descriptor is free to wait on");
	return wait_for_it(a, HELLO_MS, err);
}

static int ask(struct far_ask *a, enum far_verb verb, struct err *err)
{
	if (a->state == FAR_ASK_READY)
		a->state = FAR_ASK_WAITS;
	say(a, &(struct far_word){.verb = verb});
	return wait_for_it(a, ANSWER_MS, err);
}

static void say_flows(struct far_ask *a, enum far_verb verb, const struct far_flow *flows, size_t n)
{
	a->n = n;
	for (unsigned i = 0; i < n; i++) {
		a->watched[i] = FAR_YES;
		a->views[i] = (struct far_view){0};
		say(a, &(struct far_word){.verb = verb, .id = i, .flow = flows[i]});
	}
}

int far_ask_watch(struct far_ask *a, const struct far_flow *flows, size_t n, struct err *err)
{
	say_flows(a, FAR_WATCH, flows, n);
	return ask(a, FAR_GO, err);
}

int far_ask_call(struct far_ask *a, const struct far_flow *flows, size_t n, struct err *err)
{
	say_flows(a, FAR_CALL, flows, n);
	return ask(a, FAR_DIAL, err);
}

int far_ask_views(struct far_ask *a, struct err *err)
{
	return ask(a, FAR_TOLD, err);
}

void far_ask_stop(struct far_ask *a)
{
	if (!a->loop)
		return;
	timer_stop(a->loop, &a->timer);
	if (a->sock.is_open)
		a->loop->ops->unwatch(a->loop, &a->sock);
}
