/* SPDX-License-Identifier: ISC
 *
 * Another program: it gets bytes on its standard input, what it prints on its standard output comes
 * back; its standard error is ours.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Until it has ended. argv[0] is looked for in PATH; that it is not there is an error. *status: its
 * exit code, or 128 and the signal's number where one ended it. At most max bytes of its output
 * are taken; more is ERR_LIMIT. SIGPIPE must be ignored here; there it is as usual. */
MUST_USE int child_run(const char *const *argv, struct slice in, size_t max, struct buf *out,
		       int *status, struct err *err);
