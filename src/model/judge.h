/* SPDX-License-Identifier: ISC
 *
 * What outcomes mean: pure functions over a demand's tree and the outcomes of its flows.
 *
 * From good to bad: pass, degraded, unproven, not-tested, fail, forbidden-open. A list is as good
 * as its worst part, "or" as its best; "else" is the first that passes, and as good as its best
 * where none does. So a failure is only what no part that is still open could change. What starts
 * at another vantage does not count here.
 *
 * A flow passes when all the names, addresses and ports behind it do. Behind one name the addresses
 * of one family are enough: where the other family fails beside it, that is degraded; a family
 * without a route of ours never decides. Of a span, a port where nobody listens is as good as any,
 * as long as somebody may listen on another.
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

/* What the collected rulesets of the devices on a flow's path say of it. */
enum ruled { RULED_NOTHING, RULED_PASSES, RULED_STOPPED, RULED_DEPENDS };
struct ruling {
	enum ruled said; /* of all devices of the path; NOTHING: one was not collected */
	const struct device *device; /* that stops it; NULL: none, or no device of the site's */
	const char *words;	     /* which rule of which device, and when it was collected */
};

struct judgement {
	const struct demand *demand;
	enum verdict verdict;
	enum answer network, service;
	enum turn turn;
	const struct device *device;	/* TURN_NETWORK, where one is known */
	const struct outcome *decisive; /* NULL: there was none */
	const struct outcome *control;	/* of what is forbidden: what got through beside it */
	const struct flow *flow;	/* the one that decided */
	const char *reason;		/* one sentence, a literal; NULL: the outcome says it */
	const char *rules; /* what rulesets say, and whether that agrees; NULL: nothing */
	/* Of `after:` and `child_of:`: what fails first in that chain, so that this one is moot
	 * whatever its own outcomes say; NULL: nothing. The next move is then that one's. */
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
	bool partial;			  /* some part of it does not, or is not installed */
};

struct judge_options {
	bool network_only; /* a service that does not answer yet is no failure */
	bool strict;	   /* unproven is a failure */
	/* By demand: for those without flows, which have no result to tell. NULL: none. */
	const bool *starts_here;
	/* By demand: it starts elsewhere and ends at a vantage of this run. NULL: none does. */
	const bool *comes_in;
	const struct ruling *rulings; /* by flow; NULL: no ruleset was collected */
	/* Requirements of which this check leaves something out, by requirement_of_key(): goals
	 * that need them are not judged. NULL: none. */
	const struct map *left_out;
	bool (*is_wanted_goal)(const void *ctx, const struct installation *in,
			       const struct goal *g); /* NULL: all are */
	const void *ctx;
};
struct requirement_of {
	const struct installation *installation;
	const struct requirement *requirement;
};
static inline struct slice requirement_of_key(const struct requirement_of *r)
{
	return (struct slice){(const char *)r, sizeof(*r)};
}

struct summary {
	unsigned counts[VERDICT_COUNT]; /* of what counts from here */
	unsigned partial;		/* of those that hold */
	unsigned lesser_failed;		/* recommended and optional ones: told, but do not count */
	unsigned lesser_open;		/* of those, what is unproven or was not tested */
	unsigned moot;			/* of what fails: behind a prerequisite that fails */
	unsigned elsewhere;
	unsigned comes_in;	       /* of these; they need a far side to be tried */
	unsigned goals[VERDICT_COUNT]; /* of those that start here; no matter for the exit */
	int exit;		       /* DESIGN: 0, 1, 3 */
};

/* Why a flow that starts here has no outcome: one sentence; NULL: it has, or starts elsewhere. */
struct flow_result {
	bool is_here;
	const char *not_tested;
	const struct outcome *const *outcomes; /* of this flow */
	/* Of a flow whose port a directory names: for which of its claims each of them is. NULL:
	 * for all. */
	const struct claim *const *asked;
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
