/* SPDX-License-Identifier: ISC
 *
 * The outcomes of a run without a plan, as the machine's records.
 */
#pragma once

#include "cmd/trial.h"

/* lines: one record a line (jsonl), else one document. False: standard output is closed or full,
 * which has been said. */
bool trial_print_json(const struct trial *t, bool lines, const struct run_summary *summary);
