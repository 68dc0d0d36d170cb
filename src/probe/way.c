/* SPDX-License-Identifier: ISC */
#include "probe/way.h"

enum { MUTE_MAX = 5 };

static const unsigned beginnings[] = {64, 128, 255};

/* --- arithmetic ------------------------------------------------------------------------------- */

static unsigned beginning_of(unsigned ttl)
{
	size_t i = 0;

	while (ttl > beginnings[i] && i + 1 < ARRAY_LEN(beginnings))
		i++;
	return beginnings[i];
}

unsigned way_hops_of(unsigned ttl)
{
	return beginning_of(ttl) - ttl + 1;
}

unsigned way_ttl_from(unsigned hops, unsigned like)
{
	unsigned from = beginning_of(like);

	return hops <= from ? from - hops + 1 : 1;
}

bool way_is_short(const struct way *w)
{
	return !w->control.is_proven && w->reply_ttl > way_ttl_from(w->distance, w->reply_ttl);
}

unsigned way_find_hop(const struct way *w, const struct addr *a)
{
	for (unsigned i = 1; i <= WAY_HOPS_MAX; i++)
		if (addr_equal(&w->hops[i], a))
			return i;
	return 0;
}

/* The first of these that lies between; 0: none does. */
static unsigned first_between(const unsigned *likely, size_t n, unsigned lo, unsigned hi)
{
	for (size_t i = 0; i < n; i++)
		if (likely[i] > lo && likely[i] < hi)
			return likely[i];
	return 0;
}

unsigned way_next_ttl(const struct way *w, unsigned lo, unsigned hi)
{
	const unsigned known[] = {w->reply_ttl, w->reply_ttl + 1U};
	unsigned next = w->reply_ttl ? first_between(known, ARRAY_LEN(known), lo, hi) : 0;

	for (size_t i = 0; w->distance && !next && i < ARRAY_LEN(beginnings); i++) {
		unsigned whole = beginnings[i], expected = whole - w->distance + 1;
		const unsigned likely[] = {expected, expected + 1, whole + 1};

		next = first_between(likely, ARRAY_LEN(likely), lo, hi);
	}
	return next ? next : lo + (hi - lo) / 2;
}

/* --- the survey ------------------------------------------------------------------------------- */

void survey_init(struct survey *s, struct way *w)
{
	w->asks = WAY_ASKS;
	*s = (struct survey){.way = w, .ttl = 1, .ttl_lo = 1, .ttl_hi = WAY_TTL_END};
}

void survey_add_control(struct survey *s, struct control c)
{
	if (s->n_candidates < WAY_CONTROLS_MAX)
		s->candidates[s->n_candidates++].control = c;
}

/* RFC 1122 section 4.1.3.1; RFC 4443 section 3.1. */
static bool is_port_unreachable(const struct icmp_error *e)
{
	return e->by.family == 4 ? e->type == 3 && e->code == 3 : e->type == 1 && e->code == 4;
}

static bool is_control(const struct survey *s, const struct control *c, const struct reply *r)
{
	if (c->transport == TRANSPORT_TCP)
		return r->kind == REPLY_OPEN || r->kind == REPLY_RESET;
	return r->kind == REPLY_ICMP && is_port_unreachable(&r->icmp) &&
	       addr_equal(&r->icmp.by, &s->way->target);
}

bool way_is_answer(const struct way *w, const struct reply *r)
{
	if (w->answers == REPLY_ICMP)
		return r->kind == REPLY_ICMP && addr_equal(&r->icmp.by, &w->target);
	return r->kind == REPLY_OPEN || r->kind == REPLY_RESET;
}

static const struct control *second_control(const struct survey *s)
{
	for (unsigned i = 0; i < s->n_candidates; i++)
		if (s->candidates[i].control.transport == TRANSPORT_UDP)
			return &s->candidates[i].control;
	return NULL;
}

static bool is_turn(const struct survey *s, unsigned i)
{
	const struct candidate *c = &s->candidates[i];

	return !c->is_asked && !c->is_out && (!i || c[-1].silences || c[-1].is_out);
}

/* A short wait each, at first; the last time a long one, for a target that is far away. */
static bool next_candidate(struct survey *s, struct ask_what *q, unsigned *i)
{
	for (*i = 0; *i < s->n_candidates; (*i)++) {
		struct candidate *c = &s->candidates[*i];

		if (!is_turn(s, *i))
			continue;
		c->is_asked = true;
		*q = (struct ask_what){.transport = c->control.transport, .port = c->control.port};
		q->patience = !c->silences ? PATIENCE_BRIEF : PATIENCE_USUAL;
		if (c->silences + 1 == s->way->asks)
			q->patience = PATIENCE_LONG;
		return true;
	}
	return false;
}

bool survey_next(struct survey *s, struct ask_what *q, unsigned *i)
{
	const struct control *c = &s->way->control;

	if (s->stage == SURVEY_CONTROL)
		return next_candidate(s, q, i);
	if (s->stage == SURVEY_SECOND)
		c = second_control(s);
	*i = s->chosen;
	*q = (struct ask_what){.transport = c->transport, .port = c->port};
	if (s->stage == SURVEY_HOPS)
		q->ttl = s->ttl;
	if (s->stage == SURVEY_REPLY) {
		q->min_ttl = (uint8_t)way_next_ttl(s->way, s->ttl_lo, s->ttl_hi);
		q->patience = PATIENCE_BRIEF;
	}
	return s->stage != SURVEY_DONE;
}

static bool are_all_out(const struct survey *s)
{
	for (unsigned i = 0; i < s->n_candidates; i++)
		if (!s->candidates[i].is_out)
			return false;
	return true;
}

static void take_candidate(struct survey *s, unsigned i, const struct reply *r)
{
	struct candidate *c = &s->candidates[i];

	c->is_asked = false;
	if (is_control(s, &c->control, r)) {
		s->way->control = c->control;
		s->way->answers = r->kind;
		s->chosen = i;
		s->stage = SURVEY_HOPS;
		return;
	}
	c->is_out = r->kind != REPLY_NONE || ++c->silences >= s->way->asks;
	if (are_all_out(s))
		s->stage = SURVEY_DONE;
}

static void next_hop(struct survey *s)
{
	s->silences = 0;
	if (++s->ttl > WAY_HOPS_MAX || s->mute > MUTE_MAX)
		s->stage = SURVEY_DONE;
}

static void take_end(struct survey *s, const struct reply *r)
{
	s->way->distance = s->ttl;
	s->silences = 0;
	s->stage = SURVEY_REPLY;
	if (s->way->answers != REPLY_ICMP)
		return;
	s->way->reply_ttl = r->icmp.ttl;
	s->stage = SURVEY_DONE;
}

static void take_hop(struct survey *s, const struct reply *r)
{
	if (r->kind == REPLY_EXCEEDED) {
		s->way->hops[s->ttl] = r->icmp.by;
		s->way->n_told[s->ttl]++;
		s->mute = 0;
		next_hop(s);
	} else if (way_is_answer(s->way, r)) {
		take_end(s, r);
	} else if (r->kind != REPLY_NONE) {
		s->stage = SURVEY_DONE;
	} else if (++s->silences >= s->way->asks) {
		s->mute++;
		next_hop(s);
	}
}

/* On a way that is as long as the way back, whoever answers in front of the target gives itself
 * away: its packets come from a hop that those which it takes have left behind. */
static void weigh(struct survey *s)
{
	struct way *w = s->way;

	s->stage = SURVEY_DONE;
	if (!way_is_short(w))
		return;
	w->is_doubtful = true;
	if (second_control(s))
		s->stage = SURVEY_SECOND;
}

static void take_reply_ttl(struct survey *s, const struct reply *r)
{
	unsigned asked = way_next_ttl(s->way, s->ttl_lo, s->ttl_hi);

	if (r->kind == REPLY_NONE && ++s->silences < s->way->asks)
		return;
	s->silences = 0;
	if (r->kind == REPLY_NONE)
		s->ttl_hi = asked;
	else if (way_is_answer(s->way, r))
		s->ttl_lo = asked;
	else
		s->stage = SURVEY_DONE;
	if (s->ttl_hi - s->ttl_lo > 1 || s->stage == SURVEY_DONE)
		return;
	s->way->reply_ttl = (uint8_t)s->ttl_lo;
	weigh(s);
}

/* Does nothing come from farther away than that? A port that a datagram finds closed is told of by
 * the target itself, in a message of its own. */
static void take_second(struct survey *s, const struct reply *r)
{
	struct way *w = s->way;

	if (r->kind == REPLY_NONE && ++s->silences < s->way->asks)
		return;
	s->stage = SURVEY_DONE;
	if (r->kind != REPLY_ICMP || !is_port_unreachable(&r->icmp) || !r->icmp.ttl ||
	    !addr_equal(&r->icmp.by, &w->target))
		return;
	w->is_doubtful = false;
	w->is_told_twice = true;
	if (r->icmp.ttl >= w->reply_ttl)
		return;
	w->reply_ttl = r->icmp.ttl;
	w->distance = (uint8_t)way_hops_of(r->icmp.ttl);
}

void way_note(struct way *w, const struct reply *r, unsigned silences)
{
	/* Errors are rationed: those that did not come need not be lost. */
	if (silences && r->kind != REPLY_NONE && r->kind != REPLY_EXCEEDED)
		w->asks = WAY_ASKS_LOSSY;
}

void survey_take(struct survey *s, unsigned i, const struct reply *r)
{
	bool is_first = s->stage == SURVEY_CONTROL;

	way_note(s->way, r, is_first ? s->candidates[i].silences : s->silences);
	switch (s->stage) {
	case SURVEY_CONTROL:
		take_candidate(s, i, r);
		break;
	case SURVEY_HOPS:
		take_hop(s, r);
		break;
	case SURVEY_REPLY:
		take_reply_ttl(s, r);
		break;
	case SURVEY_SECOND:
		take_second(s, r);
		break;
	case SURVEY_DONE:
		break;
	}
}
