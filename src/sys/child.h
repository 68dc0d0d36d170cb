/* SPDX-License-Identifier: ISC
 *
 * Another program: what it prints on its standard output comes back.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* It gets bytes on its standard input, and its standard error is ours. Returns when it has ended.
 * argv[0] is looked for in PATH; that it is not there is an error. *status: its exit code, or 128
 * and the signal's number where one ended it. At most max bytes of its output are taken; more is
 * ERR_LIMIT. SIGPIPE must be ignored here; there it is as usual. */
MUST_USE int child_run(const char *const *argv, struct slice in, size_t max, struct buf *out,
		       int *status, struct err *err);

/* One of the system's own tools, as root asks it. It is looked for where the system has its
 * programs, not where PATH says, gets LC_ALL=C and a PATH of those places as its environment, and
 * nothing on its standard input. */
struct child_tool {
	const char *const *argv;
	size_t max;	/* bytes of its output; more is ERR_LIMIT */
	int timeout_ms; /* after these it is killed, which is ERR_LIMIT, too */
};

/* *complaint: what it wrote to its standard error, the first CHILD_COMPLAINT_MAX bytes. One that is
 * not there has the status 127 and says so, as from a shell. */
enum { CHILD_COMPLAINT_MAX = 16 << 10 };
MUST_USE int child_ask(const struct child_tool *tool, struct buf *out, struct buf *complaint,
		       int *status, struct err *err);
