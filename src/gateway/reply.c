/* SPDX-License-Identifier: ISC */
#include "gateway/reply.h"

#include <string.h>

#include "proto/line.h"

static bool is_end_of(unsigned code, struct slice line, struct slice *text)
{
	unsigned own;

	return line_code(line, &own, text) && own == code && (line.n == 3 || line.p[3] == ' ');
}

static bool is_code(unsigned code)
{
	return code >= 100 && code < 600;
}

enum reply_result reply_read(struct reply_reader *r, struct slice *in, struct reply_line *out)
{
	const char *end = in->n ? memchr(in->p, '\n', in->n) : NULL;
	struct slice line;

	if (!end)
		return in->n >= REPLY_LINE_MAX ? REPLY_BAD : REPLY_MORE;
	line = slice_from_to(in->p, end);
	if (line.n >= REPLY_LINE_MAX)
		return REPLY_BAD;
	*out = (struct reply_line){.code = r->begun, .raw = {in->p, line.n + 1}, .text = line};
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	out->text = line;
	if (r->begun) {
		out->last = is_end_of(r->begun, line, &out->text);
	} else {
		if (!line_code(line, &out->code, &out->text) || !is_code(out->code))
			return REPLY_BAD;
		out->first = true;
		out->last = line.n == 3 || line.p[3] == ' ';
	}
	r->begun = out->last ? 0 : out->code;
	*in = slice_skip(*in, out->raw.n);
	return REPLY_LINE;
}
