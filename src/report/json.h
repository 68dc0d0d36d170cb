/* SPDX-License-Identifier: ISC
 *
 * JSON, written in order: commas and escapes are seen to, brackets are the caller's.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

struct buf;

struct json {
	struct buf *out;
	bool comma; /* the next thing needs one in front */
};

void json_open(struct json *j, char bracket); /* '{' or '[' */
void json_close(struct json *j, char bracket);
void json_key(struct json *j, const char *key);
void json_slice(struct json *j, struct slice s);
void json_text(struct json *j, const char *s); /* NULL: null */
void json_number(struct json *j, long n);
void json_bool(struct json *j, bool b);
void json_null(struct json *j);
void json_pair(struct json *j, const char *key, const char *s); /* NULL: null */
