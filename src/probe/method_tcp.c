/* SPDX-License-Identifier: ISC
 *
 * connect(2), and a reset instead of a good-bye: an ordinary close would leave a socket in
 * TIME_WAIT for each probe, and after some thousands of them every connect(2) to that address is
 * slow.
 *
 * While nothing comes, further connections start beside the first one, each from a port of its own:
 * the kernel repeats a lost SYN only after a second, and one that got lost or fell to a dead back
 * end proves nothing. How many, and when, probe/rtt.h says; the first answer to any counts.
 *
 * After the handshake we wait a little more: a reset that follows at once means that nobody behind
 * it wanted us (ECONNRESET after a non-blocking connect is the same, come earlier: the handshake
 * had completed, tcp(7)).
 */
#include "probe/method_tcp.h"

#include <errno.h>
#include <string.h>

#include "probe/sighting.h"

enum {
	ATTEMPTS = RTT_TRIES_MAX,
	GRACE_MIN_US = 400,    /* waiting for a reset after the handshake: twice the round trip, */
	GRACE_MAX_US = 200000, /* within these bounds */
};

struct attempt {
	struct sock sock; /* first: the address is the same */
	struct probe *probe;
	struct mono at;
};

struct tcp {
	struct attempt attempts[ATTEMPTS];
	unsigned tries, lost; /* lost: those before the one that was answered */
	struct timer timer;
	struct probe *probe;
	struct attempt *answered; /* the handshake completed; NULL: none yet */
	uint16_t source_port;	  /* of the attempt that was answered */
	struct sighting seen;
};

static struct tcp *tcp_of(struct probe *p)
{
	return (struct tcp *)p->state;
}

static void close_attempt(struct probe *p, struct attempt *a, bool reset)
{
	struct loop *l = probe_loop(p);

	if (a->sock.is_open)
		l->ops->close(l, &a->sock, reset);
}

static void cancel(struct probe *p)
{
	struct tcp *t = tcp_of(p);

	for (size_t i = 0; i < ATTEMPTS; i++)
		close_attempt(p, &t->attempts[i], true);
	timer_stop(probe_loop(p), &t->timer);
}

static void finish(struct probe *p, enum saw saw)
{
	struct loop *l = probe_loop(p);
	struct tcp *t = tcp_of(p);
	struct sighting seen = t->seen; /* the state is gone after probe_finish() */

	seen.saw = saw;
	seen.tries = t->tries;
	if (seen.rtt_us && (saw != SAW_ICMP || addr_equal(&seen.icmp.by, &p->to)))
		probe_learn(p, seen.rtt_us, t->lost);
	if (saw == SAW_NOTHING || saw == SAW_ICMP)
		seen.own_target = l->ops->is_own(l, &p->to);
	cancel(p);
	probe_finish(p, &seen);
}

static void finish_local(struct probe *p, int error, const char *call)
{
	struct sighting *seen = &tcp_of(p)->seen;

	seen->error = error;
	seen->call = call;
	finish(p, SAW_LOCAL_ERROR);
}

/* What came back came for this attempt: from where it was sent, and how long it took. */
static void note_answer(struct attempt *a)
{
	struct loop *l = probe_loop(a->probe);
	struct tcp *t = tcp_of(a->probe);

	t->seen.rtt_us = sighting_rtt_us(a->probe, a->at);
	t->lost = (unsigned)(a - t->attempts);
	if (!l->ops->local_addr(l, &a->sock, &t->seen.source, &t->source_port))
		t->seen.source = (struct addr){0};
}

/* True: an ICMP error decided it, and the probe is over. */
static bool took_icmp(struct attempt *a)
{
	struct probe *p = a->probe;

	if (!sighting_take_icmp(&tcp_of(p)->seen, p, &a->sock))
		return false;
	note_answer(a);
	finish(p, SAW_ICMP);
	return true;
}

static void attempt_ready(struct sock *s, unsigned events);

/* False: our own kernel said no; seen.error says why. */
static bool start_attempt(struct attempt *a)
{
	struct probe *p = a->probe;
	struct loop *l = probe_loop(p);
	struct sighting *seen = &tcp_of(p)->seen;
	const struct sock_spec spec = {
		.kind = SOCK_TCP, .to = p->to, .port = p->port, .from = p->from};

	a->at = loop_now(l);
	seen->error = -l->ops->open(l, &a->sock, &spec, &seen->call);
	return !seen->error;
}

static bool start_next(struct probe *p)
{
	struct tcp *t = tcp_of(p);

	t->tries++;
	if (start_attempt(&t->attempts[t->tries - 1]))
		return true;
	t->tries--; /* no packet left */
	return false;
}

/* The kernel may choose as our port the very one that we ask for on our own host; then the two
 * ends of the connection are one socket (RFC 9293 section 3.5, simultaneous open). */
static bool is_self_connected(const struct tcp *t)
{
	const struct probe *p = t->probe;

	return t->source_port == p->port && addr_equal(&t->seen.source, &p->to);
}

static void begin_grace(struct attempt *a)
{
	struct probe *p = a->probe;
	struct tcp *t = tcp_of(p);
	struct loop *l = probe_loop(p);
	int64_t grace_us;

	t->answered = a;
	for (size_t i = 0; i < ATTEMPTS; i++)
		if (&t->attempts[i] != a)
			close_attempt(p, &t->attempts[i], true);
	l->ops->want(l, &a->sock, SOCK_READABLE);
	grace_us = 2 * (int64_t)t->seen.rtt_us;
	if (grace_us < GRACE_MIN_US)
		grace_us = GRACE_MIN_US;
	if (grace_us > GRACE_MAX_US)
		grace_us = GRACE_MAX_US;
	timer_start(l, &t->timer, mono_add_us(loop_now(l), grace_us));
}

static void connected(struct attempt *a)
{
	struct probe *p = a->probe;

	note_answer(a);
	if (!is_self_connected(tcp_of(p))) {
		begin_grace(a);
		return;
	}
	/* Again, from another port. */
	close_attempt(p, a, true);
	if (!start_attempt(a))
		finish(p, SAW_LOCAL_ERROR);
}

static void failed(struct attempt *a, int error)
{
	struct probe *p = a->probe;

	note_answer(a);
	if (error == ECONNREFUSED) {
		close_attempt(p, a, false); /* the kernel has ended it: no need of a reset */
		finish(p, SAW_REFUSAL);
		return;
	}
	if (error == ECONNRESET || error == EPIPE) {
		finish(p, SAW_OPEN_RESET);
		return;
	}
	tcp_of(p)->seen.rtt_us = 0; /* it was our own kernel that answered */
	if (error == ETIMEDOUT)
		close_attempt(p, a, true); /* it gave up; our own time goes on */
	else
		finish_local(p, error, "connect");
}

/* After the handshake: bytes, the end of the stream, a reset. An ICMP error decides nothing any
 * more, but must be read, or the loop tells of it for ever. */
static void listen_on(struct attempt *a)
{
	struct probe *p = a->probe;
	struct loop *l = probe_loop(p);
	struct sighting *seen = &tcp_of(p)->seen;
	struct icmp_error ignored;
	char bytes[512];
	ssize_t n = l->ops->recv(l, &a->sock, bytes, sizeof(bytes));

	if (n == -ECONNRESET || n == -EPIPE) {
		finish(p, SAW_OPEN_RESET);
		return;
	}
	while (l->ops->icmp(l, &a->sock, &ignored))
		;
	if (n < 0)
		return;
	seen->bytes = (size_t)n;
	seen->peer_closed = n == 0;
	if (seen->peer_closed)
		close_attempt(p, a, false); /* the peer's end keeps TIME_WAIT, not ours */
	finish(p, SAW_OPEN);
}

static void attempt_ready(struct sock *s, unsigned events)
{
	struct attempt *a = (struct attempt *)s;
	struct probe *p = a->probe;
	struct loop *l = probe_loop(p);
	int error;

	if (tcp_of(p)->answered) {
		listen_on(a);
		return;
	}
	if (events & SOCK_ERROR) {
		/* First the queue: the same errno may come with an ICMP error and without. */
		if (took_icmp(a))
			return;
		error = l->ops->error(l, s);
		if (error) {
			failed(a, error);
			return;
		}
	}
	if (events & SOCK_WRITABLE)
		connected(a);
}

/* The time is over. One SYN alone does not prove a drop; where the second could not be sent, say
 * why. */
static void give_up(struct probe *p, int64_t waited_us)
{
	struct tcp *t = tcp_of(p);

	t->seen.waited_ms = (unsigned)(waited_us / 1000);
	finish(p, t->tries < 2 ? SAW_LOCAL_ERROR : SAW_NOTHING);
}

static struct attempt *oldest_open(struct tcp *t)
{
	for (size_t i = 0; i < t->tries; i++)
		if (t->attempts[i].sock.is_open)
			return &t->attempts[i];
	return NULL;
}

/* No descriptor or no port for another attempt: the oldest gives its own once it had its time.
 * False: the probe is over. */
static bool make_room(struct probe *p)
{
	struct tcp *t = tcp_of(p);
	struct loop *l = probe_loop(p);
	struct attempt *a = oldest_open(t);
	struct mono due;

	if (!a) {
		finish(p, SAW_LOCAL_ERROR);
		return false;
	}
	due = probe_patience(p, a->at);
	if (due.us <= loop_now(l).us)
		close_attempt(p, a, true);
	else
		timer_start(l, &t->timer, due);
	return true;
}

/* Nothing has come: try again, wait, or give up. */
static void go_on(struct probe *p)
{
	struct tcp *t = tcp_of(p);
	struct loop *l = probe_loop(p);

	while (!timer_is_armed(&t->timer)) {
		struct mono last = t->attempts[t->tries - 1].at;
		struct rtt_step step = probe_next(p, t->tries, last);
		struct mono at = mono_add_us(p->started, step.at_us);

		if (at.us > loop_now(l).us) {
			timer_start(l, &t->timer, at);
		} else if (step.is_over) {
			give_up(p, step.at_us);
			return;
		} else if (start_next(p)) {
			probe_add_try(p);
		} else if (!make_room(p)) {
			return;
		}
	}
}

/* Where the error's coming was not told. */
static bool took_any_icmp(struct probe *p)
{
	struct tcp *t = tcp_of(p);

	for (size_t i = 0; i < t->tries; i++)
		if (t->attempts[i].sock.is_open && took_icmp(&t->attempts[i]))
			return true;
	return false;
}

static void timer_fired(struct timer *timer)
{
	struct tcp *t = (struct tcp *)((char *)timer - offsetof(struct tcp, timer));
	struct probe *p = t->probe;

	if (t->answered) {
		finish(p, SAW_OPEN);
		return;
	}
	if (took_any_icmp(p))
		return;
	probe_late(p);
	go_on(p);
}

static void begin(struct probe *p)
{
	struct tcp *t = tcp_of(p);

	t->probe = p;
	t->timer.fire = timer_fired;
	for (size_t i = 0; i < ATTEMPTS; i++) {
		t->attempts[i].probe = p;
		t->attempts[i].sock.ready = attempt_ready;
	}
	timer_start(probe_loop(p), &t->timer, mono_add_us(p->started, probe_late_us(p)));
	if (!start_next(p))
		finish(p, SAW_LOCAL_ERROR);
}

const struct method method_tcp = {
	.name = "connect",
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct tcp),
	.socks = ATTEMPTS,
	.begin = begin,
	.cancel = cancel,
};
