/* SPDX-License-Identifier: ISC */
#include "probe/method_identify_int.h"

#include <string.h>

/* The other one of the two that are seen together most: TLS and HTTP. */
size_t identify_partner(const struct identify *i)
{
	const struct search *s = i->s;
	const char *name = proto_at(i, s->main)->name;

	if (strcmp(name, "tls") == 0)
		return questions_find(&s->questions, "http");
	return strcmp(name, "http") == 0 ? questions_find(&s->questions, "tls") : QUESTIONS_NONE;
}

/* Where the task names what it wants, only to see whether that was TLS. */
static bool is_look_due(const struct identify *i)
{
	const struct search *s = i->s;
	size_t at = identify_partner(i);

	return !s->is_look && !s->is_inside && at != QUESTIONS_NONE &&
	       !proto_set_has(&s->questions.asked, at) &&
	       (s->wants_tls || (!task_of(i)->proto && s->has_sent)) && look_us(s) <= left_us(i) &&
	       !questions_are_harmful(i->dial.probe->port) &&
	       !(task_of(i)->is_fragile && questions_is_foreign(&s->questions, at));
}

void identify_conclude(struct identify *i)
{
	if (is_look_due(i)) {
		i->s->is_look = true;
		identify_dial_again(i);
	} else if (identify_is_inside_due(i)) {
		identify_begin_inside(i);
	} else {
		identify_finish_identified(i);
	}
}

/* What a look proves is there beside the first; a complaint is neither. */
static void add_proof(struct search *s, size_t at, const struct proto_said *said, bool complains)
{
	bool is_tls = strcmp(s->questions.table[at]->name, "tls") == 0;

	if (s->is_look && complains)
		return;
	if (!s->is_look || (s->wants_tls && is_tls)) {
		s->proved = (struct proto_set){0};
		s->main = at;
		s->said = *said;
	}
	proto_set_add(&s->proved, at);
	s->wants_tls = complains && !is_tls;
}

void identify_prove(struct identify *i, size_t at, const struct proto_said *said)
{
	struct search *s = i->s;

	add_proof(s, at, said, heard_wants_tls((struct slice){s->came, s->n_came}));
	identify_conclude(i);
}

/* With a good-bye, where the dialogue has one. */
void identify_part(struct identify *i, size_t at)
{
	struct search *s = i->s;
	const struct proto_said *said =
		s->saying.text[0] || !s->is_found ? &s->saying : &s->found_said;

	if (!s->out.n) {
		identify_prove(i, at, said);
		return;
	}
	add_proof(s, at, said, heard_wants_tls((struct slice){s->came, s->n_came}));
	s->stage = STAGE_PARTING;
	start_timer(i, PARTING_MS * 1000);
	cover_say(&s->cover, &i->dial, s->out.bytes, s->out.n); /* it is proved anyhow */
}

bool identify_is_shape(const struct identify *i)
{
	const struct search *s = i->s;
	const struct proto *p = proto_at(i, s->held);
	struct proto_said said = {0};

	return p->silent_below &&
	       p->recognise((struct slice){s->came, s->n_came}, &said) != PROTO_PROVED;
}

void identify_doubt(struct identify *i)
{
	struct search *s = i->s;

	s->is_doubt = true;
	s->doubted = s->held;
	s->doubted_said = s->saying;
	s->doubt_us = us_since(i, s->since);
	identify_dial_again(i);
}

/* It has twice the time that it took before, and once more what a lost packet takes. */
bool identify_ask_in_doubt(struct identify *i)
{
	struct search *s = i->s;

	s->stage = STAGE_DOUBT;
	s->since = loop_now(loop_of(i));
	s->questions.n_asked++;
	start_timer(i, 2 * s->doubt_us + look_us(s) + AGAIN_MS * 1000);
	proto_put_text(&s->out, "\r\n\r\n");
	return identify_send_out(i);
}

/* Silence is only one of who has heard the question. */
void identify_end_doubt(struct identify *i)
{
	struct search *s = i->s;

	if (!s->n_came && s->unacked > 0 && ++s->doubts < DOUBTS_MAX) {
		identify_dial_again(i);
		return;
	}
	s->is_doubt = false;
	if (!s->n_came && s->unacked <= 0) {
		identify_prove(i, s->doubted, &s->doubted_said);
		return;
	}
	s->refuted = proto_at(i, s->doubted);
	s->most = HEARD_JUNK;
	s->stage = STAGE_ASKED;
	identify_learn_little(i, &(struct classified){.what = HEARD_JUNK});
}
