/* SPDX-License-Identifier: ISC */
#include "probe/ftp_data.h"

#include <errno.h>

#include "probe/sighting.h"

enum { PORTS_TRIED = 16 }; /* of our range, until one is free */

static void close_one(struct ftp_data *d, struct ftp_data_sock *s, bool reset)
{
	struct loop *l = probe_loop(d->probe);

	if (s->sock.is_open)
		l->ops->close(l, &s->sock, reset);
}

void ftp_data_stop(struct ftp_data *d)
{
	close_one(d, &d->connection, true);
	close_one(d, &d->waiting, false);
	timer_stop(probe_loop(d->probe), &d->timer);
}

static void end(struct ftp_data *d, enum saw saw)
{
	if (saw != SAW_NOTHING && saw != SAW_LOCAL_ERROR)
		d->seen.rtt_us = sighting_rtt_us(d->probe, d->asked);
	ftp_data_stop(d);
	d->ended(d, saw);
}

static void end_local(struct ftp_data *d, int error, const char *call)
{
	d->seen.error = error;
	d->seen.call = call;
	end(d, SAW_LOCAL_ERROR);
}

/* --- passive ---------------------------------------------------------------------------------- */

/* After ECONNRESET the handshake had completed (tcp(7)): nobody reads on that connection yet, and
 * some servers end at once one that came before they are asked for data. */
static void connection_ready(struct sock *s, unsigned events)
{
	struct ftp_data *d = ((struct ftp_data_sock *)s)->data;
	struct loop *l = probe_loop(d->probe);
	int error;

	if (sighting_take_icmp(&d->seen, d->probe, s)) {
		end(d, SAW_ICMP);
		return;
	}
	error = l->ops->error(l, s);
	if (error == ECONNREFUSED)
		end(d, SAW_REFUSAL);
	else if (error && error != ECONNRESET)
		end_local(d, error, "connect");
	else if (error || events & SOCK_WRITABLE)
		end(d, SAW_NEGOTIATED);
}

static void timer_fired(struct timer *timer)
{
	struct ftp_data *d = (struct ftp_data *)((char *)timer - offsetof(struct ftp_data, timer));

	if (sighting_take_icmp(&d->seen, d->probe, &d->connection.sock)) {
		end(d, SAW_ICMP);
		return;
	}
	d->seen.waited_ms = FTP_DATA_MS;
	d->seen.tries = FTP_DATA_TRIES;
	end(d, SAW_NOTHING);
}

void ftp_data_dial(struct ftp_data *d)
{
	struct probe *p = d->probe;
	struct loop *l = probe_loop(p);
	const struct sock_spec spec = {
		.kind = SOCK_TCP, .to = p->to, .port = d->seen.port, .from = p->from};
	const char *call;
	int rc;

	d->connection.data = d;
	d->connection.sock.ready = connection_ready;
	d->timer.fire = timer_fired;
	d->asked = loop_now(l);
	d->seen.tries = 1;
	timer_start(l, &d->timer, mono_add_ms(d->asked, FTP_DATA_MS));
	rc = l->ops->open(l, &d->connection.sock, &spec, &call);
	if (rc)
		end_local(d, -rc, call);
	else if (sighting_take_icmp(&d->seen, p, &d->connection.sock))
		end(d, SAW_ICMP);
}

/* --- active ----------------------------------------------------------------------------------- */

/* Anybody may knock. */
static void waiting_ready(struct sock *s, unsigned events)
{
	struct ftp_data *d = ((struct ftp_data_sock *)s)->data;
	struct loop *l = probe_loop(d->probe);
	struct addr peer;
	uint16_t port;
	int rc = l->ops->accept(l, s, &d->connection.sock, &peer, &port);

	(void)events;
	if (rc == -EAGAIN || rc == -ECONNABORTED)
		return;
	if (rc)
		end_local(d, -rc, "accept");
	else if (addr_equal(&peer, &d->probe->to))
		end(d, SAW_NEGOTIATED);
	else
		close_one(d, &d->connection, true);
}

/* Beginning anywhere: beside us others may do the same. */
static int listen_in_range(struct ftp_data *d, struct listen_spec *spec, struct port_range range)
{
	struct loop *l = probe_loop(d->probe);
	unsigned size = range.hi - range.lo + 1U, first;
	int rc = -EADDRINUSE;

	probe_chance(d->probe, &first, sizeof(first));
	for (unsigned i = 0; i < PORTS_TRIED && i < size && rc == -EADDRINUSE; i++) {
		spec->port = (uint16_t)(range.lo + (first % size + i) % size);
		rc = l->ops->listen(l, &d->waiting.sock, spec, &d->seen.call);
	}
	return rc;
}

bool ftp_data_wait(struct ftp_data *d, const struct addr *at, struct port_range range)
{
	struct loop *l = probe_loop(d->probe);
	struct listen_spec spec = {.kind = SOCK_TCP, .at = *at};
	struct addr own;

	d->waiting.data = d;
	d->waiting.sock.ready = waiting_ready;
	d->asked = loop_now(l);
	d->seen.tries = 1;
	if (range.lo)
		d->seen.error = -listen_in_range(d, &spec, range);
	else
		d->seen.error = -l->ops->listen(l, &d->waiting.sock, &spec, &d->seen.call);
	if (d->seen.error)
		return false;
	l->ops->local_addr(l, &d->waiting.sock, &own, &d->seen.port);
	return true;
}
