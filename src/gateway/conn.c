/* SPDX-License-Identifier: ISC */
#include "gateway/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	CHUNK = 8192,
	FAREWELL_S = 2,	   /* for the peer to close, once the last word is sent */
	LAST_WORD_S = 30,  /* for the client to take it */
	KEEPALIVE_S = 120, /* of idle control connections: who is gone is noticed */
};

static struct loop *loop_of(struct conn *c)
{
	return c->gate->setup.loop;
}

void conn_tell(struct conn *c, const char *what, struct slice detail)
{
	const struct session *s = &c->session;

	c->gate->setup.tell(c->gate->setup.ctx, &(struct gate_event){
							.what = what,
							.session = c->id,
							.client = s->client,
							.server = s->server,
							.client_port = s->client_port,
							.server_port = s->server_port,
							.user = s->user,
							.detail = detail,
						});
}

static void note(struct session *s, enum note what, struct slice detail)
{
	static const char *const words[] = {
		[NOTE_LOGIN] = "login", [NOTE_REFUSED] = "refused",	[NOTE_COMMAND] = "command",
		[NOTE_REPLY] = "reply", [NOTE_VIOLATION] = "violation", [NOTE_FAILED] = "failed",
	};
	struct conn *c = (struct conn *)s;
	struct gate_counts *n = c->gate->count;

	n->logins += what == NOTE_LOGIN;
	n->refused += what == NOTE_REFUSED;
	n->violations += what == NOTE_VIOLATION;
	conn_tell(c, words[what], detail);
}

static const struct session_ops ops = {
	.dial = conn_dial_named,
	.data_drop = conn_data_drop,
	.data_wait = conn_data_wait,
	.data_pass = conn_data_pass,
	.data_dial = conn_data_dial,
	.data_begin = conn_data_begin,
	.data_let_go = conn_data_let_go,
	.note = note,
};

/* --- its end ---------------------------------------------------------------------------------- */

static void close_leg(struct conn *c, enum side side, bool reset)
{
	if (c->legs[side].sock.is_open)
		loop_of(c)->ops->close(loop_of(c), &c->legs[side].sock, reset);
	c->legs[side].up = false;
}

void conn_close(struct conn *c, bool reset)
{
	struct gate *g = c->gate;

	session_end(&c->session, NULL);
	conn_tell(c, "end", SLICE_NONE);
	close_leg(c, SIDE_CLIENT, reset);
	close_leg(c, SIDE_SERVER, reset);
	timer_stop(loop_of(c), &c->timer);
	sources_leave(&g->sources, &c->session.client);
	conn_forget_lookup(c);
	session_free(&c->session);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	free(c);
	g->count->sessions--;
	if (!g->conns && g->drained)
		g->drained(g->drained_ctx);
}

/* --- what is said ------------------------------------------------------------------------------*/

/* False: the peer cannot be told any more. */
static bool send_some(struct conn *c, enum side side, struct buf *b)
{
	struct loop *l = loop_of(c);
	ssize_t n;

	if (!b->n || !c->legs[side].up)
		return true;
	n = l->ops->send(l, &c->legs[side].sock, b->data, b->n);
	if (n == -EAGAIN)
		return true;
	if (n < 0)
		return false;
	if ((size_t)n == b->n) {
		buf_release(b);
	} else {
		memmove(b->data, b->data + n, b->n - (size_t)n);
		buf_truncate(b, b->n - (size_t)n);
	}
	return true;
}

void conn_flush(struct conn *c)
{
	send_some(c, SIDE_CLIENT, &c->session.to_client); /* what fails, fails again later */
}

static void want(struct conn *c, enum side side, const struct buf *unsent)
{
	struct leg *leg = &c->legs[side];
	unsigned wanted = unsent->n ? SOCK_WRITABLE : 0;

	if (!leg->up)
		return;
	if (!leg->ended && (session_wants(&c->session, side) || c->session.stage == STAGE_ENDING))
		wanted |= SOCK_READABLE;
	loop_of(c)->ops->want(loop_of(c), &leg->sock, wanted);
}

static void set_timer(struct conn *c)
{
	unsigned patience = session_patience(&c->session);
	bool since_opened = c->session.stage < STAGE_IN;

	if (c->session.stage == STAGE_ENDING)
		return; /* it runs */
	if (!patience)
		timer_stop(loop_of(c), &c->timer);
	else
		timer_start(loop_of(c), &c->timer,
			    mono_add_ms(since_opened ? c->opened : c->active,
					(int64_t)patience * 1000));
}

static void end_in(struct conn *c, unsigned seconds)
{
	timer_start(loop_of(c), &c->timer,
		    mono_add_ms(loop_now(loop_of(c)), (int64_t)seconds * 1000));
}

/* The last word is sent; the client has a moment to take it, as bytes of its that nobody read would
 * make a reset of our close, and take the word away. A server that has said goodbye may close
 * first: who does keeps the pair of ports for a minute more, and that should not be us. */
static bool farewell(struct conn *c)
{
	struct leg *client = &c->legs[SIDE_CLIENT], *server = &c->legs[SIDE_SERVER];

	if (!c->session.has_quit || server->ended)
		close_leg(c, SIDE_SERVER, false);
	if ((client->ended || !client->up) && !server->up) {
		conn_close(c, false);
		return false;
	}
	if (c->told_end || (c->session.to_client.n && c->ends))
		return true;
	c->ends = true;
	c->told_end = !c->session.to_client.n;
	if (client->up && c->told_end)
		stream_shut(client->sock.fd);
	end_in(c, c->told_end ? FAREWELL_S : LAST_WORD_S);
	return true;
}

void conn_update(struct conn *c)
{
	struct session *s = &c->session;

	if (!send_some(c, SIDE_CLIENT, &s->to_client)) {
		conn_close(c, true);
		return;
	}
	if (!send_some(c, SIDE_SERVER, &s->to_server))
		session_server_gone(s);
	if (s->stage == STAGE_ENDING && !farewell(c))
		return;
	want(c, SIDE_CLIENT, &s->to_client);
	want(c, SIDE_SERVER, &s->to_server);
	set_timer(c);
}

/* --- what comes ------------------------------------------------------------------------------- */

static void gone(struct conn *c, enum side side)
{
	c->legs[side].ended = true;
	if (side == SIDE_CLIENT)
		session_client_gone(&c->session);
	else
		session_server_gone(&c->session);
}

static void heard(struct conn *c, enum side side)
{
	struct loop *l = loop_of(c);
	struct leg *leg = &c->legs[side];
	char bytes[CHUNK];
	ssize_t n = l->ops->recv(l, &leg->sock, bytes, sizeof(bytes));

	if (n == -EAGAIN)
		return;
	c->active = loop_now(l);
	if (n <= 0) {
		if (n < 0)
			close_leg(c, side, true);
		gone(c, side);
	} else if (c->session.stage != STAGE_ENDING) {
		(side == SIDE_CLIENT ? session_heard
				     : session_told)(&c->session, (struct slice){bytes, (size_t)n});
	}
}

static void leg_ready(struct sock *s, unsigned events)
{
	struct leg *leg = (struct leg *)s;
	struct conn *c = leg->conn;
	enum side side = (enum side)(leg - c->legs);

	if (side == SIDE_SERVER && !leg->up) {
		conn_dialled(c);
		return;
	}
	if (events & SOCK_ERROR && leg->ended) { /* both streams have ended, or it was reset */
		close_leg(c, side, false);
		session_end(&c->session, NULL);
	} else if (events & (SOCK_READABLE | SOCK_ERROR)) {
		heard(c, side);
	}
	conn_update(c);
}

static void expired(struct timer *t)
{
	struct conn *c = (struct conn *)((char *)t - offsetof(struct conn, timer));

	if (c->session.stage == STAGE_ENDING) {
		conn_close(c, false);
		return;
	}
	c->active = loop_now(loop_of(c));
	session_expired(&c->session);
	conn_update(c);
}

/* --- its beginning ---------------------------------------------------------------------------- */

static struct conn *make(struct gate *g, const struct addr *peer, uint16_t port)
{
	struct conn *c = mem_new(1, sizeof(*c));

	c->session.config = g->setup.config;
	c->session.ops = &ops;
	c->session.client = *peer;
	c->session.client_port = port;
	c->gate = g;
	c->id = ++g->next_id;
	c->opened = c->active = loop_now(g->setup.loop);
	c->timer.fire = expired;
	for (size_t i = 0; i < 2; i++) {
		c->legs[i].conn = c;
		c->legs[i].sock.ready = leg_ready;
	}
	c->next = g->conns;
	c->link = &g->conns;
	if (g->conns)
		g->conns->link = &c->next;
	g->conns = c;
	g->count->sessions++;
	g->count->sessions_all++;
	return c;
}

void conn_open(struct gate *g, int fd, const struct addr *peer, uint16_t port)
{
	struct conn *c = make(g, peer, port);
	struct leg *client = &c->legs[SIDE_CLIENT];
	uint16_t own_port;

	session_start(&c->session);
	stream_no_delay(fd);
	stream_keepalive(fd, KEEPALIVE_S);
	stream_urgent_inline(fd);
	if (!stream_dialled(fd, &c->dialled, &c->dialled_port) ||
	    !stream_local(fd, &client->own, &own_port) ||
	    g->setup.loop->ops->watch(g->setup.loop, &client->sock, fd, SOCK_READABLE) != 0) {
		stream_close(fd, true);
		conn_close(c, true);
		return;
	}
	client->up = true;
	conn_tell(c, "session", SLICE_NONE);
	if (g->setup.config->placement != PLACEMENT_EXPLICIT)
		conn_dial_given(c);
	conn_update(c);
}
