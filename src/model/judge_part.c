/* SPDX-License-Identifier: ISC */
#include "model/judge_int.h"

/* --- one outcome ------------------------------------------------------------------------------ */

static enum verdict verdict_of(const struct judging *j, const struct outcome *o)
{
	if (o->state == STATE_NOT_ATTEMPTED)
		return VERDICT_NOT_TESTED;
	if (o->network == ANSWER_FAIL)
		return VERDICT_FAIL;
	if (!j->options->network_only && o->service == ANSWER_FAIL)
		return VERDICT_FAIL;
	return o->network == ANSWER_PASS ? VERDICT_PASS : VERDICT_UNPROVEN;
}

/* A reset that may be made up on the way proves no open way. */
const char *judge_why_vacant(const struct outcome *o)
{
	if (o->state != STATE_CLOSED || o->network != ANSWER_PASS)
		return NULL;
	if (o->confidence == CONFIDENCE_CERTAIN)
		return "the way is open, only nobody listens yet";
	return o->transport == TRANSPORT_UDP
		       ? "if the answer is the target's own, the way is open and only nobody "
			 "listens yet"
		       : "if the reset is the target's own, the way is open and only nobody "
			 "listens yet";
}

/* The server has just said that it listens there. */
static const char *why_refused(const struct outcome *o)
{
	if (o->state != STATE_CLOSED || o->network != ANSWER_PASS)
		return NULL;
	return "the server names that port and does not listen there, or a firewall that does not "
	       "follow FTP refuses it in its name";
}

static const char *why(const struct flow *f, const struct outcome *o)
{
	if (o->is_stand_in)
		return "the way is open; a stand-in answered, the service itself is not there yet";
	return f->claims->mode ? why_refused(o) : judge_why_vacant(o);
}

/* The directory answered and names no port: it says nothing of the way to one. */
static struct part part_of_unnamed(const struct judging *j, const struct flow *f,
				   const struct outcome *o)
{
	return (struct part){
		.verdict = j->options->network_only ? VERDICT_NOT_TESTED : VERDICT_FAIL,
		.service = ANSWER_FAIL,
		.decisive = o,
		.flow = f,
		.reason = "the directory knows of no such service, so that there is no port to try",
	};
}

struct part part_of(const struct judging *j, const struct flow *f, const struct outcome *o)
{
	if (o->flow != f->index)
		return part_of_unnamed(j, f, o);
	return (struct part){
		.verdict = verdict_of(j, o),
		.network = o->network,
		.service = o->service,
		.decisive = o,
		.flow = f,
		.reason = why(f, o),
	};
}

struct part part_of_open(const struct judging *j)
{
	return (struct part){.elsewhere = !j->starts_here,
			     .verdict = VERDICT_NOT_TESTED,
			     .reason = "the site leaves open what it needs"};
}

/* --- joined ----------------------------------------------------------------------------------- */

bool verdict_is_good(enum verdict v)
{
	return v == VERDICT_PASS || v == VERDICT_DEGRADED;
}

bool verdict_is_broken(enum verdict v)
{
	return v == VERDICT_FAIL || v == VERDICT_FORBIDDEN_OPEN;
}

bool part_is_worse(const struct part *a, const struct part *b)
{
	static const int badness[VERDICT_COUNT] = {
		[VERDICT_PASS] = 0,	  [VERDICT_DEGRADED] = 1, [VERDICT_UNPROVEN] = 2,
		[VERDICT_NOT_TESTED] = 3, [VERDICT_FAIL] = 4,	  [VERDICT_FORBIDDEN_OPEN] = 5,
	};

	if (a->elsewhere != b->elsewhere)
		return b->elsewhere;
	return badness[a->verdict] > badness[b->verdict];
}

static enum answer all_of(enum answer a, enum answer b)
{
	if (a == ANSWER_FAIL || b == ANSWER_FAIL)
		return ANSWER_FAIL;
	return a == ANSWER_PASS ? b : a;
}

static enum answer any_of(enum answer a, enum answer b)
{
	if (a == ANSWER_PASS || b == ANSWER_PASS)
		return ANSWER_PASS;
	return a == ANSWER_FAIL ? b : a;
}

void part_join_worst(struct part *sum, const struct part *p)
{
	bool partial = sum->partial || p->partial || (p->elsewhere && !p->without);

	if (part_is_worse(p, sum))
		*sum = *p;
	sum->partial = partial;
}

void part_join_all(struct part *sum, const struct part *p)
{
	const struct part before = *sum;

	part_join_worst(sum, p);
	if (before.elsewhere || p->elsewhere)
		return;
	sum->network = all_of(before.network, p->network);
	sum->service = all_of(before.service, p->service);
}

/* As good as the better; where that does not hold, all of them together answer. */
static void take_better(struct part *sum, const struct part *p, bool is_better)
{
	struct part joined = is_better ? *p : *sum;

	if (!verdict_is_good(joined.verdict)) {
		joined.network = any_of(sum->network, p->network);
		joined.service = any_of(sum->service, p->service);
	}
	*sum = joined;
}

void part_join_any(struct part *sum, const struct part *p)
{
	bool is_fuller = sum->partial && !p->partial && sum->verdict == p->verdict;

	if (p->elsewhere)
		return;
	if (sum->elsewhere)
		*sum = *p;
	else
		take_better(sum, p, part_is_worse(sum, p) || is_fuller);
}

/* What could not be tried is not called a failure. */
static const char *why_fallback(enum verdict before)
{
	switch (before) {
	case VERDICT_NOT_TESTED:
		return "by a fallback: what comes first could not be tried";
	case VERDICT_UNPROVEN:
		return "by a fallback: what comes first cannot be proven from here";
	default:
		return "by a fallback: what comes first does not pass";
	}
}

void part_join_else(struct part *sum, const struct part *p)
{
	enum verdict before = sum->verdict;

	if (p->elsewhere || (!sum->elsewhere && verdict_is_good(before)))
		return;
	if (sum->elsewhere) {
		*sum = *p;
		return;
	}
	/* Of several that fail the last says so. */
	take_better(sum, p, part_is_worse(sum, p) || before == p->verdict);
	if (verdict_is_good(sum->verdict) && !sum->reason)
		sum->reason = why_fallback(before);
}
