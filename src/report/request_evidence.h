/* SPDX-License-Identifier: ISC
 *
 * What a run of `check` says of a request's rows. Text is unescaped.
 */
#pragma once

#include "report/request.h"

enum flow_test {
	FLOW_UNTESTED, /* the run does not tell */
	FLOW_SETTLED,  /* no rule is missing: it holds, or it is somebody else's move */
	FLOW_MISSING,  /* a requirement fails, and the network stops this flow, or does not */
};

/* Fills r->failing. */
void request_find_failing(struct request *r);
enum flow_test request_flow_test(const struct request *r, const struct flow *f);

/* Fills row->test. */
void request_find_test(const struct request *r, struct request_row *row);

/* "run 01J... from web1, 2026-11-20 10:00 UTC"; NULL: there is no run. */
const char *request_run(const struct request *r);

/* Columns. All outcomes of the row in words; of those that show what is missing only these. */
void request_add_evidence(const struct request *r, const struct request_row *row, struct buf *out);
/* Of row->test. */
void request_add_state(const struct request *r, const struct request_row *row, struct buf *out);
void request_add_cause(const struct request *r, const struct request_row *row, struct buf *out);
void request_add_by(const struct request *r, const struct request_row *row, struct buf *out);
void request_add_how(const struct request *r, const struct request_row *row, struct buf *out);
void request_add_hop(const struct request *r, const struct request_row *row, struct buf *out);
void request_add_confidence(const struct request *r, const struct request_row *row,
			    struct buf *out);
void request_add_vantage(const struct request *r, const struct request_row *row, struct buf *out);
void request_add_time(const struct request *r, const struct request_row *row, struct buf *out);
void request_add_run(const struct request *r, const struct request_row *row, struct buf *out);
