/* SPDX-License-Identifier: ISC
 *
 * What an FTP gateway is to do, from the site: its own part of the device, and from the chart who
 * goes through it to which server. The rules of its firewall come from the same plan, so that the
 * two cannot disagree.
 */
#pragma once

#include "gateway/config.h"
#include "model/plan.h"

/* `c` zeroed before; borrows from the plan, and takes memory of its own from the arena. */
MUST_USE int gateway_from_site(struct gate_config *c, const struct plan *plan, const char *device,
			       struct arena *arena, struct err *err);
