/* SPDX-License-Identifier: ISC
 *
 * Runs that were kept, as they are named on a command line.
 */
#pragma once

#include "doc/run.h"

/* "-" or a file's path; else a run of the site's: its id, "last", or "last~2", the second before
 * the last. Of these only runs with a summary count: one that was cut off is named by its id or its
 * file. site: its name; NULL: not given, then only files can be meant. */
MUST_USE int past_find(const char *word, const char *site, struct past_run **run, struct err *err);
/* One of those that are kept. One that is gone, or never got to its first line, is none: *run stays
 * NULL. */
MUST_USE int past_read(const char *site, const char *id, enum run_part part, struct past_run **run,
		       struct err *err);
