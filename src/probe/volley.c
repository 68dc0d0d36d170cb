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
	/* Our own firewall refuses the very first datagram inside send(2): none has gone out. */
	v->seen.rtt_us = v->tries ? sighting_rtt_us(v->probe, v->at[0]) : 0;
	volley_finish(v, SAW_ICMP);
	return true;
}

/* True: the probe is over. What send(2) says may be an error that came back for an earlier try; it
 * is gone once told, so the second time it is our own kernel's. */
static bool send_try(struct volley *v)
{
	struct loop *l = probe_loop(v->probe);
	struct slice m = v->kind->message(v, v->tries);
	struct mono at = loop_now(l); /* the answer may be there before send(2) is back */
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
	v->at[v->tries++] = at;
	return false;
}

void volley_answered(struct volley *v, unsigned i)
{
	v->seen.rtt_us = sighting_rtt_us(v->probe, v->at[i]);
	probe_learn(v->probe, v->seen.rtt_us, i);
}

/* No answer yet: try again, wait, or give up. True: the probe is over. */
static bool go_on(struct volley *v)
{
	struct probe *p = v->probe;
	struct loop *l = probe_loop(p);

	while (!timer_is_armed(&v->timer)) {
		struct rtt_step step = probe_next(p, v->tries, v->at[v->tries - 1]);
		struct mono at = mono_add_us(p->started, step.at_us);

		if (at.us > loop_now(l).us) {
			timer_start(l, &v->timer, at);
		} else if (step.is_over) {
			v->seen.waited_ms = (unsigned)(step.at_us / 1000);
			v->kind->silent(v);
			return true;
		} else if (send_try(v)) {
			return true;
		} else {
			probe_add_try(p);
		}
	}
	return false;
}

bool volley_go_on(struct volley *v)
{
	struct probe *p = v->probe;
	struct loop *l = probe_loop(p);

	p->started = loop_now(l);
	v->tries = 0;
	timer_start(l, &v->timer, mono_add_us(p->started, probe_late_us(p)));
	return send_try(v);
}

static void timer_fired(struct timer *t)
{
	struct volley *v = (struct volley *)((char *)t - offsetof(struct volley, timer));

	probe_late(v->probe);
	go_on(v);
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
