/* SPDX-License-Identifier: ISC
 *
 * A service as two kinds of processes: the first one has the rights, reads the configuration and
 * speaks with nobody but its own; workers, forked from it, speak with the world and have no rights.
 * SIGHUP: the configuration is read again, a new worker begins, and the one before it goes on with
 * what it has until that ends (it gets SIGTERM); where the new one cannot begin, nothing changes.
 * SIGTERM, SIGINT: all workers are to end what they have; the second time they end at once. A
 * worker that dies is replaced.
 */
#pragma once

#include "base/compiler.h"
#include "base/err.h"
#include "sys/broker.h"

enum { OVERSEER_WORKERS = 64 }; /* at once: then no further one is begun */

struct overseer {
	/* Reads the configuration: another one each time. It is the caller's own. */
	int (*configure)(void *ctx, void **config, struct err *err);
	/* Nothing new is taken with it; once for each. What it alone waits on may be closed. */
	void (*retire)(void *ctx, void *config);
	void (*forget)(void *ctx, void *config); /* after it: no worker has it any more */
	const struct broker_limits *(*limits)(void *config);
	/* In the worker: its exit status. It calls overseer_ready() once it is so. It asks for
	 * sockets at `broker` (sys/broker.h), whose end means that the first process is gone. */
	int (*work)(void *ctx, void *config, int broker, struct err *err);
	void (*say)(void *ctx, const char *what, const char *detail); /* for the log */
	void (*ready)(void *ctx, bool again);
	void (*stopping)(void *ctx); /* told to end, the first time: nothing new is taken */
	/* Called when `watched` is readable, in the first process; NULL: nothing is watched. */
	void (*asked)(void *ctx);
	int watched;
	/* Another process that this one began has ended. NULL: there is none. */
	void (*died)(void *ctx, int pid);
	void *ctx;
};

/* Returns when it was told to end and all workers have. */
MUST_USE int oversee(const struct overseer *o, struct err *err);

/* Of a worker, which is told of SIGTERM by interrupt_catch() (sys/interrupt.h). */
void overseer_ready(void);
int overseer_pid(void); /* this process's */
