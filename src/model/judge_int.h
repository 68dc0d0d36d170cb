/* SPDX-License-Identifier: ISC
 *
 * What the judge's files share. judge_part.c joins what is known of parts, judge_need.c climbs a
 * demand's tree, judge_forbid.c says what is shown closed, judge_turn.c whose move it is,
 * judge_rules.c what the rulesets on the way say of it,
 * judge_after.c what is moot, judge_goal.c what a person can do.
 */
#pragma once

#include "model/judge.h"

/* What one node of a tree came to. Elsewhere is a third thing beside passing and failing. */
struct part {
	bool elsewhere; /* nothing of it starts here; then the rest says nothing */
	bool partial;	/* something of it does not */
	bool without;	/* elsewhere, and there is nothing to try: a goal misses nothing */
	enum verdict verdict;
	enum answer network, service;
	const struct outcome *decisive, *control;
	const struct flow *flow;
	const struct judgement *judgement; /* a goal's */
	const char *reason;
};
#define PART_NONE ((struct part){.elsewhere = true})

struct judging {
	const struct plan *plan;
	const struct flow_result *results;
	const struct judge_options *options;
	struct arena *arena;
	struct verdicts *out;
	bool starts_here; /* the demand that is judged, as far as the check says */
	/* What got through, by address: the controls. */
	LIST_OF(const struct outcome *) controls;
	/* By installation, requirement and ends; those of one pair in the plan's order. */
	LIST_OF(struct judgement *) by_requirement;
};

/* --- judge_part.c ----------------------------------------------------------------------------- */

bool verdict_is_good(enum verdict v);	/* it holds, maybe by a fallback */
bool verdict_is_broken(enum verdict v); /* it does not; else it is open */
struct part part_of(const struct judging *j, const struct flow *f, const struct outcome *o);
bool part_is_worse(const struct part *a, const struct part *b);
/* *sum starts as PART_NONE and takes one part after the other. */
void part_join_all(struct part *sum, const struct part *p);
void part_join_worst(struct part *sum, const struct part *p); /* the answers are the worst's, too */
void part_join_any(struct part *sum, const struct part *p);
void part_join_else(struct part *sum, const struct part *p);
struct part part_of_open(const struct judging *j);     /* what the site leaves open */
const char *judge_why_vacant(const struct outcome *o); /* NULL: it is not */

/* --- judge_need.c ----------------------------------------------------------------------------- */

/* A family without a route of ours. */
bool judge_is_unrouted(const struct flow_result *r, const struct outcome *like, uint8_t family);
struct part judge_need(const struct judging *j, const struct need *need);
/* What was seen of a leaf: of a flow that several services share, what was asked for this one. */
struct flow_result judge_seen(const struct judging *j, const struct need *need);

/* --- judge_forbid.c --------------------------------------------------------------------------- */

void judge_find_controls(struct judging *j);
struct part judge_forbidden(const struct judging *j, const struct demand *d,
			    const struct need *need);

/* --- judge_rules.c ---------------------------------------------------------------------------- */

/* Joins what was seen with what the rulesets say. */
void judge_rules(const struct judging *j, struct judgement *judged);

/* --- judge_turn.c ----------------------------------------------------------------------------- */

/* Fills turn and device from the rest. */
void judge_turn(const struct judging *j, struct judgement *judged);

/* --- judge_after.c ---------------------------------------------------------------------------- */

struct judged_list {
	struct judgement *const *items;
	size_t n;
};

void judge_sort(struct judging *j); /* before the next two */
struct judged_list judge_of_requirement(const struct judging *j, const struct installation *in,
					const struct requirement *q);
void judge_prerequisites(const struct judging *j);

/* --- judge_goal.c ----------------------------------------------------------------------------- */

void judge_goals(const struct judging *j);
