/* SPDX-License-Identifier: ISC */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"

int err_set(struct err *e, enum err_class class, struct place at, const char *fmt, ...)
{
	va_list ap;

	e->class = class;
	e->place = at;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -(int)class;
}

void place_format(struct place at, struct buf *out)
{
	if (!at.file)
		return;
	escape_terminal(out, slice_of(at.file));
	if (at.line)
		buf_addf(out, ":%u:%u", at.line, at.column);
	buf_add_text(out, ": ");
}

void err_format(const struct err *e, struct buf *out)
{
	place_format(e->place, out);
	escape_terminal(out, slice_of(e->text));
}

int err_take_place(struct err *e)
{
	struct buf text = BUF_INIT;

	place_format(e->place, &text);
	buf_add_text(&text, e->text);
	snprintf(e->text, sizeof(e->text), "%s", text.data);
	e->place = PLACE_NONE;
	buf_release(&text);
	return -(int)e->class;
}

void errs_release(struct errs *es)
{
	for (size_t i = 0; i < es->n_files; i++)
		free(es->files[i]);
	free(es->files);
	free(es->items);
	*es = (struct errs){0};
}

/* Few files have mistakes at a time. */
static const char *own_name(struct errs *es, const char *file)
{
	size_t n = file ? strlen(file) + 1 : 0;

	if (!file)
		return NULL;
	for (size_t i = 0; i < es->n_files; i++)
		if (strcmp(es->files[i], file) == 0)
			return es->files[i];
	es->files = mem_resize(es->files, es->n_files + 1, sizeof(*es->files));
	es->files[es->n_files] = mem_new(n, 1);
	memcpy(es->files[es->n_files], file, n);
	return es->files[es->n_files++];
}

void errs_add(struct errs *es, struct place at, const char *fmt, ...)
{
	struct err *e;
	va_list ap;

	if (es->n == ERRS_MAX) {
		es->dropped++;
		return;
	}
	if (es->n == es->room) {
		es->room = es->room ? es->room * 2 : 4;
		es->items = mem_resize(es->items, es->room, sizeof(*es->items));
	}
	e = &es->items[es->n++];
	e->class = ERR_DOCUMENT;
	e->place = at;
	e->place.file = own_name(es, at.file);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
}

static int by_place(const void *a, const void *b)
{
	const struct err *x = a, *y = b;
	int c = strcmp(x->place.file ? x->place.file : "", y->place.file ? y->place.file : "");

	if (c)
		return c;
	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->place.column != y->place.column)
		return x->place.column < y->place.column ? -1 : 1;
	return strcmp(x->text, y->text); /* so that the order never depends on qsort(3) */
}

void errs_sort(struct errs *es)
{
	if (es->n)
		qsort(es->items, es->n, sizeof(*es->items), by_place);
}
