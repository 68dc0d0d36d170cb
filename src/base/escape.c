/* SPDX-License-Identifier: ISC */
#include "base/escape.h"

#include "base/buf.h"
#include "base/utf8.h"

typedef void (*put_fn)(struct buf *out, uint32_t c, struct slice bytes);

/* Walk over s; bad bytes come as characters above Unicode's range. */
enum { BAD_BYTE = 0x110000 };
static void each_char(struct buf *out, struct slice s, put_fn put)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c = 0;
		size_t n = utf8_length((const unsigned char *)s.p + i, s.n - i, &c);

		if (!n) {
			c = BAD_BYTE + (unsigned char)s.p[i];
			n = 1;
		}
		put(out, c, (struct slice){s.p + i, n});
		i += n;
	}
}

static void put_terminal(struct buf *out, uint32_t c, struct slice bytes)
{
	if (c >= BAD_BYTE)
		buf_addf(out, "\\x%02x", c - BAD_BYTE);
	else if (c == '\n')
		buf_add_text(out, "\\n");
	else if (c == '\t')
		buf_add_text(out, "\\t");
	else if (utf8_is_unprintable(c))
		buf_addf(out, c < 0x100 ? "\\x%02x" : "\\u{%x}", c);
	else
		buf_add_slice(out, bytes);
}

void escape_terminal(struct buf *out, struct slice s)
{
	each_char(out, s, put_terminal);
}

static void put_json(struct buf *out, uint32_t c, struct slice bytes)
{
	static const char short_forms[][2] = {
		{'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'},
	};

	for (size_t i = 0; i < ARRAY_LEN(short_forms); i++) {
		if (c == (unsigned char)short_forms[i][0]) {
			buf_add_char(out, '\\');
			buf_add_char(out, short_forms[i][1]);
			return;
		}
	}
	if (c >= BAD_BYTE)
		buf_add_text(out, "\xef\xbf\xbd"); /* U+FFFD: JSON is UTF-8 */
	else if (utf8_is_unprintable(c) && c < 0x10000)
		buf_addf(out, "\\u%04x", c);
	else
		buf_add_slice(out, bytes);
}

void escape_json(struct buf *out, struct slice s)
{
	each_char(out, s, put_json);
}

static void put_csv(struct buf *out, uint32_t c, struct slice bytes)
{
	if (c == '"')
		buf_add_text(out, "\"\"");
	else if (c >= BAD_BYTE || (utf8_is_unprintable(c) && c != '\n' && c != '\r' && c != '\t'))
		buf_add_text(out, "\xef\xbf\xbd");
	else
		buf_add_slice(out, bytes);
}

/* What makes a spreadsheet calculate, in full width too. */
static bool is_formula(struct slice s)
{
	static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
					   "\xef\xbc\xa0"};
	bool formula = s.n && memchr("=+-@\t\r\n", s.p[0], 7);

	for (size_t i = 0; i < ARRAY_LEN(wide); i++)
		formula |= slice_has_prefix(s, wide[i]);
	return formula;
}

void escape_csv(struct buf *out, struct slice s)
{
	bool formula = is_formula(s), quoted = formula;

	for (size_t i = 0; i < s.n && !quoted; i++)
		quoted = memchr("\",;\t\r\n", s.p[i], 6) != NULL;
	if (quoted)
		buf_add_char(out, '"');
	if (formula)
		buf_add_char(out, '\'');
	each_char(out, s, put_csv);
	if (quoted)
		buf_add_char(out, '"');
}

static void put_html(struct buf *out, uint32_t c, struct slice bytes)
{
	switch (c) {
	case '&':
		buf_add_text(out, "&amp;");
		break;
	case '<':
		buf_add_text(out, "&lt;");
		break;
	case '>':
		buf_add_text(out, "&gt;");
		break;
	case '"':
		buf_add_text(out, "&quot;");
		break;
	case '\'':
		buf_add_text(out, "&#39;");
		break;
	default:
		if (c >= BAD_BYTE || (utf8_is_unprintable(c) && c != '\n' && c != '\t'))
			buf_add_text(out, "\xef\xbf\xbd");
		else
			buf_add_slice(out, bytes);
	}
}

void escape_html(struct buf *out, struct slice s)
{
	each_char(out, s, put_html);
}

static void put_xml(struct buf *out, uint32_t c, struct slice bytes)
{
	/* As they are, a reader would make blanks of them in an attribute (section 3.3.3). */
	if (c == '\t' || c == '\n' || c == '\r')
		buf_addf(out, "&#%u;", c);
	else
		put_html(out, c, bytes);
}

void escape_xml(struct buf *out, struct slice s)
{
	each_char(out, s, put_xml);
}

static void put_label(struct buf *out, uint32_t c, struct slice bytes)
{
	if (c == '\n')
		buf_add_text(out, "\\n");
	else if (c == '"' || c == '\\')
		buf_addf(out, "\\%c", (char)c);
	else if (c >= BAD_BYTE || utf8_is_unprintable(c))
		buf_add_text(out, "\xef\xbf\xbd");
	else
		buf_add_slice(out, bytes);
}

void escape_label(struct buf *out, struct slice s)
{
	each_char(out, s, put_label);
}

static void put_markdown(struct buf *out, uint32_t c, struct slice bytes)
{
	if (c == '\n' || c == '\r' || c == '\t') {
		buf_add_char(out, ' ');
	} else if (c >= BAD_BYTE || utf8_is_unprintable(c)) {
		buf_add_text(out, "\xef\xbf\xbd");
	} else if (c < 0x80 && memchr("\\`*_{}[]<>|#!~&", (int)c, 15)) {
		buf_add_char(out, '\\');
		buf_add_slice(out, bytes);
	} else {
		buf_add_slice(out, bytes);
	}
}

void escape_markdown(struct buf *out, struct slice s)
{
	each_char(out, s, put_markdown);
}
