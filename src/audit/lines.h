/* SPDX-License-Identifier: ISC
 *
 * What topics share that hold a conversation in lines of text.
 */
#pragma once

#include "audit/audit.h"

enum { LINES_LIMIT = 128, LINE_LIMIT = 4096 }; /* of one conversation; bytes of one of them */

/* The first member of a topic's state. */
struct lines {
	unsigned n; /* that have come */
};

/* A topic's input(): each line, without its end, to hear(), until that has something to say or has
 * decided. state begins with a struct lines. PROTO_OTHER also where the lines do not end. */
enum proto_result lines_take(void *state,
			     enum proto_result (*hear)(void *state, struct slice line,
						       struct proto_out *out,
						       struct audit_notes *notes),
			     struct slice *in, struct proto_out *out, struct audit_notes *notes);

/* Does `word` stand in it, in letters of either case? Words end at blanks and '='. */
bool lines_has_word(struct slice line, const char *word);
