/* SPDX-License-Identifier: ISC */
#include "probe/volley.h"

#include <errno.h>
#include <string.h>

#include "probe/sighting.h"

enum { DATAGRAM_MAX = 8192, READS_MAX = 16 /* then others have their turn */ };

void volley_cancel(struct probe *p)
{
	struct volley *v = (struct volley *)p->state;
	struct loop *l = probe_loop(p);

	if (v->sock.is_open)
		l->ops->close(l, &v->sock, false);
	timer_stop(l, &v->timer);
}

void volley_finish(struct volley *v, enum saw saw)
{
	struct probe *p = v->probe;
	struct loop *l = probe_loop(p);
	struct sighting seen = v->seen; /* the state is gone after probe_finish() */

	seen.saw = saw;
	seen.tries = v->tries;
	seen.own_target = l->ops->is_own(l, &p->to);
	seen.waited_ms = (unsigned)((loop_now(l).us - v->began.us) / 1000);
	volley_cancel(p);
	probe_finish(p, &seen);
}

static void finish_local(struct volley *v, int error, const char *call)
{
	v->seen.error = error;
	v->seen.call = call;
	volley_finish(v, SAW_LOCAL_ERROR);
}

/* True: an ICMP error decided it, and the probe is over. Which try it answers is not told: it
 * cannot have taken longer than from the first. */
static bool took_icmp(struct volley *v)
{
	if (!sighting_take_icmp(&v->seen, v->probe, &v->sock))
		return false;
	v->seen.rtt_us = sighting_rtt_us(v->probe, v->at[0]);
	volley_finish(v, SAW_ICMP);
	return true;
}

/* True: the probe is over. What send(2) says may be an error that came back for an earlier try; it
 * is gone once told, so the second time it is our own kernel's. */
static bool send_try(struct volley *v)
{
	struct loop *l = probe_loop(v->probe);
	struct slice m = v->kind->message(v, v->tries);
	ssize_t rc = l->ops->send(l, &v->sock, m.p, m.n);

	if (rc < 0) {
		if (took_icmp(v))
			return true;
		rc = l->ops->send(l, &v->sock, m.p, m.n);
	}
	if (rc < 0) {
		finish_local(v, (int)-rc, "send");
		return true;
	}
	v->at[v->tries++] = loop_now(l);
	return false;
}

/* When the next try is due, or the end. */
static void start_timer(struct volley *v)
{
	int64_t time_us = (int64_t)probe_timeout_ms(v->probe) * 1000;
	int64_t us =
		v->tries < VOLLEY_TRIES ? time_us * v->tries / (2 * (VOLLEY_TRIES - 1)) : time_us;

	timer_start(probe_loop(v->probe), &v->timer, mono_add_us(v->began, us));
}

bool volley_go_on(struct volley *v)
{
	v->began = loop_now(probe_loop(v->probe));
	v->tries = 0;
	if (send_try(v))
		return true;
	start_timer(v);
	return false;
}

static void timer_fired(struct timer *t)
{
	struct volley *v = (struct volley *)((char *)t - offsetof(struct volley, timer));

	if (v->tries == VOLLEY_TRIES)
		v->kind->silent(v);
	else if (!send_try(v))
		start_timer(v);
}

/* Answers before errors: where both are there, an answer says more. */
static void ready(struct sock *s, unsigned events)
{
	struct volley *v = (struct volley *)s;
	struct loop *l = probe_loop(v->probe);
	char bytes[DATAGRAM_MAX];

	for (unsigned i = 0; i < READS_MAX; i++) {
		ssize_t n = l->ops->recv(l, s, bytes, sizeof(bytes));

		if (n == -EAGAIN)
			break;
		if (n >= 0 && v->kind->heard(v, (struct slice){bytes, (size_t)n}))
			return;
	}
	if (!(events & SOCK_ERROR) || took_icmp(v))
		return;
	l->ops->error(l, s); /* what the queue did not explain decides nothing */
}

void volley_start(struct probe *p, const struct volley_kind *kind, bool any_port)
{
	struct volley *v = (struct volley *)p->state;
	struct loop *l = probe_loop(p);
	const struct sock_spec spec = {.kind = p->method->transport == TRANSPORT_UDP ? SOCK_UDP
										     : SOCK_PING,
				       .to = p->to,
				       .port = p->port,
				       .from = p->from,
				       .any_port = any_port};
	int rc;

	v->probe = p;
	v->kind = kind;
	v->began = p->started;
	v->sock.ready = ready;
	v->timer.fire = timer_fired;
	rc = l->ops->open(l, &v->sock, &spec, &v->seen.call);
	if (rc && spec.kind == SOCK_PING && strcmp(v->seen.call, "socket") == 0)
		v->seen.call = SIGHTING_PING_SOCKET;
	if (rc) {
		finish_local(v, -rc, v->seen.call);
		return;
	}
	if (!l->ops->local_addr(l, &v->sock, &v->seen.source, NULL))
		v->seen.source = (struct addr){0};
	volley_go_on(v);
}
