/* SPDX-License-Identifier: ISC
 *
 * The difference of two runs: for people on a terminal, for a ticket, for a program.
 */
#pragma once

#include "base/buf.h"
#include "model/run_diff.h"

/* 0: nothing newly fails; 1: something does. */
int diff_exit(const struct run_diff *d);

void diff_text(const struct run_diff *d, struct buf *out);
void diff_markdown(const struct run_diff *d, struct buf *out);
/* Records "diff" and "difference", one a line (report/records.h). */
void diff_records(const struct run_diff *d, struct buf *out);
