/* SPDX-License-Identifier: ISC
 *
 * Which of a plan's demands a check is about: --only, --goal, --failing; without a site, what was
 * named.
 */
#pragma once

#include "base/arena.h"
#include "cmd/command.h"
#include "model/judge.h"

struct narrowed {
	struct plan plan;    /* with fewer demands, the flows as they were */
	struct map left_out; /* as struct judge_options has it; owned */
};

/* All but left_out is the arena's and the plan's. vantage: whose last run tells what failed. Fails
 * where a word names nothing, and where no run was kept. */
MUST_USE int check_filter(const struct arguments *args, const struct plan *plan, bool is_quick,
			  const char *vantage, struct arena *arena, struct narrowed *out,
			  struct err *err);

/* For struct judge_options; ctx is a struct arguments with --goal. */
bool check_wants_goal(const void *ctx, const struct installation *in, const struct goal *g);
