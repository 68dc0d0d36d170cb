/* SPDX-License-Identifier: ISC
 *
 * Words as iptables-save prints them: what is not letters, digits, "_" and "-" alone stands in
 * double quotes, with a backslash before quotes of both kinds and backslashes.
 */
#include "box/ipt.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

int ipt_bad(struct ipt *p, const struct ipt_word *w, const char *fmt, ...)
{
	struct place at = {p->file, p->line, 1};
	char text[sizeof(p->err->text)];
	va_list ap;

	if (w)
		at.column += (uint32_t)(w->raw.p - p->begin);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(p->err, ERR_DOCUMENT, at, "%s", text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

static int check_bytes(struct ipt *p, struct slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if (is_control(line.p[i])) {
			struct ipt_word at = {.raw = slice_skip(line, i)};

			return ipt_bad(p, &at, "a control character (%u)",
				       (unsigned char)line.p[i]);
		}
	return 0;
}

static void add_word(struct ipt *p, struct slice raw, struct slice text)
{
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		p->words = mem_resize(p->words, p->room, sizeof(*p->words));
	}
	p->words[p->n++] = (struct ipt_word){raw, text};
}

static const char *end_of_word(const char *c, const char *end)
{
	while (c < end && !is_blank(*c))
		c++;
	return c;
}

/* The closing quote; NULL: none. */
static const char *end_of_quote(const char *c, const char *end)
{
	for (; c < end && *c != '"'; c++)
		if (*c == '\\')
			c++;
	return c < end ? c : NULL;
}

static struct slice without_escapes(struct ipt *p, struct slice s)
{
	char *copy;
	size_t n = 0;

	if (!memchr(s.p, '\\', s.n))
		return s;
	copy = arena_copy(p->b->arena, s);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		copy[n++] = s.p[i];
	}
	return (struct slice){copy, n};
}

static int split_quoted(struct ipt *p, const char **c, const char *end)
{
	const char *close = end_of_quote(*c + 1, end);
	struct ipt_word at = {.raw = slice_from_to(*c, end)};

	if (!close)
		return ipt_bad(p, &at, "this quote is not closed in its line");
	if (close + 1 < end && !is_blank(close[1]))
		return ipt_bad(p, &at, "a blank is expected after the closing quote");
	add_word(p, slice_from_to(*c, close + 1), without_escapes(p, slice_from_to(*c + 1, close)));
	*c = close + 1;
	return 0;
}

int ipt_split(struct ipt *p, struct slice line)
{
	const char *c = line.p, *end = line.p + line.n;
	int rc = check_bytes(p, line);

	p->n = p->at = 0;
	while (!rc && c < end) {
		const char *begin = c;

		if (is_blank(*c)) {
			c++;
		} else if (*c == '"') {
			rc = split_quoted(p, &c, end);
		} else {
			c = end_of_word(c, end);
			add_word(p, slice_from_to(begin, c), slice_from_to(begin, c));
		}
	}
	return rc;
}

bool ipt_is(const struct ipt *p, size_t at, const char *word)
{
	return at < p->n && slice_is(p->words[at].raw, word);
}

struct slice ipt_words(const struct ipt *p, size_t first, size_t end)
{
	const struct slice last = p->words[end - 1].raw;

	return slice_from_to(p->words[first].raw.p, last.p + last.n);
}
