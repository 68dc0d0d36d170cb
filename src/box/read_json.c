/* SPDX-License-Identifier: ISC */
#include "box/read_json.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"

enum { LINK_NAME_MAX = 15 };

void json_wrong(struct json_reader *r, const char *fmt, ...)
{
	const struct place at = {.file = r->text->file, .line = r->text->line, .column = 1};
	struct buf text = BUF_INIT;
	va_list ap;

	if (r->rc)
		return;
	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	r->rc = err_set(r->err, ERR_DOCUMENT, at, "%s %zu: %s", r->what, r->number, text.data);
	buf_release(&text);
}

static json_t *load(struct json_reader *r)
{
	const struct box_text *t = r->text;
	struct place at = {.file = t->file, .line = t->line, .column = 1};
	json_error_t error;
	json_t *list;

	if (!slice_trim(t->text).n)
		return json_array();
	/* ip itself gives a key twice: a route's "dst" and its tunnel's. */
	list = json_loadb(t->text.p, t->text.n, 0, &error);
	if (!list) {
		at.line += error.line > 0 ? (uint32_t)error.line - 1 : 0;
		r->rc = err_set(r->err, ERR_DOCUMENT, at, "not JSON: %s", error.text);
	} else if (!json_is_array(list)) {
		r->rc = err_set(r->err, ERR_DOCUMENT, at, "not a list of %ss", r->what);
	}
	return list;
}

int json_read_list(struct json_reader *r, json_read_object *read)
{
	json_t *list;

	if (r->text->text.n > BOX_TEXT_MAX)
		return err_set(r->err, ERR_LIMIT, (struct place){.file = r->text->file},
			       "more than %d bytes", BOX_TEXT_MAX);
	list = load(r);
	for (size_t i = 0; !r->rc && i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);

		r->number = i + 1;
		if (!json_is_object(o))
			json_wrong(r, "no object");
		else if (json_object_size(o))
			read(r, o);
	}
	json_decref(list);
	return r->rc;
}

const char *json_read_text(struct json_reader *r, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (!v || json_is_null(v))
		return NULL;
	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_integer(v))
		return arena_printf(r->b->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	json_wrong(r, "\"%s\" is neither a text nor a number", key);
	return NULL;
}

const char *json_read_link(struct json_reader *r, const json_t *o, const char *key)
{
	const char *s = json_read_text(r, o, key);

	if (!s)
		return NULL;
	if (!*s || strlen(s) > LINK_NAME_MAX) {
		json_wrong(r, "\"%s\" is no interface's name, of 1 to %d bytes: \"%.40s\"", key,
			   LINK_NAME_MAX, s);
		return NULL;
	}
	return arena_copy(r->b->arena, slice_of(s));
}

static bool parse_number(struct slice s, uint64_t *n)
{
	const uint64_t max = UINT32_MAX;

	if (!slice_has_prefix(s, "0x"))
		return slice_number(s, max, n);
	*n = 0;
	s = slice_skip(s, 2);
	for (size_t i = 0; i < s.n; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = s.p[i] ? strchr(digits, s.p[i]) : NULL;

		if (!digit || *n > max >> 4)
			return false;
		*n = *n << 4 | (uint64_t)(digit - digits);
	}
	return s.n > 0;
}

uint32_t json_read_number(struct json_reader *r, const json_t *o, const char *key, uint32_t max,
			  uint32_t otherwise)
{
	const char *s = json_read_text(r, o, key);
	uint64_t n;

	if (!s)
		return otherwise;
	if (parse_number(slice_of(s), &n) && n <= max)
		return (uint32_t)n;
	json_wrong(r, "\"%s\" is no number from 0 to %" PRIu32 ": \"%.40s\"", key, max, s);
	return otherwise;
}

struct addr json_read_addr(struct json_reader *r, const json_t *o, const char *key)
{
	const char *s = json_read_text(r, o, key);
	struct addr a = {0};

	if (!s)
		return a;
	if (!addr_parse(slice_of(s), &a))
		json_wrong(r, "\"%s\" is no address: \"%.60s\"", key, s);
	else if (r->family && a.family != r->family)
		json_wrong(r, "\"%s\" is no address of IPv%d: \"%.60s\"", key, r->family, s);
	return a;
}

uint32_t json_read_table(struct json_reader *r, const json_t *o, const char *key)
{
	static const struct {
		const char *name;
		uint32_t number;
	} known[] = {{"main", TABLE_MAIN}, {"local", TABLE_LOCAL}, {"default", TABLE_DEFAULT}};
	const char *s = json_read_text(r, o, key);
	uint64_t n;

	if (!s)
		return TABLE_MAIN;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(s, known[i].name) == 0)
			return known[i].number;
	if (parse_number(slice_of(s), &n))
		return (uint32_t)n;
	return (uint32_t)hash_stable(s, strlen(s), 0) | UINT32_C(1) << 31;
}

bool json_has_word(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (s && strcmp(s, word) == 0)
			return true;
	}
	return false;
}
