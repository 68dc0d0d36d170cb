/* SPDX-License-Identifier: ISC
 *
 * JSON, written in order: commas and escapes are seen to, brackets are the caller's. A key of NULL
 * is for what stands in a list, or alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"

struct json {
	struct buf *out;
	bool comma; /* the next thing needs one in front */
};

void json_open(struct json *j, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *j, char bracket);
void json_slice(struct json *j, const char *key, struct slice s);
void json_text(struct json *j, const char *key, const char *s); /* NULL: null */
void json_number(struct json *j, const char *key, int64_t value);
/* Where zero means "none", or "not known". */
void json_number_or_null(struct json *j, const char *key, int64_t value);
/* A probability with two digits; 0: null */
void json_chance(struct json *j, const char *key, double chance);
void json_bool(struct json *j, const char *key, bool b);
void json_null(struct json *j, const char *key);
void json_addr(struct json *j, const char *key, const struct addr *a); /* family 0: null */
void json_time(struct json *j, const char *key, int64_t ms);	       /* as words_timestamp() */
/* A list of at most n texts; NULL ends it. */
void json_texts(struct json *j, const char *key, const char *const *values, size_t n);
