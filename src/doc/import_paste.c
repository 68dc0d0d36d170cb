/* SPDX-License-Identifier: ISC */
#include "doc/import_paste.h"

#include "base/buf.h"
#include "base/utf8.h"

/* What stands for a character; NULL: itself. */
static const char *plain_char(uint32_t c)
{
	static const struct {
		uint32_t lo, hi;
		const char *plain;
	} chars[] = {
		{0xa0, 0xa0, " "},	/* no-break space */
		{0xad, 0xad, ""},	/* soft hyphen */
		{0x2000, 0x200a, " "},	/* en quad to hair space */
		{0x200b, 0x200f, ""},	/* zero widths, directions */
		{0x2018, 0x201b, "'"},	/* single quotes */
		{0x201c, 0x201f, "\""}, /* double quotes */
		{0x2028, 0x2029, "\n"}, /* line and paragraph separator */
		{0x202a, 0x202e, ""},	/* directions */
		{0x202f, 0x202f, " "},	/* narrow no-break space */
		{0x205f, 0x205f, " "},	/* mathematical space */
		{0x2060, 0x206f, ""},	/* word joiner, directions */
		{0x3000, 0x3000, " "},	/* ideographic space */
		{0xfeff, 0xfeff, ""},	/* byte order mark */
	};

	for (size_t i = 0; i < ARRAY_LEN(chars); i++)
		if (c >= chars[i].lo && c <= chars[i].hi)
			return chars[i].plain;
	return NULL;
}

static bool is_plain(struct slice bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] == '\r' || (unsigned char)bytes.p[i] >= 0x80)
			return false;
	return true;
}

static void add_plain(struct buf *out, struct slice bytes)
{
	while (bytes.n) {
		uint32_t c;
		size_t n = utf8_length((const unsigned char *)bytes.p, bytes.n, &c);
		const char *plain = n ? plain_char(c) : NULL;

		if (n && c == '\r') {
			buf_add_char(out, '\n');
			n += bytes.n > 1 && bytes.p[1] == '\n';
		} else if (plain) {
			buf_add_text(out, plain);
		} else {
			buf_add(out, bytes.p, n ? n : 1);
		}
		bytes = slice_skip(bytes, n ? n : 1);
	}
}

int paste_plain(struct arena *a, const char *file, struct slice bytes, struct slice *plain,
		struct err *err)
{
	struct buf out = BUF_INIT;

	if (slice_has_prefix(bytes, "\xff\xfe") || slice_has_prefix(bytes, "\xfe\xff"))
		return err_set(err, ERR_DOCUMENT, (struct place){.file = file},
			       "this is UTF-16; save the table as UTF-8 text");
	*plain = bytes;
	if (is_plain(bytes))
		return 0;
	add_plain(&out, bytes);
	*plain = (struct slice){arena_copy(a, buf_slice(&out)), out.n};
	buf_release(&out);
	return 0;
}
