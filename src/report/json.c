/* SPDX-License-Identifier: ISC */
#include "report/json.h"

#include "base/buf.h"
#include "base/escape.h"

static void separate(struct json *j)
{
	if (j->comma)
		buf_add_char(j->out, ',');
	j->comma = true;
}

void json_open(struct json *j, char bracket)
{
	separate(j);
	buf_add_char(j->out, bracket);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	buf_add_char(j->out, bracket);
	j->comma = true;
}

void json_slice(struct json *j, struct slice s)
{
	separate(j);
	buf_add_char(j->out, '"');
	escape_json(j->out, s);
	buf_add_char(j->out, '"');
}

void json_key(struct json *j, const char *key)
{
	json_slice(j, slice_of(key));
	buf_add_char(j->out, ':');
	j->comma = false;
}

void json_null(struct json *j)
{
	separate(j);
	buf_add_text(j->out, "null");
}

void json_text(struct json *j, const char *s)
{
	if (s)
		json_slice(j, slice_of(s));
	else
		json_null(j);
}

void json_number(struct json *j, long n)
{
	separate(j);
	buf_addf(j->out, "%ld", n);
}

void json_bool(struct json *j, bool b)
{
	separate(j);
	buf_add_text(j->out, b ? "true" : "false");
}

void json_pair(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_text(j, s);
}
