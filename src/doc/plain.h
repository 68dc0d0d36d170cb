/* SPDX-License-Identifier: ISC
 *
 * What every document is before it is anything else: UTF-8 text, without characters that cannot
 * be seen.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

/* False after one message, with its place; columns count characters, and a byte order mark at the
 * beginning is let pass. more, which may be NULL, says what else is wrong with a character, or
 * NULL; first: nothing but blanks stands before it in its line. */
bool plain_check(const char *file, struct slice bytes,
		 const char *(*more)(uint32_t c, uint32_t column, bool first), struct errs *errs);
