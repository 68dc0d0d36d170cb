/* SPDX-License-Identifier: ISC
 *
 * Each connection goes the same way: a question, or none; what comes is kept from its first byte
 * on, given to the dialogue that is held and shown to all the others; when the time is up, or the
 * peer has closed, or nobody knows the words, conclude or go on to the next question.
 */
#include "probe/method_identify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "probe/dial.h"
#include "probe/engine.h"
#include "probe/inside.h"
#include "probe/questions.h"
#include "probe/sighting.h"
#include "sys/layer.h"

enum {
	PATIENCE_MS = 3000, /* for a dialogue with who has begun to speak its protocol */
	UNKNOWN_MS = 1000,  /* who speaks unasked and is not known may have more to say */
	UNACKED_MS = 1000,  /* until bytes that nobody acknowledges were stopped on the way */
	AGAIN_MS = 200,	    /* TCP repeats what got lost (RFC 6298 section 2.4, Linux's minimum) */
	PARTING_MS = 200,
	LOOK_MS = 100,	  /* beside two round trips, for a second look */
	PIECE_US = 20000, /* between two pieces that came apart */
	CAME_MAX = 8192,
	AGAIN_MAX = 2,	     /* times that a question is asked again where nothing came */
	TURNS_MAX = 32,	     /* messages of ours on one connection */
	WIRE_MAX = 4096,     /* bytes that a layer is given and asked for at once */
	INSIDE_MIN_MS = 100, /* beside four round trips: else a look inside TLS is not begun */
};

enum stage { STAGE_HUSH, STAGE_SHAKING, STAGE_ASKED, STAGE_PARTING, STAGE_CALM };

struct search {
	struct questions questions;
	struct mono begun, end; /* of the whole */
	struct sighting first;	/* of the first connection */
	unsigned connections, hush_ms;
	enum heard_class most; /* of what was heard, and proves nothing */
	long unacked;
	unsigned again;	 /* times that what was lost has been asked again */
	bool is_closing; /* it ended one without a word */
	bool is_curt;	 /* it ended the first connection before it was asked */
	bool has_hushed; /* words unasked were waited for */

	struct proto_set proved;
	size_t main; /* of them */
	struct proto_said said;
	bool is_look; /* at what else is there */
	bool wants_tls;

	/* Inside TLS all of it begins anew; this is what was proved outside. */
	bool is_inside;
	struct proto_set outer_proved;
	size_t outer; /* TLS */
	struct proto_said outer_said;
	bool is_outer_usual;
	bool is_nameless;  /* its name was refused: it is not told again */
	bool is_unoffered; /* likewise what ALPN offers */
	bool was_shaken;   /* one was begun */
	struct layer_told told;

	/* This connection. */
	void *layer; /* owned; NULL: outside */
	enum stage stage;
	size_t held; /* whose dialogue; QUESTIONS_NONE: nobody's */
	const struct proto *denied;
	bool has_sent, is_found;
	size_t found; /* recognised, while its dialogue goes on */
	struct proto_said found_said;
	struct mono since; /* it was asked, or opened */
	unsigned pieces, turns;
	struct mono last_piece;
	struct proto_ask ask;
	struct proto_out out;
	struct proto_said saying; /* of the dialogue that is held */
	_Alignas(8) uint8_t state[PROTO_STATE_MAX];
	size_t n_asked, n_unasked, n_came, n_taken;
	char asked[PROTO_OUT_MAX], came[CAME_MAX];
};

struct identify {
	struct dial dial; /* first: the address is the same */
	struct timer timer;
	struct search *s; /* owned; NULL: not connected yet */
};

static const struct task *task_of(const struct identify *i)
{
	return probe_task(i->dial.probe);
}

static struct loop *loop_of(const struct identify *i)
{
	return probe_loop(i->dial.probe);
}

static const struct proto *proto_at(const struct identify *i, size_t at)
{
	return i->s->questions.table[at];
}

static void start_timer(struct identify *i, int64_t us)
{
	timer_start(loop_of(i), &i->timer, mono_add_us(loop_now(loop_of(i)), us));
}

static int64_t us_since(const struct identify *i, struct mono t)
{
	return loop_now(loop_of(i)).us - t.us;
}

/* The wire, and what may wrap the words on it. */

static const struct layer_ops *layer_of(const struct identify *i)
{
	return task_of(i)->layer->ops;
}

/* What the layer has for the wire; 0 or -errno. */
static int flush_layer(struct identify *i)
{
	struct loop *l = loop_of(i);
	char wire[WIRE_MAX];
	ssize_t rc;
	size_t n;

	while ((n = layer_of(i)->give(i->s->layer, wire, sizeof(wire)))) {
		rc = l->ops->send(l, dial_sock(&i->dial), wire, n);
		if (rc != (ssize_t)n)
			return rc < 0 ? (int)rc : -ENOBUFS;
	}
	return 0;
}

static void discard_layer(struct identify *i)
{
	if (!i->s || !i->s->layer)
		return;
	layer_of(i)->free(i->s->layer);
	i->s->layer = NULL;
}

/* With TLS' own good-bye, where it can be said. */
static void hang_up(struct identify *i)
{
	if (i->s && i->s->layer && layer_of(i)->state(i->s->layer) == LAYER_OPEN) {
		layer_of(i)->end(i->s->layer);
		flush_layer(i);
	}
	discard_layer(i);
	dial_stop(&i->dial);
}

/* All of the bytes, or -errno. */
static ssize_t say(struct identify *i, const void *bytes, size_t n)
{
	struct loop *l = loop_of(i);
	int rc;

	if (!i->s->layer)
		return l->ops->send(l, dial_sock(&i->dial), bytes, n);
	if (!layer_of(i)->say(i->s->layer, (struct slice){bytes, n}))
		return -EPIPE;
	rc = flush_layer(i);
	return rc ? rc : (ssize_t)n;
}

/* The end. */

static void cancel(struct probe *p)
{
	struct identify *i = (struct identify *)p->state;

	hang_up(i);
	timer_stop(probe_loop(p), &i->timer);
	free(i->s);
	i->s = NULL;
}

/* seen->words is lent for the call. */
static void finish(struct identify *i, enum saw saw, struct sighting seen)
{
	struct probe *p = i->dial.probe;

	seen.saw = saw;
	seen.expected = task_of(i)->proto;
	cancel(p);
	probe_finish(p, &seen);
}

static void say_outside(const struct search *s, struct buf *words)
{
	const struct proto_set *proved = s->is_inside ? &s->outer_proved : &s->proved;
	const char *before = "several protocols share the port: ";

	if (proto_set_count(proved) < 2)
		return;
	for (size_t k = 0; s->questions.table[k]; k++)
		if (proto_set_has(proved, k)) {
			buf_addf(words, "%s%s", before, s->questions.table[k]->name);
			before = ", ";
		}
}

static void say_inside(const struct identify *i, struct buf *words)
{
	const struct search *s = i->s;
	struct loop *l = loop_of(i);
	bool has_proof = !proto_set_is_empty(&s->proved);

	if (words->n)
		buf_add_text(words, "; ");
	inside_say(&s->told, s->outer_said.text, has_proof ? proto_at(i, s->main)->name : NULL,
		   s->said.text, words);
	if (!s->told.has_certificate)
		return;
	buf_add_text(words, "; certificate: ");
	inside_say_certificate(&s->told.certificate, l->ops->wall_ms(l) / 1000, words);
}

static void see_inside(const struct identify *i, struct sighting *seen)
{
	const struct search *s = i->s;

	seen->proto = proto_at(i, s->outer);
	seen->said = s->outer_said;
	seen->layer = &s->told;
	if (proto_set_is_empty(&s->proved) || strcmp(seen->proto->name, "tls") != 0)
		return;
	seen->inside = proto_at(i, s->main);
	seen->said = s->said;
	seen->inside_service = inside_service(seen->inside, i->dial.probe->port);
}

/* seen->layer points into the search, which ends with the probe. */
static void hand_over(struct identify *i, struct sighting seen, const struct buf *words)
{
	struct layer_told told = i->s->told;

	if (seen.layer)
		seen.layer = &told;
	if (words->n)
		seen.words = words->data;
	finish(i, SAW_IDENTIFIED, seen);
}

static void finish_identified(struct identify *i)
{
	const struct search *s = i->s;
	struct sighting seen = s->first;
	struct buf words = BUF_INIT;

	seen.proto = proto_at(i, s->main);
	seen.said = s->said;
	say_outside(s, &words);
	if (s->is_inside && s->was_shaken) {
		see_inside(i, &seen);
		say_inside(i, &words);
	}
	seen.is_usual = s->is_inside && !seen.inside
				? s->is_outer_usual
				: (seen.inside ? seen.inside : seen.proto) == s->questions.expected;
	hand_over(i, seen, &words);
	buf_release(&words);
}

/* Nothing is proved, and it was not silent. */
static void finish_stranger(struct identify *i, enum heard_class what)
{
	static const char *const words[HEARD_CLASSES] = {
		[HEARD_CLOSED] = "it accepts, and ends every connection without a word",
		[HEARD_JUNK] = "it speaks, and no protocol that is known here",
		[HEARD_DRIP] = "it drips words without an end and says nothing: a tarpit",
		[HEARD_ECHO] = "it sends back what it is sent, and says nothing of its own",
		[HEARD_MAYBE] = "it speaks, and not so far that its protocol can be told",
	};
	struct sighting seen = i->s->first;
	char text[OUTCOME_EVIDENCE_MAX];
	unsigned n = i->s->questions.n_asked;

	if (i->s->is_inside) {
		finish_identified(i);
		return;
	}
	snprintf(text, sizeof(text), "%s (%u question%s asked)", words[what], n,
		 n == 1 ? " was" : "s were");
	seen.how = heard_class_names[what];
	seen.words = text;
	finish(i, SAW_STRANGER, seen);
}

static void say_silence(const struct identify *i, unsigned waited_ms, char *text, size_t room)
{
	unsigned n = i->s->questions.n_asked;

	if (questions_are_harmful(i->dial.probe->port))
		snprintf(text, room,
			 "it accepted and said nothing in %u ms; it was asked nothing, as printers "
			 "on this port print what they are sent",
			 waited_ms);
	else
		snprintf(text, room, "it accepted%s, and said nothing in %u ms to %u question%s",
			 n ? " and acknowledged" : "", waited_ms, n, n == 1 ? "" : "s");
}

static void finish_silence(struct identify *i)
{
	struct search *s = i->s;
	struct sighting seen = s->first;
	char text[OUTCOME_EVIDENCE_MAX];

	if (s->is_inside) {
		finish_identified(i);
		return;
	}
	seen.waited_ms = (unsigned)(us_since(i, s->begun) / 1000);
	seen.proto = task_of(i)->proto;
	seen.unacked = s->questions.n_asked ? s->unacked : -1;
	say_silence(i, seen.waited_ms, text, sizeof(text));
	if (seen.unacked <= 0)
		seen.words = text; /* else there is more to say */
	finish(i, SAW_SILENCE, seen);
}

static void finish_unknown(struct identify *i)
{
	if (i->s->most == HEARD_NOTHING)
		finish_silence(i);
	else
		finish_stranger(i, i->s->most);
}

/* It spoke with us until now. */
static void finish_shut_out(struct identify *i, enum saw saw)
{
	struct sighting seen = i->s->first;
	char text[OUTCOME_EVIDENCE_MAX];
	unsigned n = i->s->questions.n_asked;

	if (i->s->is_inside) {
		finish_identified(i);
		return;
	}
	snprintf(text, sizeof(text),
		 "after %u question%s its connections were %s: it may have shut this host out, so "
		 "no more was asked",
		 n, n == 1 ? "" : "s",
		 saw == SAW_NOTHING   ? "dropped"
		 : saw == SAW_REFUSAL ? "refused"
				      : "rejected");
	seen.how = "shut out";
	seen.words = text;
	finish(i, SAW_STRANGER, seen);
}

/* Questions. */

static bool waits_for_greeting(const struct search *s)
{
	return s->questions.expected && s->questions.expected->is_server_first;
}

/* A third of the time at most goes by in a hush, two where a greeting is due. */
static void set_hush(struct search *s, unsigned time_ms)
{
	bool is_patient = waits_for_greeting(s);
	unsigned most_ms = is_patient ? time_ms * 2 / 3 : time_ms / 3;

	s->hush_ms = is_patient ? IDENTIFY_GREETING_MS : IDENTIFY_HUSH_MS;
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

static void hold(struct identify *i, size_t at)
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

static bool is_gone(ssize_t rc)
{
	return rc == -ECONNRESET || rc == -EPIPE;
}

static void peer_gone(struct identify *i, bool reset);

/* True: this connection is over, or all is. */
static bool send_out(struct identify *i)
{
	struct search *s = i->s;
	struct sighting seen = s->first;
	ssize_t rc;

	if (!s->out.n)
		return false;
	rc = say(i, s->out.bytes, s->out.n);
	if (is_gone(rc)) {
		peer_gone(i, true);
		return true;
	}
	if (rc != (ssize_t)s->out.n) {
		seen.error = rc < 0 ? (int)-rc : ENOBUFS;
		seen.call = "send";
		finish(i, SAW_LOCAL_ERROR, seen);
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

static int64_t left_us(const struct identify *i)
{
	int64_t us = i->s->end.us - loop_now(loop_of(i)).us;

	return us > 0 ? us : 0;
}

static int64_t look_us(const struct search *s)
{
	return 2 * (int64_t)s->first.rtt_us + LOOK_MS * 1000;
}

static int64_t wait_us(const struct identify *i, size_t at)
{
	const struct search *s = i->s;

	if (s->is_look)
		return look_us(s);
	if (proto_set_has(&s->questions.maybe, at))
		return PATIENCE_MS * 1000;
	return questions_share_us(&s->questions, at, left_us(i), s->first.rtt_us);
}

/* True: this connection is over, or all is. */
static bool ask(struct identify *i, size_t at)
{
	struct search *s = i->s;
	int64_t us = wait_us(i, at);

	questions_ask(&s->questions, at);
	s->stage = STAGE_ASKED;
	s->since = loop_now(loop_of(i));
	hold(i, at);
	start_timer(i, us);
	return send_out(i);
}

static size_t next_question(const struct identify *i)
{
	const struct search *s = i->s;

	if (questions_are_harmful(i->dial.probe->port))
		return QUESTIONS_NONE;
	return questions_next_within(&s->questions, left_us(i), s->first.rtt_us);
}

static void dial_again(struct identify *i)
{
	timer_stop(loop_of(i), &i->timer);
	hang_up(i);
	reset_connection(i->s);
	probe_add_try(i->dial.probe);
	dial_start(&i->dial);
}

/* A proof. */

/* The other one of the two that are seen together most: TLS and HTTP. */
static size_t partner(const struct identify *i)
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
	size_t at = partner(i);

	return !s->is_look && !s->is_inside && at != QUESTIONS_NONE &&
	       !proto_set_has(&s->questions.asked, at) &&
	       (s->wants_tls || (!task_of(i)->proto && s->has_sent)) && look_us(s) <= left_us(i) &&
	       !questions_are_harmful(i->dial.probe->port);
}

static bool is_inside_due(const struct identify *i)
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

	if (!wanted || strcmp(wanted->name, "tls") == 0)
		wanted = inside_usual(s->questions.table, i->dial.probe->port);
	s->questions = (struct questions){
		.table = s->questions.table,
		.transport = TRANSPORT_TCP,
		.expected = wanted,
	};
	questions_mark(&s->questions, questions_find(&s->questions, "tls"));
}

static void begin_inside(struct identify *i)
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
	set_hush(s, (unsigned)(left_us(i) / 1000));
	dial_again(i);
}

static void conclude(struct identify *i)
{
	if (is_look_due(i)) {
		i->s->is_look = true;
		dial_again(i);
	} else if (is_inside_due(i)) {
		begin_inside(i);
	} else {
		finish_identified(i);
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

static void prove(struct identify *i, size_t at, const struct proto_said *said)
{
	struct search *s = i->s;

	add_proof(s, at, said, heard_wants_tls((struct slice){s->came, s->n_came}));
	conclude(i);
}

/* With a good-bye, where the dialogue has one. */
static void part(struct identify *i, size_t at)
{
	struct search *s = i->s;
	const struct proto_said *said =
		s->saying.text[0] || !s->is_found ? &s->saying : &s->found_said;

	if (!s->out.n) {
		prove(i, at, said);
		return;
	}
	add_proof(s, at, said, heard_wants_tls((struct slice){s->came, s->n_came}));
	s->stage = STAGE_PARTING;
	start_timer(i, PARTING_MS * 1000);
	say(i, s->out.bytes, s->out.n); /* it is proved anyhow */
}

/* What was heard. */

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
		.denied = s->denied,
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

/* Who just closes may do so because we ask so much. */
static bool needs_calm(const struct identify *i)
{
	const struct search *s = i->s;

	return s->is_closing && questions_is_slow(&s->questions, next_question(i)) &&
	       left_us(i) > QUESTIONS_CALM_MS * 1000;
}

static void calm_down(struct identify *i)
{
	hang_up(i);
	i->s->stage = STAGE_CALM;
	start_timer(i, QUESTIONS_CALM_MS * 1000);
}

/* Each question once; then, in the time that is left, those again that may have got
 * lost. */
static void go_on(struct identify *i)
{
	struct search *s = i->s;

	if (next_question(i) == QUESTIONS_NONE && left_us(i) && s->again < AGAIN_MAX) {
		questions_again(&s->questions);
		s->again++;
	}
	if (next_question(i) == QUESTIONS_NONE)
		finish_unknown(i);
	else if (needs_calm(i))
		calm_down(i);
	else
		dial_again(i);
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
static void learn_little(struct identify *i, const struct classified *c)
{
	struct search *s = i->s;

	questions_hear(&s->questions, &c->maybe);
	if (s->stage == STAGE_ASKED && is_lost(s, c->what))
		questions_lose(&s->questions, s->held);
	if (s->most < c->what)
		s->most = c->what;
	s->is_closing |= c->what == HEARD_CLOSED;
	if (is_hopeless(i, c->what)) {
		finish_stranger(i, c->what);
		return;
	}
	s->is_curt = s->is_curt || (s->stage == STAGE_HUSH && c->what == HEARD_CLOSED);
	go_on(i);
}

/* This connection says no more. */
static void settle(struct identify *i, bool is_closed)
{
	struct search *s = i->s;
	struct classified c;

	if (s->stage == STAGE_PARTING) {
		conclude(i);
		return;
	}
	hear_all(i, true, is_closed, &c);
	if (c.what == HEARD_PROVED)
		prove(i, c.proved, &c.said);
	else if (s->is_found)
		prove(i, s->found, &s->found_said);
	else if (s->is_look)
		conclude(i);
	else
		learn_little(i, &c);
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
	hold(i, at);
	start_timer(i, PATIENCE_MS * 1000);
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
		part(i, s->held);
		return true;
	}
	if (r == PROTO_MORE && s->turns < TURNS_MAX)
		return send_out(i);
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
		settle(i, false);
	else if (s->pieces == 1) /* the bytes are too few, or nobody knows them yet */
		start_timer(i, s->stage == STAGE_HUSH ? UNKNOWN_MS * 1000 : look_us(s));
}

static void judge(struct identify *i, const struct classified *c)
{
	struct search *s = i->s;

	if (c->what == HEARD_PROVED && c->proved == s->held) {
		s->is_found = true; /* and goes on to the end of its dialogue */
		s->found = c->proved;
		s->found_said = c->said;
	} else if (c->what == HEARD_PROVED) {
		prove(i, c->proved, &c->said);
		return;
	}
	if (s->n_came == CAME_MAX)
		settle(i, false);
	else if (s->held == QUESTIONS_NONE)
		hear_unheld(i, c);
}

/* Everything that has come so far, to the one whose dialogue is held, and to all others. */
static void understand(struct identify *i)
{
	struct classified c;

	hear_all(i, false, false, &c);
	if (c.what == HEARD_ECHO) {
		settle(i, false);
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

static void take_bytes(struct search *s, size_t n, struct mono now)
{
	if (!s->n_came || now.us - s->last_piece.us >= PIECE_US)
		s->pieces++;
	s->last_piece = now;
	s->n_came += n;
}

/* Opening words. */

static bool begin_hush(struct identify *i)
{
	struct search *s = i->s;
	size_t at = QUESTIONS_NONE;

	reset_connection(s);
	s->stage = STAGE_HUSH;
	if (waits_for_greeting(s))
		at = questions_find(&s->questions, s->questions.expected->name);
	if (at != QUESTIONS_NONE) {
		questions_mark(&s->questions, at);
		hold(i, at);
	}
	start_timer(i, s->hush_ms * 1000);
	return send_out(i);
}

/* What this connection is for. True: it is over, or all is. */
static bool speak(struct identify *i)
{
	struct search *s = i->s;
	size_t at;

	if (!s->has_hushed) {
		s->has_hushed = true;
		return begin_hush(i);
	}
	at = s->is_look ? partner(i) : next_question(i);
	if (at != QUESTIONS_NONE)
		return ask(i, at);
	finish_unknown(i);
	return true;
}

/* Inside TLS. */

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

static void handshake_failed(struct identify *i, const char *why)
{
	struct search *s = i->s;
	bool refused = s->told.refuses_name;
	struct layer_told told;

	layer_of(i)->describe(s->layer, &told);
	if (!told.why[0])
		snprintf(told.why, sizeof(told.why), "%s", why);
	if (!s->told.is_complete && (told.has_certificate || !s->told.has_certificate))
		s->told = told;
	s->told.refuses_name = refused || told.refuses_name;
	if (can_ask_for_less(i, &told))
		dial_again(i);
	else
		finish_identified(i);
}

static void begin_handshake(struct identify *i)
{
	struct search *s = i->s;
	const struct layer *l = task_of(i)->layer;
	const struct layer_ask ask = {
		.name = s->is_nameless ? NULL : task_of(i)->name,
		.alpn = s->is_unoffered ? NULL : inside_alpn(s->questions.expected),
	};

	s->stage = STAGE_SHAKING;
	s->was_shaken = true;
	s->layer = l->ops->start(l, &ask);
	start_timer(i, left_us(i));
	if (!s->layer) {
		snprintf(s->told.why, sizeof(s->told.why), "it cannot be begun");
		finish_identified(i);
	} else if (flush_layer(i)) {
		handshake_failed(i, "nothing can be sent");
	}
}

/* True: this connection is over, or all is. */
static bool handshake_done(struct identify *i)
{
	struct search *s = i->s;
	bool refused = s->told.refuses_name;

	layer_of(i)->describe(s->layer, &s->told);
	s->told.refuses_name = refused;
	return speak(i);
}

static void peer_gone(struct identify *i, bool reset)
{
	struct search *s = i->s;

	if (s->stage == STAGE_SHAKING) {
		handshake_failed(i, "it ended the connection");
		return;
	}
	discard_layer(i);
	if (!reset)
		dial_close(&i->dial, false); /* the peer's end keeps TIME_WAIT, not ours */
	if (reset && s->connections == 1 && !s->has_sent && !s->n_came)
		finish(i, SAW_OPEN_RESET, s->first);
	else
		settle(i, true);
}

/* Bytes of the wire: the handshake's, or words. */
static void hear_layer(struct identify *i, struct slice wire)
{
	struct search *s = i->s;
	const struct layer_ops *ops = layer_of(i);
	struct mono now = loop_now(loop_of(i));
	size_t n, before;

	ops->feed(s->layer, wire);
	if (flush_layer(i)) {
		peer_gone(i, true);
		return;
	}
	if (s->stage == STAGE_SHAKING && ops->state(s->layer) == LAYER_SHAKING)
		return;
	if (s->stage == STAGE_SHAKING && ops->state(s->layer) == LAYER_OVER) {
		handshake_failed(i, "it ended the connection");
		return;
	}
	if (s->stage == STAGE_SHAKING && handshake_done(i))
		return;
	before = s->n_came;
	while ((n = ops->take(s->layer, s->came + s->n_came, CAME_MAX - s->n_came)))
		take_bytes(s, n, now);
	if (s->n_came > before)
		understand(i);
	else if (ops->state(s->layer) == LAYER_OVER)
		peer_gone(i, true); /* the stream below goes on: it is broken off */
}

/* An ICMP error decides nothing any more, but must be read, or the loop tells of it for ever. */
static void ready(struct dial *d, unsigned events)
{
	struct identify *i = (struct identify *)d;
	struct search *s = i->s;
	struct loop *l = loop_of(i);
	struct icmp_error ignored;
	char wire[WIRE_MAX];
	ssize_t n =
		s->layer ? l->ops->recv(l, dial_sock(d), wire, sizeof(wire))
			 : l->ops->recv(l, dial_sock(d), s->came + s->n_came, CAME_MAX - s->n_came);

	if (n == 0 || is_gone(n)) {
		peer_gone(i, n != 0);
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
	if (s->layer) {
		hear_layer(i, (struct slice){wire, (size_t)n});
		return;
	}
	take_bytes(s, (size_t)n, loop_now(l));
	understand(i);
}

/* Time. */

/* It was hushed in vain: the first question goes over this very connection. */
static void hush_is_over(struct identify *i)
{
	size_t at = next_question(i);

	if (at == QUESTIONS_NONE) {
		finish_unknown(i);
		return;
	}
	reset_connection(i->s);
	ask(i, at);
}

/* Nothing came, and our bytes are not acknowledged: they are sent again by the kernel, or were
 * stopped on the way. True: it is seen to. */
static bool see_to_unacked(struct identify *i)
{
	struct search *s = i->s;
	struct loop *l = loop_of(i);

	s->unacked = l->ops->unacked(l, dial_sock(&i->dial));
	if (s->unacked <= 0 || s->is_look)
		return false;
	if (us_since(i, s->since) < UNACKED_MS * 1000)
		start_timer(i, AGAIN_MS * 1000);
	else if (s->most == HEARD_NOTHING)
		finish_silence(i);
	else
		return false;
	return true;
}

static void timer_fired(struct timer *t)
{
	struct identify *i = (struct identify *)((char *)t - offsetof(struct identify, timer));
	struct search *s = i->s;

	if (s->stage == STAGE_CALM)
		dial_again(i);
	else if (s->stage == STAGE_SHAKING)
		handshake_failed(i, "it did not come to its end in the time");
	else if (s->stage == STAGE_HUSH && !s->n_came)
		hush_is_over(i);
	else if (s->stage != STAGE_ASKED || s->n_came || !see_to_unacked(i))
		settle(i, false);
}

/* Connections. */

static void begin_search(struct identify *i)
{
	const struct task *t = task_of(i);
	struct search *s = i->s = mem_new(1, sizeof(*i->s));
	const struct probe *p = i->dial.probe;
	unsigned deadline_ms;

	s->questions.table = t->among ? t->among : protos;
	s->questions.transport = TRANSPORT_TCP;
	s->questions.expected = t->proto ? t->proto : questions_usual(TRANSPORT_TCP, p->port);
	deadline_ms = probe_deadline_ms(p, waits_for_greeting(s)
						   ? IDENTIFY_GREETING_MS + IDENTIFY_ASKING_MS
						   : IDENTIFY_DEADLINE_MS);
	set_hush(s, deadline_ms);
	s->begun = loop_now(loop_of(i));
	s->end = mono_add_ms(s->begun, deadline_ms);
	s->first = i->dial.seen;
	s->unacked = -1;
}

static void connected(struct dial *d)
{
	struct identify *i = (struct identify *)d;

	if (!i->s)
		begin_search(i);
	i->s->connections++;
	if (i->s->is_inside)
		begin_handshake(i);
	else
		speak(i);
}

/* A reset right after the handshake is the end of that question alone. */
static void lost_question(struct identify *i)
{
	size_t at = next_question(i);

	if (at != QUESTIONS_NONE)
		questions_ask(&i->s->questions, at);
	i->s->stage = STAGE_ASKED;
	learn_little(i, &(struct classified){.what = HEARD_CLOSED});
}

static void failed(struct dial *d, enum saw saw)
{
	struct identify *i = (struct identify *)d;

	if (!i->s || saw == SAW_LOCAL_ERROR)
		finish(i, saw, d->seen);
	else if (i->s->is_look || i->s->is_inside)
		finish_identified(i);
	else if (saw == SAW_OPEN_RESET)
		lost_question(i);
	else
		finish_shut_out(i, saw);
}

static void begin(struct probe *p)
{
	struct identify *i = (struct identify *)p->state;

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
	.cancel = cancel,
};
