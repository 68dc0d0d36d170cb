/* SPDX-License-Identifier: ISC
 *
 * Tries that the far side makes on being told: of flows that start there and end at the host that
 * asks, and nowhere else. With the engine that all checks have, beside what else is on the loop.
 */
#pragma once

#include "probe/far_words.h"
#include "sys/loop.h"

struct far_call;

/* `done` is called once, from the loop, when each has its outcome. The flows are copied. */
struct far_call *far_call_start(struct loop *l, const struct far_flow *flows, size_t n,
				void (*done)(void *ctx), void *ctx);
/* Of flow i, once it is done; the texts are the call's. */
struct far_called far_call_outcome(const struct far_call *c, size_t i);
void far_call_free(struct far_call *c); /* also before it is done; NULL is fine */
