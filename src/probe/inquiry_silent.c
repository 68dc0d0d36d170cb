/* SPDX-License-Identifier: ISC
 *
 * No answer: how far does it come? From router to router, until one that answers the control does
 * not answer the flow.
 */
#include "probe/inquiry.h"

enum {
	MUTE_MAX = 3,	/* without a control: so many silent TTLs in a row end the walk, */
	ROUNDS = 2,	/* that often: in between, those that ration their errors get some */
	PAUSES_MAX = 2, /* for those that ration their errors */
};

static bool has_control(const struct inquiry *q)
{
	return q->way->distance != 0;
}

/* Where nothing of it was seen anywhere: has it left this host at all? */
static void finish(struct inquiry *q, enum found found)
{
	bool is_seen = (q->last && !q->is_alike) || q->was_held;

	q->found = found;
	q->stage = is_seen || q->transport != TRANSPORT_TCP ? STAGE_DONE : STAGE_HELD;
}

/* Those that show where the others are lost are tried once more as they are, at leisure: maybe it
 * was the run itself that was too fast for something on the way. */
static void finish_first(struct inquiry *q, enum found found)
{
	finish(q, found);
	if (q->stage == STAGE_DONE && !q->follows && has_control(q) &&
	    q->transport == TRANSPORT_TCP)
		q->stage = STAGE_WHOLE;
}

static void take_whole(struct inquiry *q, const struct reply *r)
{
	if (r->kind == REPLY_OPEN || r->kind == REPLY_RESET)
		q->found = FOUND_ANSWER;
	q->stage = STAGE_DONE;
}

/* Enough of them were seen to come to the same hop, and to no other: routers ration their errors,
 * so that not every flow can be asked for. */
static bool is_told_by_others(const struct way *w)
{
	return w->has_many && w->n_fallen >= WAY_SAMPLES && !w->is_mixed;
}

/* For the other flows to the target. */
static void remember(struct inquiry *q)
{
	struct way *w = q->way;

	if (!w->has_fallen || w->fallen_at != q->last) {
		w->is_mixed |= w->has_fallen;
		w->has_fallen = true;
		w->fallen_at = q->last;
		w->n_fallen = 0;
	}
	w->n_fallen++;
}

static void end_here(struct inquiry *q, enum found found)
{
	remember(q);
	finish_first(q, found);
}

/* Between what it was seen to come to and what it was not: first the last hop before the target,
 * that most of them come to, then the middle of what is left. Each error is one of few that a
 * router sends. That it does not come to an answer of the target is known. */
static void search(struct inquiry *q)
{
	unsigned end = q->next ? q->next : q->way->distance, n = 0;
	uint8_t open[WAY_HOPS_MAX];

	for (unsigned ttl = q->last + 1U; ttl < end; ttl++)
		if (!(q->mutes >> ttl & 1))
			open[n++] = (uint8_t)ttl;
	q->silences = 0;
	q->stage = STAGE_WALK;
	q->mute = (uint8_t)(end - q->last - 1U);
	if (n)
		q->ttl = open[q->next ? n / 2 : n - 1];
	else
		end_here(q, q->next ? FOUND_BETWEEN : FOUND_AT_END);
}

static void go_on(struct inquiry *q)
{
	q->ttl++;
	q->silences = 0;
	q->stage = STAGE_WALK;
	if (has_control(q))
		search(q);
	else if (q->ttl > WAY_HOPS_MAX)
		end_here(q, FOUND_SOMEWHERE);
}

/* Without a control a silence proves nothing, and is not worth a long wait. */
static void go_on_blind(struct inquiry *q)
{
	q->mute++;
	if (q->mute >= MUTE_MAX && ++q->round < ROUNDS) {
		q->ttl = q->last;
		q->mute = 0;
	}
	if (q->mute >= MUTE_MAX)
		end_here(q, FOUND_SOMEWHERE);
	else
		go_on(q);
}

static void came_to_hop(struct inquiry *q, const struct reply *r)
{
	inquiry_note_hop(q, r);
	q->last = q->ttl;
	q->mute = q->round = 0;
	q->follows = false;
	go_on(q);
}

static void keep_silent(struct inquiry *q)
{
	q->mutes |= UINT64_C(1) << q->ttl;
	search(q);
}

/* It has told of the survey. */
static bool is_rationing(const struct inquiry *q)
{
	return q->way->hops[q->ttl].family != 0;
}

/* Whoever rations its errors gets the time to have some again. */
static void ask_later(struct inquiry *q)
{
	if (q->pauses >= (is_rationing(q) ? PAUSES_MAX : 1)) {
		keep_silent(q);
		return;
	}
	q->pauses++;
	q->stage = STAGE_LATE;
}

/* The control came to a hop that the flow does not come to. */
static void parted(struct inquiry *q)
{
	q->next = q->ttl;
	if (!q->follows) {
		search(q);
		return;
	}
	q->found = FOUND_BETWEEN;
	q->mute = 0;
	q->last = q->way->fallen_at;
	q->silences = 0;
	q->lower = q->last;
	q->is_alike = q->last && is_told_by_others(q->way);
	if (q->is_alike || !q->last)
		finish(q, FOUND_BETWEEN);
	else
		q->stage = STAGE_LOWER;
}

/* Whoever has errors left for two others while this flow is silent had one for it: routers get one
 * back a second. After a pause the first is enough. */
static bool is_shown(const struct inquiry *q)
{
	return q->way->n_told[q->ttl] - q->told >= (q->pauses ? 1U : 2U);
}

/* What our own firewall drops is found out without the errors of routers. */
static bool look_near(struct inquiry *q)
{
	if (q->follows || q->last || q->next || q->transport != TRANSPORT_TCP)
		return false;
	if (q->ttl > 1 && !q->was_near) {
		q->was_near = true;
		q->ttl = 1;
		q->stage = STAGE_WALK;
		return true;
	}
	if (q->ttl > 1 || q->was_held)
		return false;
	q->was_held = true;
	q->stage = STAGE_HELD;
	return true;
}

/* Does the control come there? */
static void compare(struct inquiry *q)
{
	q->silences = 0;
	q->is_confirmed = false;
	if (is_shown(q))
		parted(q);
	else
		q->stage = STAGE_CONTROL;
}

static void is_silent(struct inquiry *q)
{
	if (!has_control(q)) {
		go_on_blind(q);
	} else if (q->follows && is_told_by_others(q->way)) {
		parted(q); /* that the control comes there was seen often enough */
	} else if (q->stage == STAGE_LATE) {
		q->told = q->way->n_told[q->ttl]; /* those in the pause do not count */
		compare(q);
	} else if (!inquiry_again(q)) {
		q->silences = 0;
		if (is_shown(q) || !look_near(q))
			compare(q);
	}
}

static void walk_again(struct inquiry *q)
{
	q->follows = false;
	q->ttl = 0;
	q->last = q->next = q->mute = q->round = 0;
	q->mutes = 0;
	go_on(q);
}

static void take_control(struct inquiry *q, const struct reply *r)
{
	if (r->kind == REPLY_EXCEEDED) {
		inquiry_note_hop(q, r);
		q->silences = 0;
		q->stage = STAGE_CONFIRM;
		if (q->is_confirmed && is_shown(q))
			parted(q);
	} else if (r->kind != REPLY_NONE) {
		end_here(q, FOUND_SOMEWHERE); /* the way is another one by now */
	} else if (!inquiry_again(q) || (is_rationing(q) && q->silences > 1)) {
		ask_later(q);
	}
}

static void take_walk(struct inquiry *q, const struct reply *r)
{
	if (r->kind == REPLY_EXCEEDED)
		came_to_hop(q, r);
	else if (r->kind == REPLY_NONE)
		is_silent(q);
	else if (r->kind == REPLY_FAULT)
		inquiry_end(q, FOUND_NOTHING);
	else
		inquiry_end(q, FOUND_ANSWER);
}

/* Its silence was no loss. */
static void take_confirm(struct inquiry *q, const struct reply *r)
{
	if (r->kind == REPLY_NONE) {
		q->is_confirmed = true;
		q->stage = STAGE_CONTROL;
		if (is_shown(q))
			parted(q);
		return;
	}
	q->way->asks = WAY_ASKS_LOSSY;
	take_walk(q, r);
}

/* Whether it leaves this host takes as long to tell as a router has to wait for its next error. */
static void ask_lower_later(struct inquiry *q)
{
	if (q->transport == TRANSPORT_TCP && !q->was_held) {
		q->was_held = true;
		q->stage = STAGE_HELD;
		return;
	}
	if (q->pauses == PAUSES_MAX) {
		walk_again(q);
		return;
	}
	q->pauses++;
	q->silences = q->way->asks - 1;
}

/* The last round is enough to see whether it comes farther than the others. */
static void take_lower(struct inquiry *q, const struct reply *r)
{
	if (r->kind == REPLY_EXCEEDED && !has_control(q)) {
		q->round = ROUNDS - 1;
		q->ttl = q->last;
		q->mute = 0;
		go_on(q);
	} else if (r->kind == REPLY_EXCEEDED)
		end_here(q, q->found);
	else if (r->kind != REPLY_NONE)
		walk_again(q);
	else if (!inquiry_again(q))
		ask_lower_later(q);
}

static void look_lower(struct inquiry *q)
{
	q->stage = STAGE_LOWER;
	q->silences = q->way->asks - 1;
}

static void take_held(struct inquiry *q, const struct reply *r)
{
	q->stage = STAGE_DONE;
	if (r->kind == REPLY_KEPT)
		q->found = FOUND_KEPT;
	else if (r->kind != REPLY_NONE)
		q->found = FOUND_ANSWER;
	else if (q->was_held && q->follows)
		look_lower(q);
	else if (q->was_held)
		compare(q); /* it leaves: what is at the first hop */
}

void inquiry_take_silent(struct inquiry *q, const struct reply *r)
{
	switch (q->stage) {
	case STAGE_CONTROL:
		take_control(q, r);
		break;
	case STAGE_CONFIRM:
		take_confirm(q, r);
		break;
	case STAGE_LOWER:
		take_lower(q, r);
		break;
	case STAGE_HELD:
		take_held(q, r);
		break;
	case STAGE_WHOLE:
		take_whole(q, r);
		break;
	default:
		take_walk(q, r);
		break;
	}
}

/* Others of the way have fallen: first where they did. */
static void follow(struct inquiry *q)
{
	const struct way *w = q->way;

	q->follows = true;
	q->ttl = (uint8_t)(w->fallen_at + 1);
	if (has_control(q) && q->ttl < w->distance)
		return;
	q->found = has_control(q) ? FOUND_AT_END : FOUND_SOMEWHERE;
	q->last = w->fallen_at;
	q->lower = q->last;
	q->is_alike = q->last && is_told_by_others(w);
	if (q->is_alike || !q->last)
		finish(q, q->found);
	else
		q->stage = STAGE_LOWER;
}

void inquiry_start_silent(struct inquiry *q)
{
	q->stage = STAGE_WALK;
	q->ttl = 0;
	if (q->way->has_fallen)
		follow(q);
	else
		go_on(q);
}
