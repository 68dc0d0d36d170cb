/* SPDX-License-Identifier: ISC
 *
 * The files of a policy that is being put on this box, in a folder of their own, and the tool that
 * takes each: what is to be loaded (new.*), and what puts back what was there (old.*).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "sys/turn.h"

struct apply_tool {
	const char *file;
	const char *words[5]; /* before the file's path; NULL ends them */
	/* Removes an empty table of iptables that was not there before: where somebody else has put
	 * something into it meanwhile it is refused, and that is right. */
	bool may_fail;
};
enum { APPLY_NEW_V4, APPLY_NEW_V6, APPLY_NEW_NFT, APPLY_NEWS };
enum { APPLY_OLD_V4, APPLY_OLD_V6, APPLY_OLD_NFT, APPLY_OLD_TABLES, APPLY_OLDS };
extern const struct apply_tool apply_news[APPLY_NEWS], apply_olds[APPLY_OLDS],
	apply_checks[APPLY_NEWS]; /* the new ones, without loading them */

MUST_USE int apply_write(const struct turn *t, const char *file, struct slice bytes,
			 struct err *err);
bool apply_has(const struct turn *t, const char *file);
/* All of them, so that nothing waits for an answer any more. */
void apply_remove(const struct turn *t);
/* Whether an old.* lies there: what was applied has not been kept or undone. */
bool apply_is_open(const struct turn *t);

/* What a command prints; 0, or an error with the first line of its complaint. */
MUST_USE int apply_ask(const char *const *argv, struct buf *out, struct err *err);
/* The tool, if its file is there. */
MUST_USE int apply_use(const struct turn *t, const struct apply_tool *tool, struct err *err);

/* In the order in which they stand; the first that fails ends it. `done` counts those that may have
 * changed something. */
MUST_USE int apply_load(const struct turn *t, size_t *done, struct err *err);
/* All of them, also after one that fails. */
MUST_USE int apply_undo(const struct turn *t, struct err *err);
