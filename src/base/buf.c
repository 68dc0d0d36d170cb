/* SPDX-License-Identifier: ISC */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

char buf_empty[1];

void buf_init(struct buf *b)
{
	*b = BUF_INIT;
}

void buf_release(struct buf *b)
{
	if (b->room)
		free(b->data);
	buf_init(b);
}

void buf_clear(struct buf *b)
{
	buf_truncate(b, 0);
}

char *buf_take(struct buf *b, size_t *n)
{
	char *data;

	if (!b->room)
		(void)buf_room(b, 0);
	data = b->data;
	if (n)
		*n = b->n;
	buf_init(b);
	return data;
}

/* Room for n bytes more and the NUL behind them. */
static void reserve(struct buf *b, size_t n)
{
	size_t room = b->room ? b->room * 2 : 64;

	if (n >= SIZE_MAX / 2 - b->n)
		BUG("a buffer of %zu bytes", n);
	if (b->n + n < b->room)
		return;
	while (room < b->n + n + 1)
		room *= 2;
	b->data = mem_resize(b->room ? b->data : NULL, room, 1);
	b->room = room;
}

void *buf_room(struct buf *b, size_t n)
{
	char *at;

	reserve(b, n);
	at = b->data + b->n;
	memset(at, 0, n + 1);
	b->n += n;
	return at;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (!n)
		return;
	reserve(b, n);
	memcpy(b->data + b->n, bytes, n);
	b->n += n;
	b->data[b->n] = '\0';
}

void buf_add_char(struct buf *b, char c)
{
	reserve(b, 1);
	b->data[b->n++] = c;
	b->data[b->n] = '\0';
}

void buf_add_text(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_add_slice(struct buf *b, struct slice s)
{
	buf_add(b, s.p, s.n);
}

void buf_add_fill(struct buf *b, char c, size_t n)
{
	if (n)
		memset(buf_room(b, n), c, n);
}

/* Most texts are short: they are formatted where they will stand. */
void buf_addfv(struct buf *b, const char *fmt, va_list ap)
{
	enum { SHORT = 80 };
	va_list again;
	int n;

	reserve(b, SHORT);
	va_copy(again, ap);
	n = vsnprintf(b->data + b->n, SHORT, fmt, again);
	va_end(again);
	if (n < 0)
		BUG("format \"%s\"", fmt);
	if (n >= SHORT) {
		reserve(b, (size_t)n);
		vsnprintf(b->data + b->n, (size_t)n + 1, fmt, ap);
	}
	b->n += (size_t)n;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(b, fmt, ap);
	va_end(ap);
}

void buf_truncate(struct buf *b, size_t n)
{
	if (n > b->n)
		BUG("truncate %zu to %zu", b->n, n);
	b->n = n;
	if (b->room)
		b->data[n] = '\0';
}
