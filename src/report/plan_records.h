/* SPDX-License-Identifier: ISC
 *
 * A plan as records of the machine's format, one JSON object a line: flows, questions, findings.
 */
#pragma once

#include "model/plan.h"

void record_flow(struct buf *out, const struct flow *f);
void record_question(struct buf *out, const struct question *q);
void record_finding(struct buf *out, const struct finding *f);
