/* SPDX-License-Identifier: ISC */
#include "audit/lines.h"

#include "proto/line.h"

enum proto_result lines_take(void *state,
			     enum proto_result (*hear)(void *state, struct slice line,
						       struct proto_out *out,
						       struct audit_notes *notes),
			     struct slice *in, struct proto_out *out, struct audit_notes *notes)
{
	struct lines *lines = state;
	enum proto_result result = PROTO_MORE;
	struct slice line;

	while (result == PROTO_MORE && !out->n) {
		result = line_take(in, LINE_LIMIT, &line);
		if (result != PROTO_PROVED)
			return result;
		result = ++lines->n > LINES_LIMIT ? PROTO_OTHER : hear(state, line, out, notes);
	}
	return result;
}

bool lines_has_word(struct slice line, const char *word)
{
	for (size_t begin = 0, i = 0; i <= line.n; i++)
		if (i == line.n || line.p[i] == ' ' || line.p[i] == '=') {
			if (slice_is_nocase((struct slice){line.p + begin, i - begin}, word))
				return true;
			begin = i + 1;
		}
	return false;
}
