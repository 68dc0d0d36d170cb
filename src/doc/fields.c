/* SPDX-License-Identifier: ISC */
#include "doc/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

void complain(struct reader *r, struct place at, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	errs_add(r->errs, at, "%s", text);
}

static const char *node_name(const struct node *n)
{
	static const char *const names[] = {"text", "a list", "a map"};

	if (n->kind == NODE_TEXT && n->plain && !*n->text.s)
		return "nothing";
	return names[n->kind];
}

bool want_kind(struct reader *r, const struct node *n, enum node_kind kind, const char *expected)
{
	if (n->kind == kind)
		return true;
	complain(r, n->text.at, "expected %s, found %s", expected, node_name(n));
	return false;
}

bool want_text(struct reader *r, const struct node *n, const char *expected)
{
	if (!want_kind(r, n, NODE_TEXT, expected))
		return false;
	if (slice_trim(slice_of(n->text.s)).n)
		return true;
	complain(r, n->text.at, "expected %s, found nothing", expected);
	return false;
}

struct list *new_list(struct reader *r, void *at, size_t n, size_t size)
{
	struct list *list = at;

	list->items = arena_get(r->arena, n, size);
	list->n = n;
	return list;
}

static const struct field *find_field(const struct record *rec, const char *key)
{
	for (size_t i = 0; i < rec->n_fields; i++)
		if (strcmp(rec->fields[i].key, key) == 0)
			return &rec->fields[i];
	return NULL;
}

static void unknown_key(struct reader *r, const struct record *rec, struct text key)
{
	struct suggest s = suggest_start(slice_of(key.s));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; i < rec->n_fields; i++)
		suggest_add(&s, rec->fields[i].key);
	complain(r, key.at, "unknown key \"%.60s\" in %s%s", key.s, rec->what,
		 suggest_text(&s, hint));
}

static void read_fields(struct reader *r, const struct record *rec, const struct node *n, char *at)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < n->n; i++) {
		const struct field *f = find_field(rec, n->pairs[i].key.s);

		if (!f) {
			unknown_key(r, rec, n->pairs[i].key);
			continue;
		}
		seen |= UINT64_C(1) << (f - rec->fields);
		f->kind->read(r, f, n->pairs[i].value, at + f->offset);
	}
	for (size_t i = 0; i < rec->n_fields; i++)
		if (rec->fields[i].required && !(seen >> i & 1))
			complain(r, n->text.at, "%s needs \"%s\"", rec->what, rec->fields[i].key);
}

/* Not a map, but the value of the one key that may stand for it. */
static bool is_short(const struct record *rec, const struct node *n)
{
	if (!rec->short_key)
		return false;
	return n->kind == NODE_TEXT ||
	       (n->kind == NODE_LIST &&
		find_field(rec, rec->short_key)->kind->is_unset == unset_list);
}

void read_record(struct reader *r, const struct record *rec, const struct node *n, void *at)
{
	size_t before = r->errs->n + r->errs->dropped;

	if (rec->n_fields > 64)
		BUG("%s has %zu keys", rec->what, rec->n_fields);
	if (rec->place != NO_PLACE)
		memcpy((char *)at + rec->place, &n->text.at, sizeof(n->text.at));
	if (is_short(rec, n)) {
		const struct field *f = find_field(rec, rec->short_key);

		f->kind->read(r, f, n, (char *)at + f->offset);
	} else if (n->kind == NODE_MAP) {
		read_fields(r, rec, n, at);
	} else {
		complain(r, n->text.at, "expected %s, a map with keys such as \"%s\", found %s",
			 rec->what, rec->fields[0].key, node_name(n));
	}
	/* A record with mistakes of its own has said enough. */
	if (rec->check && before == r->errs->n + r->errs->dropped)
		rec->check(r, n, at);
}

void write_record(struct yaml_writer *w, const struct record *rec, const void *at)
{
	for (size_t i = 0; i < rec->n_fields; i++) {
		const struct field *f = &rec->fields[i];
		const void *value = (const char *)at + f->offset;

		if (!f->required && f->kind->is_unset(f, value))
			continue;
		yaml_key(w, f->key);
		f->kind->write(w, f, value);
	}
}

bool check_version(struct reader *r, const struct node *root, const char *kind_key)
{
	const struct node *version, *name;

	if (!want_kind(r, root, NODE_MAP, "a map that starts with \"portolan: 1\""))
		return false;
	version = node_find(root, "portolan");
	name = node_find(root, kind_key);
	if (!version)
		complain(r, root->text.at, "the file must start with \"portolan: 1\"");
	else if (version->kind != NODE_TEXT || strcmp(version->text.s, "1") != 0)
		complain(r, version->text.at,
			 "this program reads version 1 of the format, not \"%.20s\"",
			 version->kind == NODE_TEXT ? version->text.s : node_name(version));
	else if (!name)
		complain(r, root->text.at, "this is no %s: the key \"%s\" is missing", kind_key,
			 kind_key);
	else
		return true;
	return false;
}

bool name_is_valid(struct slice s)
{
	if (s.n == 0 || s.n > 100)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!letter && (i == 0 || !memchr("_-.", c, 3)))
			return false;
	}
	return true;
}

/* At most 253 characters (RFC 1035 section 3.1, as text); "_" stands in names of services. */
bool dns_name_is_valid(struct slice s, const char *also)
{
	if (s.n == 0 || s.n > 253 || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      memchr("_-.", c, 3) || (c && strchr(also, c))))
			return false;
	}
	return true;
}

bool unset_pointer(const struct field *f, const void *at)
{
	(void)f;
	return *(const void *const *)at == NULL;
}

bool unset_list(const struct field *f, const void *at)
{
	(void)f;
	return ((const struct list *)at)->n == 0;
}
