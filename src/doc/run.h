/* SPDX-License-Identifier: ISC
 *
 * A run that was written earlier: JSON lines as `check --format jsonl` prints and the store keeps
 * them, or the one document of `--format json`. Keys and records that are not known are skipped, so
 * that a later version's runs can be read; what is used must be as it should.
 */
#pragma once

#include "base/err.h"
#include "model/past_run.h"

enum {
	RUN_BYTES_MAX = 256 << 20, /* for whoever reads the file */
	RUN_LINE_MAX = 1 << 20,
	RUN_DOCUMENT_MAX = 64 << 20, /* of one document: it is held as a tree */
};

/* Outcomes are most of a run: who compares verdicts only reads it without. */
enum run_part { RUN_VERDICTS, RUN_ALL };

/* The last line may be torn, as it is after kill -9: it is left out. The run borrows nothing.
 * NULL: err says where and why; also where there is no run in it at all. */
MUST_USE struct past_run *run_read(const char *file, struct slice input, enum run_part part,
				   struct err *err);
