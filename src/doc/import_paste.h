/* SPDX-License-Identifier: ISC
 *
 * What copying out of a document and pasting does to a table, undone: hard and wide blanks are
 * blanks, quotes are straight, a line ends in LF whatever ended it, and what nobody can see (byte
 * order marks, zero widths, soft hyphens) is gone. Dashes stay as they are.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* The table in plain text, in the arena or borrowed where nothing had to be done. Bytes that are no
 * UTF-8 stay. Negative: it is UTF-16. */
MUST_USE int paste_plain(struct arena *a, const char *file, struct slice bytes, struct slice *plain,
			 struct err *err);
