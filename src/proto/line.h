/* SPDX-License-Identifier: ISC
 *
 * Protocols of text lines: greetings, replies, and what they begin with. Lines end in LF, with or
 * without CR before it. The three results are those of a dialogue: PROTO_MORE where too few bytes
 * came to tell.
 */
#pragma once

#include "proto/proto.h"

/* PROTO_PROVED: *line is the first line, without its end, and taken from *in. PROTO_OTHER: it is
 * longer than max bytes, its end counted. */
enum proto_result line_take(struct slice *in, size_t max, struct slice *line);

/* Do these bytes begin with `prefix`? PROTO_MORE: they are its beginning so far. */
enum proto_result line_begins(struct slice in, const char *prefix);

/* No control characters but tabs. Other bytes than ASCII may be UTF-8 or anything else. */
bool line_is_text(struct slice line);

/* Does `word` stand in it, in letters as given? */
bool line_has(struct slice line, const char *word);

/* A line of a reply: a code of three digits, and what stands behind it. */
bool line_code(struct slice line, unsigned *code, struct slice *text);

/* What a reply with a code of three digits says of itself: the first line of `in` behind the code;
 * false: the line is not whole yet, or has no such code. */
bool line_greeting(struct slice in, struct slice *text);

/* Does a reply of this code have a status code of mail in front, "5.7.1 "? RFC 3463 section 2. No
 * other protocol with such replies has them. */
bool line_has_status(struct slice text, unsigned code);
