/* SPDX-License-Identifier: ISC
 *
 * One at a time: a folder in /run that only root sees, and a lock in it. Both are of this network
 * namespace, so that what is done to one box does not wait for another.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct turn {
	int fd; /* of the lock; a process that is forked holds it, too */
	struct buf folder;
};

/* turn_release() in any case. *taken: somebody else has it, which is no error. */
MUST_USE int turn_take(struct turn *t, const char *name, bool *taken, struct err *err);
/* The path of a file of that folder. */
void turn_path(const struct turn *t, const char *file, struct buf *path);
/* The next one may, also where other processes have it. */
void turn_end(struct turn *t);
/* Forgets it; the lock stays with those who have it still. */
void turn_release(struct turn *t);
