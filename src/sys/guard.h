/* SPDX-License-Identifier: ISC
 *
 * A change that takes itself back. A process of its own, in a session of its own, makes it, waits
 * for the word that it may stay, and undoes it where none comes in time, where it is told to, or
 * where it is to end (SIGTERM). What becomes of the terminal, of the login and of the command that
 * began it does not matter to it; only SIGKILL ends it before it has undone what it did.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

enum guard_end {
	GUARD_KEPT,   /* somebody said so */
	GUARD_UNDONE, /* somebody said so, or nobody said anything in time */
	GUARD_FAILED, /* to undo it: it is as it was left */
};

/* Called in that process. do_it and undo return 0, or not, with why in `said`; of a do_it that
 * failed undo is called at once. end() is called last, with one sentence for people. */
struct guard_task {
	const char *path; /* of the socket on which it listens; below 100 bytes */
	unsigned seconds; /* from when it is done */
	int (*do_it)(void *ctx, struct buf *said);
	int (*undo)(void *ctx, struct buf *said);
	void (*end)(void *ctx, enum guard_end how, const char *said);
	void *ctx;
};
struct guard;

/* Returns when it is done, or was not: then with why. From here on SIGINT, SIGTERM and SIGHUP wait
 * for guard_attend(). guard_free() ends our end of it: what was not let go is undone. */
MUST_USE int guard_start(struct guard **g, const struct guard_task *task, struct err *err);
void guard_free(struct guard *g); /* NULL is fine */
/* It goes on alone, until its time is up. */
void guard_let_go(struct guard *g);

/* Waits for a line of standard input, empty or "y": it stays; any other, the end of the input or a
 * signal: it is undone. Returns how it ended, with the process's sentence. */
enum guard_end guard_attend(struct guard *g, struct buf *said);

/* From anywhere else: "keep" or "undo". False: nobody listens at `path` (any more). */
bool guard_tell(const char *path, const char *word, enum guard_end *how, struct buf *said);

/* To the system's log, for who looks later why. */
void guard_log(const char *sentence);
