/* SPDX-License-Identifier: ISC
 *
 * --format: which form a command writes.
 */
#pragma once

#include "base/err.h"

/* In the order of their words in format.c; a command lists the words of those that it has. */
enum format {
	FORMAT_TEXT,
	FORMAT_CSV,
	FORMAT_MARKDOWN,
	FORMAT_HTML,
	FORMAT_JSONL,
	FORMAT_JSON,
	FORMAT_YAML,
};

/* word NULL: the first of `allowed`, which ends in NULL. ERR_USAGE with the list. */
MUST_USE int format_read(const char *word, const char *const *allowed, enum format *out,
			 struct err *err);
