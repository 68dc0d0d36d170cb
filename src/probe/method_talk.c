/* SPDX-License-Identifier: ISC
 *
 * One stage after the other: the handshake of each proxy on the way, the dialogue, the parting.
 * What has come and was not understood yet waits in the conversation; that is got when somebody
 * answered, so that probes that nobody answers stay small.
 *
 * Each stage has a time as a whole, not for each read: some services drip a line a second for ever.
 */
#include "probe/method_talk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/dial.h"
#include "probe/engine.h"
#include "probe/sighting.h"
#include "probe/via.h"

enum {
	PATIENCE_MS = 3000, /* for the dialogue: some look up our name before their greeting */
	PROXY_MS = 5000,    /* for a proxy's handshake: it dials meanwhile, and may try again */
	PARTING_MS = 200,   /* until the peer has closed, after a good-bye */
	IN_MAX = 8192,	    /* not understood */
	TURNS_MAX = 32,	    /* messages of ours on one connection */
	DIALS_MAX = 4,	    /* VIA_AGAIN */
};

enum stage { STAGE_PROXY, STAGE_DIALOGUE, STAGE_PARTING };

struct conversation {
	enum stage stage;
	const struct via_hop *hop; /* STAGE_PROXY */
	unsigned n_hop, dials, turns;
	bool has_sent; /* to the far side */
	size_t heard;  /* of it */
	struct proto_ask ask;
	struct proto_out out;
	struct proxy_refusal refusal;
	_Alignas(8) uint8_t state[PROTO_STATE_MAX];
	_Alignas(8) uint8_t via_states[VIA_HOPS_MAX][VIA_STATE_MAX];
	size_t n_in;
	char in[IN_MAX];
};

struct talk {
	struct dial dial; /* first: the address is the same */
	struct timer timer;
	struct conversation *c; /* owned */
};

static struct talk *talk_of(struct probe *p)
{
	return (struct talk *)p->state;
}

static const struct task *task_of(const struct talk *t)
{
	return probe_task(t->dial.probe);
}

static void cancel(struct probe *p)
{
	struct talk *t = talk_of(p);

	dial_hang_up(&t->dial);
	timer_stop(probe_loop(p), &t->timer);
	free(t->c);
	t->c = NULL;
}

/* True, for those that tell their caller so: the probe is over. */
static bool finish(struct talk *t, enum saw saw)
{
	struct probe *p = t->dial.probe;
	struct sighting seen = t->dial.seen; /* the state is gone after probe_finish() */
	struct proxy_refusal refusal;

	seen.saw = saw;
	seen.proto = task_of(t)->proto;
	seen.is_by_proxy = task_of(t)->via != NULL;
	if (seen.proxy) {
		refusal = *seen.proxy;
		seen.proxy = &refusal;
	}
	cancel(p);
	probe_finish(p, &seen);
	return true;
}

static void start_timer(struct talk *t, int64_t ms)
{
	struct loop *l = probe_loop(t->dial.probe);

	timer_start(l, &t->timer, mono_add_ms(loop_now(l), ms));
}

/* Proxies. */

PRINTF(4, 5)
static bool refuse(struct talk *t, enum proxy_leg leg, const char *how, const char *fmt, ...)
{
	struct proxy_refusal refusal = {.leg = leg};
	va_list ap;

	snprintf(refusal.how, sizeof(refusal.how), "%s", how);
	va_start(ap, fmt);
	vsnprintf(refusal.words, sizeof(refusal.words), fmt, ap);
	va_end(ap);
	t->dial.seen.proxy = &refusal;
	return finish(t, SAW_PROXY);
}

/* The proxy has the request, and says neither yes nor no. */
static void proxy_is_silent(struct talk *t)
{
	struct proxy_refusal silence = {.leg = LEG_BEYOND, .how = "no answer", .is_silence = true};

	snprintf(silence.words, sizeof(silence.words),
		 "the proxy took the request and said nothing in %d ms: it may wait for the "
		 "target itself",
		 PROXY_MS);
	t->dial.seen.proxy = &silence;
	finish(t, SAW_PROXY);
}

/* The proxy itself was not reached. What our own kernel said is told as ever. */
static void dial_to_proxy_failed(struct talk *t, enum saw saw)
{
	const struct icmp_error *e = &t->dial.seen.icmp;
	char how[OUTCOME_HOW_MAX], by[ADDR_TEXT_MAX];

	if (saw == SAW_LOCAL_ERROR) {
		finish(t, saw);
	} else if (saw == SAW_ICMP) {
		snprintf(how, sizeof(how), "%s %u/%u", e->by.family == 6 ? "icmp6" : "icmp",
			 e->type, e->code);
		refuse(t, LEG_CONNECT, how, "%s answered in place of the proxy, with an ICMP error",
		       addr_text(&e->by, by));
	} else if (saw == SAW_NOTHING) {
		refuse(t, LEG_CONNECT, "no answer", "the proxy does not answer");
	} else {
		refuse(t, LEG_CONNECT, "rst", "a reset came instead of the proxy's answer");
	}
}

/* Sending. */

static bool is_gone(ssize_t rc)
{
	return rc == -ECONNRESET || rc == -EPIPE;
}

/* The peer has ended the connection, the rude way or not. */
static bool lost_peer(struct talk *t, bool reset)
{
	struct conversation *c = t->c;
	struct sighting *seen = &t->dial.seen;

	if (!reset)
		dial_close(&t->dial, false); /* the peer's end keeps TIME_WAIT, not ours */
	if (c->stage == STAGE_PARTING)
		return finish(t, SAW_PROVED);
	if (c->stage == STAGE_PROXY)
		return refuse(t, LEG_CONNECT, reset ? "rst" : "closed",
			      "the proxy ended the connection without an answer");
	seen->bytes = c->heard;
	seen->peer_closed = !reset;
	return finish(t, reset && !c->heard ? SAW_OPEN_RESET : SAW_OPEN);
}

/* True: the probe is over. */
static bool send_out(struct talk *t, const struct proto_out *out)
{
	struct loop *l = probe_loop(t->dial.probe);
	ssize_t rc;

	if (!out->n)
		return false;
	rc = l->ops->send(l, dial_sock(&t->dial), out->bytes, out->n);
	if (is_gone(rc))
		return lost_peer(t, true);
	t->c->has_sent = t->c->has_sent || t->c->stage == STAGE_DIALOGUE;
	t->c->turns++;
	if (rc == (ssize_t)out->n)
		return false;
	t->dial.seen.error = rc < 0 ? (int)-rc : ENOBUFS;
	t->dial.seen.call = "send";
	return finish(t, SAW_LOCAL_ERROR);
}

/* Stages. */

static bool start_dialogue(struct talk *t)
{
	const struct task *task = task_of(t);
	struct conversation *c = t->c;

	c->stage = STAGE_DIALOGUE;
	if (!task->proto || task->proto->answers == PROTO_NEVER)
		return finish(t, SAW_OPEN);
	c->ask = (struct proto_ask){.what = task->what, .host = task->name};
	probe_chance(t->dial.probe, c->ask.chance, sizeof(c->ask.chance));
	c->out.n = 0;
	if (task->proto->start)
		task->proto->start(c->state, &c->ask, &c->out);
	start_timer(t, PATIENCE_MS);
	return send_out(t, &c->out);
}

/* The next proxy's handshake, or what comes behind the last of them. */
static bool start_hop(struct talk *t, const struct via_hop *hop)
{
	struct conversation *c = t->c;
	const struct probe *p = t->dial.probe;
	const struct via_hop *next;

	if (!hop)
		return start_dialogue(t);
	if (c->n_hop == VIA_HOPS_MAX)
		return refuse(t, LEG_CONNECT, "too many", "more than %d proxies in a row",
			      VIA_HOPS_MAX);
	c->stage = STAGE_PROXY;
	c->hop = hop;
	next = hop->next;
	c->out.n = 0;
	if (next)
		hop->kind->start(c->via_states[c->n_hop], hop, next->name, &next->addr, next->port,
				 &c->out);
	else
		hop->kind->start(c->via_states[c->n_hop], hop, task_of(t)->name, &p->to, p->port,
				 &c->out);
	start_timer(t, PROXY_MS);
	return send_out(t, &c->out);
}

static bool dial_again(struct talk *t)
{
	struct conversation *c = t->c;

	if (++c->dials == DIALS_MAX)
		return refuse(t, LEG_AUTHENTICATION, "no end",
			      "the proxy wants a new connection again and again");
	timer_stop(probe_loop(t->dial.probe), &t->timer);
	dial_stop(&t->dial);
	c->n_in = c->n_hop = c->turns = 0;
	dial_start(&t->dial);
	return true;
}

/* A good-bye, and the peer's; without one the connection is just reset. */
static bool part(struct talk *t)
{
	struct conversation *c = t->c;
	struct loop *l = probe_loop(t->dial.probe);

	if (!c->out.n)
		return finish(t, SAW_PROVED);
	c->stage = STAGE_PARTING;
	start_timer(t, PARTING_MS);
	l->ops->send(l, dial_sock(&t->dial), c->out.bytes, c->out.n); /* it is proved anyhow */
	return false;
}

static bool is_known_to_another(const struct proto *proto, struct slice in)
{
	struct proto_said said = {.port = 0};

	for (size_t i = 0; protos[i]; i++)
		if (protos[i] != proto && protos[i]->transport == proto->transport &&
		    protos[i]->recognise && protos[i]->recognise(in, &said) == PROTO_PROVED)
			return true;
	return false;
}

/* What the dialogue does not know is another protocol, unless it may not know its own. */
static bool is_stranger(struct talk *t)
{
	const struct proto *proto = task_of(t)->proto;
	const struct conversation *c = t->c;

	return !proto->is_unverified || is_known_to_another(proto, (struct slice){c->in, c->n_in});
}

static bool hear_dialogue(struct talk *t, struct slice *in)
{
	const struct proto *proto = task_of(t)->proto;
	struct conversation *c = t->c;

	switch (proto->input(c->state, &c->ask, in, &c->out, &t->dial.seen.said)) {
	case PROTO_MORE:
		return send_out(t, &c->out);
	case PROTO_PROVED:
		return part(t);
	case PROTO_OTHER:
		break;
	}
	t->dial.seen.bytes = c->heard;
	return finish(t, is_stranger(t) ? SAW_OTHER : SAW_OPEN);
}

static bool hear_proxy(struct talk *t, struct slice *in)
{
	struct conversation *c = t->c;
	const struct via_hop *hop = c->hop;

	switch (hop->kind->input(c->via_states[c->n_hop], hop, in, &c->out, &c->refusal)) {
	case VIA_MORE:
		return send_out(t, &c->out);
	case VIA_THROUGH:
		c->n_hop++;
		return start_hop(t, hop->next);
	case VIA_AGAIN:
		return dial_again(t);
	case VIA_REFUSED:
		break;
	}
	t->dial.seen.proxy = &c->refusal;
	return finish(t, SAW_PROXY);
}

/* One step with what is there. True: the probe is over, or its connection is another one. */
static bool step(struct talk *t, bool *has_moved)
{
	struct conversation *c = t->c;
	struct slice in = {c->in, c->n_in};
	enum stage stage = c->stage;
	unsigned hop = c->n_hop;

	c->out.n = 0;
	if (stage == STAGE_PARTING)
		in.n = 0; /* nothing more is of interest */
	else if (stage == STAGE_PROXY ? hear_proxy(t, &in) : hear_dialogue(t, &in))
		return true;
	*has_moved = in.n < c->n_in || c->stage != stage || c->n_hop != hop;
	if (in.n < c->n_in)
		memmove(c->in, in.p, in.n);
	c->n_in = in.n;
	if (stage == STAGE_PROXY && c->stage == STAGE_DIALOGUE)
		c->heard = in.n; /* it came along with the proxy's last words */
	return false;
}

/* What nobody can understand, or talk without end. */
static bool has_enough(struct talk *t)
{
	const struct conversation *c = t->c;

	if (c->n_in < IN_MAX && c->turns < TURNS_MAX)
		return false;
	if (c->stage == STAGE_PROXY)
		return refuse(t, LEG_CONNECT, "no proxy", "what answers there is no such proxy");
	return finish(t, SAW_OTHER);
}

static bool understand(struct talk *t)
{
	bool has_moved = true;

	while (has_moved && t->c->n_in)
		if (step(t, &has_moved) || has_enough(t))
			return true;
	return false;
}

/* An ICMP error decides nothing any more, but must be read, or the loop tells of it for ever. */
static void ready(struct dial *d, unsigned events)
{
	struct talk *t = (struct talk *)d;
	struct conversation *c = t->c;
	struct loop *l = probe_loop(d->probe);
	struct icmp_error ignored;
	ssize_t n = l->ops->recv(l, dial_sock(d), c->in + c->n_in, IN_MAX - c->n_in);

	if (n == 0 || is_gone(n)) {
		lost_peer(t, n != 0);
		return;
	}
	while (events & SOCK_ERROR && l->ops->icmp(l, dial_sock(d), &ignored))
		;
	if (n < 0)
		return;
	c->n_in += (size_t)n;
	if (c->stage == STAGE_DIALOGUE)
		c->heard += (size_t)n;
	understand(t);
}

/* Whether our bytes arrived tells an application that keeps silent from something that shook hands
 * in its name; behind a proxy it is the proxy that has them. */
static long unacked(struct talk *t)
{
	struct loop *l = probe_loop(t->dial.probe);

	return t->c->has_sent && !task_of(t)->via ? l->ops->unacked(l, dial_sock(&t->dial)) : -1;
}

static bool has_gap(struct talk *t)
{
	struct loop *l = probe_loop(t->dial.probe);

	return !task_of(t)->via && l->ops->has_gap(l, dial_sock(&t->dial));
}

static void timer_fired(struct timer *timer)
{
	struct talk *t = (struct talk *)((char *)timer - offsetof(struct talk, timer));
	struct conversation *c = t->c;
	struct sighting *seen = &t->dial.seen;

	if (c->stage == STAGE_PARTING) {
		finish(t, SAW_PROVED);
	} else if (c->stage == STAGE_PROXY) {
		proxy_is_silent(t);
	} else {
		seen->bytes = c->heard;
		seen->waited_ms = PATIENCE_MS;
		seen->unacked = unacked(t);
		seen->has_gap = has_gap(t);
		finish(t, c->heard ? SAW_OPEN : SAW_SILENCE);
	}
}

static void connected(struct dial *d)
{
	struct talk *t = (struct talk *)d;

	if (!t->c)
		t->c = mem_new(1, sizeof(*t->c));
	start_hop(t, task_of(t)->via);
}

static void failed(struct dial *d, enum saw saw)
{
	struct talk *t = (struct talk *)d;

	if (task_of(t)->via)
		dial_to_proxy_failed(t, saw);
	else
		finish(t, saw);
}

static void begin(struct probe *p)
{
	struct talk *t = talk_of(p);
	const struct via_hop *via = probe_task(p)->via;

	t->timer.fire = timer_fired;
	t->dial.probe = p;
	t->dial.to = via ? via->addr : p->to;
	t->dial.port = via ? via->port : p->port;
	t->dial.connected = connected;
	t->dial.failed = failed;
	t->dial.ready = ready;
	if (t->dial.to.family)
		dial_start(&t->dial);
	else
		refuse(t, LEG_NAME, "dns", "the name of the proxy gave no address");
}

const struct method method_talk = {
	.name = "talk",
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct talk),
	.socks = DIAL_ATTEMPTS,
	.begin = begin,
	.cancel = cancel,
};
