/* SPDX-License-Identifier: ISC
 *
 * Which host of the site this one is: by its addresses, or as --as says.
 */
#pragma once

#include "probe/vantage.h"
#include "sys/host_addrs.h"

/* v zeroed before; it borrows the addresses, which are read where they are not yet. as NULL: not
 * given. */
MUST_USE int here_find(struct vantage *v, struct host_addrs *addrs, const struct site *s,
		       const char *as, struct err *err);
