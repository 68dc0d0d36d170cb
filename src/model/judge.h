/* SPDX-License-Identifier: ISC
 *
 * What the outcomes mean for a requirement: pure functions over a demand's tree and the outcomes of
 * its flows.
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
	const struct device *device;	/* TURN_NETWORK, where it is known */
	const struct outcome *decisive; /* the outcome that decided; NULL: none was made */
	bool elsewhere;			/* starts at another vantage: does not count here */
	LIST_OF(const struct outcome *) outcomes;
};

struct judge_options {
	bool network_only; /* --network: a service that does not answer yet is no failure */
	bool strict;	   /* --strict: unproven counts as a failure */
};

struct summary {
	unsigned counts[VERDICT_COUNT];
	unsigned lesser_failed; /* recommended and optional ones: not in the exit code */
	unsigned elsewhere;
	int exit;
};

/* outcomes: any order; an outcome's `flow` is the index in plan.flows. here[i]: endpoint of flow i
 * starts at this run's vantage. Results live in the arena. */
struct verdicts {
	LIST_OF(struct judgement) items; /* one a demand, in the plan's order */
	struct summary summary;
};
void judge(const struct plan *plan, const struct outcome *outcomes, size_t n_outcomes,
	   bool (*is_here)(const void *ctx, const struct endpoint *e), const void *ctx,
	   const struct judge_options *options, struct arena *arena, struct verdicts *out);

/* Does the path let it through? Open, closed by the genuine target and wrong-service say yes. */
enum answer outcome_network(enum state state, enum cause cause);
