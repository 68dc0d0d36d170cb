/* SPDX-License-Identifier: ISC
 *
 * A derived policy as a box: what a device would do if it had exactly these rules. It can then be
 * compared with what the device has.
 */
#pragma once

#include "box/box.h"
#include "policy/policy.h"

/* The links, addresses, routes and switches are those of `like`, which outlives it, as the policy
 * does. `handle` of a rule is 1 + the place of the policy's; box_free(). Whose socket a packet
 * leaves is asked as a name, which no number answers: it is unknown. */
MUST_USE struct box *box_of_policy(const struct policy *p, const struct box *like);
/* "tcp 10.9.0.8 > 10.1.0.20 port 5432 (shop/data)" */
void wanted_format_need(const struct rule *r, struct buf *out);
