/* SPDX-License-Identifier: ISC
 *
 * What outcomes mean: pure functions over a demand's tree and the outcomes of its flows.
 *
 * A leaf passes when every port passes at every address that counts: all addresses of one family
 * are enough, another family with a route of ours that fails makes it degraded. Lists want all,
 * "or" wants any, "else" takes the first that passes. What starts at another vantage does not
 * count here.
 *
 * What is forbidden passes when it is shown closed: something on the way refuses it, or it is
 * silent while another port of the same address answers (the control).
 */
#pragma once

#include "model/outcome.h"
#include "model/plan.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_DEGRADED,
	VERDICT_FAIL,
	VERDICT_FORBIDDEN_OPEN,
	VERDICT_NOT_TESTED,
	VERDICT_UNPROVEN,
	VERDICT_COUNT
};
extern const char *const verdict_names[];

/* Whose move it is. */
enum turn {
	TURN_NOBODY,
	TURN_NETWORK, /* the owner of a device on the path */
	TURN_SERVER,  /* the server's administrator */
	TURN_APPLICATION,
	TURN_NAME_SERVICE,
	TURN_PROVIDER,
	TURN_THIS_HOST,
	TURN_COUNT
};
extern const char *const turn_names[];

struct judgement {
	const struct demand *demand;
	enum verdict verdict;
	enum answer network, service;
	enum turn turn;
	const struct device *device;	/* TURN_NETWORK, where one is known */
	const struct outcome *decisive; /* NULL: there was none */
	const struct flow *flow;	/* the one that decided */
	const char *reason;		/* one sentence; NULL: the outcome says it */
	/* Of `after:`: the first prerequisite that does not hold, so that this one is moot whatever
	 * its own outcomes say; NULL: none. */
	const struct judgement *prerequisite;
	LIST_OF(const struct outcome *) outcomes; /* all that were looked at, in order */
	bool elsewhere;				  /* no part of it starts here */
	bool partial;				  /* some part of it does not */
	/* What stands beside the needs (`also:`) and failed, which decides nothing; NULL: nothing.
	 */
	const struct flow *beside;
	const struct outcome *beside_outcome;
};

/* What a person wants to do, over the verdicts of its requirements. */
struct goal_judgement {
	const struct installation *installation;
	const struct goal *goal; /* of the product's list */
	enum verdict verdict;
	const struct judgement *decisive; /* of a sequence the first broken link; NULL: none */
	bool elsewhere;			  /* no part of it starts here */
};

struct judge_options {
	bool network_only; /* a service that does not answer yet is no failure */
	bool strict;	   /* unproven is a failure */
	/* By demand: for those without flows, which have no result to tell. NULL: none. */
	const bool *starts_here;
};

struct summary {
	unsigned counts[VERDICT_COUNT]; /* of what counts from here */
	unsigned partial;		/* of those that hold */
	unsigned lesser_failed;		/* recommended and optional ones: told, but do not count */
	unsigned elsewhere;
	int exit; /* DESIGN: 0, 1, 3 */
};

/* Why a flow that starts here has no outcome: one sentence; NULL: it has, or starts elsewhere. */
struct flow_result {
	bool is_here;
	const char *not_tested;
	const struct outcome *const *outcomes; /* of this flow */
	size_t n;
};

struct verdicts {
	LIST_OF(struct judgement) items;      /* one a demand, in the plan's order; in the arena */
	LIST_OF(struct goal_judgement) goals; /* of every installation, in the documents' order */
	struct summary summary;
};

/* results: one a flow, by its index. */
void judge(const struct plan *plan, const struct flow_result *results,
	   const struct judge_options *options, struct arena *arena, struct verdicts *out);
