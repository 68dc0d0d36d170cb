/* SPDX-License-Identifier: ISC
 *
 * Flows that come out of a proxy: from the vantage they are tried through it.
 */
#pragma once

#include "probe/check.h"
#include "probe/via.h"

/* The proxy through which the vantage tries this flow; in the check's arena. NULL: none, the flow
 * does not come out of a proxy that the vantage uses. */
const struct via_hop *check_via(const struct check *c, const struct flow *f);

/* It ends at a proxy, from where another flow goes on. */
bool check_via_is_into(const struct flow *f);
