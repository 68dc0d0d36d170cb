/* SPDX-License-Identifier: ISC
 *
 * Every run kept: one file of JSON lines a run, runs/SITE/RUN.jsonl in the user's state folder, so
 * that a later check can say what is new and since when. Runs at the same time write files of their
 * own. It keeps lines and knows nothing of what they say (doc/run.h reads them). Messages name the
 * file in their text.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Of one site: the newest are kept, as many as fit both. */
enum { STORE_RUNS_MAX = 200, STORE_MIB_MAX = 1024 };

struct store;

/* id: a ULID (report/records.h), that sorts by time. Where it fails *out is NULL, with which the
 * others do nothing: no history is no reason to stop a check. */
MUST_USE int store_begin(struct store **out, const char *site, const char *id, struct err *err);
/* One or more whole lines; a line end at the end is added where it is missing. They are with the
 * kernel when this returns, by one system call: a process that is killed loses none. After it has
 * failed once nothing more is kept, and nothing more is said. */
MUST_USE int store_add(struct store *s, struct slice lines, struct err *err);
/* Closes it, and removes the site's oldest runs beyond what is kept. */
MUST_USE int store_end(struct store *s, struct err *err);

/* The ids of a site's runs, the newest first, also of those that never ended; none is no error. */
MUST_USE int store_list(const char *site, struct arena *arena, const char ***ids, size_t *n,
			struct err *err);
MUST_USE int store_path(const char *site, const char *id, struct buf *path, struct err *err);
bool store_is_id(struct slice word); /* has a run's id's form */
