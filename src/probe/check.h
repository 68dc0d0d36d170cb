/* SPDX-License-Identifier: ISC
 *
 * A plan's flows that start at one host, as tasks for the engine, and their outcomes as results for
 * the judge. Some tasks only follow from what others found: a directory names the port to try.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "model/judge.h"
#include "probe/engine.h"
#include "probe/vantage.h"

struct check_options {
	bool network_only; /* no dialogue where a connection answers the question */
	/* Logins for the site's proxies; NULL: there are none. Both texts are lent for the run, and
	 * left alone where there is none. */
	void (*find_login)(void *ctx, const struct proxy *p, const char **user,
			   const char **password);
	void *ctx;
	const char *ftp_user, *ftp_password; /* NULL: anonymous */
};

struct check {
	const struct plan *plan;
	const struct vantage *vantage;
	struct arena *arena;
	struct check_options options;
	struct buf tasks;     /* struct task; owned; at most ENGINE_TASKS_MAX */
	size_t n_wanted;      /* so many there would be without that limit */
	struct task beyond;   /* what is not kept is written there */
	struct buf questions; /* struct question_task: tasks that ask a directory; owned */
	bool is_followed;
	const struct via_hop *via;    /* of the flow that is being prepared */
	bool has_names;		      /* some tasks name their target */
	struct map wanted;	      /* the plan's demands, by themselves; owned */
	bool *is_control;	      /* by endpoint: something forbidden goes there */
	struct flow_result *results;  /* by flow; outcomes are filled in by check_gather() */
	bool *starts_here, *comes_in; /* by demand */
};

/* Which tasks there are; flows that cannot be tried say why in results. */
void check_prepare(struct check *c, const struct plan *plan, const struct vantage *v,
		   struct check_options options, struct arena *arena);
void check_release(struct check *c);

const struct task *check_tasks(const struct check *c, size_t *n);

/* After the tasks so far have run: adds those that follow from the outcomes. False: none do. Once
 * only. */
bool check_follow(struct check *c, const struct outcome *outcomes, size_t n);

/* The site's name for the address that answered. */
void check_name_device(const struct check *c, struct outcome *o);

/* After the run: outcomes to their flows. They stay where they are until the judge is done. */
void check_gather(struct check *c, const struct outcome *outcomes, size_t n);
