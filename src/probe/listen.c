/* SPDX-License-Identifier: ISC */
#include "probe/listen.h"

#include <errno.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/stand_in.h"

enum {
	CONNS_MAX = 1024,
	CONNS_OF_SOURCE_MAX = 256,
	CONN_MS = 30000,
	CONN_MIN_MS = 1000,	  /* by then a check has seen that it is open */
	CONN_BYTES_MAX = 1 << 16, /* that are read and thrown away */
	ANSWERS_PER_SECOND = 50,  /* to one source */
	RATES = 1024,		  /* sources told apart */
	BATCH = 64,		  /* of one socket, before the others have their turn */
	PAUSE_MS = 100,
	SPARE_DESCRIPTORS = 64,
	DATAGRAM_MAX = 65535,
};

struct listener {
	struct sock sock; /* first: the address is the same */
	struct listen *listen;
	const struct listen_span *span;
	uint16_t port;
	bool paused;
};

struct conn {
	struct sock sock; /* first */
	struct timer timer;
	struct listen *listen;
	struct addr peer;
	size_t bytes;
};

/* Answers within one second. Sources whose hashes meet share a place: a flood can make a neighbour
 * wait, and memory stays what it is. */
struct rate {
	int64_t second;
	unsigned answers;
};

struct listen {
	struct listen_config config;
	struct loop *loop;
	struct listen_span *spans; /* owned */
	size_t n_spans, room_spans;
	struct listener *listeners; /* owned */
	size_t n_listeners, max_listeners;
	struct conn conns[CONNS_MAX];
	size_t max_conns; /* fewer where descriptors are */
	struct rate rates[RATES];
	struct timer expiry, pause;
	struct listen_counts counts;
	char datagram[DATAGRAM_MAX];
};

/* --- which ports ------------------------------------------------------------------------------ */

static bool is_at(const struct listen_flow *f, const struct addr *a)
{
	for_each (at, &f->at)
		if (addr_equal(at, a))
			return true;
	return false;
}

bool listen_span_has(const struct listen_span *s, const struct listen_flow *f)
{
	return f->transport == s->transport && port_range_inside(s->ports, f->ports) &&
	       is_at(f, &s->at);
}

static void add_span(struct listen *l, const struct listen_span *s)
{
	if (l->n_spans == l->room_spans) {
		l->room_spans = l->room_spans ? l->room_spans * 2 : 16;
		l->spans = mem_resize(l->spans, l->room_spans, sizeof(*l->spans));
	}
	l->spans[l->n_spans++] = *s;
}

static bool is_wanted(const struct listen *l, const struct listen_span *s)
{
	for (size_t i = 0; i < l->config.n_flows; i++)
		if (listen_span_has(s, &l->config.flows[i]))
			return true;
	return false;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Ports where a flow begins or one has just ended, sorted. */
static size_t find_borders(const struct listen *l, const struct listen_span *like,
			   uint32_t *borders)
{
	size_t n = 0;

	for (size_t i = 0; i < l->config.n_flows; i++) {
		const struct listen_flow *f = &l->config.flows[i];

		if (f->transport != like->transport || !is_at(f, &like->at))
			continue;
		borders[n++] = f->ports.lo;
		borders[n++] = f->ports.hi + 1u;
	}
	qsort(borders, n, sizeof(*borders), by_number);
	return n;
}

/* Between two borders the flows are the same ones: what arrives there is theirs, even where a
 * redirect hides the port. */
static void add_spans_at(struct listen *l, enum transport transport, const struct addr *at)
{
	uint32_t *borders = mem_new(l->config.n_flows * 2, sizeof(*borders));
	struct listen_span span = {.transport = transport, .at = *at};
	size_t n = find_borders(l, &span, borders);

	for (size_t i = 0; i + 1 < n; i++) {
		if (borders[i] == borders[i + 1])
			continue;
		span.ports.lo = (uint16_t)borders[i];
		span.ports.hi = (uint16_t)(borders[i + 1] - 1);
		if (is_wanted(l, &span))
			add_span(l, &span);
	}
	free(borders);
}

static bool has_spans_at(const struct listen *l, enum transport transport, const struct addr *at)
{
	for (size_t i = 0; i < l->n_spans; i++)
		if (l->spans[i].transport == transport && addr_equal(&l->spans[i].at, at))
			return true;
	return false;
}

static void find_spans(struct listen *l)
{
	for (size_t i = 0; i < l->config.n_flows; i++) {
		const struct listen_flow *f = &l->config.flows[i];

		for_each (at, &f->at)
			if (!has_spans_at(l, f->transport, at))
				add_spans_at(l, f->transport, at);
	}
}

/* --- what arrives ----------------------------------------------------------------------------- */

static bool is_named(const struct listen_flow *f, const struct addr *peer)
{
	for_each (p, &f->from)
		if (prefix_has(p, peer))
			return true;
	return false;
}

/* True: it is new. */
static bool note(struct listen_flow *f, uint16_t port)
{
	bool before = f->arrived.n || f->arrived_hidden;

	if (port)
		portset_add(&f->arrived, (struct port_range){port, port});
	else
		f->arrived_hidden = true;
	return !before;
}

/* port 0: hidden. False: no flow names the source. */
static bool arrive(struct listen *l, const struct listen_span *s, const struct addr *peer,
		   uint16_t port)
{
	bool named = false;

	for (size_t i = 0; i < l->config.n_flows; i++) {
		struct listen_flow *f = &l->config.flows[i];

		if (!listen_span_has(s, f) || !is_named(f, peer))
			continue;
		named = true;
		if (note(f, port))
			l->config.arrived(l->config.ctx, f, peer, port);
	}
	l->counts.foreign += !named;
	return named;
}

/* A socket that cannot be served now must not keep the loop busy. */
static void pause_listener(struct listener *s)
{
	struct listen *l = s->listen;

	s->paused = true;
	l->loop->ops->want(l->loop, &s->sock, 0);
	if (!timer_is_armed(&l->pause))
		timer_start(l->loop, &l->pause, mono_add_ms(loop_now(l->loop), PAUSE_MS));
}

static void go_on(struct timer *t)
{
	struct listen *l = (struct listen *)((char *)t - offsetof(struct listen, pause));

	for (size_t i = 0; i < l->n_listeners; i++) {
		struct listener *s = &l->listeners[i];

		if (s->paused)
			l->loop->ops->want(l->loop, &s->sock, SOCK_READABLE);
		s->paused = false;
	}
}

/* --- TCP -------------------------------------------------------------------------------------- */

static void close_conn(struct conn *c)
{
	timer_stop(c->listen->loop, &c->timer);
	c->listen->loop->ops->close(c->listen->loop, &c->sock, true);
}

static void end_conn(struct timer *t)
{
	close_conn((struct conn *)((char *)t - offsetof(struct conn, timer)));
}

/* The peer's end of stream, its reset, or more than anybody needs to say ends it. */
static void read_conn(struct sock *s, unsigned events)
{
	struct conn *c = (struct conn *)s;
	struct listen *l = c->listen;
	ssize_t n = l->loop->ops->recv(l->loop, s, l->datagram, sizeof(l->datagram));

	(void)events;
	if (n == -EAGAIN)
		return;
	if (n > 0)
		c->bytes += (size_t)n;
	if (n <= 0 || c->bytes > CONN_BYTES_MAX)
		close_conn(c);
}

/* The one that would end first, of `source` or (NULL) of anybody, where there are more than `max`
 * and it is old enough. */
static struct conn *find_old(struct listen *l, const struct addr *source, size_t max)
{
	struct mono old = mono_add_ms(loop_now(l->loop), CONN_MS - CONN_MIN_MS);
	struct conn *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < l->max_conns; i++) {
		struct conn *c = &l->conns[i];

		if (!c->sock.is_open || (source && !addr_equal(&c->peer, source)))
			continue;
		n++;
		if (!oldest || c->timer.at.us < oldest->timer.at.us)
			oldest = c;
	}
	return n > max && oldest->timer.at.us <= old.us ? oldest : NULL;
}

/* To reset a new one would make a check say that the service resets: what is too much waits in the
 * kernel, where it looks open too. */
static void make_room(struct listen *l, const struct addr *source, size_t max)
{
	struct conn *c;

	while ((c = find_old(l, source, max))) {
		l->counts.cut_short++;
		close_conn(c);
	}
}

static struct conn *find_free(struct listen *l)
{
	for (size_t i = 0; i < l->max_conns; i++)
		if (!l->conns[i].sock.is_open)
			return &l->conns[i];
	return NULL;
}

/* NULL: all are in use, and new. One place is kept free where it can be, for the next. */
static struct conn *find_place(struct listen *l)
{
	struct conn *c = find_free(l);

	if (c)
		return c;
	make_room(l, NULL, l->max_conns - 1);
	return find_free(l);
}

static uint16_t port_asked(const struct listener *s, const struct sock *conn)
{
	const struct listen *l = s->listen;
	uint16_t port;

	if (s->span->hub && l->config.original_port && l->config.original_port(conn, &port))
		return port;
	return s->port;
}

static void take_conn(struct listener *s, struct conn *c)
{
	struct listen *l = s->listen;

	c->bytes = 0;
	if (!arrive(l, s->span, &c->peer, port_asked(s, &c->sock))) {
		close_conn(c);
		return;
	}
	l->counts.connections++;
	timer_start(l->loop, &c->timer, mono_add_ms(loop_now(l->loop), CONN_MS));
	make_room(l, &c->peer, CONNS_OF_SOURCE_MAX);
	make_room(l, NULL, l->max_conns - 1);
}

static int accept_conn(struct listener *s)
{
	struct listen *l = s->listen;
	struct conn *c = find_place(l);
	uint16_t port;
	int rc;

	if (!c)
		return -EMFILE;
	c->listen = l;
	c->sock.ready = read_conn;
	c->timer.fire = end_conn;
	rc = l->loop->ops->accept(l->loop, &s->sock, &c->sock, &c->peer, &port);
	if (!rc)
		take_conn(s, c);
	return rc;
}

static void accept_conns(struct sock *sock, unsigned events)
{
	struct listener *s = (struct listener *)sock;
	int rc = 0;

	(void)events;
	for (int i = 0; i < BATCH && !rc && !s->listen->loop->stop; i++)
		rc = accept_conn(s);
	if (rc && rc != -EAGAIN)
		pause_listener(s);
}

/* --- UDP -------------------------------------------------------------------------------------- */

/* An answer to many, or to nobody. Class E and limited broadcast: RFC 1112 section 4, RFC 919. */
static bool is_one_host(const struct addr *a)
{
	static const struct addr none4 = {.family = 4}, none6 = {.family = 6};

	if (a->family == 4)
		return a->bytes[0] < 224 && !addr_equal(a, &none4);
	return a->bytes[0] != 0xff && !addr_equal(a, &none6);
}

static bool may_answer(struct listen *l, const struct addr *peer)
{
	struct rate *r = &l->rates[hash_bytes(peer, sizeof(*peer), 0) % RATES];
	int64_t second = loop_now(l->loop).us / 1000000;

	if (r->second != second)
		*r = (struct rate){.second = second};
	return r->answers++ < ANSWERS_PER_SECOND;
}

static void take_datagram(struct listener *s, size_t n, const struct addr *peer, uint16_t port)
{
	struct listen *l = s->listen;
	struct slice in = {l->datagram, n};

	if (!port || !is_one_host(peer)) {
		l->counts.foreign++;
		return;
	}
	if (!arrive(l, s->span, peer, s->span->hub ? 0 : s->port))
		return;
	l->counts.datagrams++;
	/* One that is lost on the way out is as one lost on the way back. */
	if (!may_answer(l, peer) || !stand_in_answer(in, l->datagram) ||
	    l->loop->ops->send_to(l->loop, &s->sock, l->datagram, n, peer, port) < 0)
		l->counts.quiet++;
}

static void read_datagrams(struct sock *sock, unsigned events)
{
	struct listener *s = (struct listener *)sock;
	struct listen *l = s->listen;
	ssize_t n = 0;

	(void)events;
	for (int i = 0; i < BATCH && n >= 0 && !l->loop->stop; i++) {
		struct addr peer = {0};
		uint16_t port = 0;

		n = l->loop->ops->recv_from(l->loop, sock, l->datagram, sizeof(l->datagram), &peer,
					    &port);
		if (n >= 0)
			take_datagram(s, (size_t)n, &peer, port);
	}
	if (n < 0 && n != -EAGAIN)
		pause_listener(s);
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool is_wide(const struct listen_span *s)
{
	return s->ports.hi - s->ports.lo >= LISTEN_WIDE;
}

static struct portset *place_of(struct listen_span *s, int rc)
{
	if (rc == -EADDRINUSE)
		return &s->served;
	if (rc == -EACCES || rc == -EPERM)
		return &s->denied;
	if (rc == -EMFILE || rc == -ENFILE)
		return &s->left;
	s->error = -rc;
	return &s->failed;
}

/* Once a wide span has its hub, the others are opened only to see that they are free. */
static int open_port(struct listen *l, struct listen_span *s, uint16_t port)
{
	const struct listen_spec spec = {.kind = s->transport == TRANSPORT_TCP ? SOCK_TCP
									       : SOCK_UDP,
					 .at = s->at,
					 .port = port};
	struct listener *new = &l->listeners[l->n_listeners];
	const char *call;
	int rc;

	if (l->n_listeners == l->max_listeners)
		return -EMFILE;
	*new = (struct listener){.listen = l, .span = s, .port = port};
	new->sock.ready = s->transport == TRANSPORT_TCP ? accept_conns : read_datagrams;
	rc = l->loop->ops->listen(l->loop, &new->sock, &spec, &call);
	if (rc)
		return rc;
	if (s->hub) {
		l->loop->ops->close(l->loop, &new->sock, false);
		return 0;
	}
	if (l->config.redirect && is_wide(s))
		s->hub = port;
	l->n_listeners++;
	return 0;
}

static bool is_left_out(const struct listen *l, const struct listen_span *s, unsigned port)
{
	return is_wide(s) && !l->config.redirect && port >= l->config.ephemeral.lo &&
	       port <= l->config.ephemeral.hi;
}

static void open_span(struct listen *l, struct listen_span *s)
{
	for (unsigned port = s->ports.lo; port <= s->ports.hi; port++) {
		const struct port_range one = {(uint16_t)port, (uint16_t)port};
		int rc;

		if (is_left_out(l, s, port)) {
			portset_add(&s->left, one);
			continue;
		}
		rc = open_port(l, s, (uint16_t)port);
		portset_add(rc ? place_of(s, rc) : &s->open, one);
	}
}

static size_t count_ports(const struct listen *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_spans; i++)
		n += l->spans[i].ports.hi - l->spans[i].ports.lo + 1u;
	return n;
}

/* The narrow ones first: a wide one takes what is left of the descriptors. */
void listen_open(struct listen *l)
{
	size_t wanted = count_ports(l), kept, most;

	l->max_conns = l->config.descriptors / 4;
	if (l->max_conns > CONNS_MAX)
		l->max_conns = CONNS_MAX;
	if (!l->max_conns)
		l->max_conns = 1;
	kept = l->max_conns + SPARE_DESCRIPTORS;
	most = l->config.descriptors > kept ? l->config.descriptors - kept : 0;
	l->max_listeners = wanted < most ? wanted : most;
	/* One more: where there is a hub, the next port is tried in the place behind it. */
	l->listeners = mem_new(++l->max_listeners, sizeof(*l->listeners));
	for (size_t i = 0; i < l->n_spans; i++)
		if (!is_wide(&l->spans[i]))
			open_span(l, &l->spans[i]);
	for (size_t i = 0; i < l->n_spans; i++)
		if (is_wide(&l->spans[i]))
			open_span(l, &l->spans[i]);
}

/* --- the whole -------------------------------------------------------------------------------- */

struct listen *listen_new(const struct listen_config *c)
{
	struct listen *l = mem_new(1, sizeof(*l));

	l->config = *c;
	l->loop = c->loop;
	find_spans(l);
	return l;
}

const struct listen_span *listen_spans(const struct listen *l, size_t *n)
{
	*n = l->n_spans;
	return l->spans;
}

const struct listen_counts *listen_counted(const struct listen *l)
{
	return &l->counts;
}

static void expire(struct timer *t)
{
	listen_stop((struct listen *)((char *)t - offsetof(struct listen, expiry)));
}

int listen_run(struct listen *l, int64_t ms, const volatile int *interrupted, struct err *err)
{
	l->pause.fire = go_on;
	l->expiry.fire = expire;
	timer_start(l->loop, &l->expiry, mono_add_ms(loop_now(l->loop), ms));
	return loop_run(l->loop, interrupted, err);
}

void listen_stop(struct listen *l)
{
	loop_stop(l->loop);
}

static void release_span(struct listen_span *s)
{
	portset_release(&s->open);
	portset_release(&s->served);
	portset_release(&s->denied);
	portset_release(&s->left);
	portset_release(&s->failed);
}

void listen_free(struct listen *l)
{
	if (!l)
		return;
	timer_stop(l->loop, &l->expiry);
	timer_stop(l->loop, &l->pause);
	for (size_t i = 0; i < CONNS_MAX; i++)
		if (l->conns[i].sock.is_open)
			close_conn(&l->conns[i]);
	for (size_t i = 0; i < l->n_listeners; i++)
		l->loop->ops->close(l->loop, &l->listeners[i].sock, false);
	for (size_t i = 0; i < l->n_spans; i++)
		release_span(&l->spans[i]);
	free(l->spans);
	free(l->listeners);
	free(l);
}
