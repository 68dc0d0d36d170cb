/* SPDX-License-Identifier: ISC
 *
 * A socket in the file system that tells whoever connects one thing, and closes: nothing is read
 * from strangers, and nobody is waited for. Only its owner, and root, may connect.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* One that a killed process left behind is replaced; one that somebody serves is not. */
MUST_USE int local_listen(const char *path, int *fd, struct err *err);
/* To one who waits: n bytes as one message, at most 64 KiB. */
void local_tell(int fd, const void *bytes, size_t n);
void local_end(const char *path, int fd); /* and the file is gone; fd -1: nothing */

/* What is told there: exactly n bytes, or an error. */
MUST_USE int local_hear(const char *path, void *bytes, size_t n, struct err *err);
