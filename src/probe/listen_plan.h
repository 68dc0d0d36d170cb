/* SPDX-License-Identifier: ISC
 *
 * Which of a plan's flows end at this host, and can be stood in for.
 */
#pragma once

#include "base/arena.h"
#include "probe/listen.h"
#include "probe/vantage.h"

/* Required, and not stood in for. */
struct listen_left {
	const struct flow *flow;
	const char *why;
};

struct listen_plan {
	LIST_OF(struct listen_flow) flows; /* in the arena; of each, release `arrived` */
	LIST_OF(struct listen_left) left;
};

/* What goes to the site's addresses of this host is opened at those that it has; where it has none
 * of them (a translation is in between, or the site gives a name), at all that it has. */
void listen_plan_build(struct listen_plan *out, const struct plan *plan, const struct vantage *v,
		       struct arena *arena);
void listen_plan_release(struct listen_plan *p);
