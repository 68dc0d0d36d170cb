/* SPDX-License-Identifier: ISC */
#include "gateway/data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	ROUNDS = 8,	 /* at most so many buffers or pipes full, before others have their turn */
	TRIES = 16,	 /* of ports that somebody else holds */
	CREDIT_MS = 200, /* a rate may be exceeded by what it lets through in that time */
};

static struct loop *loop_of(struct data *d)
{
	return d->pool->loop;
}

static enum side side_of(const struct data_end *e)
{
	return (enum side)(e - e->data->ends);
}

static struct data_end *other(struct data_end *e)
{
	return &e->data->ends[!side_of(e)];
}

/* --- pool --------------------------------------------------------------------------------------*/

void data_pool_init(struct data_pool *p, struct loop *l)
{
	memset(p, 0, sizeof(*p));
	p->loop = l;
	p->copy = mem_new(DATA_COPY, 1);
}

void data_pool_release(struct data_pool *p)
{
	while (p->list)
		data_free(p->list, true);
	while (p->n_spares)
		pipe_close(&p->spares[--p->n_spares]);
	port_stock_release(&p->ports[SIDE_CLIENT]);
	port_stock_release(&p->ports[SIDE_SERVER]);
	free(p->copy);
	p->copy = NULL;
}

static int take_pipe(struct data_end *e)
{
	struct data_pool *p = e->data->pool;

	if (e->pipe.size)
		return 0;
	if (!p->n_spares)
		return pipe_open(&e->pipe, DATA_PIPE);
	e->pipe = p->spares[--p->n_spares];
	return 0;
}

static void give_pipe_back(struct data_end *e)
{
	struct data_pool *p = e->data->pool;

	if (!e->pipe.size)
		return;
	if (e->pipe.held || e->pipe.size < DATA_PIPE ||
	    p->n_spares == sizeof(p->spares) / sizeof(p->spares[0]))
		pipe_close(&e->pipe);
	else
		p->spares[p->n_spares++] = e->pipe;
	e->pipe = (struct pipe){0};
}

/* --- its life --------------------------------------------------------------------------------- */

static void end_ready(struct sock *s, unsigned events);

static void close_end(struct data_end *e, bool reset)
{
	if (e->sock.is_open) {
		if (e->state == END_UP && e->data->flows && !reset)
			stream_reset_at_death(e->sock.fd, false);
		loop_of(e->data)->ops->close(loop_of(e->data), &e->sock, reset);
	}
	if (e->taken)
		port_stock_give_back(&e->data->pool->ports[side_of(e)], e->taken);
	e->taken = 0;
	e->state = END_DONE;
}

struct data *data_new(struct data_pool *p, const struct data_ops *ops, void *owner)
{
	struct data *d = mem_new(1, sizeof(*d));

	*d = (struct data){
		.pool = p, .ops = ops, .owner = owner, .next = p->list, .link = &p->list};
	for (size_t i = 0; i < 2; i++) {
		d->ends[i].data = d;
		d->ends[i].sock.ready = end_ready;
	}
	if (p->list)
		p->list->link = &d->next;
	p->list = d;
	p->n_open++;
	return d;
}

void data_free(struct data *d, bool reset)
{
	for (size_t i = 0; i < 2; i++) {
		close_end(&d->ends[i], reset);
		give_pipe_back(&d->ends[i]);
	}
	timer_stop(d->pool->loop, &d->pause);
	timer_stop(d->pool->loop, &d->stuck);
	*d->link = d->next;
	if (d->next)
		d->next->link = d->link;
	d->pool->n_open--;
	free(d);
}

static void end_all(struct data *d, bool broken)
{
	for (size_t i = 0; i < 2; i++)
		close_end(&d->ends[i], broken);
	d->ops->ended(d, broken);
}

/* --- the bytes -------------------------------------------------------------------------------- */

/* How many bytes may be read now. */
static size_t allowance(struct data *d)
{
	uint64_t rate = d->pool->rate;
	int64_t most = (int64_t)(rate / 1000 * CREDIT_MS) + 1;
	struct mono now;

	if (!rate)
		return SIZE_MAX;
	now = loop_now(loop_of(d));
	d->credit += (int64_t)rate * (now.us - d->credited.us) / 1000000;
	d->credited = now;
	if (d->credit > most)
		d->credit = most;
	return d->credit > 0 ? (size_t)d->credit : 0;
}

static void came(struct data_end *e, size_t n)
{
	e->bytes += n;
	e->data->credit -= (int64_t)n;
}

/* What a send left over goes into the pipe, so that there is one place where bytes wait. */
static int keep_rest(struct data_end *e, const char *p, size_t n)
{
	int rc = take_pipe(e);

	return rc ? rc : pipe_put(&e->pipe, p, n);
}

static ssize_t copy_once(struct data_end *e, size_t most)
{
	struct data *d = e->data;
	struct loop *l = loop_of(d);
	size_t room = most < DATA_COPY ? most : DATA_COPY;
	ssize_t n = l->ops->recv(l, &e->sock, d->pool->copy, room), sent;

	if (n <= 0)
		return n;
	came(e, (size_t)n);
	e->bulk = n == DATA_COPY;
	sent = l->ops->send(l, &other(e)->sock, d->pool->copy, (size_t)n);
	if (sent == -EAGAIN)
		sent = 0;
	if (sent < 0)
		return sent;
	if (sent < n) {
		int rc = keep_rest(e, d->pool->copy + sent, (size_t)(n - sent));

		if (rc)
			return rc;
	}
	return n;
}

static ssize_t fill_once(struct data_end *e, size_t most)
{
	ssize_t n;
	int rc = take_pipe(e);

	if (rc)
		return copy_once(e, most);
	n = pipe_fill(&e->pipe, e->sock.fd, most);
	if (n > 0)
		came(e, (size_t)n);
	return n;
}

/* 0: all has gone on. */
static ssize_t drain(struct data_end *e)
{
	ssize_t n = 0;

	while (e->pipe.held && (n = pipe_drain(&e->pipe, other(e)->sock.fd, !e->finished)) > 0)
		;
	return n < 0 ? n : 0;
}

/* A pipe is emptied before it is filled again: one that stays half full is filled in small pieces,
 * which costs a third more. */
static bool may_read(const struct data_end *e)
{
	return e->state == END_UP && !e->finished && !e->pipe.held;
}

/* From this end to the other, as far as it goes now. 0, or -errno: broken. */
static ssize_t pump(struct data_end *e)
{
	for (int round = 0; round < ROUNDS; round++) {
		ssize_t n = drain(e);
		size_t most = allowance(e->data);

		if (n < 0 && n != -EAGAIN)
			return n;
		if (n == -EAGAIN || !may_read(e) || !most)
			return 0;
		n = e->bulk ? fill_once(e, most) : copy_once(e, most);
		if (n == -EAGAIN)
			return 0;
		if (n < 0)
			return n;
		e->finished = n == 0;
	}
	return 0;
}

/* An end of stream goes on once all before it has. */
static void pass_end_on(struct data_end *e)
{
	struct data_end *to = other(e);

	if (!e->finished || e->pipe.held || to->is_shut)
		return;
	to->is_shut = true;
	if (to->state == END_UP && !e->is_shut) /* else closing it says so, too */
		stream_shut(to->sock.fd);
}

static void set_wants(struct data_end *e, bool paused)
{
	unsigned wanted = 0;

	if (e->state != END_UP)
		return;
	if (e->finished && e->is_shut) { /* else its end would be told again and again */
		close_end(e, false);
		return;
	}
	if (may_read(e) && !paused)
		wanted |= SOCK_READABLE;
	if (other(e)->pipe.held)
		wanted |= SOCK_WRITABLE;
	loop_of(e->data)->ops->want(loop_of(e->data), &e->sock, wanted);
}

static bool must_pause(struct data *d)
{
	bool paused = !allowance(d);

	if (paused)
		timer_start(loop_of(d), &d->pause,
			    mono_add_us(loop_now(loop_of(d)),
					1000 + -d->credit * 1000000 / (int64_t)d->pool->rate));
	return paused;
}

/* After either direction went on: ends of streams, and what is waited for now. */
static void settle(struct data *d)
{
	struct data_end *c = &d->ends[SIDE_CLIENT], *s = &d->ends[SIDE_SERVER];
	bool paused;

	pass_end_on(c);
	pass_end_on(s);
	if (c->is_shut && s->is_shut) {
		end_all(d, false);
		return;
	}
	paused = must_pause(d);
	set_wants(c, paused);
	set_wants(s, paused);
}

/* This end has something to say, or takes more. */
static void flow(struct data_end *e, unsigned events)
{
	struct data *d = e->data;

	if ((events & SOCK_READABLE && pump(e) < 0) ||
	    (events & SOCK_WRITABLE && pump(other(e)) < 0))
		end_all(d, true);
	else
		settle(d);
}

static void pause_is_over(struct timer *t)
{
	settle((struct data *)((char *)t - offsetof(struct data, pause)));
}

/* Both ends stand and may speak: what has come already is told by the loop, later, so that nobody
 * who calls this has it end under his hands. */
static void try_to_flow(struct data *d)
{
	if (d->flows || !d->begun || d->ends[0].state != END_UP || d->ends[1].state != END_UP)
		return;
	d->flows = true;
	d->since = d->credited = loop_now(loop_of(d));
	d->pause.fire = pause_is_over;
	for (size_t i = 0; i < 2; i++) {
		stream_reset_at_death(d->ends[i].sock.fd, true);
		loop_of(d)->ops->want(loop_of(d), &d->ends[i].sock, SOCK_READABLE);
	}
}

/* Bytes in and bytes out, both ways. */
static uint64_t count_moved(const struct data *d)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 2; i++)
		n += 2 * d->ends[i].bytes - d->ends[i].pipe.held;
	return n;
}

static void look_again_later(struct data *d)
{
	d->moved = count_moved(d);
	timer_start(loop_of(d), &d->stuck,
		    mono_add_ms(loop_now(loop_of(d)), (int64_t)d->patience * 1000));
}

static void is_it_stuck(struct timer *t)
{
	struct data *d = (struct data *)((char *)t - offsetof(struct data, stuck));

	if (count_moved(d) == d->moved)
		end_all(d, true);
	else
		look_again_later(d);
}

void data_let_go(struct data *d, unsigned patience)
{
	d->patience = patience;
	d->stuck.fire = is_it_stuck;
	if (patience)
		look_again_later(d);
}

void data_begin(struct data *d)
{
	d->begun = true;
	try_to_flow(d);
}

/* --- its ends --------------------------------------------------------------------------------- */

static void fail(struct data_end *e, int error)
{
	close_end(e, true);
	e->data->ops->failed(e->data, side_of(e), strerror(error));
}

static void stand(struct data_end *e)
{
	struct data *d = e->data;

	e->state = END_UP;
	loop_of(d)->ops->want(loop_of(d), &e->sock, 0);
	try_to_flow(d);
	d->ops->up(d, side_of(e));
}

static void dialled(struct data_end *e)
{
	int error = loop_of(e->data)->ops->error(loop_of(e->data), &e->sock);

	if (error)
		fail(e, error);
	else
		stand(e);
}

/* The right one ends the waiting: the port is for one connection. */
static void come(struct data_end *e)
{
	struct loop *l = loop_of(e->data);
	struct addr who;
	uint16_t port;
	int fd = stream_accept(e->sock.fd, &who, &port), rc;

	if (fd < 0)
		return; /* it has gone again, or no descriptor is left: then nobody comes in time */
	if (!addr_equal(&who, &e->peer)) {
		stream_close(fd, true);
		e->data->ops->stranger(e->data, side_of(e), &who);
		return;
	}
	close_end(e, false);
	rc = l->ops->watch(l, &e->sock, fd, 0);
	if (rc) {
		stream_close(fd, true);
		fail(e, -rc);
		return;
	}
	stand(e);
}

static void end_ready(struct sock *s, unsigned events)
{
	struct data_end *e = (struct data_end *)s;

	if (e->state == END_WAITS)
		come(e);
	else if (e->state == END_DIALS)
		dialled(e);
	else if (events & SOCK_ERROR && loop_of(e->data)->ops->error(loop_of(e->data), s) != 0)
		e->data->flows ? end_all(e->data, true) : fail(e, ECONNRESET);
	else if (e->data->flows)
		flow(e, events);
	else if (events & SOCK_ERROR)
		fail(e, ECONNRESET);
}

static bool needs_right(const struct data *d, const struct stream_spec *spec)
{
	return d->pool->rights && (spec->transparent || (spec->port && spec->port < 1024));
}

static int open_listener(struct data *d, const struct stream_spec *spec)
{
	const struct rights *r = d->pool->rights;
	const char *call;

	return needs_right(d, spec) ? r->listen(r->ctx, spec, &call) : stream_listen(spec, &call);
}

static int open_on_a_port(struct data *d, enum side side, struct stream_spec *spec, uint16_t *taken)
{
	struct port_stock *ports = &d->pool->ports[side];
	uint16_t held[TRIES];
	int n = 0, fd = -EADDRINUSE;

	*taken = 0;
	if (!ports->n)
		return open_listener(d, spec);
	while (fd == -EADDRINUSE && n < TRIES && (spec->port = port_stock_take(ports)) != 0) {
		fd = open_listener(d, spec);
		if (fd < 0)
			held[n++] = spec->port;
		else
			*taken = spec->port;
	}
	while (n)
		port_stock_give_back(ports, held[--n]);
	return fd;
}

int data_wait(struct data *d, enum side side, const struct stream_spec *spec,
	      const struct addr *peer, uint16_t *port)
{
	struct data_end *e = &d->ends[side];
	struct stream_spec at = *spec;
	struct addr where;
	int fd = open_on_a_port(d, side, &at, &e->taken), rc;

	*port = e->taken;

	if (fd < 0)
		return fd;
	rc = loop_of(d)->ops->watch(loop_of(d), &e->sock, fd, SOCK_READABLE);
	if (rc || (!*port && !stream_local(fd, &where, port))) {
		if (rc)
			stream_close(fd, false);
		close_end(e, false);
		return rc ? rc : -EINVAL;
	}
	e->sock.is_shared = needs_right(d, &at);
	e->state = END_WAITS;
	e->peer = *peer;
	return 0;
}

static int open_dialler(struct data *d, const struct stream_spec *spec)
{
	const struct rights *r = d->pool->rights;
	const char *call;

	return needs_right(d, spec) ? r->bind(r->ctx, spec, &call) : stream_bind(spec, &call);
}

void data_dial(struct data *d, enum side side, const struct stream_spec *spec)
{
	struct data_end *e = &d->ends[side];
	int fd = open_dialler(d, spec), rc = fd;

	if (fd >= 0) {
		rc = stream_dial(fd, &spec->to, spec->to_port);
		if (!rc)
			rc = loop_of(d)->ops->watch(loop_of(d), &e->sock, fd, SOCK_WRITABLE);
		if (rc)
			stream_close(fd, true);
	}
	e->sock.is_shared = needs_right(d, spec);
	e->state = END_DIALS;
	if (rc)
		fail(e, -rc);
}
