/* SPDX-License-Identifier: ISC
 *
 * One run of `check`, as every form of its report gets it. All of it is borrowed.
 */
#pragma once

#include "model/history.h"
#include "report/records.h"

struct check_report {
	const struct plan *plan;
	const struct verdicts *verdicts;
	const struct outcome *outcomes; /* by flow, then by address */
	size_t n_outcomes;
	const struct run *run;
	int64_t elapsed_ms;
	unsigned slowed_to;	      /* as in struct run_summary */
	const char *names;	      /* lines about names that were resolved, escaped; "" */
	const struct change *changes; /* by demand; NULL: no history */
	bool all;		      /* list what holds, too */
	bool strict;		      /* what cannot be proven is a failure */
	bool failing;		      /* the plan is what failed when it was last tested */
	size_t width;		      /* of the terminal in columns; 0: no limit */
};
