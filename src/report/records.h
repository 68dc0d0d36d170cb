/* SPDX-License-Identifier: ISC
 *
 * The machine's records, version 1: one JSON object a line. People's scripts depend on the keys:
 * they are always there, null where unknown, and only grow. A probe without a plan writes the same
 * records as a check.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/past_run.h"

struct run {
	char id[27]; /* a ULID */
	const char *version;
	const char *site;    /* NULL: none */
	const char *vantage; /* the host that checks run from */
	int64_t started_ms;  /* wall clock */
	/* Those that change what a verdict means: "network", "as-documented"; NULL ends them. */
	const char *options[RUN_OPTIONS_MAX];
};

/* 48 bits of time, 80 of chance, as 26 letters that sort by time (github.com/ulid/spec). */
void run_id_format(int64_t ms, const uint8_t chance[10], char id[27]);

/* What a plan knows of an outcome's flow; a zeroed one: there is no plan. */
struct outcome_context {
	const char *flow, *installation, *from, *to;
	const char *const *requirements;
	size_t n_requirements;
};

struct run_summary {
	unsigned pass, degraded, fail, unproven, not_tested, forbidden_open;
	int64_t elapsed_ms;
	unsigned slowed_to; /* new connections a second: faster ones got lost; 0: none did */
	int exit;
};

/* Each adds one object without a newline. */
void json_run(struct buf *out, const struct run *run);
void json_outcome(struct buf *out, const struct outcome *o, const struct run *run,
		  const struct outcome_context *context);
void json_summary(struct buf *out, const struct run_summary *s);

/* All records of a run as one document: the run's object with the others in its "records", which
 * the caller adds between the two, with commas. */
void json_document_start(struct buf *out, const struct run *run);
void json_document_stop(struct buf *out);
