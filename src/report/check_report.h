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
	const char *names;	      /* lines about names that were resolved; "" */
	const struct change *changes; /* by demand; NULL: no history */
	bool all;		      /* list what holds, too */
};
