/* SPDX-License-Identifier: ISC */
#include "proto/ftp_reply.h"

#include <string.h>

#include "base/compiler.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A line without its end, from the front; false: it has not ended yet. */
static bool take_line(struct slice *in, struct slice *line)
{
	const char *end = in->n ? memchr(in->p, '\n', in->n) : NULL;

	if (!end)
		return false;
	*line = slice_from_to(in->p, end);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	*in = slice_from_to(end + 1, in->p + in->n);
	return true;
}

static bool has_code(struct slice line, unsigned *code)
{
	if (line.n < 3 || line.p[0] < '1' || line.p[0] > '5' || !is_digit(line.p[1]) ||
	    !is_digit(line.p[2]))
		return false;
	*code = (unsigned)(line.p[0] - '0') * 100 + (unsigned)(line.p[1] - '0') * 10 +
		(unsigned)(line.p[2] - '0');
	return line.n == 3 || line.p[3] == ' ' || line.p[3] == '-';
}

/* Of many lines the last one has the same code, and a blank behind it. */
static bool is_last(struct slice line, unsigned code)
{
	unsigned own;

	return has_code(line, &own) && own == code && (line.n == 3 || line.p[3] == ' ');
}

/* Whether what has come may still become a line of a reply. */
static enum ftp_result not_yet(struct slice in, unsigned begun)
{
	for (size_t i = 0; !begun && i < in.n && i < 3; i++)
		if (!is_digit(in.p[i]))
			return FTP_BAD;
	return in.n >= FTP_LINE_MAX ? FTP_BAD : FTP_MORE;
}

enum ftp_result ftp_reply_read(struct slice *in, unsigned *begun, struct ftp_reply *r)
{
	struct slice rest = *in, line;

	do {
		*in = rest;
		if (!take_line(&rest, &line))
			return not_yet(*in, *begun);
		if (line.n >= FTP_LINE_MAX || (!*begun && !has_code(line, begun)))
			return FTP_BAD;
	} while (!is_last(line, *begun));
	r->code = *begun;
	r->text = slice_trim(slice_skip(line, line.n < 4 ? line.n : 4));
	*begun = 0;
	*in = rest;
	return FTP_REPLY;
}

/* "1,2,3": n numbers of a byte each, with commas between. */
static bool read_bytes(struct slice s, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t digits = 0;
		uint64_t v;

		if (i && (!s.n || s.p[0] != ','))
			return false;
		s = slice_skip(s, i > 0);
		while (digits < s.n && is_digit(s.p[digits]))
			digits++;
		if (!slice_number((struct slice){s.p, digits}, 255, &v))
			return false;
		bytes[i] = (uint8_t)v;
		s = slice_skip(s, digits);
	}
	return true;
}

bool ftp_reply_pasv(const struct ftp_reply *r, struct addr *a, uint16_t *port)
{
	struct slice s = r->text;
	uint8_t n[6];

	while (s.n && !(is_digit(s.p[0]) && read_bytes(s, n, ARRAY_LEN(n))))
		s = slice_skip(s, 1);
	if (!s.n)
		return false;
	*a = (struct addr){.family = 4};
	memcpy(a->bytes, n, 4);
	*port = (uint16_t)(n[4] << 8 | n[5]);
	return *port != 0;
}

bool ftp_reply_epsv(const struct ftp_reply *r, uint16_t *port)
{
	const char *open = r->text.n ? memchr(r->text.p, '(', r->text.n) : NULL;
	struct slice s, number;
	uint64_t v;
	char mark;

	if (!open)
		return false;
	s = slice_from_to(open + 1, r->text.p + r->text.n);
	if (s.n < 5 || s.p[1] != s.p[0] || s.p[2] != s.p[0] || is_digit(s.p[0]))
		return false;
	mark = s.p[0];
	s = slice_skip(s, 3);
	if (!memchr(s.p, mark, s.n) || !slice_cut(&s, mark, &number) ||
	    !slice_number(number, 65535, &v))
		return false;
	*port = (uint16_t)v;
	return v != 0;
}

void ftp_format_port(const struct addr *a, uint16_t port, struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	if (a->family == 6)
		buf_addf(out, "EPRT |2|%s|%u|\r\n", addr_text(a, text), port);
	else
		buf_addf(out, "PORT %u,%u,%u,%u,%u,%u\r\n", a->bytes[0], a->bytes[1], a->bytes[2],
			 a->bytes[3], port >> 8, port & 255U);
}
