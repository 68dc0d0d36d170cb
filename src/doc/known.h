/* SPDX-License-Identifier: ISC
 *
 * "unknown role "dbs" (did you mean "db"?)"
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/text.h"

/* Whether a list, whose items of `size` bytes each start with their struct text name, has one
 * called `wanted`; if not, a message. of: " of passwordstate", or "". */
struct known_list {
	const void *list; /* a LIST_OF(...) */
	size_t size;
	const char *what, *of;
};
bool is_known(struct text wanted, struct known_list among, struct errs *errs);

#define KNOWN_LIST(what_, of_, list_)                                                              \
	((struct known_list){list_, sizeof((list_)->items[0]), what_, of_})
