/* SPDX-License-Identifier: ISC
 *
 * After the handshake we wait a little: a reset that follows at once means that nobody behind it
 * wanted us. Not so where the service keeps count of those who come and do not log in: there the
 * handshake is broken off before its last packet.
 */
#include "probe/method_tcp.h"

#include <errno.h>
#include <string.h>

#include "model/service.h"
#include "probe/dial.h"
#include "probe/engine.h"

/* Whoever connects to them a hundred times (max_connect_errors) without logging in is shut out,
 * with all else that runs on that host. */
static const char *const counting[] = {"mariadb", "mysql"};

enum {
	GRACE_MIN_US = 400,    /* waiting for a reset after the handshake: twice the round trip, */
	GRACE_MAX_US = 200000, /* within these bounds */
};

struct tcp {
	struct dial dial; /* first: the address is the same */
	struct timer grace;
};

static void cancel(struct probe *p)
{
	struct tcp *t = (struct tcp *)p->state;

	dial_stop(&t->dial);
	timer_stop(probe_loop(p), &t->grace);
}

static void finish(struct dial *d, enum saw saw)
{
	struct probe *p = d->probe;
	struct sighting seen = d->seen; /* the state is gone after probe_finish() */

	seen.saw = saw;
	cancel(p);
	probe_finish(p, &seen);
}

static void grace_over(struct timer *timer)
{
	struct tcp *t = (struct tcp *)((char *)timer - offsetof(struct tcp, grace));

	finish(&t->dial, SAW_OPEN);
}

static void connected(struct dial *d)
{
	struct tcp *t = (struct tcp *)d;
	struct loop *l = probe_loop(d->probe);
	int64_t grace_us = 2 * (int64_t)d->seen.rtt_us;

	if (d->is_unseen) {
		d->seen.is_unseen = true;
		finish(d, SAW_OPEN);
		return;
	}
	if (grace_us < GRACE_MIN_US)
		grace_us = GRACE_MIN_US;
	if (grace_us > GRACE_MAX_US)
		grace_us = GRACE_MAX_US;
	t->grace.fire = grace_over;
	timer_start(l, &t->grace, mono_add_us(loop_now(l), grace_us));
}

/* After the handshake: bytes, the end of the stream, a reset. An ICMP error decides nothing any
 * more, but must be read, or the loop tells of it for ever. */
static void ready(struct dial *d, unsigned events)
{
	struct loop *l = probe_loop(d->probe);
	struct icmp_error ignored;
	char bytes[512];
	ssize_t n = l->ops->recv(l, dial_sock(d), bytes, sizeof(bytes));

	if (n == -ECONNRESET || n == -EPIPE) {
		finish(d, SAW_OPEN_RESET);
		return;
	}
	while (events & SOCK_ERROR && l->ops->icmp(l, dial_sock(d), &ignored))
		;
	if (n < 0)
		return;
	d->seen.bytes = (size_t)n;
	d->seen.peer_closed = n == 0;
	if (d->seen.peer_closed)
		dial_close(d, false); /* the peer's end keeps TIME_WAIT, not ours */
	finish(d, SAW_OPEN);
}

static bool is_counting(const struct task *t)
{
	struct service s;

	for (size_t i = 0; i < ARRAY_LEN(counting); i++) {
		if (t->expected && strcmp(t->expected, counting[i]) == 0)
			return true;
		if (service_find(slice_of(counting[i]), &s) &&
		    service_listens(&s, ON_TCP, (struct port_range){t->port, t->port}))
			return true;
	}
	return false;
}

static void begin(struct probe *p)
{
	struct dial *d = &((struct tcp *)p->state)->dial;

	d->probe = p;
	d->is_unseen = is_counting(probe_task(p));
	d->to = p->to;
	d->port = p->port;
	d->connected = connected;
	d->failed = finish;
	d->ready = ready;
	dial_start(d);
}

const struct method method_tcp = {
	.name = "connect",
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct tcp),
	.socks = DIAL_ATTEMPTS,
	.begin = begin,
	.cancel = cancel,
};
