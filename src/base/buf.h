/* SPDX-License-Identifier: ISC
 *
 * A growing string of bytes. data is always followed by a NUL, so that it can be printed as it is.
 * buf_init/buf_release; buf_take hands the bytes over (free() them).
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/slice.h"

struct buf {
	char *data; /* owned; never NULL after buf_init */
	size_t n;   /* bytes without the NUL */
	size_t room;
};

#define BUF_INIT ((struct buf){buf_empty, 0, 0})
extern char buf_empty[1]; /* what an empty buffer points to; never written */

void buf_init(struct buf *b);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* empty, memory kept */
char *buf_take(struct buf *b, size_t *n);

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_add_char(struct buf *b, char c);
void buf_add_text(struct buf *b, const char *s);
void buf_add_slice(struct buf *b, struct slice s);
void buf_add_fill(struct buf *b, char c, size_t n);
PRINTF(2, 3) void buf_addf(struct buf *b, const char *fmt, ...);
void buf_addfv(struct buf *b, const char *fmt, va_list ap);
void buf_truncate(struct buf *b, size_t n); /* n at most the present length */

/* n bytes at the end, zeroed, to be written by the caller before the next call. */
void *buf_room(struct buf *b, size_t n);

static inline struct slice buf_slice(const struct buf *b)
{
	return (struct slice){b->data, b->n};
}
