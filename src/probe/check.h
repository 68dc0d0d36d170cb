/* SPDX-License-Identifier: ISC
 *
 * A plan's flows that start at one host, tried.
 */
#pragma once

#include "base/arena.h"
#include "model/judge.h"
#include "probe/engine.h"

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
bool vantage_is(const struct vantage *v, const struct site *s, const struct endpoint *e);

struct check {
	const struct plan *plan;
	const struct vantage *vantage;
	struct arena *arena;
	struct task *tasks; /* owned */
	size_t n_tasks;
	bool has_names;
	struct flow_result *results; /* by flow; outcomes are filled in by check_gather() */
	bool *starts_here;	     /* by demand */
};

/* Which tasks there are; flows that cannot be tried say why in results. */
void check_prepare(struct check *c, const struct plan *plan, const struct vantage *v,
		   struct arena *arena);
void check_release(struct check *c);

/* After the run: outcomes to their flows; the site's names for the addresses that answered. */
void check_gather(struct check *c, struct outcome *outcomes, size_t n);
