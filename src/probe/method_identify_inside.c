/* SPDX-License-Identifier: ISC */
#include "probe/method_identify_int.h"

#include <stdio.h>
#include <string.h>

#include "probe/inside.h"

bool identify_is_inside_due(const struct identify *i)
{
	const struct search *s = i->s;
	size_t tls = questions_find(&s->questions, "tls");

	return task_of(i)->layer && !s->is_inside && tls != QUESTIONS_NONE &&
	       proto_set_has(&s->proved, tls) &&
	       left_us(i) >= 4 * (int64_t)s->first.rtt_us + INSIDE_MIN_MS * 1000;
}

/* What the task wants is wanted inside, too; TLS in TLS is not looked for. */
static void set_questions_inside(struct identify *i)
{
	struct search *s = i->s;
	const struct proto *wanted = task_of(i)->proto;
	struct slice known = slice_of(s->known), outer;

	if (!wanted || strcmp(wanted->name, "tls") == 0)
		wanted = inside_usual(s->questions.table, i->dial.probe->port);
	s->questions = (struct questions){
		.table = s->questions.table,
		.transport = TRANSPORT_TCP,
		.expected = wanted,
		.is_spent = s->foreign >= s->foreign_max,
	};
	if (slice_cut(&known, '+', &outer))
		s->questions.known = identify_find(&s->questions, known);
	questions_mark(&s->questions, questions_find(&s->questions, "tls"));
}

void identify_begin_inside(struct identify *i)
{
	struct search *s = i->s;

	s->is_inside = true;
	s->outer_proved = s->proved;
	s->outer = s->main;
	s->outer_said = s->said;
	s->is_outer_usual = proto_at(i, s->main) == s->questions.expected;
	s->proved = (struct proto_set){0};
	s->said = (struct proto_said){0};
	s->most = HEARD_NOTHING;
	s->again = 0;
	s->is_closing = s->is_curt = s->has_hushed = s->is_look = s->wants_tls = false;
	set_questions_inside(i);
	identify_set_hush(s, (unsigned)(left_us(i) / 1000));
	identify_dial_again(i);
}

/* Once more without what was refused. */
static bool can_ask_for_less(struct identify *i, const struct layer_told *told)
{
	struct search *s = i->s;
	bool name = told->refuses_name && task_of(i)->name && !s->is_nameless;
	bool offer = told->refuses_alpn && !s->is_unoffered;

	s->is_nameless |= name;
	s->is_unoffered |= offer;
	return name || offer;
}

void identify_handshake_failed(struct identify *i, const char *why)
{
	struct search *s = i->s;
	bool refused = s->told.refuses_name;
	struct layer_told told;

	cover_describe(&s->cover, &told);
	if (!told.why[0])
		snprintf(told.why, sizeof(told.why), "%s", why);
	if (!s->told.is_complete && (told.has_certificate || !s->told.has_certificate))
		s->told = told;
	s->told.refuses_name = refused || told.refuses_name;
	if (can_ask_for_less(i, &told))
		identify_dial_again(i);
	else
		identify_finish_identified(i);
}

void identify_begin_handshake(struct identify *i)
{
	struct search *s = i->s;
	const struct layer_ask ask = {
		.name = s->is_nameless ? NULL : task_of(i)->name,
		.alpn = s->is_unoffered ? NULL : inside_alpn(s->questions.expected),
	};
	int rc;

	s->stage = STAGE_SHAKING;
	s->was_shaken = true;
	rc = cover_start(&s->cover, &i->dial, task_of(i)->layer, &ask);
	start_timer(i, left_us(i));
	if (!s->cover.layer) {
		snprintf(s->told.why, sizeof(s->told.why), "it cannot be begun");
		identify_finish_identified(i);
	} else if (rc) {
		identify_handshake_failed(i, "nothing can be sent");
	}
}

/* True: this connection is over, or all is. */
static bool handshake_done(struct identify *i)
{
	struct search *s = i->s;
	bool refused = s->told.refuses_name;

	cover_describe(&s->cover, &s->told);
	s->told.refuses_name = refused;
	return identify_speak(i);
}

/* The handshake, or words. */
void identify_hear_inside(struct identify *i)
{
	struct search *s = i->s;
	enum layer_state state = cover_state(&s->cover);
	size_t n;

	if (s->stage == STAGE_SHAKING && state == LAYER_SHAKING)
		return;
	if (s->stage == STAGE_SHAKING && state == LAYER_OVER) {
		identify_handshake_failed(i, "it ended the connection");
		return;
	}
	if (s->stage == STAGE_SHAKING && handshake_done(i))
		return;
	n = cover_take(&s->cover, s->came + s->n_came, CAME_MAX - s->n_came);
	if (n) {
		identify_take_bytes(s, n, loop_now(loop_of(i)));
		identify_understand(i);
	} else if (cover_state(&s->cover) == LAYER_OVER) {
		identify_peer_gone(i, true); /* the stream below goes on: it is broken off */
	}
}
