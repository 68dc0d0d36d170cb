/* SPDX-License-Identifier: ISC
 *
 * "did you mean": the nearest of several names by edit distance (insert, delete, change, swap).
 */
#pragma once

#include "base/slice.h"

struct suggest {
	struct slice wanted;
	const char *best; /* NULL while none is near enough */
	unsigned distance;
};

static inline struct suggest suggest_start(struct slice wanted)
{
	return (struct suggest){wanted, NULL, 0};
}
void suggest_add(struct suggest *s, const char *name);

/* " (did you mean \"x\"?)" or ""; text must hold SUGGEST_TEXT_MAX bytes. */
enum { SUGGEST_TEXT_MAX = 100 };
const char *suggest_text(const struct suggest *s, char text[SUGGEST_TEXT_MAX]);
