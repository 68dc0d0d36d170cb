/* SPDX-License-Identifier: ISC
 *
 * A trace for people, with the words for whoever can do something about it; and as a record.
 */
#pragma once

#include "model/trace.h"
#include "report/records.h"

void trace_text(const struct trace *t, struct buf *out);
void json_trace(struct buf *out, const struct trace *t, const struct run *run);
