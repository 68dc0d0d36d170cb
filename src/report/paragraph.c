/* SPDX-License-Identifier: ISC */
#include "report/paragraph.h"

#include "base/escape.h"

enum { LEAST = 14 }; /* where hardly anything is left of the width */

size_t paragraph_width(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

struct slice paragraph_take_line(struct slice *rest, size_t width)
{
	struct slice line = *rest;
	size_t shown = 0, cut = 0;

	for (size_t i = 0; i < rest->n; i++) {
		if (rest->p[i] == ' ' && i && (shown <= width || !cut))
			cut = i;
		shown += (rest->p[i] & 0xc0) != 0x80;
		if (shown > width && cut) {
			line.n = cut;
			*rest = slice_skip(*rest, cut + 1);
			return line;
		}
	}
	*rest = slice_skip(*rest, rest->n);
	return line;
}

static size_t room(size_t width, size_t indent)
{
	if (!width)
		return SIZE_MAX - 1;
	return width > indent + LEAST ? width - indent : LEAST;
}

void paragraph_write(const struct paragraph *p, const char *s, struct buf *out)
{
	struct buf escaped = BUF_INIT;
	struct slice rest;
	size_t indent = p->indent;

	escape_terminal(&escaped, slice_of(s));
	rest = buf_slice(&escaped);
	do {
		struct slice line = paragraph_take_line(&rest, room(p->width, indent));

		while (rest.n && line.n && line.p[line.n - 1] == ' ')
			line.n--;
		buf_add_fill(out, ' ', indent);
		buf_add_slice(out, line);
		buf_add_char(out, '\n');
		indent = p->hang;
		while (rest.n && *rest.p == ' ')
			rest = slice_skip(rest, 1);
	} while (rest.n);
	buf_release(&escaped);
}
