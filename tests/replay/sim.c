/* SPDX-License-Identifier: ISC */
#include "sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"

enum { ICMP_MAX = 4, INBOX_MAX = 16, KNOCKS_MAX = 4 };

struct sim_sock {
	struct sim *sim;
	struct sock *sock;
	enum sock_kind kind;
	const struct sim_peer *peer;
	struct mono since; /* it was opened, or heard something */
	size_t next;	   /* event */
	struct addr from, to;
	uint16_t from_port, port;
	bool is_connected, is_ended, is_dead, is_deaf, is_listening;
	struct addr knocks[KNOCKS_MAX]; /* of a listener: who waits to be let in */
	size_t n_knocks;
	struct slice inbox[INBOX_MAX]; /* to be read */
	size_t n_inbox;
	struct slice sent; /* TCP: not heard yet; else the last datagram */
	long unacked;
	int error;
	struct icmp_error icmp[ICMP_MAX];
	size_t n_icmp;
	struct sim_sock *link; /* the one opened next */
};

static struct sim *of_loop(struct loop *l)
{
	return (struct sim *)l;
}

PRINTF(3, 4)
static void complain(struct sim *sim, const struct sim_sock *s, const char *fmt, ...)
{
	char text[ADDR_TEXT_MAX];
	va_list ap;

	buf_addf(&sim->complaints, "%s port %u: ", addr_text(&s->to, text), s->port);
	va_start(ap, fmt);
	buf_addfv(&sim->complaints, fmt, ap);
	va_end(ap);
	buf_add_char(&sim->complaints, '\n');
}

static struct mono now(struct loop *l)
{
	return of_loop(l)->clock;
}

static int64_t wall_ms(struct loop *l)
{
	return 1000000000000 + of_loop(l)->clock.us / 1000;
}

/* Peers. */

static bool is_for(const struct sim_peer *p, const struct sock_spec *spec)
{
	return p->kind == spec->kind && (!p->addr.family || addr_equal(&p->addr, &spec->to)) &&
	       (!p->port || p->port == spec->port);
}

/* The first that nobody met yet, else the last. */
static struct sim_peer *find_peer(struct sim *sim, const struct sock_spec *spec)
{
	struct sim_peer *last = NULL;

	for (size_t i = 0; i < sim->n_peers; i++) {
		struct sim_peer *p = &sim->peers[i];

		if (!is_for(p, spec) ||
		    (last && !(last->addr.family == p->addr.family && last->port == p->port)))
			continue;
		last = p;
		if (!p->met)
			break;
	}
	return last;
}

static void add_icmp(struct sim_sock *s, const struct icmp_error *e)
{
	if (s->n_icmp == ICMP_MAX)
		BUG("more than %d ICMP errors for one socket", ICMP_MAX);
	s->icmp[s->n_icmp++] = *e;
}

static void say(struct sim_sock *s, struct slice bytes)
{
	if (s->n_inbox == INBOX_MAX)
		BUG("more than %d messages wait to be read", INBOX_MAX);
	s->inbox[s->n_inbox++] = bytes;
}

static void echo(struct sim_sock *s)
{
	char *bytes = arena_copy(s->sim->texts, s->sent);

	if (s->kind == SOCK_PING && s->sent.n)
		bytes[0] = s->to.family == 4 ? 0 : (char)129;
	say(s, (struct slice){bytes, s->sent.n});
}

static void complain_unheard(const struct sim_sock *s, struct slice wanted)
{
	struct buf text = BUF_INIT;

	buf_add_text(&text, "it was sent \"");
	escape_terminal(&text, s->sent);
	buf_add_text(&text, "\", and waits for \"");
	escape_terminal(&text, wanted);
	complain(s->sim, s, "%s\"", text.data);
	buf_release(&text);
}

/* What the script waits for has come, perhaps only in part; false: not yet, or something else. */
static bool hear(struct sim_sock *s, const struct sim_event *e)
{
	size_t n = e->bytes.p ? e->bytes.n : s->sent.n;
	bool is_part = s->kind == SOCK_TCP && s->sent.n < n;

	if (s->kind == SOCK_TCP && !s->sent.n)
		return false;
	if (e->bytes.p && (memcmp(s->sent.p, e->bytes.p, is_part ? s->sent.n : n) != 0 ||
			   (s->kind != SOCK_TCP && s->sent.n != n))) {
		complain_unheard(s, e->bytes);
		return false;
	}
	if (is_part)
		return false;
	if (s->kind == SOCK_TCP)
		s->sent = slice_skip(s->sent, n);
	s->since = s->sim->clock;
	return true;
}

/* Where nobody listens it meets a reset, and nobody here is told. */
static void dial(struct sim_sock *s, const struct sim_event *e)
{
	for (struct sim_sock *to = s->sim->socks; to; to = to->link) {
		if (!to->is_listening || to->from_port != e->port)
			continue;
		if (to->n_knocks == KNOCKS_MAX)
			BUG("more than %d connections wait to be let in", KNOCKS_MAX);
		to->knocks[to->n_knocks++] = e->from.family ? e->from : s->to;
	}
}

static const struct sim_event *present_event(const struct sim_sock *s)
{
	return s->next < s->peer->n_events ? &s->peer->events[s->next] : NULL;
}

/* Once for a datagram; of a stream as much as is waited for in a row. */
static void hear_sent(struct sim_sock *s)
{
	const struct sim_event *e;

	while ((e = present_event(s)) && e->verb == SIM_HEAR && hear(s, e)) {
		s->next++;
		if (s->kind != SOCK_TCP)
			break;
	}
}

static void apply(struct sim_sock *s, const struct sim_event *e)
{
	switch (e->verb) {
	case SIM_ACCEPT:
		s->is_connected = true;
		break;
	case SIM_REFUSE:
		s->error = ECONNREFUSED;
		s->is_dead = true;
		break;
	case SIM_RESET:
		s->error = ECONNRESET;
		s->is_dead = true;
		break;
	case SIM_CLOSE:
		s->is_ended = true;
		break;
	case SIM_SAY:
		say(s, e->bytes);
		break;
	case SIM_ECHO:
		echo(s);
		break;
	case SIM_DEAF:
		s->is_deaf = true;
		break;
	case SIM_DIAL:
		dial(s, e);
		break;
	case SIM_ICMP:
		add_icmp(s, &e->icmp);
		s->error = e->icmp.code_errno;
		s->is_dead = s->kind == SOCK_TCP && e->icmp.code_errno != 0;
		break;
	case SIM_ERROR:
		s->error = e->error;
		s->is_dead = true;
		break;
	case SIM_INLINE:
	case SIM_FAIL:
	case SIM_HEAR:
		break; /* done by open and send */
	}
}

static bool next_event(const struct sim_sock *s, int64_t *at_us)
{
	const struct sim_event *e = present_event(s);

	if (!e || e->verb == SIM_HEAR || e->verb == SIM_FAIL)
		return false;
	*at_us = s->since.us + e->after_us;
	return true;
}

static unsigned state_bits(const struct sim_sock *s)
{
	return (s->n_inbox || s->n_knocks || s->is_ended || s->is_dead ? SOCK_READABLE : 0) |
	       (s->is_connected || s->is_dead ? SOCK_WRITABLE : 0) |
	       (s->error || (s->kind != SOCK_TCP && s->n_icmp) ? SOCK_ERROR : 0);
}

/* Sockets. */

static int refuse(const struct sim_peer *p, const char **call)
{
	if (!p->n_events || p->events[0].verb != SIM_FAIL || strcmp(p->events[0].call, "send") == 0)
		return 0;
	*call = p->events[0].call;
	return -p->events[0].error;
}

static bool is_cut(const struct sim *sim)
{
	return sim->cut_us && sim->clock.us >= sim->cut_us;
}

/* The same in every run. */
static bool is_lost(struct sim *sim)
{
	sim->chance = sim->chance * 6364136223846793005u + 1442695040888963407u;
	return (sim->chance >> 33) % 1000 < sim->loss;
}

static const struct sim_peer nobody;

static struct sim_sock *add_sock(struct sim *sim, struct sock *s, const struct sock_spec *spec)
{
	struct sim_sock *x = mem_new(1, sizeof(*x)), **last = &sim->socks;

	*x = (struct sim_sock){.sim = sim,
			       .sock = s,
			       .kind = spec->kind,
			       .peer = &nobody,
			       .is_connected = spec->kind != SOCK_TCP,
			       .since = sim->clock,
			       .to = spec->to,
			       .port = spec->port,
			       .from = spec->from.family ? spec->from : sim->local,
			       .from_port = spec->from_port ? spec->from_port : sim->next_port++};
	while (*last)
		last = &(*last)->link;
	*last = x;
	s->impl = x;
	s->is_open = true;
	s->wanted = spec->kind == SOCK_TCP ? SOCK_WRITABLE : SOCK_READABLE;
	sim->opened++;
	if (sim->most_open < ++sim->loop.n_socks)
		sim->most_open = sim->loop.n_socks;
	return x;
}

static int open_sock(struct loop *l, struct sock *s, const struct sock_spec *spec,
		     const char **call)
{
	struct sim *sim = of_loop(l);
	struct sim_peer *p = find_peer(sim, spec);
	struct sim_sock *x;
	int rc;

	if (s->is_open)
		BUG("the socket is open already");
	if (!p)
		BUG("the script has no peer for port %u", spec->port);
	*call = "socket";
	if (sim->descriptors && l->n_socks == sim->descriptors)
		return -EMFILE;
	*call = is_cut(sim) ? "connect" : "socket";
	if (is_cut(sim))
		return -ENETUNREACH;
	p->met++;
	rc = refuse(p, call);
	if (rc)
		return rc;
	x = add_sock(sim, s, spec);
	x->peer = p;
	for (; x->next < p->n_events && p->events[x->next].verb == SIM_INLINE; x->next++)
		add_icmp(x, &p->events[x->next].icmp);
	if (is_lost(sim))
		x->next = p->n_events;
	return 0;
}

static int listen_sock(struct loop *l, struct sock *s, const struct listen_spec *spec,
		       const char **call)
{
	struct sim *sim = of_loop(l);
	struct sim_sock *x;

	if (s->is_open)
		BUG("the socket is open already");
	*call = "bind";
	for (size_t i = 0; i < sim->n_busy; i++)
		if (sim->busy[i] == spec->port)
			return -EADDRINUSE;
	x = add_sock(
		sim, s,
		&(struct sock_spec){.kind = spec->kind, .from = spec->at, .from_port = spec->port});
	x->is_listening = true;
	s->wanted = SOCK_READABLE;
	return 0;
}

static int accept_sock(struct loop *l, struct sock *listener, struct sock *s, struct addr *peer,
		       uint16_t *port)
{
	struct sim_sock *x = listener->impl, *in;

	(void)l;
	if (s->is_open)
		BUG("the socket is open already");
	if (!x->n_knocks)
		return -EAGAIN;
	*peer = x->knocks[0];
	*port = 20;
	memmove(x->knocks, x->knocks + 1, --x->n_knocks * sizeof(*x->knocks));
	in = add_sock(x->sim, s, &(struct sock_spec){.kind = SOCK_TCP, .to = *peer, .port = 20});
	in->is_connected = true;
	s->wanted = SOCK_READABLE;
	return 0;
}

static void want(struct loop *l, struct sock *s, unsigned events)
{
	(void)l;
	s->wanted = events;
}

static int take_error(struct loop *l, struct sock *s)
{
	struct sim_sock *x = s->impl;
	int error = x->error;

	(void)l;
	x->error = 0;
	return error;
}

/* What was not heard yet with what is sent now. */
static struct slice append(struct sim_sock *s, const void *p, size_t n)
{
	struct slice was = s->kind == SOCK_TCP ? s->sent : SLICE_NONE;
	char *all = arena_get(s->sim->texts, was.n + n, 1);

	if (was.n)
		memcpy(all, was.p, was.n);
	memcpy(all + was.n, p, n);
	return (struct slice){all, was.n + n};
}

/* A pending error is told instead of sending, as the kernel does. */
static ssize_t send_bytes(struct loop *l, struct sock *s, const void *p, size_t n)
{
	struct sim_sock *x = s->impl;
	const struct sim_event *e = present_event(x);

	if (x->error)
		return -take_error(l, s);
	if (!x->is_connected || x->is_dead)
		return -EPIPE;
	if (e && e->verb == SIM_FAIL)
		return -e->error;
	x->sent = append(x, p, n);
	if (x->is_deaf)
		x->unacked += (long)n;
	hear_sent(x);
	return (ssize_t)n;
}

static enum sock_left has_left(struct loop *l, struct sock *s)
{
	(void)l;
	(void)s;
	return LEFT_UNKNOWN;
}

static bool has_gap(struct loop *l, struct sock *s)
{
	(void)l;
	(void)s;
	return false;
}

static long unacked(struct loop *l, struct sock *s)
{
	const struct sim_sock *x = s->impl;

	(void)l;
	return x->unacked;
}

static ssize_t recv_bytes(struct loop *l, struct sock *s, void *p, size_t n)
{
	struct sim_sock *x = s->impl;

	if (x->error)
		return -take_error(l, s);
	if (!x->n_inbox)
		return x->is_ended || x->is_dead ? 0 : -EAGAIN;
	if (n > x->inbox[0].n)
		n = x->inbox[0].n;
	memcpy(p, x->inbox[0].p, n);
	x->inbox[0] = slice_skip(x->inbox[0], n);
	if (x->kind != SOCK_TCP || !x->inbox[0].n)
		memmove(x->inbox, x->inbox + 1, --x->n_inbox * sizeof(*x->inbox));
	return (ssize_t)n;
}

static bool take_icmp(struct loop *l, struct sock *s, struct icmp_error *e)
{
	struct sim_sock *x = s->impl;

	(void)l;
	if (!x->n_icmp)
		return false;
	*e = x->icmp[0];
	memmove(x->icmp, x->icmp + 1, --x->n_icmp * sizeof(*x->icmp));
	return true;
}

static bool local_addr(struct loop *l, struct sock *s, struct addr *a, uint16_t *port)
{
	const struct sim_sock *x = s->impl;

	(void)l;
	*a = x->from;
	if (port)
		*port = x->from_port;
	return a->family != 0;
}

static bool is_own(struct loop *l, const struct addr *a)
{
	const struct sim *sim = of_loop(l);

	for (size_t i = 0; i < sim->n_own; i++)
		if (addr_equal(&sim->own[i], a))
			return true;
	return addr_equal(&sim->local, a);
}

static void end_stream(struct loop *l, struct sock *s)
{
	struct sim_sock *x = s->impl;

	(void)l;
	if (!s->is_open)
		BUG("the socket is not open");
	x->is_ended = true;
}

static void close_sock(struct loop *l, struct sock *s, bool reset)
{
	struct sim *sim = of_loop(l);
	struct sim_sock *x = s->impl, **link = &sim->socks;

	if (!s->is_open)
		BUG("the socket is not open");
	if (present_event(x) && present_event(x)->verb == SIM_HEAR && !x->is_dead)
		complain_unheard(x, present_event(x)->bytes);
	if (x->kind == SOCK_TCP && x->is_connected && !x->is_dead && !x->is_ended && !reset)
		complain(sim, x, "closed without a reset: a socket stays in TIME_WAIT");
	while (*link != x)
		link = &(*link)->link;
	*link = x->link;
	free(x);
	s->impl = NULL;
	s->is_open = false;
	l->n_socks--;
}

/* Time. */

static void earlier(int64_t *at_us, int64_t candidate)
{
	if (candidate < *at_us)
		*at_us = candidate;
}

static bool is_ready(const struct sim_sock *s)
{
	return state_bits(s) & (s->sock->wanted | SOCK_ERROR);
}

static int64_t next_moment(const struct sim *sim, struct mono until)
{
	int64_t at_us = until.us, event_us;

	for (const struct sim_sock *s = sim->socks; s; s = s->link) {
		if (is_ready(s))
			return sim->clock.us;
		if (!is_cut(sim) && next_event(s, &event_us))
			earlier(&at_us, event_us);
	}
	if (sim->interrupt_us)
		earlier(&at_us, sim->interrupt_us);
	return at_us;
}

static void apply_events(struct sim *sim)
{
	int64_t at_us;

	for (struct sim_sock *s = sim->socks; s && !is_cut(sim); s = s->link)
		while (next_event(s, &at_us) && at_us <= sim->clock.us) {
			apply(s, &s->peer->events[s->next++]);
			if (s->kind == SOCK_TCP)
				hear_sent(s);
		}
}

/* From the first again after each call: it may have closed any of them. The turn ends when none is
 * ready, or after many calls for nothing. */
static void tell_socks(struct sim *sim)
{
	for (unsigned calls = 0;; calls++) {
		struct sim_sock *s = sim->socks;

		while (s && !is_ready(s))
			s = s->link;
		if (!s || sim->loop.stop)
			return;
		if (calls == 10000)
			BUG("a socket stays ready: its owner does not read what it is told of");
		s->sock->ready(s->sock, state_bits(s) & (s->sock->wanted | SOCK_ERROR));
	}
}

static int wait_events(struct loop *l, struct mono until, struct err *err)
{
	struct sim *sim = of_loop(l);
	int64_t at_us = next_moment(sim, until);

	if (at_us == MONO_NEVER.us)
		return err_set(err, ERR_SYSTEM, PLACE_NONE,
			       "everybody waits and nothing will come");
	if (at_us > sim->clock.us)
		sim->clock.us = at_us;
	if (sim->interrupt_us && sim->clock.us >= sim->interrupt_us) {
		sim->interrupted = 2;
		sim->interrupt_us = 0;
	}
	apply_events(sim);
	tell_socks(sim);
	return 0;
}

static void free_loop(struct loop *l)
{
	struct sim *sim = of_loop(l);

	for (size_t i = 0; i < sim->n_names; i++)
		free((char *)sim->names[i].name);
	buf_release(&sim->complaints);
	arena_free(sim->texts);
	free(sim);
}

static const struct loop_ops ops_sim = {
	.free = free_loop,
	.now = now,
	.wall_ms = wall_ms,
	.open = open_sock,
	.listen = listen_sock,
	.accept = accept_sock,
	.want = want,
	.send = send_bytes,
	.recv = recv_bytes,
	.unacked = unacked,
	.has_gap = has_gap,
	.has_left = has_left,
	.error = take_error,
	.icmp = take_icmp,
	.local_addr = local_addr,
	.is_own = is_own,
	.end = end_stream,
	.close = close_sock,
	.wait = wait_events,
};

/* Names. */

static struct sim *of_resolver(struct resolver *r)
{
	return (struct sim *)((char *)r - offsetof(struct sim, resolver));
}

static void answer(struct resolve_query *q, const struct sim_name *n)
{
	q->status4 = q->family == 6 ? RESOLVE_NOT_ASKED : n->status4;
	q->status6 = q->family == 4 ? RESOLVE_NOT_ASKED : n->status6;
	for (size_t i = 0; i < n->n_addrs; i++)
		if (!q->family || q->family == n->addrs[i].family)
			resolve_add(q, &n->addrs[i]);
	q->done(q);
}

static void answer_due(struct timer *t)
{
	struct sim_answer *a = (struct sim_answer *)t;

	answer(a->query, a->name);
}

static struct sim_answer *free_answer(struct sim *sim)
{
	for (size_t i = 0; i < ARRAY_LEN(sim->answers); i++)
		if (!timer_is_armed(&sim->answers[i].timer))
			return &sim->answers[i];
	BUG("more than %d questions under way", SIM_NAMES_MAX);
}

static void resolver_start(struct resolver *r, struct resolve_query *q)
{
	struct sim *sim = of_resolver(r);
	const struct sim_name *n = NULL;
	struct sim_answer *a;

	for (size_t i = 0; i < sim->n_names; i++)
		if (strcmp(sim->names[i].name, q->name) == 0)
			n = &sim->names[i];
	if (!n)
		BUG("the script has no name \"%s\"", q->name);
	if (!n->after_us) {
		answer(q, n);
		return;
	}
	a = free_answer(sim);
	*a = (struct sim_answer){.timer.fire = answer_due, .query = q, .name = n};
	timer_start(&sim->loop, &a->timer, mono_add_us(sim->clock, n->after_us));
}

static void resolver_stop(struct resolver *r)
{
	struct sim *sim = of_resolver(r);

	for (size_t i = 0; i < ARRAY_LEN(sim->answers); i++)
		timer_stop(&sim->loop, &sim->answers[i].timer);
}

static void resolver_done(struct resolver *r)
{
	(void)r; /* goes with the loop */
}

static const struct resolver_ops resolver_ops_sim = {
	.start = resolver_start,
	.stop = resolver_stop,
	.free = resolver_done,
};

struct sim *sim_new(void)
{
	struct sim *sim = mem_new(1, sizeof(*sim));

	loop_init(&sim->loop, &ops_sim);
	sim->resolver.ops = &resolver_ops_sim;
	sim->local = (struct addr){.family = 4, .bytes = {192, 0, 2, 1}};
	sim->next_port = 40000;
	buf_init(&sim->complaints);
	sim->texts = arena_new();
	return sim;
}
