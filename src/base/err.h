/* SPDX-License-Identifier: ISC
 *
 * What we could not do. A function that can fail returns 0, or a negative class, and fills the
 * struct err that it takes last: class, place, and one sentence that says what to do. What the
 * network said is never an error (model/outcome.h); our own mistake is BUG().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

enum err_class {
	ERR_NONE,
	ERR_USAGE,    /* the command line */
	ERR_DOCUMENT, /* a file's content; has a place */
	ERR_SYSTEM,   /* the operating system said no */
	ERR_LIMIT,    /* larger than we accept */
};

/* A position in a file: line and column count from 1, column in bytes. Line 0: no position;
 * file NULL: no place at all. The name is borrowed. */
struct place {
	const char *file;
	uint32_t line, column;
};
#define PLACE_NONE ((struct place){0})

struct err {
	enum err_class class;
	struct place place;
	char text[400];
};

PRINTF(4, 5)
int err_set(struct err *e, enum err_class class, struct place at, const char *fmt, ...);

/* "file:12:7: text" without a newline; the text is escaped for a terminal. */
struct buf;
void err_format(const struct err *e, struct buf *out);
void place_format(struct place at, struct buf *out); /* "file:12:7: ", or nothing */
/* The place becomes part of the text, because the file's name will not live as long as the message.
 * Returns the negative class. */
int err_take_place(struct err *e);

/* All mistakes of a document in one go. Holds at most ERRS_MAX; further ones are only counted. The
 * files' names are copied: what was read may be gone when its mistakes are told. */
enum { ERRS_MAX = 100 };
struct errs {
	struct err *items; /* owned */
	size_t n, room;
	size_t dropped;
	char **files; /* owned: each name once */
	size_t n_files;
};
void errs_release(struct errs *es);
PRINTF(3, 4) void errs_add(struct errs *es, struct place at, const char *fmt, ...);
void errs_sort(struct errs *es); /* by file, line, column, text */
