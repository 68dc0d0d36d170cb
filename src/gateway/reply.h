/* SPDX-License-Identifier: ISC
 *
 * A server's replies, a line at a time, so that one of any length passes without being kept: RFC
 * 959 section 4.2. Of a reply of many lines only the first and the last count; what stands between
 * is text, whatever it looks like. Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

enum { REPLY_LINE_MAX = 8192 }; /* bytes, the line's end counted */

struct reply_reader {
	unsigned begun; /* the code of a reply that has not ended; 0: none */
};

enum reply_result {
	REPLY_MORE, /* the line has not ended yet */
	REPLY_LINE,
	REPLY_BAD, /* no line of a reply, or too long */
};

struct reply_line {
	unsigned code;	   /* of the reply, also of lines between */
	bool first, last;  /* of its reply; both of one line */
	struct slice text; /* behind code and mark; of lines between all of it; no line end */
	struct slice raw;  /* as it came, line end and all */
};

/* The next line from the front of *in, taken away where it has ended. */
enum reply_result reply_read(struct reply_reader *r, struct slice *in, struct reply_line *line);
