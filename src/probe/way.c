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
	if (s->n_controls < WAY_CONTROLS_MAX)
		s->controls[s->n_controls++] = c;
}

/* RFC 1122 section 4.1.3.1; RFC 4443 section 3.1. */
static bool is_port_unreachable(const struct icmp_error *e)
{
	return e->by.family == 4 ? e->type == 3 && e->code == 3 : e->type == 1 && e->code == 4;
}

static bool is_control(const struct survey *s, const struct reply *r)
{
	if (s->controls[s->tried].transport == TRANSPORT_TCP)
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
	for (unsigned i = 0; i < s->n_controls; i++)
		if (s->controls[i].transport == TRANSPORT_UDP)
			return &s->controls[i];
	return NULL;
}

bool survey_next(struct survey *s, struct ask_what *q)
{
	const struct control *c = &s->way->control;

	if (s->stage == SURVEY_CONTROL && s->tried == s->n_controls)
		s->stage = SURVEY_DONE;
	if (s->stage == SURVEY_CONTROL)
		c = &s->controls[s->tried];
	if (s->stage == SURVEY_SECOND)
		c = second_control(s);
	*q = (struct ask_what){.transport = c->transport, .port = c->port};
	if (s->stage == SURVEY_HOPS)
		q->ttl = s->ttl;
	if (s->stage == SURVEY_REPLY)
		q->min_ttl = (uint8_t)way_next_ttl(s->way, s->ttl_lo, s->ttl_hi);
	return s->stage != SURVEY_DONE;
}

static void take_control(struct survey *s, const struct reply *r)
{
	if (is_control(s, r)) {
		s->way->control = s->controls[s->tried];
		s->way->answers = r->kind;
		s->stage = SURVEY_HOPS;
		s->silences = 0;
	} else if (r->kind != REPLY_NONE || ++s->silences >= s->way->asks) {
		s->tried++;
		s->silences = 0;
	}
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
	if (r->icmp.ttl >= w->reply_ttl)
		return;
	w->reply_ttl = r->icmp.ttl;
	w->distance = (uint8_t)way_hops_of(r->icmp.ttl);
}

void way_note(struct way *w, const struct reply *r, unsigned silences)
{
	if (silences && r->kind != REPLY_NONE)
		w->asks = WAY_ASKS_LOSSY;
}

void survey_take(struct survey *s, const struct reply *r)
{
	way_note(s->way, r, s->silences);
	switch (s->stage) {
	case SURVEY_CONTROL:
		take_control(s, r);
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
