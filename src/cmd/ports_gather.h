/* SPDX-License-Identifier: ISC
 *
 * What this host listens on, read from it for model/listening.h.
 */
#pragma once

#include "model/listening.h"
#include "probe/vantage.h"

/* Fills in ports and what was not told; l->arena and l->on are set. */
MUST_USE int ports_gather(struct listening *l, struct err *err);
/* Fills in what the plan wants of the vantage. */
void ports_gather_wanted(struct listening *l, const struct plan *plan, const struct vantage *v);
