/* SPDX-License-Identifier: ISC
 *
 * What is different between two runs, verdict by verdict.
 */
#pragma once

#include "model/past_run.h"

enum difference_kind {
	DIFFERENCE_FAILS,   /* it does not hold, and did, or was not known to fail */
	DIFFERENCE_FIXED,   /* it holds, and did not */
	DIFFERENCE_CAUSE,   /* it does not hold in both, but in another way */
	DIFFERENCE_VERDICT, /* another verdict, neither better nor worse than is known */
	/* only in the second, and does not fail there, or the first looked from other hosts */
	DIFFERENCE_CAME,
	DIFFERENCE_GONE, /* only in the first */
	DIFFERENCE_KINDS
};
extern const char *const difference_names[]; /* "newly-fails", "fixed", ... */

struct difference {
	enum difference_kind kind;
	const struct past_verdict *before, *after; /* NULL: not in that run */
};

struct run_diff {
	const struct past_run *first, *second; /* borrowed */
	LIST_OF(struct difference) items;      /* as in the second; then what is gone */
	size_t counts[DIFFERENCE_KINDS];
	size_t same;
};

/* The first run is the older one. Both with their outcomes, where causes are to be compared. */
void run_diff(const struct past_run *first, const struct past_run *second, struct arena *arena,
	      struct run_diff *out);
