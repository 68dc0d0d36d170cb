/* SPDX-License-Identifier: ISC
 *
 * Whatever goes in, what comes out of an escaper cannot leave the place it is printed in. What each
 * promises is checked here by its own reading of the output, not with the escapers' tables.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool holds, const char *what)
{
	if (!holds)
		BUG("%s", what);
}

/* No byte that a terminal obeys, beyond those of `allowed`; nor C1 as a character, nor U+202E. */
static void check_harmless(const struct buf *b, const char *allowed)
{
	for (size_t i = 0; i < b->n; i++) {
		unsigned char c = (unsigned char)b->data[i];

		require((c >= 0x20 && c != 0x7f) || (c && strchr(allowed, c)), "a control byte");
		if (c == 0xc2 && i + 1 < b->n)
			require((unsigned char)b->data[i + 1] >= 0xa0, "a C1 control");
	}
	require(!memmem(b->data, b->n, "\xe2\x80\xae", 3), "a right-to-left override");
}

/* Each lead byte has its continuations, each continuation its lead. */
static void check_utf8(const struct buf *b)
{
	size_t wanted = 0;

	for (size_t i = 0; i < b->n; i++) {
		unsigned char c = (unsigned char)b->data[i];

		if (wanted) {
			require((c & 0xc0) == 0x80, "a cut character");
			wanted--;
			continue;
		}
		require((c & 0xc0) != 0x80 && c != 0xc0 && c != 0xc1 && c < 0xf5, "a stray byte");
		wanted = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	}
	require(wanted == 0, "a cut character at the end");
}

static void check_json(const struct buf *b)
{
	for (size_t i = 0; i < b->n; i++) {
		require(b->data[i] != '"', "the string ends");
		if (b->data[i] != '\\')
			continue;
		i++;
		require(i < b->n && strchr("\"\\nrtu", b->data[i]), "an unknown escape");
		if (b->data[i] == 'u')
			require(b->n - i > 4 && strspn(b->data + i + 1, "0123456789abcdef") >= 4,
				"not four digits");
	}
}

static void check_csv(const struct buf *b)
{
	bool quoted = b->n && b->data[0] == '"';
	size_t end = quoted ? b->n - 1 : b->n;

	require(!quoted || (b->n >= 2 && b->data[end] == '"'), "the quote stays open");
	require(b->n <= quoted || !strchr("=+-@\t\r\n", b->data[quoted]), "a formula");
	for (size_t i = quoted; i < end; i++) {
		if (quoted && b->data[i] == '"') {
			i++;
			require(i < end && b->data[i] == '"', "the field ends early");
			continue;
		}
		require(quoted || !strchr("\",;\r\n\t", b->data[i]), "an unquoted separator");
	}
}

static void check_html(const struct buf *b)
{
	static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

	for (size_t i = 0; i < b->n; i++) {
		bool known = false;

		require(!strchr("<>\"'", b->data[i]), "markup");
		for (size_t k = 0; k < ARRAY_LEN(entities); k++)
			known |= slice_has_prefix(slice_skip(buf_slice(b), i), entities[k]);
		require(b->data[i] != '&' || known, "a bare ampersand");
	}
}

static void check_markdown(const struct buf *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->data[i] == '\\')
			i++;
		else
			require(!strchr("`*_{}[]<>|#!~&", b->data[i]), "markup");
	}
}

/* Also a tab and a line end are written out: an attribute would lose them. */
static void check_xml(const struct buf *b)
{
	static const char *const references[] = {"&amp;", "&lt;",  "&gt;",  "&quot;",
						 "&#39;", "&#10;", "&#13;", "&#9;"};

	for (size_t i = 0; i < b->n; i++) {
		bool known = false;

		require(!strchr("<>\"'", b->data[i]), "markup");
		for (size_t k = 0; k < ARRAY_LEN(references); k++)
			known |= slice_has_prefix(slice_skip(buf_slice(b), i), references[k]);
		require(b->data[i] != '&' || known, "a bare ampersand");
		require(!slice_has_prefix(slice_skip(buf_slice(b), i), "\xef\xbf\xbe") &&
				!slice_has_prefix(slice_skip(buf_slice(b), i), "\xef\xbf\xbf"),
			"no character of XML");
	}
}

static void check_label(const struct buf *b)
{
	for (size_t i = 0; i < b->n; i++) {
		require(b->data[i] != '"', "the value ends");
		if (b->data[i] != '\\')
			continue;
		i++;
		require(i < b->n && strchr("\"\\n", b->data[i]), "an unknown escape");
	}
}

static void check_nothing(const struct buf *b)
{
	(void)b;
}

static const struct {
	void (*escape)(struct buf *out, struct slice s);
	void (*check)(const struct buf *b);
	const char *allowed;
} rows[] = {
	{escape_terminal, check_nothing, ""},  {escape_json, check_json, ""},
	{escape_csv, check_csv, "\t\r\n"},     {escape_html, check_html, "\t\n"},
	{escape_markdown, check_markdown, ""}, {escape_xml, check_xml, ""},
	{escape_label, check_label, ""},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice s = {(const char *)data, n};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = BUF_INIT;

		rows[i].escape(&b, s);
		check_harmless(&b, rows[i].allowed);
		check_utf8(&b);
		rows[i].check(&b);
		buf_release(&b);
	}
	return 0;
}
