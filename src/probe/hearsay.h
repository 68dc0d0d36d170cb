/* SPDX-License-Identifier: ISC
 *
 * From what another host told (model/told.h) to an outcome. What its means could not see stays
 * open: a refusal is a reset only where no ICMP error came meanwhile, "unreachable" has no sender.
 * Pure.
 */
#pragma once

#include "model/told.h"
#include "probe/engine.h"
#include "proto/proto.h"

struct text_pool;
struct hearsay {
	const struct task *task;
	struct proto_ask ask; /* as it was when the task's question was written */
	const char *method;   /* of the outcome: "script"; a literal */
	int64_t at_ms;
	struct text_pool *texts;
};

/* told NULL: nothing was told of the task. */
void hearsay_outcome(const struct hearsay *h, const struct told *told, struct outcome *o);
