/* SPDX-License-Identifier: ISC */
#include "doc/yaml_write.h"

#include <string.h>

#include "base/slice.h"
#include "base/utf8.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_plain_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
	       (c && strchr(" _./+=()@$<>;'\"-", c));
}

/* 2026-11-20 is a day to readers of YAML 1.1. */
static bool is_date(struct slice s)
{
	return s.n >= 8 && is_digit(s.p[0]) && is_digit(s.p[1]) && is_digit(s.p[2]) &&
	       is_digit(s.p[3]) && s.p[4] == '-' && memchr(s.p + 5, '-', 3);
}

/* Plain only what no reader of YAML takes for anything else; braces, colons, hashes, commas and
 * the indicators at the start get quotes. Numbers stay plain: which text is one, the fields say. */
static bool is_plain(struct slice s)
{
	static const char *const words[] = {"true", "false", "null", "yes", "no", "on", "off"};

	if (s.n == 0 || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
		return false;
	if (strchr("@-<>=+;'\"$.", s.p[0]) || is_date(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_plain_char(s.p[i]))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is_nocase(s, words[i]))
			return false;
	return true;
}

/* One character of a double-quoted text; its length. Only UTF-8 comes here: the readers see to
 * it. */
static size_t add_quoted_char(struct buf *out, struct slice s)
{
	uint32_t c;
	size_t n = utf8_length((const unsigned char *)s.p, s.n, &c);

	if (!n)
		BUG("text of a document is no UTF-8");
	if (c == '"' || c == '\\')
		buf_addf(out, "\\%c", (char)c);
	else if (c == '\n')
		buf_add_text(out, "\\n");
	else if (utf8_is_unprintable(c))
		buf_addf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
	else
		buf_add(out, s.p, n);
	return n;
}

void yaml_scalar(struct buf *out, const char *text)
{
	struct slice s = slice_of(text);

	if (is_plain(s)) {
		buf_add_slice(out, s);
		return;
	}
	buf_add_char(out, '"');
	while (s.n)
		s = slice_skip(s, add_quoted_char(out, s));
	buf_add_char(out, '"');
}

static void indent(struct yaml_writer *w)
{
	if (w->after_dash)
		w->after_dash = false;
	else
		buf_add_fill(w->out, ' ', w->depth * 2);
}

void yaml_key(struct yaml_writer *w, const char *key)
{
	indent(w);
	yaml_scalar(w->out, key);
	buf_add_char(w->out, ':');
}

void yaml_text(struct yaml_writer *w, const char *s)
{
	buf_add_char(w->out, ' ');
	yaml_scalar(w->out, s);
	buf_add_char(w->out, '\n');
}

void yaml_open(struct yaml_writer *w)
{
	buf_add_char(w->out, '\n');
	w->depth++;
}

void yaml_close(struct yaml_writer *w)
{
	w->depth--;
}

void yaml_dash(struct yaml_writer *w)
{
	indent(w);
	buf_add_text(w->out, "- ");
	w->after_dash = true;
}

void yaml_item_text(struct yaml_writer *w, const char *s)
{
	yaml_dash(w);
	w->after_dash = false;
	yaml_scalar(w->out, s);
	buf_add_char(w->out, '\n');
}
