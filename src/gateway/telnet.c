/* SPDX-License-Identifier: ISC */
#include "gateway/telnet.h"

enum { SE = 240, SB = 250, WILL = 251, DONT = 254, IAC = 255 };
enum { IN_TEXT, AFTER_IAC, IN_OPTION, IN_SUB, IAC_IN_SUB };

static uint8_t after_iac(bool is_raw, uint8_t c, struct buf *out)
{
	if (c == SB)
		return IN_SUB;
	if (c >= WILL && c <= DONT)
		return IN_OPTION;
	if (c < SE || (c == IAC && is_raw))
		buf_add_char(out, (char)IAC);
	if (c < SE || c == IAC)
		buf_add_char(out, (char)c);
	return IN_TEXT;
}

static uint8_t step(const struct telnet *t, uint8_t c, struct buf *out)
{
	switch (t->state) {
	case AFTER_IAC:
		return after_iac(t->is_raw, c, out);
	case IN_OPTION:
		return IN_TEXT;
	case IN_SUB:
		return c == IAC ? IAC_IN_SUB : IN_SUB;
	case IAC_IN_SUB:
		return c == SE ? IN_TEXT : IN_SUB;
	default:
		if (c == IAC)
			return AFTER_IAC;
		buf_add_char(out, (char)c);
		return IN_TEXT;
	}
}

void telnet_read(struct telnet *t, struct slice in, struct buf *out)
{
	for (size_t i = 0; i < in.n; i++)
		t->state = step(t, (uint8_t)in.p[i], out);
}

void telnet_put(struct slice words, struct buf *out)
{
	for (size_t i = 0; i < words.n; i++) {
		buf_add_char(out, words.p[i]);
		if ((uint8_t)words.p[i] == IAC)
			buf_add_char(out, (char)IAC);
	}
}
