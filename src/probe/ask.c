/* SPDX-License-Identifier: ISC */
#include "probe/ask.h"

#include <errno.h>

enum { HELD_US = 1050000 }; /* the kernel repeats a SYN after a second: RFC 6298 section 2 */

void ask_cancel(struct ask *a)
{
	struct loop *l = a->way ? a->way->loop : NULL;

	if (a->sock.is_open)
		l->ops->close(l, &a->sock, true);
	if (l)
		timer_stop(l, &a->timer);
}

static void end(struct ask *a, const struct reply *r)
{
	struct reply reply = *r;
	int64_t us = loop_now(a->way->loop).us - a->at.us;

	reply.us = us > 0 ? (uint32_t)us : 1;
	ask_cancel(a);
	a->done(a, &reply);
}

/* RFC 792; RFC 4443 section 3.3. */
static bool is_exceeded(const struct icmp_error *e)
{
	return e->by.family == 4 ? e->type == 11 && e->code == 0 : e->type == 3 && e->code == 0;
}

/* True: it ended. What concerns the path's packet size is no answer to so small a packet. */
static bool took_icmp(struct ask *a)
{
	struct loop *l = a->way->loop;
	struct reply r = {.kind = REPLY_ICMP};

	while (l->ops->icmp(l, &a->sock, &r.icmp)) {
		if (r.icmp.local || !r.icmp.by.family)
			continue;
		if (is_exceeded(&r.icmp))
			r.kind = REPLY_EXCEEDED;
		r.own = l->ops->is_own(l, &r.icmp.by);
		end(a, &r);
		return true;
	}
	return false;
}

static void fault(struct ask *a, int error)
{
	end(a, &(struct reply){.kind = REPLY_FAULT, .error = error});
}

/* Errors that an ICMP message leaves behind come with one in the queue, which was read. */
static void failed(struct ask *a, int error)
{
	if (error == ECONNREFUSED || error == ECONNRESET)
		end(a, &(struct reply){.kind = REPLY_RESET});
	else if (error == ETIMEDOUT)
		end(a, &(struct reply){.kind = REPLY_NONE});
	else
		fault(a, error);
}

static void ready(struct sock *s, unsigned events)
{
	struct ask *a = (struct ask *)s;
	struct loop *l = a->way->loop;
	int error = 0;

	if (events & SOCK_ERROR) {
		if (took_icmp(a))
			return;
		error = l->ops->error(l, s);
	}
	if (error)
		failed(a, error);
	else if (events & (SOCK_WRITABLE | SOCK_READABLE))
		end(a, &(struct reply){.kind = REPLY_OPEN});
}

static void over(struct timer *t)
{
	struct ask *a = (struct ask *)((char *)t - offsetof(struct ask, timer));
	struct loop *l = a->way->loop;
	bool kept = a->question.is_held && l->ops->has_left(l, &a->sock) == LEFT_NOT;

	if (!took_icmp(a))
		end(a, &(struct reply){.kind = kept ? REPLY_KEPT : REPLY_NONE});
}

static int open_sock(struct ask *a)
{
	struct loop *l = a->way->loop;
	bool udp = a->question.transport == TRANSPORT_UDP;
	const struct sock_spec spec = {
		.kind = udp ? SOCK_UDP : SOCK_TCP,
		.to = a->way->to,
		.port = a->question.port,
		.from = a->way->from,
		.from_port = a->from_port,
		.ttl = a->question.ttl,
		.min_ttl = a->question.min_ttl,
		.tells_ttl = true,
		.is_unseen = !udp, /* no service counts it as a guest who never logged in */
	};
	const char *call;

	a->sock.ready = ready;
	return -l->ops->open(l, &a->sock, &spec, &call);
}

static int send_message(struct ask *a)
{
	struct loop *l = a->way->loop;
	ssize_t n = l->ops->send(l, &a->sock, a->way->message.p, a->way->message.n);

	return n < 0 ? (int)-n : 0;
}

/* The port that the first question had may be another's by now. */
static int open_from_any(struct ask *a)
{
	int error = open_sock(a);

	if ((error == EADDRINUSE || error == EADDRNOTAVAIL) && a->from_port) {
		a->from_port = 0;
		error = open_sock(a);
	}
	return error;
}

static int64_t patience_of(const struct ask *a)
{
	if (a->question.is_held)
		return HELD_US;
	return a->way->patience_us[a->question.patience];
}

static void start(struct ask *a)
{
	struct loop *l = a->way->loop;
	int error;

	a->at = loop_now(l);
	if (a->question.min_ttl)
		a->from_port = 0;
	error = open_from_any(a);
	if (!error && !a->from_port)
		(void)!l->ops->local_addr(l, &a->sock, &a->source, &a->from_port);
	if (!error && a->question.transport == TRANSPORT_UDP)
		error = send_message(a);
	timer_start(l, &a->timer, mono_add_us(a->at, patience_of(a)));
	if (error)
		fault(a, error);
	else
		(void)took_icmp(a); /* it may have come before anybody waited: loop_ops.open */
}

static void pause_over(struct timer *t)
{
	struct ask *a = (struct ask *)((char *)t - offsetof(struct ask, timer));

	a->timer.fire = over;
	start(a);
}

void ask_start(struct ask *a, const struct ask_way *way, const struct ask_what *q)
{
	a->way = way;
	a->question = *q;
	a->timer.fire = q->pause_ms ? pause_over : over;
	if (q->pause_ms)
		timer_start(way->loop, &a->timer, mono_add_ms(loop_now(way->loop), q->pause_ms));
	else
		start(a);
}
