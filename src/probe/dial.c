/* SPDX-License-Identifier: ISC */
#include "probe/dial.h"

#include <errno.h>

#include "probe/sighting.h"

static void close_attempt(struct dial_attempt *a, bool reset)
{
	struct loop *l = probe_loop(a->dial->probe);

	if (a->sock.is_open)
		l->ops->close(l, &a->sock, reset);
}

void dial_stop(struct dial *d)
{
	for (size_t i = 0; i < d->tries; i++)
		close_attempt(&d->attempts[i], true);
	timer_stop(probe_loop(d->probe), &d->timer);
}

static void end_attempt(struct dial_attempt *a)
{
	struct loop *l = probe_loop(a->dial->probe);

	if (!a->sock.is_open)
		return;
	l->ops->end(l, &a->sock);
	close_attempt(a, false);
}

void dial_hang_up(struct dial *d)
{
	for (size_t i = 0; i < d->tries; i++)
		end_attempt(&d->attempts[i]);
	dial_stop(d);
}

void dial_close(struct dial *d, bool reset)
{
	close_attempt(d->answered, reset);
}

struct sock *dial_sock(struct dial *d)
{
	return &d->answered->sock;
}

static void fail(struct dial *d, enum saw saw)
{
	struct loop *l = probe_loop(d->probe);

	d->seen.tries = d->tries;
	if (saw == SAW_REFUSAL || saw == SAW_OPEN_RESET ||
	    (saw == SAW_ICMP && addr_equal(&d->seen.icmp.by, &d->to)))
		probe_learn(d->probe, d->seen.rtt_us, d->lost);
	if (saw == SAW_NOTHING || saw == SAW_ICMP)
		d->seen.own_target = l->ops->is_own(l, &d->to);
	dial_stop(d);
	d->failed(d, saw);
}

static void fail_local(struct dial *d, int error, const char *call)
{
	d->seen.error = error;
	d->seen.call = call;
	fail(d, SAW_LOCAL_ERROR);
}

/* What came back came for this attempt: from where it was sent, and how long it took. */
static void note_answer(struct dial_attempt *a)
{
	struct dial *d = a->dial;
	struct loop *l = probe_loop(d->probe);

	d->seen.rtt_us = sighting_rtt_us(d->probe, a->at);
	d->lost = (unsigned)(a - d->attempts);
	if (!l->ops->local_addr(l, &a->sock, &d->seen.source, &d->source_port))
		d->seen.source = (struct addr){0};
}

/* True: an ICMP error decided it, and it has failed. */
static bool took_icmp(struct dial_attempt *a)
{
	struct dial *d = a->dial;

	if (!sighting_take_icmp(&d->seen, d->probe, &a->sock))
		return false;
	note_answer(a);
	fail(d, SAW_ICMP);
	return true;
}

/* False: our own kernel said no; seen.error says why. */
static bool start_attempt(struct dial_attempt *a)
{
	struct dial *d = a->dial;
	struct loop *l = probe_loop(d->probe);
	const struct sock_spec spec = {.kind = SOCK_TCP,
				       .to = d->to,
				       .port = d->port,
				       .from = d->probe->from,
				       .shares_port = d->shares_port,
				       .is_unseen = d->is_unseen};

	a->at = loop_now(l);
	d->seen.error = -l->ops->open(l, &a->sock, &spec, &d->seen.call);
	return !d->seen.error;
}

static bool start_next(struct dial *d)
{
	d->tries++;
	if (start_attempt(&d->attempts[d->tries - 1]))
		return true;
	d->tries--; /* no packet left */
	return false;
}

/* The kernel may choose as our port the very one that we ask for on our own host; then the two
 * ends of the connection are one socket (RFC 9293 section 3.5, simultaneous open). */
static bool is_self_connected(const struct dial *d)
{
	return d->source_port == d->port && addr_equal(&d->seen.source, &d->to);
}

static void take(struct dial_attempt *a)
{
	struct dial *d = a->dial;
	struct loop *l = probe_loop(d->probe);

	d->answered = a;
	d->seen.tries = d->tries;
	probe_learn(d->probe, d->seen.rtt_us, d->lost);
	for (size_t i = 0; i < d->tries; i++)
		if (&d->attempts[i] != a) /* it may be open, too, and nobody has looked */
			end_attempt(&d->attempts[i]);
	timer_stop(l, &d->timer);
	l->ops->want(l, &a->sock, SOCK_READABLE);
	d->connected(d);
}

static void connected(struct dial_attempt *a)
{
	note_answer(a);
	if (!is_self_connected(a->dial)) {
		take(a);
		return;
	}
	/* Again, from another port. */
	close_attempt(a, true);
	if (!start_attempt(a))
		fail(a->dial, SAW_LOCAL_ERROR);
}

/* ECONNRESET after a non-blocking connect: the handshake had completed, and a reset followed before
 * we looked (tcp(7)). */
static void attempt_failed(struct dial_attempt *a, int error)
{
	struct dial *d = a->dial;

	note_answer(a);
	if (error == ECONNREFUSED) {
		close_attempt(a, false); /* the kernel has ended it: no need of a reset */
		fail(d, SAW_REFUSAL);
		return;
	}
	if (error == ECONNRESET || error == EPIPE) {
		fail(d, SAW_OPEN_RESET);
		return;
	}
	d->seen.rtt_us = 0; /* it was our own kernel that answered */
	if (error == ETIMEDOUT)
		close_attempt(a, true); /* it gave up; our own time goes on */
	else
		fail_local(d, error, "connect");
}

static void attempt_ready(struct sock *s, unsigned events)
{
	struct dial_attempt *a = (struct dial_attempt *)s;
	struct dial *d = a->dial;
	struct loop *l = probe_loop(d->probe);
	int error;

	if (d->answered) {
		d->ready(d, events);
		return;
	}
	if (events & SOCK_ERROR) {
		/* First the queue: the same errno may come with an ICMP error and without. */
		if (took_icmp(a))
			return;
		error = l->ops->error(l, s);
		if (error) {
			attempt_failed(a, error);
			return;
		}
	}
	if (events & SOCK_WRITABLE)
		connected(a);
}

/* The time is over. One SYN alone does not prove a drop; where the second could not be sent, say
 * why. */
static void give_up(struct dial *d, int64_t waited_us)
{
	d->seen.waited_ms = (unsigned)(waited_us / 1000);
	fail(d, d->tries < 2 ? SAW_LOCAL_ERROR : SAW_NOTHING);
}

static struct dial_attempt *oldest_open(struct dial *d)
{
	for (size_t i = 0; i < d->tries; i++)
		if (d->attempts[i].sock.is_open)
			return &d->attempts[i];
	return NULL;
}

/* No descriptor or no port for another attempt: the oldest gives its own once it had its time.
 * False: it has failed. */
static bool make_room(struct dial *d)
{
	struct loop *l = probe_loop(d->probe);
	struct dial_attempt *a = oldest_open(d);
	struct mono due;

	if (!a) {
		fail(d, SAW_LOCAL_ERROR);
		return false;
	}
	due = probe_patience(d->probe, a->at);
	if (due.us <= loop_now(l).us)
		close_attempt(a, true);
	else
		timer_start(l, &d->timer, due);
	return true;
}

/* Nothing has come: try again, wait, or give up. */
static void go_on(struct dial *d)
{
	struct probe *p = d->probe;
	struct loop *l = probe_loop(p);

	while (!timer_is_armed(&d->timer)) {
		struct rtt_step step = probe_next(p, d->tries, d->attempts[d->tries - 1].at);
		struct mono at = mono_add_us(p->started, step.at_us);

		if (at.us > loop_now(l).us) {
			timer_start(l, &d->timer, at);
		} else if (step.is_over) {
			give_up(d, step.at_us);
			return;
		} else if (start_next(d)) {
			probe_add_try(p);
		} else if (!make_room(d)) {
			return;
		}
	}
}

/* Where the error's coming was not told. */
static bool took_any_icmp(struct dial *d)
{
	for (size_t i = 0; i < d->tries; i++)
		if (d->attempts[i].sock.is_open && took_icmp(&d->attempts[i]))
			return true;
	return false;
}

static void timer_fired(struct timer *timer)
{
	struct dial *d = (struct dial *)((char *)timer - offsetof(struct dial, timer));

	if (took_any_icmp(d))
		return;
	probe_late(d->probe);
	go_on(d);
}

void dial_start(struct dial *d)
{
	struct probe *p = d->probe;
	struct loop *l = probe_loop(p);

	d->answered = NULL;
	d->tries = 0;
	d->seen = (struct sighting){0};
	d->timer.fire = timer_fired;
	for (size_t i = 0; i < DIAL_ATTEMPTS; i++) {
		d->attempts[i].dial = d;
		d->attempts[i].sock.ready = attempt_ready;
	}
	p->started = loop_now(l);
	timer_start(l, &d->timer, mono_add_us(p->started, probe_late_us(p)));
	if (!start_next(d))
		fail(d, SAW_LOCAL_ERROR);
}
