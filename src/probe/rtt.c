/* SPDX-License-Identifier: ISC */
#include "probe/rtt.h"

enum { LOST_MIN = 3, LOST_SHARE = 100 };

/* The chance that a "dropped" is bad luck. */
const double rtt_bad_luck_max = 1e-6;
/* What is taken to have been seen before anything was. */
static const double prior_lost = 0.05, prior_sent = 0.8;
/* So many tries of the target's own are worth all those of others. */
static const double others_max = 20;

void rtt_add(struct rtt *r, uint32_t us, unsigned lost)
{
	uint32_t differs = us > r->srtt_us ? us - r->srtt_us : r->srtt_us - us;

	r->answered++;
	r->sent += lost + 1;
	r->lost += lost;
	if (!r->srtt_us) {
		r->srtt_us = us ? us : 1;
		r->rttvar_us = us / 2;
		return;
	}
	/* RFC 6298 section 2.3: alpha = 1/8, beta = 1/4 */
	r->rttvar_us = (uint32_t)((3 * (uint64_t)r->rttvar_us + differs) / 4);
	r->srtt_us = (uint32_t)((7 * (uint64_t)r->srtt_us + us) / 8);
	if (!r->srtt_us)
		r->srtt_us = 1;
}

bool rtt_has_loss(const struct rtt *r)
{
	return r->lost >= LOST_MIN && r->lost >= r->sent / LOST_SHARE;
}

void rtt_add_silence(struct rtt *r)
{
	r->silent++;
}

uint32_t rtt_late_us(const struct rtt *r)
{
	uint64_t slack = 4 * (uint64_t)r->rttvar_us, us;

	if (!r->srtt_us)
		return 0;
	if (slack < RTT_SLACK_MS * 1000)
		slack = RTT_SLACK_MS * 1000;
	us = r->srtt_us + slack;
	return us < RTT_LATE_MAX_MS * 1000 ? (uint32_t)us : RTT_LATE_MAX_MS * 1000;
}

/* The chance that a try to the target is lost. What others have lost weighs as much as some of its
 * own tries; that others lose nothing makes the way to one that never answered no better. */
static double expected_loss(const struct rtt *target, const struct rtt *run)
{
	double others_sent = run->sent - target->sent, others_lost = run->lost - target->lost;
	double weight = others_sent < others_max ? others_sent : others_max;
	double lost = target->lost + prior_lost, sent = target->sent + prior_sent, p;

	if (weight > 0)
		lost += weight * others_lost / others_sent;
	p = lost / (sent + weight);
	return !target->answered && p < prior_lost / prior_sent ? prior_lost / prior_sent : p;
}

double rtt_bad_luck(const struct rtt *target, const struct rtt *run, unsigned tries)
{
	double p = expected_loss(target, run);
	/* Laplace's rule of succession. */
	double bad_luck = (target->answered + 1.0) / (target->answered + target->silent + 2.0);

	while (tries--)
		bad_luck *= p;
	return bad_luck;
}

unsigned rtt_tries(const struct rtt *target, const struct rtt *run)
{
	unsigned n = 2;

	while (n < RTT_TRIES_MAX && rtt_bad_luck(target, run, n) > rtt_bad_luck_max)
		n++;
	return n;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t half_us(const struct rtt_silence *s)
{
	return smaller(s->timeout_us / 2, RTT_HEDGE_MS * 1000);
}

/* Until when a try is worth while, where the whole has an end: its answer still has its time. */
static int64_t last_try_us(const struct rtt_silence *s)
{
	int64_t late_us = rtt_late_us(s->target);

	return late_us ? larger(half_us(s), s->timeout_us - late_us) : half_us(s);
}

/* From one try to the next: all within half of the time. Where answers take long, each try has its
 * time first, or half of it where the end comes too soon for that. */
static int64_t gap_us(const struct rtt_silence *s, unsigned needed)
{
	int64_t gap = half_us(s) / (needed - 1), late_us = rtt_late_us(s->target);

	gap = larger(gap, smaller(half_us(s), RTT_GAP_MIN_MS * 1000));
	if (!s->is_bound)
		return larger(gap, late_us);
	late_us = smaller(late_us, larger(late_us / 2, last_try_us(s) / (needed - 1)));
	return smaller(larger(gap, late_us), half_us(s));
}

/* So that the same is told in the same words: what timers came late is left out. */
static int64_t whole_us(int64_t us)
{
	const int64_t grain = 10000;

	return (us + grain / 2) / grain * grain;
}

struct rtt_step rtt_next(const struct rtt_silence *s)
{
	unsigned needed = rtt_tries(s->target, s->run);
	int64_t gap = gap_us(s, needed);
	int64_t late_us = rtt_late_us(s->target->answered ? s->target : s->run);

	if (!late_us)
		late_us = s->timeout_us - half_us(s);
	/* What timers were late does not cost a try. */
	if (s->tries < needed && (!s->is_bound || s->last_us + gap - gap / 8 < last_try_us(s)))
		return (struct rtt_step){false, s->last_us + gap};
	if (s->is_bound)
		return (struct rtt_step){true, s->timeout_us};
	return (struct rtt_step){true, larger(s->timeout_us, whole_us(s->last_us + late_us))};
}
