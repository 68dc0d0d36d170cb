/* SPDX-License-Identifier: ISC */
#include "probe/investigate.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/inquiry.h"
#include "probe/method.h"
#include "probe/method_udp.h"
#include "proto/proto.h"
#include "sys/loop.h"

enum {
	SUSPECTS_LIVE = 128,	  /* of one target at once: two descriptors each */
	SUSPECTS_MAX = 512,	  /* of one target: what is beyond stays as it was seen */
	OPEN_MAX = 16,		  /* of a run: who answers for them */
	CLOSED_MAX = 64,	  /* of one target: the same */
	NEAR = 6,		  /* hops */
	PATIENCE_MORE_US = 60000, /* for a busy host, here or there */
	BRIEF_MORE_US = 20000,
	PATIENCE_MAX_US = 2000000,
	/* Where nobody has answered yet. */
	UNKNOWN_BRIEF_US = 150000,
	UNKNOWN_USUAL_US = 300000,
	UNKNOWN_LONG_US = 900000,
	/* Where traceroute knocks, because nobody listens there. */
	UNUSED_PORT = 33434,
	UNUSED_PORTS = 100,
};

struct subject;
struct suspect {
	struct ask flow, control; /* first: the address of `flow` is the same */
	struct subject *subject;
	struct outcome *o;
	struct inquiry inquiry;
	struct ask_way way, control_way;
	struct proto_out *message; /* owned; of UDP */
	bool is_found, is_concluded;
	struct suspect *next;
};

struct surveyor {
	struct ask ask; /* first: the address is the same */
	struct subject *subject;
};

/* A target, from one address of ours. */
struct subject {
	struct surveyor surveyors[WAY_CONTROLS_MAX]; /* one for each that may become the control */
	struct investigating *all;
	struct way way;
	struct survey survey;
	struct ask_way control_way;
	struct suspect *first, **last; /* all of them */
	struct suspect **order;	       /* in which they start */
	size_t n_suspects, n_silent, n_closed, n_started, live;
	bool is_surveyed, is_over;
	uint32_t rtt_us; /* the longest that was seen; 0: none */
	struct subject *next;
};

struct investigating {
	const struct investigation *v;
	struct outcome *outcomes;
	size_t n;
	struct arena *arena;
	struct map subjects;
	struct subject *first;
	size_t live;	  /* subjects */
	size_t n_open;	  /* outcomes */
	struct mono next; /* where there is a rate: when the next packet may go */
	uint32_t rtt_us;
};

/* Where many ports are open, to ask who answers takes longer than all the rest. */
static bool is_wanted(const struct investigating *all, const struct outcome *o)
{
	const struct investigation *v = all->v;

	if (o->state == STATE_OPEN && all->n_open > OPEN_MAX && !v->is_thorough)
		return false;
	return !o->is_interrupted && inquiry_symptom(o, v->is_thorough) != SYMPTOM_NONE &&
	       !v->loop->ops->is_own(v->loop, &o->target);
}

/* It goes when its turn comes. */
static void start_ask(struct investigating *all, struct ask *a, const struct ask_way *way,
		      struct ask_what *what)
{
	struct mono now = loop_now(all->v->loop);
	int64_t wait_ms;

	if (all->v->rate) {
		if (all->next.us < now.us)
			all->next = now;
		wait_ms = (all->next.us - now.us + 999) / 1000;
		all->next.us += 1000000 / all->v->rate;
		if (what->pause_ms < wait_ms)
			what->pause_ms = (unsigned)wait_ms;
	}
	ask_start(a, way, what);
}

/* --- suspects --------------------------------------------------------------------------------- */

static void release(struct suspect *x)
{
	ask_cancel(&x->flow);
	ask_cancel(&x->control);
	free(x->message);
	x->message = NULL;
}

static void start_suspects(struct subject *t);

/* What was found before it is known whether there is a control may yet be found better. */
static bool is_early(const struct suspect *x)
{
	return !x->subject->is_surveyed;
}

static void conclude(struct suspect *x)
{
	struct subject *t = x->subject;
	struct investigating *all = t->all;

	release(x);
	x->is_concluded = true;
	inquiry_conclude(&x->inquiry, x->o);
	if (!x->o->source.family)
		x->o->source = x->flow.source;
	if (all->v->found)
		all->v->found(all->v->ctx, x->o, &x->inquiry);
	all->v->concluded(all->v->ctx, x->o);
	t->live--;
	start_suspects(t);
}

static void ask_next(struct suspect *x)
{
	struct ask_what q;
	bool is_control;

	if (!inquiry_next(&x->inquiry, &q, &is_control)) {
		x->is_found = true;
		if (!is_early(x))
			conclude(x);
	} else if (is_control)
		start_ask(x->subject->all, &x->control, &x->control_way, &q);
	else
		start_ask(x->subject->all, &x->flow, &x->way, &q);
}

static void flow_replied(struct ask *a, const struct reply *r)
{
	struct suspect *x = (struct suspect *)a;

	inquiry_take(&x->inquiry, r);
	ask_next(x);
}

static void control_replied(struct ask *a, const struct reply *r)
{
	struct suspect *x = (struct suspect *)((char *)a - offsetof(struct suspect, control));

	inquiry_take(&x->inquiry, r);
	ask_next(x);
}

/* The very datagram that was sent before. */
static void make_message(struct suspect *x)
{
	const struct investigation *v = x->subject->all->v;
	const struct task *t = &v->tasks[x->o->task];
	struct proto_ask ask = {.what = t->what, .host = t->name};
	_Alignas(8) uint8_t state[PROTO_STATE_MAX] = {0};

	x->message = mem_new(1, sizeof(*x->message));
	v->chance(ask.chance, sizeof(ask.chance));
	udp_start(t->proto, &ask, state, x->message);
	x->way.message = (struct slice){(const char *)x->message->bytes, x->message->n};
}

static void start_suspect(struct subject *t, struct suspect *x)
{
	x->way = x->control_way = t->control_way;
	if (x->o->transport == TRANSPORT_UDP && !x->message)
		make_message(x);
	x->is_found = false;
	x->flow.done = flow_replied;
	x->control.done = control_replied;
	inquiry_init(&x->inquiry, inquiry_symptom(x->o, t->all->v->is_thorough), x->o, &t->way);
	x->inquiry.place = (unsigned)t->n_started++;
	t->live++;
	ask_next(x);
}

/* First one alone, where it is lost the others are looked for; then a few, whether they are lost
 * there, too; then all. Where there are not many hops to ask, the few at once. */
static bool may_start(const struct subject *t)
{
	size_t back = t->n_started - t->live, few = 1 + WAY_SAMPLES;
	bool is_near = t->way.distance && t->way.distance <= NEAR;
	size_t room = !back && !is_near ? 1 : back < WAY_SAMPLES ? few : t->n_suspects;

	return t->n_started < room && t->n_started < t->n_suspects && t->live < SUSPECTS_LIVE;
}

/* Each start may end a suspect at once, and that calls this again. */
static void start_suspects(struct subject *t)
{
	struct investigating *all = t->all;

	while (may_start(t))
		start_suspect(t, t->order[t->n_started]);
	if (t->n_started < t->n_suspects || t->live || t->is_over)
		return;
	t->is_over = true;
	if (!--all->live)
		loop_stop(all->v->loop);
}

/* --- the survey ------------------------------------------------------------------------------- */

static void set_patience(struct subject *t)
{
	uint32_t rtt_us = t->rtt_us ? t->rtt_us : t->all->rtt_us, *us = t->control_way.patience_us;

	if (!rtt_us) {
		us[PATIENCE_BRIEF] = UNKNOWN_BRIEF_US;
		us[PATIENCE_USUAL] = UNKNOWN_USUAL_US;
		us[PATIENCE_LONG] = UNKNOWN_LONG_US;
		return;
	}
	if (rtt_us > PATIENCE_MAX_US / 4)
		rtt_us = PATIENCE_MAX_US / 4;
	us[PATIENCE_BRIEF] = 4 * rtt_us + BRIEF_MORE_US;
	us[PATIENCE_USUAL] = 4 * rtt_us + PATIENCE_MORE_US;
	/* Others may be nearer. */
	us[PATIENCE_LONG] = t->rtt_us ? us[PATIENCE_USUAL] : UNKNOWN_LONG_US;
}

static void stop_surveyors(struct subject *t)
{
	for (size_t i = 0; i < ARRAY_LEN(t->surveyors); i++)
		ask_cancel(&t->surveyors[i].ask);
}

/* There is a control: with that they are asked better. */
static void stop_early_suspects(struct subject *t)
{
	for (size_t i = 0; i < t->n_started; i++)
		ask_cancel(&t->order[i]->flow);
	t->n_started = t->live = 0;
	t->way.has_fallen = t->way.is_mixed = false;
	t->way.n_fallen = 0;
}

static void end_survey(struct subject *t)
{
	size_t early = t->n_started;

	t->is_surveyed = true;
	for (size_t i = 0; i < early; i++)
		if (t->order[i]->is_found && !t->order[i]->is_concluded)
			conclude(t->order[i]);
	start_suspects(t);
}

static void survey_on(struct subject *t)
{
	struct ask_what q;
	unsigned i;

	while (!t->is_surveyed && survey_next(&t->survey, &q, &i)) {
		struct ask *a = &t->surveyors[i].ask;

		if (t->survey.stage == SURVEY_SECOND)
			a->from_port = 0; /* another flow */
		start_ask(t->all, a, &t->control_way, &q);
		if (t->survey.stage != SURVEY_CONTROL)
			return;
	}
	if (!t->is_surveyed && t->survey.stage == SURVEY_DONE)
		end_survey(t);
}

static void survey_replied(struct ask *a, const struct reply *r)
{
	struct surveyor *v = (struct surveyor *)a;
	struct subject *t = v->subject;
	enum survey_stage before = t->survey.stage;

	if (r->kind != REPLY_NONE && r->kind != REPLY_FAULT && t->rtt_us < r->us)
		t->rtt_us = r->us;
	set_patience(t);
	survey_take(&t->survey, (unsigned)(v - t->surveyors), r);
	if (before == SURVEY_CONTROL && t->survey.stage == SURVEY_HOPS) {
		stop_surveyors(t);
		stop_early_suspects(t);
	}
	survey_on(t);
}

static bool needs_survey(const struct subject *t)
{
	for (const struct suspect *x = t->first; x; x = x->next)
		if (inquiry_symptom(x->o, t->all->v->is_thorough) != SYMPTOM_HOP)
			return true;
	return false;
}

static bool is_control(const struct outcome *o, const struct addr *target, enum state state)
{
	return o->transport == TRANSPORT_TCP && o->state == state && !o->via && !o->leg &&
	       addr_equal(&o->target, target) && o->port;
}

/* One of the run's own ports, if there is one: it is known that it answers. */
static void add_known(struct subject *t, enum state state, bool is_proven)
{
	const struct investigating *all = t->all;

	for (size_t i = 0; i < all->n; i++) {
		const struct outcome *o = &all->outcomes[i];

		if (!is_control(o, &t->way.target, state) || (is_proven && !o->proved))
			continue;
		survey_add_control(&t->survey, (struct control){TRANSPORT_TCP, o->port, is_proven});
		return;
	}
}

static uint16_t unused_port(const struct investigation *v)
{
	uint8_t chance;

	v->chance(&chance, sizeof(chance));
	return (uint16_t)(UNUSED_PORT + chance % UNUSED_PORTS);
}

static void start_survey(struct subject *t)
{
	const struct investigation *v = t->all->v;

	survey_init(&t->survey, &t->way);
	/* No service is troubled where another port answers. */
	survey_add_control(&t->survey, (struct control){TRANSPORT_TCP, unused_port(v), false});
	add_known(t, STATE_OPEN, true);
	add_known(t, STATE_OPEN, false);
	add_known(t, STATE_CLOSED, false);
	add_known(t, STATE_OPEN_RESET, false);
	survey_add_control(&t->survey, (struct control){TRANSPORT_UDP, unused_port(v), false});
	for (size_t i = 0; i < ARRAY_LEN(t->surveyors); i++) {
		t->surveyors[i].ask.done = survey_replied;
		t->surveyors[i].subject = t;
	}
	survey_on(t);
}

/* Where nothing has answered, maybe nothing does. */
static bool may_start_early(const struct subject *t)
{
	return !t->is_surveyed && t->survey.stage == SURVEY_CONTROL && !t->rtt_us &&
	       t->n_silent == t->n_suspects;
}

/* The few that come first are from all over the list: what differs has mostly other ports. */
static void put_in_order(struct subject *t)
{
	enum { STRIDE = 7919 }; /* a prime beyond SUSPECTS_MAX: each has its place once */
	size_t i = 0;

	t->order = ARENA_ARRAY(t->all->arena, struct suspect *, t->n_suspects);
	for (struct suspect *x = t->first; x; x = x->next)
		t->order[i++ * STRIDE % t->n_suspects] = x;
}

static void start_subject(struct subject *t)
{
	set_patience(t);
	t->control_way.message = SLICE("");
	put_in_order(t);
	if (!needs_survey(t)) {
		end_survey(t);
		return;
	}
	start_survey(t);
	if (may_start_early(t))
		start_suspects(t);
}

/* --- the whole -------------------------------------------------------------------------------- */

struct subject_key {
	struct addr target, source;
};

static struct subject_key key_of(const struct investigating *all, const struct outcome *o)
{
	struct subject_key key;

	memset(&key, 0, sizeof(key)); /* what lies between its parts, too */
	key.target = o->target;
	key.source = all->v->tasks[o->task].source;
	return key;
}

/* NULL: nobody suspects anything there. */
static struct subject *find_subject(struct investigating *all, const struct outcome *o)
{
	const struct subject_key key = key_of(all, o);

	return map_find(&all->subjects, (struct slice){(const char *)&key, sizeof(key)});
}

static struct subject *subject_of(struct investigating *all, const struct outcome *o)
{
	struct subject *t = find_subject(all, o);
	struct subject_key *key;

	if (t)
		return t;
	key = ARENA_NEW(all->arena, struct subject_key);
	*key = key_of(all, o);
	t = ARENA_NEW(all->arena, struct subject);
	t->all = all;
	t->way.target = key->target;
	t->control_way =
		(struct ask_way){.loop = all->v->loop, .to = key->target, .from = key->source};
	t->last = &t->first;
	t->next = all->first;
	all->first = t;
	all->live++;
	map_add(&all->subjects, (struct slice){(const char *)key, sizeof(*key)}, t);
	return t;
}

static void add_suspect(struct investigating *all, struct outcome *o)
{
	struct subject *t = subject_of(all, o);
	struct suspect *x;

	if (t->n_suspects == SUSPECTS_MAX ||
	    (o->state == STATE_CLOSED && t->n_closed == CLOSED_MAX))
		return;
	t->n_closed += o->state == STATE_CLOSED;
	x = ARENA_NEW(all->arena, struct suspect);
	x->subject = t;
	x->o = o;
	t->n_silent += inquiry_symptom(o, false) == SYMPTOM_SILENT;
	t->way.has_many = t->n_silent > WAY_FEW;
	*t->last = x;
	t->last = &x->next;
	t->n_suspects++;
}

/* How long answers take; of suspects' targets, and of all. */
static void note_rtt(struct investigating *all, const struct outcome *o)
{
	struct subject *t;

	if (!o->rtt_us || o->via)
		return;
	t = find_subject(all, o);
	if (t && t->rtt_us < o->rtt_us)
		t->rtt_us = o->rtt_us;
	if (all->rtt_us < o->rtt_us)
		all->rtt_us = o->rtt_us;
}

/* Interrupted: what was under way stays as it was seen at first. */
static void give_up(struct investigating *all)
{
	for (struct subject *t = all->first; t; t = t->next) {
		stop_surveyors(t);
		for (struct suspect *x = t->first; x; x = x->next) {
			if (!x->is_concluded)
				release(x);
		}
	}
}

int investigate(const struct investigation *v, struct outcome *outcomes, size_t n,
		const volatile int *interrupted, struct err *err)
{
	struct investigating all = {.v = v, .outcomes = outcomes, .n = n, .arena = arena_new()};
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		all.n_open += outcomes[i].state == STATE_OPEN;
	for (size_t i = 0; i < n; i++)
		if (is_wanted(&all, &outcomes[i]))
			add_suspect(&all, &outcomes[i]);
	for (size_t i = 0; i < n; i++)
		note_rtt(&all, &outcomes[i]);
	for (struct subject *t = all.first; t; t = t->next)
		start_subject(t);
	if (all.live)
		rc = loop_run(v->loop, interrupted, err);
	give_up(&all);
	map_release(&all.subjects);
	arena_free(all.arena);
	return rc;
}
