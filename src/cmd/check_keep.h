/* SPDX-License-Identifier: ISC
 *
 * A check's run as it goes into the store: outcomes while they come, in pieces, so that a run that
 * is killed leaves what was known; the verdicts at its end.
 */
#pragma once

#include "cmd/kept.h"
#include "report/check_records.h"

struct keeper {
	struct kept kept;
	struct known_flow known;
	struct buf lines; /* not written yet */
	bool is_on;
};

void keeper_start(struct keeper *k, const struct run *run);
void keeper_add(struct keeper *k, const struct plan *plan, const struct run *run,
		const struct outcome *o);
void keeper_write(struct keeper *k); /* what was added so far; now and then, while it runs */
void keeper_stop(struct keeper *k, const struct check_report *r);
void keeper_release(struct keeper *k); /* also one that was never started, or not stopped */
