/* SPDX-License-Identifier: ISC
 *
 * One page over HTTP, for a monitoring system, by a process that has no rights (sys/sandbox.h) and
 * ends with the one that began it. libmicrohttpd speaks.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct web_page {
	const char *path;			    /* "/metrics"; all others are not there (404) */
	const char *type;			    /* its Content-Type */
	void (*write)(void *ctx, struct buf *text); /* for each who asks, in that process */
	void *ctx;
	const char *user; /* as whom; NULL: nobody. For root alone */
};

struct web {
	int pid;
	int life; /* -1: none; once it is closed here, the process ends */
};

/* `listener` (sys/stream.h) stays open here. The page must last. */
MUST_USE int web_start(struct web *w, int listener, const struct web_page *page, struct err *err);
void web_stop(struct web *w); /* waits until it has ended; where it has, or never began: nothing */
