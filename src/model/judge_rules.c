/* SPDX-License-Identifier: ISC
 *
 * What was seen, and what the rulesets on the way say: agreement names the rule, disagreement is
 * told, and what nobody may try is proven by the rules alone.
 */
#include "model/judge_int.h"

#define STALE "; they disagree: another way, an older ruleset, or something between"

struct tally {
	size_t flows, stopped, passed;
	const struct flow *first;   /* of which a ruleset says something */
	const struct flow *passing; /* of which the rules let through */
};

static const struct ruling *ruling_of(const struct judging *j, const struct flow *f)
{
	return &j->options->rulings[f->index];
}

static void count(const struct judging *j, const struct need *need, struct tally *t)
{
	enum ruled said;

	if (!need)
		return;
	for_each (kid, &need->kids)
		count(j, *kid, t);
	if (need->kind != NEED_FLOW)
		return;
	said = ruling_of(j, need->flow)->said;
	t->flows++;
	t->stopped += said == RULED_STOPPED;
	t->passed += said == RULED_PASSES;
	if (said != RULED_NOTHING && !t->first)
		t->first = need->flow;
	if (said == RULED_PASSES && !t->passing)
		t->passing = need->flow;
}

/* Nobody has an answer, or nobody here has asked. */
static bool is_open_question(const struct judgement *judged)
{
	return judged->elsewhere || judged->verdict == VERDICT_UNPROVEN ||
	       judged->verdict == VERDICT_NOT_TESTED;
}

static void decide(struct judgement *judged, enum verdict verdict, const struct flow *f,
		   const char *reason)
{
	judged->verdict = verdict;
	judged->network = verdict == VERDICT_PASS ? ANSWER_PASS : ANSWER_FAIL;
	judged->elsewhere = judged->partial = false;
	judged->flow = f;
	judged->reason = reason;
	judged->turn = TURN_NOBODY;
}

static void judge_closed(const struct judging *j, const struct tally *t, struct judgement *judged)
{
	if (t->passing) {
		judged->rules = ruling_of(j, t->passing)->words;
		if (is_open_question(judged))
			decide(judged, VERDICT_FORBIDDEN_OPEN, t->passing,
			       "the rulesets on its way let it through");
		return;
	}
	judged->rules = ruling_of(j, t->first)->words;
	if (t->stopped == t->flows && is_open_question(judged))
		decide(judged, VERDICT_PASS, t->first,
		       "nobody tried it; the rulesets on its way stop it");
}

static const char *disagrees(const struct judging *j, const char *seen, const struct ruling *r)
{
	return arena_printf(j->arena, "%s, but %s" STALE, seen, r->words);
}

/* Whose rule it is can make the next move. */
static void blame(struct judgement *judged, const struct ruling *r)
{
	judged->rules = r->words;
	judged->network = ANSWER_FAIL;
	judged->turn = TURN_NETWORK;
	if (r->device)
		judged->device = r->device;
}

static void judge_open(const struct judging *j, const struct tally *t, struct judgement *judged)
{
	const struct flow *f = judged->flow ? judged->flow : t->first;
	const struct ruling *r = ruling_of(j, f);

	judged->rules = r->words;
	if (judged->elsewhere)
		return;
	if (verdict_is_good(judged->verdict) && r->said == RULED_STOPPED)
		judged->rules = disagrees(j, "it was reached", r);
	else if (verdict_is_broken(judged->verdict) && judged->network == ANSWER_FAIL &&
		 r->said == RULED_PASSES)
		judged->rules = disagrees(j, "it was stopped", r);
	else if (verdict_is_broken(judged->verdict) && judged->network == ANSWER_FAIL &&
		 r->said == RULED_STOPPED)
		blame(judged, r);
	else if (judged->verdict == VERDICT_UNPROVEN && r->said == RULED_STOPPED) {
		judged->verdict = VERDICT_FAIL;
		judged->flow = f;
		judged->reason = "nothing came back, and a ruleset on its way stops it";
		blame(judged, r);
	}
}

void judge_rules(const struct judging *j, struct judgement *judged)
{
	struct tally t = {0};

	if (!j->options->rulings)
		return;
	count(j, judged->demand->needs, &t);
	if (!t.first)
		return;
	if (judged->demand->requirement->forbid)
		judge_closed(j, &t, judged);
	else
		judge_open(j, &t, judged);
}
