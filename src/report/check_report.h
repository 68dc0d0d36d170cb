/* SPDX-License-Identifier: ISC
 *
 * One run of `check`, as every form of its report gets it. All of it is borrowed.
 */
#pragma once

#include "model/judge.h"
#include "report/records.h"

/* What the runs before this one said of a verdict. */
struct change {
	/* "new" (it held, or was not there, and does not hold now), "fixed", "same"; NULL: there is
	 * nothing to compare with */
	const char *changed;
	int64_t since_ms; /* wall clock; it has been as it is since that run; 0: not known */
};

struct check_report {
	const struct plan *plan;
	const struct verdicts *verdicts;
	const struct outcome *outcomes; /* by flow, then by address */
	size_t n_outcomes;
	const struct run *run;
	int64_t elapsed_ms;
	const char *names;	      /* lines about names that were resolved, escaped; "" */
	const struct change *changes; /* by demand; NULL: no history */
	bool all;		      /* list what holds, too */
	bool strict;		      /* what cannot be proven is a failure */
	size_t width;		      /* of the terminal in columns; 0: no limit */
};
