/* SPDX-License-Identifier: ISC
 *
 * What a process that speaks with strangers gives up for good: the file system (an empty folder as
 * its root, which is gone as soon as it is entered), its user, all capabilities, new privileges,
 * and all system calls but those that a loop over sockets needs (seccomp(2), through libseccomp).
 * What else it calls fails with EPERM; what only other people's code would call ends it (SIGSYS).
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct sandbox {
	const char *user; /* NULL: nobody; looked up before anything is given up */
	bool has_root;	  /* set: the file system is gone, and the user changed: it was root */
	bool has_filter;  /* set: system calls are filtered */
};

/* Who that is; NULL: nobody. */
MUST_USE int sandbox_user(const char *name, unsigned *uid, unsigned *gid, struct err *err);

/* Everything that needs files must be open or read. Where this is not root the root folder and the
 * user stay as they are. */
MUST_USE int sandbox_enter(struct sandbox *s, struct err *err);
