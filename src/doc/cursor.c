/* SPDX-License-Identifier: ISC */
#include "doc/cursor.h"

#include <stdarg.h>
#include <stdio.h>

struct cursor cursor_start(struct arena *a, struct text source, struct errs *errs)
{
	struct slice s = slice_of(source.s);

	return (struct cursor){
		.arena = a, .errs = errs, .source = source, .p = s.p, .end = s.p + s.n};
}

struct place cursor_place(const struct cursor *c, const char *p)
{
	struct place at = c->source.at;

	at.column += (uint32_t)(p - c->source.s);
	return at;
}

void cursor_fail(struct cursor *c, const char *at, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	if (c->failed)
		return;
	c->failed = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	errs_add(c->errs, cursor_place(c, at), "%s", text);
}

bool cursor_joint(struct cursor *c)
{
	if (++c->joints > CURSOR_JOINTS_MAX)
		cursor_fail(c, c->p, "more than %d parts in one expression", CURSOR_JOINTS_MAX);
	return !c->failed;
}

void cursor_blanks(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\t'))
		c->p++;
}

bool cursor_take(struct cursor *c, const char *literal)
{
	size_t n = strlen(literal);

	if (c->failed || (size_t)(c->end - c->p) < n || memcmp(c->p, literal, n) != 0)
		return false;
	c->p += n;
	return true;
}

static bool is_name_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_' || ch == '-' || ch == '.';
}

struct slice cursor_peek_word(const struct cursor *c)
{
	const char *begin = c->p, *p;

	while (begin < c->end && (*begin == ' ' || *begin == '\n' || *begin == '\t'))
		begin++;
	for (p = begin; p < c->end && !memchr(" \n\t()", *p, 5); p++)
		;
	return slice_from_to(begin, p);
}

bool cursor_take_word(struct cursor *c, const char *word)
{
	struct slice next = cursor_peek_word(c);

	if (c->failed || !slice_is(next, word))
		return false;
	c->p = next.p + next.n;
	return true;
}

struct slice cursor_take_name(struct cursor *c)
{
	const char *begin = c->p;

	while (!c->failed && c->p < c->end && is_name_char(*c->p))
		c->p++;
	return slice_from_to(begin, c->p);
}

struct slice cursor_take_digits(struct cursor *c)
{
	const char *begin = c->p;

	while (!c->failed && c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return slice_from_to(begin, c->p);
}

bool cursor_at_end(struct cursor *c)
{
	cursor_blanks(c);
	return c->p == c->end;
}

const char *cursor_found(const struct cursor *c, char text[50])
{
	struct slice next = cursor_peek_word(c);

	if (c->p < c->end && next.n == 0)
		next = (struct slice){c->p, 1};
	if (next.n == 0)
		snprintf(text, 50, "the end");
	else
		snprintf(text, 50, "\"%.*s\"", (int)(next.n < 40 ? next.n : 40), next.p);
	return text;
}
