/* SPDX-License-Identifier: ISC
 *
 * A run as it is kept while it goes, and what the runs before it say. What cannot be kept or read
 * is told once on standard error and changes nothing else: no history is no reason to stop a check.
 */
#pragma once

#include "model/history.h"
#include "report/records.h"
#include "store/store.h"

struct kept {
	struct store *store; /* NULL: it is not kept */
};

/* run->site must be set; the header is written. `portolan check --no-history`: do not call it, and
 * leave the struct zeroed. */
void kept_start(struct kept *k, const struct run *run);
/* Finished lines: outcomes as they come, the verdicts and the summary at the end. */
void kept_add(struct kept *k, struct slice lines);
void kept_stop(struct kept *k);

/* By verdict; NULL: there is nothing to compare with. Before the verdicts' records are written, so
 * that they carry it on. */
const struct change *kept_changes(const struct kept *k, const struct run *run,
				  const struct verdicts *now, struct arena *arena);
