/* SPDX-License-Identifier: ISC
 *
 * A run of `check` as records of the machine's format: one JSON object each, without a line end.
 * Keys are always there, null where unknown, and only grow.
 */
#pragma once

#include "base/buf.h"
#include "report/check_report.h"

void record_verdict(struct buf *out, const struct check_report *r, const struct judgement *j);
void record_goal(struct buf *out, const struct check_report *r, const struct goal_judgement *g);

/* All records behind the run's header: outcomes, verdicts, goals, what the site leaves open, the
 * summary; with the separator between them. */
void records_of_check(struct buf *out, const struct check_report *r, const char *separator);
