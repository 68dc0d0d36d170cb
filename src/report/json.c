/* SPDX-License-Identifier: ISC */
#include "report/json.h"

#include <string.h>

#include "base/escape.h"
#include "report/words.h"

/* Most texts are words of our own: nothing in them needs escaping. */
static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return true;
}

static void add_quoted(struct buf *out, struct slice s)
{
	buf_add_char(out, '"');
	if (is_plain(s))
		buf_add_slice(out, s);
	else
		escape_json(out, s);
	buf_add_char(out, '"');
}

/* The comma and the key that come before a value. */
static void start_value(struct json *j, const char *key)
{
	if (j->comma)
		buf_add_char(j->out, ',');
	j->comma = true;
	if (!key)
		return;
	add_quoted(j->out, slice_of(key));
	buf_add_char(j->out, ':');
}

void json_open(struct json *j, const char *key, char bracket)
{
	start_value(j, key);
	buf_add_char(j->out, bracket);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	buf_add_char(j->out, bracket);
	j->comma = true;
}

void json_slice(struct json *j, const char *key, struct slice s)
{
	start_value(j, key);
	add_quoted(j->out, s);
}

void json_null(struct json *j, const char *key)
{
	start_value(j, key);
	buf_add_text(j->out, "null");
}

void json_text(struct json *j, const char *key, const char *s)
{
	if (s)
		json_slice(j, key, slice_of(s));
	else
		json_null(j, key);
}

void json_number(struct json *j, const char *key, int64_t value)
{
	start_value(j, key);
	buf_addf(j->out, "%lld", (long long)value);
}

void json_number_or_null(struct json *j, const char *key, int64_t value)
{
	if (value)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void json_chance(struct json *j, const char *key, double chance)
{
	if (chance > 0) {
		start_value(j, key);
		buf_addf(j->out, "%.1e", chance);
	} else {
		json_null(j, key);
	}
}

void json_bool(struct json *j, const char *key, bool b)
{
	start_value(j, key);
	buf_add_text(j->out, b ? "true" : "false");
}

void json_addr(struct json *j, const char *key, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	json_text(j, key, a->family ? addr_text(a, text) : NULL);
}

void json_time(struct json *j, const char *key, int64_t ms)
{
	struct buf text = BUF_INIT;

	words_timestamp(ms, &text);
	json_text(j, key, text.data);
	buf_release(&text);
}

void json_texts(struct json *j, const char *key, const char *const *values, size_t n)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < n && values[i]; i++)
		json_text(j, NULL, values[i]);
	json_close(j, ']');
}
