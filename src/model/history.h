/* SPDX-License-Identifier: ISC
 *
 * What the runs before this one said of its verdicts: new, fixed, and since when. Of each verdict
 * the last run counts that could tell: one in which it was not tested, could not be proven, or did
 * not occur (a part of the site was checked) says nothing of it and ends no series.
 */
#pragma once

#include "model/past_run.h"

enum standing { STANDING_UNKNOWN, STANDING_HOLDS, STANDING_FAILS };
enum standing verdict_standing(enum verdict v);

struct change {
	/* "new" (it held, or was in none of the runs, and does not hold now), "fixed", "same";
	 * NULL: there is nothing to compare with */
	const char *changed;
	int64_t since_ms; /* wall clock; it has been as it is since that run; 0: not known */
};

struct history {
	const struct verdicts *now;
	const struct slice *keys; /* of each verdict */
	const char *vantage;
	const char *const *options; /* RUN_OPTIONS_MAX */
	int64_t started_ms;
	struct change *changes; /* one a verdict, in their order */
	size_t open;		/* verdicts that an older run could tell of */
	bool has_past;
};

/* What is now, and when it began. Everything is the arena's or borrowed. */
void history_start(struct history *h, const struct verdicts *now, const char *vantage,
		   int64_t started_ms, struct arena *arena);
/* The runs of the same site, the newest first, while `open` is not zero; runs with other options
 * (h->options, set by the caller; NULL: none) or from elsewhere are left out. Few are enough:
 * each carries the time at which its own series began. */
void history_add(struct history *h, const struct past_run *run);
/* No more runs: h->changes is complete. */
void history_stop(struct history *h);
