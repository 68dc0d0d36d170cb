/* SPDX-License-Identifier: ISC
 *
 * A plan, and a request, as records of the machine's format: one JSON object each, without a line
 * end. Keys are always there, null where unknown, and only grow.
 */
#pragma once

#include "model/plan.h"
#include "report/plan_view.h"
#include "report/request.h"

void record_flow(struct buf *out, const struct flow *f);
void record_question(struct buf *out, const struct question *q);
void record_finding(struct buf *out, const struct finding *f);
void record_requirement(struct buf *out, const struct demand *d);

/* "plan" and "request": what was planned, from which documents, how much of it. Left open, so that
 * the records can follow inside it as its "records"; `}` closes it. */
void record_plan_start(struct buf *out, const struct plan_view *v);
void record_request_start(struct buf *out, const struct request *r);
/* The records behind the header, with the separator between them. */
void records_of_plan(struct buf *out, const struct plan_view *v, const char *separator);
void records_of_request(struct buf *out, const struct request *r, const char *separator);
