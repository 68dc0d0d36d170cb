/* SPDX-License-Identifier: ISC
 *
 * Whole files, in and out. Writing replaces by rename: a reader sees the old file or the new one,
 * never half of one.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Reads at most max bytes; a larger file is ERR_LIMIT. "-" is standard input. */
MUST_USE int file_read(const char *path, size_t max, struct buf *out, struct err *err);
MUST_USE int file_replace(const char *path, struct slice bytes, unsigned mode, struct err *err);
bool file_exists(const char *path);
bool file_is_private(const char *path); /* nobody but its owner (and root) may read or write it */
MUST_USE int file_size(const char *path, uint64_t *bytes, struct err *err);
MUST_USE int file_remove(const char *path, struct err *err); /* gone already: no error */

/* The names in a folder that end in `suffix`, without it, sorted by bytes; hidden ones are left
 * out. The array is the arena's. */
MUST_USE int file_list(const char *folder, const char *suffix, struct arena *arena,
		       const char ***names, size_t *n, struct err *err);
