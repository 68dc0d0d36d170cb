/* SPDX-License-Identifier: ISC */
#include "probe/method_identify_int.h"

#include <string.h>

/* Who is to greet; NULL: nobody is. */
static const struct proto *greeter(const struct questions *q)
{
	if (q->known)
		return q->known->is_server_first ? q->known : NULL;
	return q->expected && q->expected->is_server_first ? q->expected : NULL;
}

bool identify_waits_for_greeting(const struct search *s)
{
	return greeter(&s->questions) != NULL;
}

/* A third of the time at most goes by in a hush; where a greeting is due half of it, or what the
 * questions leave. */
void identify_set_hush(struct search *s, unsigned time_ms)
{
	bool is_patient = identify_waits_for_greeting(s);
	unsigned most_ms = time_ms / 3;

	s->hush_ms = is_patient ? IDENTIFY_GREETING_MS : IDENTIFY_HUSH_MS;
	if (is_patient)
		most_ms = time_ms > 2 * IDENTIFY_ASKING_MS ? time_ms - IDENTIFY_ASKING_MS
							   : time_ms / 2;
	if (s->hush_ms > most_ms)
		s->hush_ms = most_ms;
}

static void reset_connection(struct search *s)
{
	s->held = QUESTIONS_NONE;
	s->denied = NULL;
	s->has_sent = s->is_found = false;
	s->pieces = s->turns = 0;
	s->out.n = 0;
	s->n_asked = s->n_unasked = s->n_came = s->n_taken = 0;
}

void identify_hold(struct identify *i, size_t at)
{
	struct search *s = i->s;

	s->held = at;
	s->n_taken = 0;
	s->out.n = 0;
	s->saying = (struct proto_said){0};
	s->is_found = false;
	memset(s->state, 0, sizeof(s->state));
	s->ask = (struct proto_ask){.what = task_of(i)->what, .host = task_of(i)->name};
	probe_chance(i->dial.probe, s->ask.chance, sizeof(s->ask.chance));
	if (proto_at(i, at)->start)
		proto_at(i, at)->start(s->state, &s->ask, &s->out);
}

/* True: this connection is over, or all is. */
bool identify_send_out(struct identify *i)
{
	struct search *s = i->s;
	struct sighting seen = s->first;
	int rc;

	if (!s->out.n)
		return false;
	rc = cover_say(&s->cover, &i->dial, s->out.bytes, s->out.n);
	if (is_gone(rc)) {
		identify_peer_gone(i, true);
		return true;
	}
	if (rc) {
		seen.error = -rc;
		seen.call = "send";
		identify_finish(i, SAW_LOCAL_ERROR, seen);
		return true;
	}
	if (!s->has_sent) {
		memcpy(s->asked, s->out.bytes, s->out.n);
		s->n_asked = s->out.n;
		s->n_unasked = s->n_came;
	}
	s->has_sent = true;
	s->turns++;
	return false;
}

static int64_t wait_us(const struct identify *i, size_t at)
{
	const struct search *s = i->s;

	if (s->is_look)
		return look_us(s);
	if (proto_set_has(&s->questions.maybe, at))
		return patience_us(i);
	return questions_share_us(&s->questions, at, left_us(i), s->first.rtt_us);
}

/* True: this connection is over, or all is. */
static bool ask(struct identify *i, size_t at)
{
	struct search *s = i->s;
	int64_t us = wait_us(i, at);

	s->foreign += questions_is_foreign(&s->questions, at);
	s->questions.is_spent = s->foreign >= s->foreign_max;
	questions_ask(&s->questions, at);
	s->stage = STAGE_ASKED;
	s->since = loop_now(loop_of(i));
	identify_hold(i, at);
	start_timer(i, us);
	return identify_send_out(i);
}

size_t identify_next_question(const struct identify *i)
{
	const struct search *s = i->s;

	if (questions_are_harmful(i->dial.probe->port))
		return QUESTIONS_NONE;
	return questions_next_within(&s->questions, left_us(i), s->first.rtt_us);
}

void identify_hang_up(struct identify *i)
{
	if (i->s)
		cover_stop(&i->s->cover, &i->dial);
	dial_hang_up(&i->dial);
}

void identify_dial_again(struct identify *i)
{
	timer_stop(loop_of(i), &i->timer);
	identify_hang_up(i);
	reset_connection(i->s);
	probe_add_try(i->dial.probe);
	dial_start(&i->dial);
}

static bool begin_hush(struct identify *i)
{
	struct search *s = i->s;
	size_t at = QUESTIONS_NONE;

	reset_connection(s);
	s->stage = STAGE_HUSH;
	if (identify_waits_for_greeting(s))
		at = questions_find(&s->questions, greeter(&s->questions)->name);
	if (at != QUESTIONS_NONE) {
		questions_mark(&s->questions, at);
		identify_hold(i, at);
	}
	start_timer(i, s->hush_ms * 1000);
	return identify_send_out(i);
}

/* What this connection is for. True: it is over, or all is. */
bool identify_speak(struct identify *i)
{
	struct search *s = i->s;
	size_t at;

	if (!s->has_hushed) {
		s->has_hushed = true;
		return begin_hush(i);
	}
	if (s->is_doubt)
		return identify_ask_in_doubt(i);
	at = s->is_look ? identify_partner(i) : identify_next_question(i);
	if (at != QUESTIONS_NONE)
		return ask(i, at);
	identify_finish_unknown(i);
	return true;
}

/* It was hushed in vain: the first question goes over this very connection. */
void identify_hush_is_over(struct identify *i)
{
	size_t at = identify_next_question(i);

	if (at == QUESTIONS_NONE) {
		identify_finish_unknown(i);
		return;
	}
	reset_connection(i->s);
	ask(i, at);
}

/* Who just closes may do so because we ask so much. */
static bool needs_calm(const struct identify *i)
{
	const struct search *s = i->s;

	return s->is_closing && questions_is_slow(&s->questions, identify_next_question(i)) &&
	       left_us(i) > QUESTIONS_CALM_MS * 1000;
}

void identify_calm_down(struct identify *i)
{
	identify_hang_up(i);
	i->s->stage = STAGE_CALM;
	start_timer(i, QUESTIONS_CALM_MS * 1000);
}

bool identify_take_more_time(struct identify *i)
{
	struct search *s = i->s;

	if (s->has_more || (!s->has_loss && !probe_run_has_loss(i->dial.probe)))
		return false;
	s->has_more = true;
	s->again = 0;
	/* Where a reset overtook the words that got lost, it looks like a refusal. */
	proto_set_join(&s->questions.lost, &s->questions.asked);
	s->end = mono_add_ms(loop_now(loop_of(i)), MORE_MS);
	return true;
}

/* Those again that may have got lost. */
static bool ask_again(struct identify *i)
{
	struct search *s = i->s;

	if (!left_us(i) || s->again == AGAIN_MAX)
		return false;
	questions_again(&s->questions);
	s->again++;
	return identify_next_question(i) != QUESTIONS_NONE;
}

static bool has_question(struct identify *i)
{
	return identify_next_question(i) != QUESTIONS_NONE || ask_again(i) ||
	       (identify_take_more_time(i) &&
		(identify_next_question(i) != QUESTIONS_NONE || ask_again(i)));
}

/* Each question once; then, in the time that is left, those again that may have got
 * lost. */
void identify_go_on(struct identify *i)
{
	if (!has_question(i))
		identify_finish_unknown(i);
	else if (needs_calm(i))
		identify_calm_down(i);
	else
		identify_dial_again(i);
}
