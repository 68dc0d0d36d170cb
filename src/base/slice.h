/* SPDX-License-Identifier: ISC
 *
 * A borrowed run of bytes, and the cursor with which all outside text is read. A slice never owns
 * what it points to and need not end in NUL. Taking from an empty slice yields an empty slice or
 * false: no read can overrun.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n;
};

#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
#define SLICE_NONE     ((struct slice){NULL, 0})

static inline struct slice slice_of(const char *s)
{
	return (struct slice){s, s ? strlen(s) : 0};
}

static inline struct slice slice_from_to(const char *begin, const char *end)
{
	return (struct slice){begin, (size_t)(end - begin)};
}

bool slice_is(struct slice a, const char *b);	     /* same bytes */
bool slice_is_nocase(struct slice a, const char *b); /* same, ASCII letters of either case */
bool slice_equal(struct slice a, struct slice b);
int slice_compare(struct slice a, struct slice b); /* bytes, shorter first; for sorting */
bool slice_has_prefix(struct slice s, const char *prefix);

struct slice slice_trim(struct slice s);	   /* blanks, tabs, CR and LF at both ends */
struct slice slice_skip(struct slice s, size_t n); /* without the first n bytes */

/* Cut at the first `sep`: *head is what stands before it, the rest follows in *s.
 * Without a separator the whole is the head and *s is empty. False once *s is used up
 * (p becomes NULL), so that "a,,b" gives three parts and "" gives one. */
bool slice_cut(struct slice *s, char sep, struct slice *head);

/* A whole decimal number, digits only, no sign, no blanks, at most max. */
bool slice_number(struct slice s, uint64_t max, uint64_t *value);
