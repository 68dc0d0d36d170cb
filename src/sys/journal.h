/* SPDX-License-Identifier: ISC
 *
 * A new file that grows at its end, readable by its owner only. What was added stays when the
 * process is killed; where adding fails, the file ends with what was added before.
 */
#pragma once

#include "base/err.h"
#include "base/slice.h"

struct journal;

/* The file must not exist. */
MUST_USE int journal_new(const char *path, struct journal **out, struct err *err);
/* One system call. */
MUST_USE int journal_add(struct journal *j, struct slice bytes, struct err *err);
void journal_free(struct journal *j); /* NULL is fine */
