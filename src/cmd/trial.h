/* SPDX-License-Identifier: ISC
 *
 * One run of the probing engine: from tasks to outcomes in the tasks' order, and the run's header.
 */
#pragma once

#include "base/buf.h"
#include "base/text_pool.h"
#include "probe/engine.h"
#include "report/probe_text.h"
#include "report/records.h"
#include "sys/host.h"
#include "sys/loop.h"

struct inquiry;
struct trial {
	const struct task *tasks; /* borrowed */
	size_t n_tasks;
	/* When all of them have run: what follows from their outcomes is added to tasks, and the
	 * run goes on with that. False: nothing follows. NULL: never. */
	bool (*more)(struct trial *t);
	void (*begun)(struct trial *t); /* `run` has its id; NULL: nothing */
	/* What was seen, and what is made of it, just before it is taken; both are lent. Not of
	 * what is tried again. NULL: nothing. */
	void (*sighted)(struct trial *t, const struct outcome *o, const struct sighting *seen);
	/* As it came, and once more when more was found out of it; NULL: nothing. */
	void (*took)(struct trial *t, struct outcome *o);
	/* What was found out of it, lent; NULL: nothing. */
	void (*found)(struct trial *t, const struct outcome *o, const struct inquiry *q);
	void (*tick)(struct trial *t); /* 4 times a second; NULL: nothing */
	/* All is found out, or it was interrupted; with the run's loop. NULL: nothing. */
	int (*after)(struct trial *t, struct loop *l, const volatile int *interrupted,
		     struct err *err);
	void *ctx; /* the caller's */
	bool has_names;
	bool is_quick;	     /* what was seen at first is enough */
	bool is_thorough;    /* who answers is asked also of what went well */
	unsigned timeout_ms; /* 0: the engine's */
	unsigned rate;	     /* new connections a second; 0: the engine's */

	struct loop *loop;     /* while it runs; borrowed */
	unsigned slowed_to;    /* new connections a second: faster ones got lost; 0: none did */
	struct addr *shut_out; /* targets that shut this host out; owned */
	size_t n_shut_out;
	struct outcome_list outcomes; /* by task, then by address; owned */
	size_t first;		      /* the first task that has not run yet */
	struct text_pool texts;	      /* theirs */
	struct buf names; /* a line for each name that was resolved, and of the pace; escaped */
	struct run run;
	char vantage[HOST_NAME_MAX_TEXT];
	struct mono started;
	int64_t elapsed_ms;
};

/* --timeout's value in milliseconds; not given (NULL): 0, the engine's own. */
MUST_USE int trial_read_timeout(const char *text, unsigned *ms, struct err *err);

/* The same for --rate, --family and --source; not given (NULL): *family and *source stay. */
MUST_USE int trial_read_rate(const char *text, unsigned *rate, struct err *err);
MUST_USE int trial_read_family(const char *text, uint8_t *family, struct err *err);
MUST_USE int trial_read_source(const char *text, struct addr *source, struct err *err);
/* The dialogue in which a datagram to that port asks; NULL: none is known. */
const struct proto *trial_usual_dialogue(uint16_t port);

/* Zero the struct, set the first four, and .names = BUF_INIT. Interrupted, what is not known is
 * not-attempted, and that is no error. */
MUST_USE int trial_run(struct trial *t, struct err *err);
/* Only these tasks, within a run; each outcome is told to `took`, with the task's index. */
MUST_USE int trial_run_tasks(struct trial *t, const struct task *tasks, size_t n, unsigned rate,
			     void (*took)(void *ctx, size_t task, const struct outcome *o),
			     void *ctx, const volatile int *interrupted, struct err *err);
/* The run's header, from run.started_ms; trial_run() does it by itself. */
void trial_name_run(struct trial *t);
/* Without a site: what is open passes. */
struct run_summary trial_summary(const struct trial *t);
/* It is asked no more. */
bool trial_is_shut_out(const struct trial *t, const struct addr *target);
void trial_release(struct trial *t);
