/* SPDX-License-Identifier: ISC
 *
 * A run of `check` as records of the machine's format: one JSON object each, without a line end.
 * Keys are always there, null where unknown, and only grow.
 */
#pragma once

#include "base/buf.h"
#include "report/check_report.h"

/* What the plan knows of one flow: outcomes mostly come flow by flow. Zeroed to begin with. */
struct known_flow {
	const struct flow *flow;
	struct arena *arena; /* owned; NULL before the first */
	struct outcome_context context;
};
void known_flow_release(struct known_flow *k);

void record_outcome(struct buf *out, struct known_flow *k, const struct flow *f,
		    const struct run *run, const struct outcome *o);
void record_verdict(struct buf *out, const struct check_report *r, const struct judgement *j);
void record_goal(struct buf *out, const struct check_report *r, const struct goal_judgement *g);

/* All that stands behind the outcomes; with the separator between. */
void records_of_verdicts(struct buf *out, const struct check_report *r, const char *separator);
/* All records behind the run's header: outcomes, verdicts, goals, what the site leaves open, the
 * summary; with the separator between them. */
void records_of_check(struct buf *out, const struct check_report *r, const char *separator);
