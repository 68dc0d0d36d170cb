/* SPDX-License-Identifier: ISC */
#include "base/escape.h"

#include "base/buf.h"

/* The length of the well-formed UTF-8 sequence at p (RFC 3629), its character in *c; 0: none. */
static size_t utf8_length(const unsigned char *p, size_t n, uint32_t *c)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} kinds[] = {
		{0x80, 0x00, 0},
		{0xe0, 0xc0, 0x80},
		{0xf0, 0xe0, 0x800},
		{0xf8, 0xf0, 0x10000},
	};

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		if ((p[0] & kinds[k].mask) != kinds[k].lead)
			continue;
		if (n < k + 1)
			return 0;
		*c = p[0] & (unsigned char)~kinds[k].mask;
		for (size_t i = 1; i <= k; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			*c = *c << 6 | (p[i] & 0x3f);
		}
		if (*c < kinds[k].least || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
			return 0;
		return k + 1;
	}
	return 0;
}

/* C0, DEL, C1, line separators, what turns or hides text (bidi controls, zero width, tags), and
 * what is no character. */
static bool is_unprintable(uint32_t c)
{
	static const struct {
		uint32_t lo, hi;
	} ranges[] = {
		{0x00, 0x1f},	  {0x7f, 0x9f},	    {0xad, 0xad},     {0x61c, 0x61c},
		{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
	};

	if (c >= 0x20 && c < 0x7f)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (c >= ranges[i].lo && c <= ranges[i].hi)
			return true;
	return false;
}

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
	else if (is_unprintable(c))
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
	else if (is_unprintable(c) && c < 0x10000)
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
	else if (c >= BAD_BYTE || (is_unprintable(c) && c != '\n' && c != '\r' && c != '\t'))
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
		if (c >= BAD_BYTE || (is_unprintable(c) && c != '\n' && c != '\t'))
			buf_add_text(out, "\xef\xbf\xbd");
		else
			buf_add_slice(out, bytes);
	}
}

void escape_html(struct buf *out, struct slice s)
{
	each_char(out, s, put_html);
}

static void put_markdown(struct buf *out, uint32_t c, struct slice bytes)
{
	if (c == '\n' || c == '\r' || c == '\t') {
		buf_add_char(out, ' ');
	} else if (c >= BAD_BYTE || is_unprintable(c)) {
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
