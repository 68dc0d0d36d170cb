/* SPDX-License-Identifier: ISC
 *
 * The host that checks run from, as the site knows it.
 */
#pragma once

#include "model/plan.h"
#include "model/site.h"

struct vantage {
	const struct host *host; /* NULL: a device, or none of the site */
	const struct device *device;
	LIST_OF(struct addr) addresses; /* this host's own */
	const char *name;
	const struct host *another; /* by its addresses it is this one, too */
};

/* Which host of the site has one of these addresses, or is called `as` (NULL: by address). False:
 * none, or more than one, of which `another` is the second. */
bool vantage_find(const struct site *s, const char *as, struct vantage *v);
/* Whether it is this end of a flow, or one of the many unnamed machines of it. */
bool vantage_is(const struct vantage *v, const struct site *s, const struct endpoint *e);
