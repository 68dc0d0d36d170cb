/* SPDX-License-Identifier: ISC
 *
 * Each connection goes the same way: a question, or none; what comes is kept from its first byte
 * on, given to the dialogue that is held and shown to all the others; when the time is up, or the
 * peer has closed, or nobody knows the words, conclude or go on to the next question.
 */
#include "probe/method_identify.h"

#include "base/mem.h"
#include "probe/method_identify_int.h"

#include <limits.h>
#include <stdio.h>

void identify_peer_gone(struct identify *i, bool reset)
{
	struct search *s = i->s;

	if (s->stage == STAGE_SHAKING) {
		identify_handshake_failed(i, "it ended the connection");
		return;
	}
	cover_drop(&s->cover);
	if (!reset)
		dial_close(&i->dial, false); /* the peer's end keeps TIME_WAIT, not ours */
	if (reset && s->connections == 1 && !s->has_sent && !s->n_came)
		identify_finish(i, SAW_OPEN_RESET, s->first);
	else
		identify_settle(i, true);
}

/* An ICMP error decides nothing any more, but must be read, or the loop tells of it for ever. */
static void ready(struct dial *d, unsigned events)
{
	struct identify *i = (struct identify *)d;
	struct search *s = i->s;
	struct loop *l = loop_of(i);
	struct icmp_error ignored;
	bool is_inside = s->cover.layer != NULL;
	ssize_t n = is_inside ? cover_feed(&s->cover, d)
			      : cover_hear(&s->cover, d, s->came + s->n_came, CAME_MAX - s->n_came);

	if (n == 0 || is_gone(n)) {
		identify_peer_gone(i, n != 0);
		return;
	}
	while (events & SOCK_ERROR && l->ops->icmp(l, dial_sock(d), &ignored))
		;
	if (n < 0)
		return;
	if (s->stage == STAGE_PARTING) {
		s->n_came = 0; /* nothing more is of interest */
		return;
	}
	if (is_inside) {
		identify_hear_inside(i);
		return;
	}
	identify_take_bytes(s, (size_t)n, loop_now(l));
	identify_understand(i);
}

/* Nothing came, and our bytes are not acknowledged: they are sent again by the kernel, or were
 * stopped on the way. True: it is seen to. */
static bool see_to_unacked(struct identify *i)
{
	struct search *s = i->s;
	struct loop *l = loop_of(i);

	s->unacked = l->ops->unacked(l, dial_sock(&i->dial));
	s->was_acked |= s->has_sent && !s->unacked;
	s->has_loss |= s->is_unacked && s->unacked <= 0;
	s->is_unacked = s->unacked > 0 && us_since(i, s->since) >= AGAIN_MS * 1000;
	if (s->unacked <= 0 || s->is_look)
		return false;
	if (us_since(i, s->since) < UNACKED_MS * 1000)
		start_timer(i, AGAIN_MS * 1000);
	else if (s->most == HEARD_NOTHING && s->was_acked)
		identify_turn_away(i, SAW_NOTHING);
	else if (s->most == HEARD_NOTHING)
		identify_finish_silence(i);
	else
		return false;
	return true;
}

static void timer_fired(struct timer *t)
{
	struct identify *i = (struct identify *)((char *)t - offsetof(struct identify, timer));
	struct search *s = i->s;

	if (s->stage == STAGE_CALM)
		identify_dial_again(i);
	else if (s->stage == STAGE_SHAKING)
		identify_handshake_failed(i, "it did not come to its end in the time");
	else if (s->stage == STAGE_HUSH && !s->n_came)
		identify_hush_is_over(i);
	else if ((s->stage != STAGE_ASKED && s->stage != STAGE_DOUBT) || s->n_came ||
		 !see_to_unacked(i))
		identify_settle(i, false);
}

const struct proto *identify_find(const struct questions *q, struct slice name)
{
	for (size_t k = 0; q->table[k]; k++)
		if (q->table[k]->transport == q->transport && slice_is(name, q->table[k]->name))
			return q->table[k];
	return NULL;
}

static void recall(struct identify *i)
{
	const struct recall *r = task_of(i)->recall;
	const struct probe *p = i->dial.probe;
	struct recollection of_it = {.proved = "", .foreign = UINT_MAX};
	struct slice known, outer;
	struct search *s = i->s;

	if (r)
		r->of(r->ctx, &(struct recall_place){&p->to, p->port, TRANSPORT_TCP}, &of_it);
	if (task_of(i)->is_fragile)
		of_it = (struct recollection){.proved = ""};
	known = slice_of(of_it.proved);
	s->foreign_max = of_it.foreign;
	s->known = of_it.proved;
	slice_cut(&known, '+', &outer);
	s->questions.known = identify_find(&s->questions, outer);
	s->questions.is_spent = !of_it.foreign;
}

static void begin_search(struct identify *i)
{
	const struct task *t = task_of(i);
	struct search *s = i->s = mem_new(1, sizeof(*i->s));
	const struct probe *p = i->dial.probe;
	unsigned deadline_ms;

	s->questions.table = t->among ? t->among : protos;
	s->questions.transport = TRANSPORT_TCP;
	s->questions.expected = t->proto ? t->proto : questions_usual(TRANSPORT_TCP, p->port);
	recall(i);
	deadline_ms = probe_deadline_ms(p, t->proto && identify_waits_for_greeting(s)
						   ? IDENTIFY_GREETING_MS + IDENTIFY_ASKING_MS
						   : IDENTIFY_DEADLINE_MS);
	identify_set_hush(s, deadline_ms);
	if (t->is_fragile && questions_next(&s->questions) == QUESTIONS_NONE)
		s->hush_ms = deadline_ms; /* nothing else is left to do */
	s->begun = loop_now(loop_of(i));
	s->end = mono_add_ms(s->begun, deadline_ms);
	s->first = i->dial.seen;
	s->unacked = -1;
}

static void finish_remembered(struct identify *i)
{
	struct sighting seen = i->dial.seen;
	char words[OUTCOME_EVIDENCE_MAX];

	snprintf(words, sizeof(words),
		 "it takes connections; %s was proved there earlier today, and was not asked "
		 "again: it counts those who come and do not go on",
		 i->resting->name);
	seen.proto = i->resting;
	seen.is_usual = i->resting == questions_usual(TRANSPORT_TCP, i->dial.probe->port);
	seen.is_remembered = true;
	seen.words = words;
	identify_finish(i, SAW_IDENTIFIED, seen);
}

static void connected(struct dial *d)
{
	struct identify *i = (struct identify *)d;

	if (i->resting) {
		finish_remembered(i);
		return;
	}
	if (i->s && i->s->stage == STAGE_WITNESS) {
		identify_hear_witness(i, true);
		return;
	}
	if (!i->s)
		begin_search(i);
	probe_welcome(d->probe);
	i->s->connections++;
	i->s->has_loss |= d->lost != 0;
	if (i->s->is_inside)
		identify_begin_handshake(i);
	else
		identify_speak(i);
}

/* A reset right after the handshake is the end of that question alone. */
static void lost_question(struct identify *i)
{
	size_t at = identify_next_question(i);

	if (at != QUESTIONS_NONE)
		questions_ask(&i->s->questions, at);
	i->s->stage = STAGE_ASKED;
	identify_learn_little(i, &(struct classified){.what = HEARD_CLOSED});
}

/* Once that is bad luck, or a server that has its hands full. */
static bool may_be_passing(struct identify *i, enum saw saw)
{
	struct search *s = i->s;
	bool was_dropped = s->was_dropped;

	s->was_dropped = true;
	return saw == SAW_NOTHING && !was_dropped;
}

static void failed(struct dial *d, enum saw saw)
{
	struct identify *i = (struct identify *)d;

	if (!i->s || saw == SAW_LOCAL_ERROR)
		identify_finish(i, saw, d->seen);
	else if (i->s->stage == STAGE_WITNESS)
		identify_hear_witness(i, saw == SAW_OPEN_RESET);
	else if (saw != SAW_OPEN_RESET && (i->s->is_look || i->s->is_inside))
		identify_turn_away(i, saw);
	else if (i->s->is_look || i->s->is_inside)
		identify_finish_identified(i);
	else if (saw == SAW_OPEN_RESET && i->s->is_doubt)
		identify_end_doubt(i);
	else if (saw == SAW_OPEN_RESET)
		lost_question(i);
	else if (may_be_passing(i, saw))
		identify_calm_down(i);
	else
		identify_turn_away(i, saw);
}

static const struct proto *find_resting(const struct probe *p)
{
	const struct task *t = probe_task(p);
	struct recollection of_it = {.proved = ""};
	const struct questions q = {.table = t->among ? t->among : protos,
				    .transport = TRANSPORT_TCP};

	if (!t->recall)
		return NULL;
	t->recall->of(t->recall->ctx, &(struct recall_place){&p->to, p->port, TRANSPORT_TCP},
		      &of_it);
	return of_it.rests ? identify_find(&q, slice_of(of_it.proved)) : NULL;
}

static void begin(struct probe *p)
{
	struct identify *i = (struct identify *)p->state;

	i->resting = find_resting(p);
	i->dial.is_unseen = i->resting != NULL;
	i->timer.fire = timer_fired;
	i->dial.probe = p;
	i->dial.to = p->to;
	i->dial.port = p->port;
	i->dial.connected = connected;
	i->dial.failed = failed;
	i->dial.ready = ready;
	dial_start(&i->dial);
}

const struct method method_identify = {
	.name = "identify",
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct identify),
	.socks = DIAL_ATTEMPTS,
	.begin = begin,
	.cancel = identify_cancel,
	.shut_out = identify_shut_out,
};
