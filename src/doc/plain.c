/* SPDX-License-Identifier: ISC */
#include "doc/plain.h"

#include "base/utf8.h"

static const char *char_mistake(uint32_t c)
{
	if (c == '\n' || c == '\r' || c == '\t' || !utf8_is_unprintable(c))
		return NULL;
	return c < 0xa0 ? "a control character; a document is plain text"
			: "an invisible character; a document is plain text";
}

bool plain_check(const char *file, struct slice bytes,
		 const char *(*more)(uint32_t c, uint32_t column, bool first), struct errs *errs)
{
	uint32_t line = 1, column = 1, c;
	bool first = true;

	if (slice_has_prefix(bytes, "\xef\xbb\xbf")) /* a byte order mark */
		bytes = slice_skip(bytes, 3);
	while (bytes.n) {
		size_t n = utf8_length((const unsigned char *)bytes.p, bytes.n, &c);
		const char *wrong = n ? char_mistake(c) : "not UTF-8; save the file as UTF-8 text";

		if (!wrong && more)
			wrong = more(c, column, first);
		if (wrong) {
			errs_add(errs, (struct place){file, line, column}, "%s", wrong);
			return false;
		}
		first = c == '\n' || (first && c == ' ');
		line += c == '\n';
		column = c == '\n' ? 1 : column + 1;
		bytes = slice_skip(bytes, n);
	}
	return true;
}
