/* SPDX-License-Identifier: ISC
 *
 * An answer in the target's name: does it come from where the target is? What answers for it on the
 * way does so with a TTL that would not reach the target, or its answer has come less far than the
 * target's own.
 */
#include "probe/inquiry.h"

enum { UNSTEADY_MAX = 2 };

static bool is_the_answer(const struct reply *r)
{
	return r->kind == REPLY_OPEN || r->kind == REPLY_RESET || r->kind == REPLY_ICMP;
}

static bool is_own_control(const struct inquiry *q)
{
	return q->way->control.transport == q->transport && q->way->control.port == q->port;
}

/* Routers ration their errors: not each flow is asked that. False: it is not asked. */
static bool ask_short(struct inquiry *q)
{
	struct way *w = q->way;

	if (q->is_shortened || w->distance < 2 || w->n_short >= WAY_SAMPLES)
		return false;
	w->n_short++;
	q->is_shortened = true;
	q->silences = 0;
	q->ttl = (uint8_t)(w->distance - 1U);
	q->stage = STAGE_SHORT;
	return true;
}

/* Answered from where the control answers; is that where the target is? Something on the way that
 * disguises its TTLs answers, too, to what does not come to the target. */
static void as_control(struct inquiry *q)
{
	const struct way *w = q->way;

	q->is_like_control = true;
	if (ask_short(q))
		return;
	q->next = w->is_doubtful ? (uint8_t)way_hops_of(w->reply_ttl) : 0;
	inquiry_end(q, w->is_doubtful ? FOUND_UNSURE : FOUND_GENUINE);
}

/* The least TTL that draws the answer has come to whoever answers itself, where it takes packets as
 * its own or has no route for them; a rule of a router's answers to those that it would have passed
 * on, with one more. */
static void is_short(struct inquiry *q)
{
	q->nearest = q->ttl;
	if (q->symptom == SYMPTOM_ICMP || q->ttl == 1) {
		q->next = (uint8_t)(q->ttl - 1);
		inquiry_end(q, q->next ? FOUND_NEARER : FOUND_OWN);
		return;
	}
	q->silences = 0;
	q->ttl_lo = 1;
	q->ttl_hi = WAY_TTL_END;
	q->stage = STAGE_REPLY;
}

/* Where nobody has told yet that a packet ends there, and the TTL of its answers does not say how
 * far it is either, the target may be nearer than it seemed: then the control is answered, too. */
static void came_short(struct inquiry *q)
{
	const struct way *w = q->way;
	bool is_sure = w->is_told_twice ||
		       (w->asks == WAY_ASKS && way_hops_of(w->reply_ttl) == w->distance);

	q->silences = q->unsteady = 0;
	if (q->ttl == 1 || w->hops[q->ttl].family || is_sure || q->ttl >= w->distance)
		is_short(q);
	else
		q->stage = STAGE_CONTROL;
}

/* Between the two its answer's TTL decides, if it is not disguised. */
static void came_from_near(struct inquiry *q, unsigned ttl)
{
	q->next = (uint8_t)(q->nearest - (way_hops_of(ttl) != q->nearest));
	inquiry_end(q, FOUND_NEARER);
}

static void walk_from_start(struct inquiry *q)
{
	q->silences = 0;
	q->ttl = 1;
	q->stage = STAGE_WALK;
}

static void look_beyond(struct inquiry *q)
{
	q->is_beyond = true;
	q->ttl = q->way->distance;
	q->stage = STAGE_WALK;
}

/* Not from where the target answers. A hop that is not the last would have answered to a TTL that
 * ends at that one: where none did, its own way back, which may be another, need not be counted. */
static void is_nearer(struct inquiry *q)
{
	const struct way *w = q->way;

	if (q->passes || q->next >= w->distance)
		q->next = (uint8_t)(w->distance - 1U);
	else if (way_hops_of(w->reply_ttl) != w->distance)
		q->next = 0; /* by TTLs of another way back it cannot be counted */
	inquiry_end(q, FOUND_NEARER);
}

/* The target's way back may be shorter than that of a hop before it. */
static void not_as_control(struct inquiry *q)
{
	/* Where TTLs do not count hops, what it comes to does. */
	if (way_hops_of(q->way->reply_ttl) != q->way->distance && ask_short(q))
		return;
	if (q->next < way_hops_of(q->way->reply_ttl) || q->next < q->way->distance)
		is_nearer(q);
	else
		inquiry_end(q, FOUND_FARTHER);
}

static void compare(struct inquiry *q)
{
	q->silences = q->unsteady = 0;
	q->stage = STAGE_COMPARE;
}

static void came_from(struct inquiry *q, unsigned ttl)
{
	const struct way *w = q->way;

	q->next = (uint8_t)way_hops_of(ttl);
	q->silences = 0;
	if (q->nearest)
		came_from_near(q, ttl);
	else if (q->next == way_hops_of(w->reply_ttl))
		as_control(q);
	else if (q->next == 1 && w->distance > 1)
		walk_from_start(q); /* or this host itself */
	else if (ttl > w->reply_ttl && w->answers != REPLY_ICMP)
		compare(q);
	else if (q->symptom == SYMPTOM_ICMP && q->next > w->distance)
		look_beyond(q);
	else
		not_as_control(q);
}

/* An ICMP error tells its TTL; that of TCP's answers is asked for. */
static void ask_from_where(struct inquiry *q)
{
	const struct way *w = q->way;

	q->silences = 0;
	q->ttl_lo = 1;
	q->ttl_hi = WAY_TTL_END;
	q->stage = q->symptom == SYMPTOM_ICMP ? STAGE_WHOLE : STAGE_REPLY;
	if (!w->reply_ttl)
		inquiry_end(q, FOUND_NOTHING);
	else if (is_own_control(q))
		as_control(q);
}

/* A hop's error: its number is that of its address. One that was not heard of before is the hop
 * that this TTL comes to, and not the one before it, which has another address. */
static void came_to_it(struct inquiry *q, const struct icmp_error *e)
{
	unsigned known = way_find_hop(q->way, &q->by), before = q->ttl - 1U;

	if (!known && before && !q->way->hops[before].family && e->ttl)
		known = way_hops_of(e->ttl) == before ? before : q->ttl;
	q->next = (uint8_t)(known ? known : q->ttl);
	if (!q->way->hops[q->next].family)
		q->way->hops[q->next] = q->by;
	inquiry_end(q, FOUND_HOP);
}

/* An error from beyond the address that was dialled, which is translated there: that of the target
 * has come all the way that reaches it. */
static void came_from_beyond(struct inquiry *q, const struct icmp_error *e)
{
	q->next = (uint8_t)way_hops_of(e->ttl);
	inquiry_end(q, q->next < q->ttl ? FOUND_BEYOND : FOUND_FARTHER);
}

static void take_walk(struct inquiry *q, const struct reply *r)
{
	if (is_the_answer(r)) {
		if (q->symptom == SYMPTOM_HOP)
			came_to_it(q, &r->icmp);
		else if (q->is_beyond)
			came_from_beyond(q, &r->icmp);
		else
			came_short(q);
	} else if (r->kind == REPLY_EXCEEDED || !inquiry_again(q)) {
		if (r->kind == REPLY_EXCEEDED)
			inquiry_note_hop(q, r);
		q->silences = 0;
		if (++q->ttl > WAY_HOPS_MAX ||
		    (!q->by.family && !q->is_beyond && q->ttl > q->way->distance))
			inquiry_end(q, FOUND_NOTHING);
	}
}

static void take_short(struct inquiry *q, const struct reply *r)
{
	if (is_the_answer(r)) {
		walk_from_start(q);
		return;
	}
	if (r->kind == REPLY_NONE && inquiry_again(q))
		return;
	if (r->kind == REPLY_EXCEEDED) {
		q->passes = true;
		inquiry_note_hop(q, r);
	}
	if (q->is_like_control)
		as_control(q);
	else
		not_as_control(q);
}

/* Of what went well one silence is, where silence is what should be. */
static bool is_enough(const struct inquiry *q, unsigned asked)
{
	return q->is_plain && asked == q->way->reply_ttl + 1U && q->ttl_lo == q->way->reply_ttl;
}

static void take_reply(struct inquiry *q, const struct reply *r)
{
	unsigned asked = way_next_ttl(q->way, q->ttl_lo, q->ttl_hi);

	if (r->kind == REPLY_NONE && !is_enough(q, asked) && inquiry_again(q))
		return;
	q->silences = 0;
	if (r->kind == REPLY_NONE)
		q->ttl_hi = asked;
	else if (is_the_answer(r))
		q->ttl_lo = asked;
	else
		inquiry_end(q, FOUND_NOTHING);
	if (q->stage == STAGE_REPLY && q->ttl_hi - q->ttl_lo <= 1)
		came_from(q, q->ttl_lo);
}

static void is_it_steady(struct inquiry *q)
{
	q->resume = q->stage;
	q->stage = STAGE_STEADY;
}

static void take_control(struct inquiry *q, const struct reply *r)
{
	struct way *w = q->way;

	if (way_is_answer(w, r)) {
		w->distance = q->ttl;
		w->is_doubtful = w->reply_ttl && way_is_short(w);
		ask_from_where(q);
	} else if (r->kind != REPLY_NONE) {
		if (r->kind == REPLY_EXCEEDED)
			inquiry_note_hop(q, r);
		is_short(q);
	} else if (w->answers != REPLY_ICMP) {
		is_it_steady(q);
	} else if (!inquiry_again(q)) {
		is_short(q); /* those errors are rationed */
	}
}

/* Where losses had the control look farther away than it is, it now shows. Its silence counts only
 * where it answers right after. */
static void take_compare(struct inquiry *q, const struct reply *r)
{
	if (r->kind == REPLY_NONE) {
		is_it_steady(q);
		return;
	}
	q->way->reply_ttl = (uint8_t)q->ttl_lo;
	q->way->is_doubtful = way_is_short(q->way);
	as_control(q);
}

static void take_steady(struct inquiry *q, const struct reply *r)
{
	q->stage = q->resume;
	if (!way_is_answer(q->way, r)) {
		q->way->asks = WAY_ASKS_LOSSY;
		if (++q->unsteady == UNSTEADY_MAX)
			inquiry_end(q, FOUND_UNSURE);
	} else if (inquiry_again(q)) {
		return;
	} else if (q->resume == STAGE_COMPARE) {
		not_as_control(q);
	} else {
		is_short(q);
	}
}

static void take_whole(struct inquiry *q, const struct reply *r)
{
	if (r->kind == REPLY_NONE && inquiry_again(q))
		return;
	q->ttl_lo = r->kind == REPLY_ICMP ? r->icmp.ttl : 0;
	if (q->ttl_lo)
		came_from(q, q->ttl_lo);
	else
		inquiry_end(q, FOUND_NOTHING);
}

void inquiry_take_answer(struct inquiry *q, const struct reply *r)
{
	switch (q->stage) {
	case STAGE_SHORT:
		take_short(q, r);
		break;
	case STAGE_REPLY:
		take_reply(q, r);
		break;
	case STAGE_CONTROL:
		take_control(q, r);
		break;
	case STAGE_COMPARE:
		take_compare(q, r);
		break;
	case STAGE_STEADY:
		take_steady(q, r);
		break;
	case STAGE_WALK:
		take_walk(q, r);
		break;
	default:
		take_whole(q, r);
		break;
	}
}

void inquiry_start_answer(struct inquiry *q)
{
	struct way *w = q->way;

	q->ttl = 1;
	if (q->symptom == SYMPTOM_HOP) {
		q->next = (uint8_t)way_find_hop(w, &q->by);
		q->found = q->next ? FOUND_HOP : FOUND_NOTHING;
		q->stage = q->next ? STAGE_DONE : STAGE_WALK;
	} else if (!w->distance) {
		inquiry_end(q, FOUND_NOTHING);
	} else {
		ask_from_where(q);
	}
}
