/* SPDX-License-Identifier: ISC */
#include "proto/line.h"

#include <string.h>

enum proto_result line_take(struct slice *in, size_t max, struct slice *line)
{
	const char *end = in->n ? memchr(in->p, '\n', in->n < max ? in->n : max) : NULL;

	if (!end)
		return in->n < max ? PROTO_MORE : PROTO_OTHER;
	*line = slice_from_to(in->p, end);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	*in = slice_from_to(end + 1, in->p + in->n);
	return PROTO_PROVED;
}

enum proto_result line_begins(struct slice in, const char *prefix)
{
	size_t n = strlen(prefix);

	if (memcmp(in.n ? in.p : "", prefix, in.n < n ? in.n : n) != 0)
		return PROTO_OTHER;
	return in.n < n ? PROTO_MORE : PROTO_PROVED;
}

bool line_is_text(struct slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if (((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 127)
			return false;
	return true;
}

bool line_has(struct slice line, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= line.n; i++)
		if (memcmp(line.p + i, word, n) == 0)
			return true;
	return false;
}

enum { GREETING_LIMIT = 4096 };

static size_t digits_of(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

bool line_code(struct slice line, unsigned *code, struct slice *text)
{
	if (digits_of(line) != 3 || (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
		return false;
	*code = (unsigned)(line.p[0] - '0') * 100 + (unsigned)(line.p[1] - '0') * 10 +
		(unsigned)(line.p[2] - '0');
	*text = slice_trim(slice_skip(line, line.n < 4 ? 3 : 4));
	return true;
}

bool line_greeting(struct slice in, struct slice *text)
{
	struct slice line;
	unsigned code;

	return line_take(&in, GREETING_LIMIT, &line) == PROTO_PROVED &&
	       line_code(line, &code, text);
}

bool line_has_status(struct slice text, unsigned code)
{
	struct slice status, part;
	size_t parts = 0;

	slice_cut(&text, ' ', &status);
	while (slice_cut(&status, '.', &part)) {
		if (!part.n || part.n > 3 || digits_of(part) != part.n ||
		    (!parts && (part.n != 1 || (unsigned)(part.p[0] - '0') != code / 100)))
			return false;
		parts++;
	}
	return parts == 3;
}
