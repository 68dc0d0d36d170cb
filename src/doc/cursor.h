/* SPDX-License-Identifier: ISC
 *
 * A place in a small language's text, for the recursive-descent parsers of `needs` and `when`.
 * After the first message the cursor is failed and every further step quietly does nothing.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/text.h"

struct cursor {
	struct arena *arena;
	struct errs *errs;
	struct text source;
	const char *p, *end;
	unsigned depth;	 /* of brackets */
	unsigned joints; /* operators so far: trees lean to the left, and are walked by recursion */
	bool failed;
};

enum { CURSOR_DEPTH_MAX = 24, CURSOR_JOINTS_MAX = 200 };

struct cursor cursor_start(struct arena *a, struct text source, struct errs *errs);
struct place cursor_place(const struct cursor *c, const char *p);
PRINTF(3, 4) void cursor_fail(struct cursor *c, const char *at, const char *fmt, ...);

/* One operator more; false, and a message, where there are too many. */
bool cursor_joint(struct cursor *c);
void cursor_blanks(struct cursor *c);
bool cursor_take(struct cursor *c, const char *literal);   /* these very bytes come next */
bool cursor_take_word(struct cursor *c, const char *word); /* blanks, the word, a boundary */
struct slice cursor_peek_word(const struct cursor *c);	   /* up to a blank or a bracket */
struct slice cursor_take_name(struct cursor *c);	   /* letters, digits, _ - . */
struct slice cursor_take_digits(struct cursor *c);
bool cursor_at_end(struct cursor *c); /* after blanks */
/* "ports=\"x\"": what stands at p, for a message; at most a few words. */
const char *cursor_found(const struct cursor *c, char text[50]);
