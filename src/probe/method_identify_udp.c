/* SPDX-License-Identifier: ISC
 *
 * Datagrams: one socket, from which all questions go, one after the other; an answer is shown to
 * every dialogue that was begun, and to all protocols. The usual one of the port is asked twice
 * before the others have their turn; where something was lost, all are asked a second time.
 */
#include "probe/method_identify.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/engine.h"
#include "probe/questions.h"
#include "probe/sighting.h"

enum {
	USUAL_MS = 250, /* beside two round trips: for each try of the usual question */
	USUAL_TRIES = 2,
	REST_MS = 600,	 /* between tries of the usual question when all were asked twice */
	LAST_MS = 400,	 /* for the answers to the last question */
	GAP_MIN_MS = 10, /* between two questions */
	ROUNDS_MAX = 8,	 /* messages of ours in one conversation */
	DATAGRAM_MAX = 8192,
	READS_MAX = 16, /* then others have their turn */
};

/* One dialogue that was begun. */
struct talk {
	size_t at; /* place in the table */
	struct proto_ask ask;
	struct proto_out out; /* what was asked first */
	struct proto_said said;
	unsigned rounds;
	_Alignas(8) uint8_t state[PROTO_STATE_MAX];
};

struct search {
	struct questions questions;
	unsigned foreign, foreign_max; /* first messages in others' protocols: sent, allowed */
	bool is_waiting;	       /* nothing may be sent any more */
	struct mono end;
	enum heard_class most;
	size_t n_talks, room, turn; /* turn: whose question is repeated next */
	struct talk talks[];
};

struct identify {
	struct sock sock; /* first: the address is the same */
	struct timer timer;
	struct probe *probe;
	struct sighting seen;
	struct mono begun;
	struct search *s; /* owned */
};

static struct loop *loop_of(const struct identify *i)
{
	return probe_loop(i->probe);
}

static void cancel(struct probe *p)
{
	struct identify *i = (struct identify *)p->state;
	struct loop *l = probe_loop(p);

	if (i->sock.is_open)
		l->ops->close(l, &i->sock, false);
	timer_stop(l, &i->timer);
	free(i->s);
	i->s = NULL;
}

static void finish(struct identify *i, enum saw saw)
{
	struct probe *p = i->probe;
	struct sighting seen = i->seen;

	seen.saw = saw;
	seen.expected = probe_task(p)->proto;
	seen.foreign = i->s ? i->s->foreign : 0;
	seen.own_target = loop_of(i)->ops->is_own(loop_of(i), &p->to);
	cancel(p);
	probe_finish(p, &seen);
}

static void finish_identified(struct identify *i, size_t at)
{
	i->seen.proto = i->s->questions.table[at];
	i->seen.is_usual = i->seen.proto == i->s->questions.expected;
	finish(i, SAW_IDENTIFIED);
}

static void finish_stranger(struct identify *i, enum heard_class what)
{
	i->seen.how = heard_class_names[what];
	i->seen.words = what == HEARD_ECHO ? "it sends back what it is sent"
					   : "it answers, and in no protocol that is known here";
	finish(i, SAW_STRANGER);
}

static void finish_silence(struct identify *i)
{
	char words[OUTCOME_EVIDENCE_MAX];
	unsigned n = i->s->questions.n_asked;

	i->seen.waited_ms = (unsigned)((loop_now(loop_of(i)).us - i->begun.us) / 1000);
	snprintf(words, sizeof(words), "no answer and no error in %u ms to %u question%s%s",
		 i->seen.waited_ms, n, n == 1 ? "" : "s",
		 probe_task(i->probe)->is_fragile ? ", and no more: it is called fragile"
		 : i->s->questions.is_spent ? ", and no more: it has had as many first messages in "
					      "others' protocols as it gets in a day"
					    : "");
	i->seen.words = words;
	finish(i, SAW_SILENCE);
}

static bool took_icmp(struct identify *i)
{
	if (!sighting_take_icmp(&i->seen, i->probe, &i->sock))
		return false;
	i->seen.rtt_us = sighting_rtt_us(i->probe, i->begun);
	finish(i, SAW_ICMP);
	return true;
}

/* Sending. True: the probe is over. What send(2) says may be an error that came back for an earlier
 * question; the second time it is our own kernel's. */
static bool send_bytes(struct identify *i, const struct proto_out *out)
{
	struct loop *l = loop_of(i);
	ssize_t rc = l->ops->send(l, &i->sock, out->bytes, out->n);

	if (rc < 0) {
		if (took_icmp(i))
			return true;
		rc = l->ops->send(l, &i->sock, out->bytes, out->n);
	}
	if (rc >= 0)
		return false;
	i->seen.error = (int)-rc;
	i->seen.call = "send";
	finish(i, SAW_LOCAL_ERROR);
	return true;
}

static int64_t left_us(const struct identify *i)
{
	int64_t us = i->s->end.us - loop_now(loop_of(i)).us;

	return us > 0 ? us : 0;
}

/* As many questions as there are must fit, and half of the time is for a second round. */
static int64_t gap_us(const struct identify *i)
{
	const struct search *s = i->s;
	int64_t us = (left_us(i) - LAST_MS * 1000) / (int64_t)(2 * s->room);

	return us > GAP_MIN_MS * 1000 ? us : GAP_MIN_MS * 1000;
}

static void count_foreign(struct search *s, size_t at)
{
	s->foreign += questions_is_foreign(&s->questions, at);
	s->questions.is_spent = s->foreign >= s->foreign_max;
}

static bool begin_talk(struct identify *i, size_t at)
{
	struct search *s = i->s;
	struct talk *t = &s->talks[s->n_talks++];
	const struct proto *p = s->questions.table[at];

	t->at = at;
	t->ask = (struct proto_ask){.what = probe_task(i->probe)->what,
				    .host = probe_task(i->probe)->name};
	probe_chance(i->probe, t->ask.chance, sizeof(t->ask.chance));
	p->start(t->state, &t->ask, &t->out);
	count_foreign(s, at);
	questions_ask(&s->questions, at);
	return send_bytes(i, &t->out);
}

static bool may_repeat(const struct search *s, size_t talk)
{
	return talk < s->n_talks &&
	       !(s->questions.is_spent && questions_is_foreign(&s->questions, s->talks[talk].at));
}

static bool repeat(struct identify *i, size_t talk)
{
	count_foreign(i->s, i->s->talks[talk].at);
	return send_bytes(i, &i->s->talks[talk].out);
}

static bool is_usual_first(const struct search *s)
{
	return s->n_talks && s->questions.table[s->talks[0].at] == s->questions.expected;
}

static bool is_usual_alone(const struct search *s)
{
	return s->n_talks == 1 && is_usual_first(s);
}

static void finish_unknown(struct identify *i)
{
	if (i->s->most == HEARD_NOTHING)
		finish_silence(i);
	else
		finish_stranger(i, i->s->most);
}

/* The next question; each of them once more, from the first on; then the usual one, or the first,
 * again and again. True: the probe is over. */
static bool send_next(struct identify *i, bool again)
{
	struct search *s = i->s;
	size_t at = questions_next(&s->questions);

	if (again)
		s->turn = 0;
	else if (at != QUESTIONS_NONE)
		return begin_talk(i, at);
	while (s->turn < s->n_talks && !may_repeat(s, s->turn))
		s->turn++;
	if (s->turn < s->n_talks)
		return repeat(i, s->turn++);
	if (may_repeat(s, 0))
		return repeat(i, 0);
	s->is_waiting = true;
	i->seen.tries--;
	return false;
}

/* The next question, or the end. */
static void go_on(struct identify *i)
{
	struct search *s = i->s;
	struct loop *l = loop_of(i);
	bool again = is_usual_alone(s) && i->seen.tries < USUAL_TRIES;
	int64_t us = gap_us(i);

	if (!left_us(i) || s->is_waiting) {
		finish_unknown(i);
		return;
	}
	if (send_next(i, again))
		return;
	i->seen.tries++;
	if (s->is_waiting)
		us = left_us(i) < LAST_MS * 1000 ? left_us(i) : LAST_MS * 1000;
	else if (is_usual_alone(s))
		us = USUAL_MS * 1000;
	else if (questions_next(&s->questions) == QUESTIONS_NONE && s->turn >= s->n_talks)
		us = left_us(i) < REST_MS * 1000 ? left_us(i) : REST_MS * 1000;
	timer_start(l, &i->timer, mono_add_us(loop_now(l), us));
}

/* Hearing. */

/* True: the probe is over. */
static bool hear_talk(struct identify *i, struct talk *t, struct slice datagram)
{
	struct proto_out out = {0};
	const struct proto *p = i->s->questions.table[t->at];
	size_t n = datagram.n;

	switch (p->input(t->state, &t->ask, &datagram, &out, &t->said)) {
	case PROTO_PROVED:
		i->seen.said = t->said;
		i->seen.asked = t->out.n;
		i->seen.answered = n;
		if (out.n)
			loop_of(i)->ops->send(loop_of(i), &i->sock, out.bytes, out.n);
		finish_identified(i, t->at);
		return true;
	case PROTO_MORE:
		return out.n && t->rounds++ < ROUNDS_MAX && send_bytes(i, &out);
	case PROTO_OTHER:
		break;
	}
	return false;
}

static bool is_question(const struct search *s, struct slice datagram)
{
	for (size_t k = 0; k < s->n_talks; k++)
		if (datagram.n &&
		    slice_equal(datagram, (struct slice){(const char *)s->talks[k].out.bytes,
							 s->talks[k].out.n}))
			return true;
	return false;
}

/* True: the probe is over. */
static bool heard(struct identify *i, struct slice datagram)
{
	struct search *s = i->s;
	struct classified c;

	if (!i->seen.rtt_us)
		i->seen.rtt_us = sighting_rtt_us(i->probe, i->begun);
	if (is_usual_first(s) && hear_talk(i, &s->talks[0], datagram))
		return true; /* the echo service itself */
	if (is_question(s, datagram)) {
		finish_stranger(i, HEARD_ECHO);
		return true;
	}
	for (size_t k = 0; k < s->n_talks; k++)
		if (hear_talk(i, &s->talks[k], datagram))
			return true;
	classify(s->questions.table, TRANSPORT_UDP,
		 &(struct heard){.came = datagram, .is_over = true}, &c);
	if (c.what == HEARD_PROVED) {
		i->seen.said = c.said;
		finish_identified(i, c.proved);
		return true;
	}
	questions_hear(&s->questions, &c.maybe);
	if (s->most < c.what)
		s->most = c.what;
	return false;
}

static void ready(struct sock *sock, unsigned events)
{
	struct identify *i = (struct identify *)sock;
	struct loop *l = loop_of(i);
	char bytes[DATAGRAM_MAX];

	for (unsigned k = 0; k < READS_MAX; k++) {
		ssize_t n = l->ops->recv(l, sock, bytes, sizeof(bytes));

		if (n == -EAGAIN)
			break;
		if (n >= 0 && heard(i, (struct slice){bytes, (size_t)n}))
			return;
	}
	if (!(events & SOCK_ERROR) || took_icmp(i))
		return;
	l->ops->error(l, sock); /* what the queue did not explain decides nothing */
}

static void timer_fired(struct timer *t)
{
	struct identify *i = (struct identify *)((char *)t - offsetof(struct identify, timer));

	probe_late(i->probe);
	go_on(i);
}

static size_t count(const struct proto *const *table)
{
	size_t n = 0;

	for (size_t k = 0; table[k]; k++)
		n += table[k]->transport == TRANSPORT_UDP;
	return n;
}

static void recall(struct identify *i)
{
	const struct recall *r = probe_task(i->probe)->recall;
	const struct recall_place place = {&i->probe->to, i->probe->port, TRANSPORT_UDP};
	struct recollection of_it = {.proved = "", .foreign = UINT_MAX};
	struct questions *q = &i->s->questions;

	if (r)
		r->of(r->ctx, &place, &of_it);
	if (probe_task(i->probe)->is_fragile)
		of_it = (struct recollection){.proved = ""};
	for (size_t k = 0; q->table[k]; k++)
		if (q->table[k]->transport == TRANSPORT_UDP &&
		    strcmp(q->table[k]->name, of_it.proved) == 0)
			q->known = q->table[k];
	i->s->foreign_max = of_it.foreign;
	q->is_spent = !of_it.foreign;
}

static void begin_search(struct identify *i)
{
	const struct task *t = probe_task(i->probe);
	const struct proto *const *table = t->among ? t->among : protos;
	size_t room = count(table);
	struct search *s = i->s = mem_new(1, sizeof(*s) + room * sizeof(s->talks[0]));

	s->room = room;
	s->questions.table = table;
	s->questions.transport = TRANSPORT_UDP;
	s->questions.expected =
		t->proto ? t->proto : questions_usual(TRANSPORT_UDP, i->probe->port);
	recall(i);
	i->begun = loop_now(loop_of(i));
	s->end = mono_add_ms(i->begun, probe_deadline_ms(i->probe, IDENTIFY_DEADLINE_MS));
}

static void begin(struct probe *p)
{
	struct identify *i = (struct identify *)p->state;
	struct loop *l = probe_loop(p);
	const struct sock_spec spec = {
		.kind = SOCK_UDP, .to = p->to, .port = p->port, .from = p->from, .any_port = true};
	int rc;

	i->probe = p;
	i->sock.ready = ready;
	i->timer.fire = timer_fired;
	begin_search(i);
	rc = l->ops->open(l, &i->sock, &spec, &i->seen.call);
	if (rc) {
		i->seen.error = -rc;
		finish(i, SAW_LOCAL_ERROR);
		return;
	}
	if (!l->ops->local_addr(l, &i->sock, &i->seen.source, NULL))
		i->seen.source = (struct addr){0};
	if (questions_are_harmful(p->port))
		finish_silence(i);
	else
		go_on(i);
}

const struct method method_identify_udp = {
	.name = "identify",
	.transport = TRANSPORT_UDP,
	.state_size = sizeof(struct identify),
	.socks = 1,
	.begin = begin,
	.cancel = cancel,
};
