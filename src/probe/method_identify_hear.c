/* SPDX-License-Identifier: ISC */
#include "probe/method_identify_int.h"

static void hear_all(const struct identify *i, bool is_over, bool is_closed, struct classified *c)
{
	const struct search *s = i->s;
	const struct heard h = {
		.asked = {s->asked, s->n_asked},
		.came = {s->came, s->n_came},
		.unasked = s->n_unasked,
		.pieces = s->pieces,
		.is_over = is_over,
		.is_closed = is_closed,
		.denied = s->denied ? s->denied : s->refuted,
	};

	classify(s->questions.table, TRANSPORT_TCP, &h, c);
}

/* Whether one of those that may be there can be asked. */
static bool has_lead(const struct search *s)
{
	size_t at = questions_next(&s->questions);

	return at != QUESTIONS_NONE && proto_set_has(&s->questions.maybe, at);
}

/* Who talks unasked, or ends every connection, is asked no more for nothing. */
static bool is_hopeless(const struct identify *i, enum heard_class what)
{
	const struct search *s = i->s;

	if (what == HEARD_ECHO || what == HEARD_DRIP)
		return true;
	if (s->stage == STAGE_HUSH)
		return s->n_came && !has_lead(s);
	return what == HEARD_CLOSED && s->is_curt;
}

/* Not heard, perhaps. */
static bool is_lost(const struct search *s, enum heard_class what)
{
	if (s->held == QUESTIONS_NONE)
		return false;
	return what == HEARD_NOTHING ||
	       (what == HEARD_CLOSED && questions_is_slow(&s->questions, s->held));
}

/* Words that prove nothing, or none. */
void identify_learn_little(struct identify *i, const struct classified *c)
{
	struct search *s = i->s;

	questions_hear(&s->questions, &c->maybe);
	if (s->stage == STAGE_ASKED && is_lost(s, c->what))
		questions_lose(&s->questions, s->held);
	if (s->most < c->what)
		s->most = c->what;
	s->is_closing |= c->what == HEARD_CLOSED;
	if (is_hopeless(i, c->what)) {
		identify_finish_stranger(i, c->what);
		return;
	}
	s->is_curt = s->is_curt || (s->stage == STAGE_HUSH && c->what == HEARD_CLOSED);
	identify_go_on(i);
}

/* This connection says no more. */
void identify_settle(struct identify *i, bool is_closed)
{
	struct search *s = i->s;
	struct classified c;

	if (s->stage == STAGE_PARTING) {
		identify_conclude(i);
		return;
	}
	if (s->stage == STAGE_DOUBT) {
		identify_end_doubt(i);
		return;
	}
	hear_all(i, true, is_closed, &c);
	if (c.what == HEARD_PROVED)
		identify_prove(i, c.proved, &c.said);
	else if (s->is_found)
		identify_prove(i, s->found, &s->found_said);
	else if (s->is_look)
		identify_conclude(i);
	else
		identify_learn_little(i, &c);
}

/* Words that came unasked are those of a protocol in which a server speaks first: of which? */
static size_t greeter(const struct identify *i, const struct classified *c)
{
	const struct search *s = i->s;
	size_t best = QUESTIONS_NONE;

	for (size_t k = 0; s->questions.table[k]; k++) {
		const struct proto *p = s->questions.table[k];
		bool may = c->what == HEARD_PROVED ? k == c->proved : proto_set_has(&c->maybe, k);

		if (may && p->is_server_first && !proto_set_has(&s->questions.asked, k) &&
		    (best == QUESTIONS_NONE || p == s->questions.expected))
			best = k;
	}
	return best;
}

/* Its own dialogue says more, and ends the conversation as it should be. */
static bool take_greeting(struct identify *i, const struct classified *c)
{
	struct search *s = i->s;
	size_t at = s->has_sent || s->held != QUESTIONS_NONE ? QUESTIONS_NONE : greeter(i, c);

	if (at == QUESTIONS_NONE)
		return false;
	questions_mark(&s->questions, at);
	identify_hold(i, at);
	start_timer(i, patience_us(i));
	return true;
}

/* One step of the dialogue that is held. True: this connection is over, or all is. */
static bool hear_step(struct identify *i, bool *has_moved)
{
	struct search *s = i->s;
	struct slice in = {s->came + s->n_taken, s->n_came - s->n_taken};
	const struct proto *p = proto_at(i, s->held);
	size_t before = in.n;
	enum proto_result r;

	s->out.n = 0;
	r = p->input(s->state, &s->ask, &in, &s->out, &s->saying);
	*has_moved = in.n < before && in.n;
	s->n_taken = s->n_came - in.n;
	if (r == PROTO_PROVED) {
		if (identify_is_shape(i) && task_of(i)->is_fragile)
			identify_finish_stranger(i, HEARD_MAYBE);
		else if (identify_is_shape(i))
			identify_doubt(i);
		else
			identify_part(i, s->held);
		return true;
	}
	if (r == PROTO_MORE && s->turns < TURNS_MAX)
		return identify_send_out(i);
	s->denied = p;
	s->held = QUESTIONS_NONE;
	*has_moved = false;
	return false;
}

static bool hear_dialogue(struct identify *i)
{
	bool has_moved = i->s->n_taken < i->s->n_came;

	while (has_moved && i->s->held != QUESTIONS_NONE)
		if (hear_step(i, &has_moved))
			return true;
	return false;
}

/* Nobody's dialogue is held any more, or none was. */
static void hear_unheld(struct identify *i, const struct classified *c)
{
	struct search *s = i->s;

	if (s->stage == STAGE_ASKED && c->what != HEARD_MAYBE)
		identify_settle(i, false);
	else if (s->pieces == 1) /* the bytes are too few, or nobody knows them yet */
		start_timer(i, s->stage == STAGE_HUSH ? UNKNOWN_MS * 1000 : look_us(s));
}

static void judge(struct identify *i, const struct classified *c)
{
	struct search *s = i->s;

	if (c->what == HEARD_PROVED && c->proved == s->held) {
		s->is_found = true; /* and goes on to the end of its dialogue */
		start_timer(i, FOUND_MS * 1000 + 4 * (int64_t)s->first.rtt_us);
		s->found = c->proved;
		s->found_said = c->said;
	} else if (c->what == HEARD_PROVED) {
		identify_prove(i, c->proved, &c->said);
		return;
	}
	if (s->n_came == CAME_MAX)
		identify_settle(i, false);
	else if (s->held == QUESTIONS_NONE)
		hear_unheld(i, c);
}

/* The echo service itself, where it should be, is proved by an echo. */
static bool is_echo_expected(const struct identify *i)
{
	size_t held = i->s->held;

	return held != QUESTIONS_NONE && proto_at(i, held) == i->s->questions.expected;
}

/* Everything that has come so far, to the one whose dialogue is held, and to all others. */
void identify_understand(struct identify *i)
{
	struct classified c;

	i->s->has_loss |= i->s->is_unacked;
	hear_all(i, false, false, &c);
	if (c.what == HEARD_ECHO && is_echo_expected(i) && hear_dialogue(i))
		return;
	if (c.what == HEARD_ECHO || i->s->stage == STAGE_DOUBT) {
		identify_settle(i, false);
		return;
	}
	if (c.what == HEARD_MAYBE && proto_set_is_empty(&c.maybe))
		return; /* part of an echo, perhaps */
	do {
		if (hear_dialogue(i))
			return;
		hear_all(i, false, false, &c);
	} while (take_greeting(i, &c));
	judge(i, &c);
}

void identify_take_bytes(struct search *s, size_t n, struct mono now)
{
	if (!s->n_came || now.us - s->last_piece.us >= PIECE_US)
		s->pieces++;
	s->last_piece = now;
	s->n_came += n;
}
