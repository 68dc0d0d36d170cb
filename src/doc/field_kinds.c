/* SPDX-License-Identifier: ISC
 *
 * The kinds of values that most keys of the formats are of.
 */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/portset.h"
#include "base/suggest.h"
#include "doc/fields.h"
#include "model/site.h"

/* --- text and names -------------------------------------------------------------------------- */

static void read_text(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	if (want_text(r, n, f->kind->expected))
		*(struct text *)at = n->text;
}

static bool unset_text(const struct field *f, const void *at)
{
	(void)f;
	return ((const struct text *)at)->s == NULL;
}

static void write_text(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	yaml_text(w, ((const struct text *)at)->s);
}

void schema_string(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":[\"string\",\"number\"]}");
}

void schema_any(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{}");
}

const struct kind kind_text = {"text", read_text, unset_text, write_text, schema_string};

bool want_name(struct reader *r, struct text t)
{
	if (name_is_valid(slice_of(t.s)))
		return true;
	complain(r, t.at,
		 "\"%.60s\" is no name: letters, digits, \"_\", \"-\" and \".\", at most 100", t.s);
	return false;
}

static void read_name(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	if (want_text(r, n, f->kind->expected) && want_name(r, n->text))
		*(struct text *)at = n->text;
}

static void schema_name(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":[\"string\",\"number\"],"
			  "\"pattern\":\"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$\"}");
}

const struct kind kind_name = {"a name", read_name, unset_text, write_text, schema_name};

static bool is_date(struct slice s)
{
	static const char form[] = "dddd-dd-dd";

	if (s.n != 4 && s.n != 7 && s.n != 10)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (form[i] == '-' ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static void read_date(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	if (!want_text(r, n, f->kind->expected))
		return;
	if (is_date(slice_of(n->text.s)))
		*(struct text *)at = n->text;
	else
		complain(r, n->text.at, "expected %s, found \"%.40s\"", f->kind->expected,
			 n->text.s);
}

static void schema_date(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":[\"string\",\"number\"],"
			  "\"pattern\":\"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$\"}");
}

const struct kind kind_date = {"a date such as 2026-11-20", read_date, unset_text, write_text,
			       schema_date};

static void read_day(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	int32_t day;

	if (!want_text(r, n, f->kind->expected))
		return;
	if (date_parse(slice_of(n->text.s), &day))
		*(struct text *)at = n->text;
	else
		complain(r, n->text.at, "expected %s, found \"%.40s\"", f->kind->expected,
			 n->text.s);
}

static void schema_day(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"}");
}

const struct kind kind_day = {"a day such as 2026-11-20", read_day, unset_text, write_text,
			      schema_day};

static void read_dns_name(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	if (!want_text(r, n, f->kind->expected))
		return;
	if (dns_name_is_valid(slice_of(n->text.s), ""))
		*(struct text *)at = n->text;
	else
		complain(r, n->text.at, "expected %s, found \"%.60s\"", f->kind->expected,
			 n->text.s);
}

const struct kind kind_dns_name = {"a name such as www.example.com", read_dns_name, unset_text,
				   write_text, schema_string};

/* --- flags and words ------------------------------------------------------------------------- */

static void read_flag(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	if (!want_text(r, n, f->kind->expected))
		return;
	if (strcmp(n->text.s, "true") == 0 || strcmp(n->text.s, "on") == 0)
		*(bool *)at = true;
	else if (strcmp(n->text.s, "false") != 0 && strcmp(n->text.s, "off") != 0)
		complain(r, n->text.at, "expected true or false, found \"%.40s\"", n->text.s);
}

bool unset_flag(const struct field *f, const void *at)
{
	(void)f;
	return !*(const bool *)at;
}

static void write_flag(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	(void)at;
	buf_add_text(w->out, " true\n");
}

static void schema_flag(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"enum\":[true,false,\"on\",\"off\"]}");
}

const struct kind kind_flag = {"true or false", read_flag, unset_flag, write_flag, schema_flag};

static void add_words(struct buf *out, const char *const *words)
{
	bool first = true;

	for (size_t i = 0; words[i]; i++) {
		if (!*words[i]) /* "not given": nothing to write */
			continue;
		buf_addf(out, "%s%s", first ? "" : words[i + 1] ? ", " : " or ", words[i]);
		first = false;
	}
}

static void read_word(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct buf all = BUF_INIT;
	struct suggest s = suggest_start(slice_of(n->text.s));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; n->kind == NODE_TEXT && f->words[i]; i++) {
		if (*f->words[i] && strcmp(n->text.s, f->words[i]) == 0) {
			*(int *)at = (int)i;
			return;
		}
	}
	add_words(&all, f->words);
	if (want_text(r, n, all.data)) {
		for (size_t i = 0; f->words[i]; i++)
			suggest_add(&s, f->words[i]);
		complain(r, n->text.at, "expected %s, found \"%.40s\"%s", all.data, n->text.s,
			 suggest_text(&s, hint));
	}
	buf_release(&all);
}

/* The first word is what goes without saying. */
static bool unset_word(const struct field *f, const void *at)
{
	(void)f;
	return *(const int *)at == 0;
}

static void write_word(struct yaml_writer *w, const struct field *f, const void *at)
{
	yaml_text(w, f->words[*(const int *)at]);
}

static void schema_word(struct buf *out, const struct field *f)
{
	bool first = true;

	buf_add_text(out, "{\"enum\":[");
	for (size_t i = 0; f->words[i]; i++) {
		if (!*f->words[i])
			continue;
		buf_addf(out, "%s\"%s\"", first ? "" : ",", f->words[i]);
		first = false;
	}
	buf_add_text(out, "]}");
}

const struct kind kind_word = {"a word", read_word, unset_word, write_word, schema_word};

/* --- ports ----------------------------------------------------------------------------------- */

static bool read_span_text(struct reader *r, const struct field *f, const struct node *n,
			   struct port_range *range)
{
	if (!want_text(r, n, f->kind->expected))
		return false;
	if (port_range_parse(slice_of(n->text.s), range))
		return true;
	complain(r, n->text.at, "expected %s, found \"%.40s\"", f->kind->expected, n->text.s);
	return false;
}

static void read_port(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct port_range range;

	if (!read_span_text(r, f, n, &range))
		return;
	if (range.lo == range.hi)
		*(uint16_t *)at = range.lo;
	else
		complain(r, n->text.at, "expected %s, found a range", f->kind->expected);
}

static bool unset_port(const struct field *f, const void *at)
{
	(void)f;
	return *(const uint16_t *)at == 0;
}

static void write_port(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	buf_addf(w->out, " %u\n", *(const uint16_t *)at);
}

static void schema_port(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":65535}");
}

const struct kind kind_port = {"a port, 1 to 65535", read_port, unset_port, write_port,
			       schema_port};

static void read_span(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct port_range range;

	if (read_span_text(r, f, n, &range))
		*(struct port_range *)at = range;
}

static bool unset_span(const struct field *f, const void *at)
{
	(void)f;
	return ((const struct port_range *)at)->lo == 0;
}

static void write_span(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	buf_add_char(w->out, ' ');
	port_range_format(*(const struct port_range *)at, w->out);
	buf_add_char(w->out, '\n');
}

const struct kind kind_span = {"a port or a range such as 40000-40999, within 1 to 65535",
			       read_span, unset_span, write_span, schema_string};

/* --- lists of text --------------------------------------------------------------------------- */

static const struct node *const *list_items(const struct node *n, const struct node *const *one,
					    size_t *count)
{
	*count = n->kind == NODE_LIST ? n->n : 1;
	return n->kind == NODE_LIST ? n->items : one;
}

static void read_texts(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	const struct node *const one[] = {n};
	size_t count, used = 0;
	const struct node *const *items = list_items(n, one, &count);
	struct list *list = new_list(r, at, count, sizeof(struct text));

	for (size_t i = 0; i < count; i++) {
		if (!want_text(r, items[i], f->kind == &kind_names ? "a name" : "text"))
			continue;
		if (f->kind == &kind_names && !want_name(r, items[i]->text))
			continue;
		((struct text *)list->items)[used++] = items[i]->text;
	}
	list->n = used;
}

static void write_texts(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct text) *list = at;

	(void)f;
	yaml_open(w);
	for_each (t, list)
		yaml_item_text(w, t->s);
	yaml_close(w);
}

static void schema_texts(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":[\"string\",\"number\",\"array\"],"
			  "\"items\":{\"type\":[\"string\",\"number\"]}}");
}

const struct kind kind_texts = {"a list of texts", read_texts, unset_list, write_texts,
				schema_texts};
const struct kind kind_names = {"a list of names", read_texts, unset_list, write_texts,
				schema_texts};

static void read_addrs(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	const struct node *const one[] = {n};
	size_t count, used = 0;
	const struct node *const *items = list_items(n, one, &count);
	struct list *list = new_list(r, at, count, sizeof(struct addr));

	(void)f;
	for (size_t i = 0; i < count; i++) {
		struct addr *a = (struct addr *)list->items + used;

		if (!want_text(r, items[i], "an IPv4 or IPv6 address"))
			continue;
		if (addr_parse(slice_of(items[i]->text.s), a))
			used++;
		else
			complain(r, items[i]->text.at,
				 "expected an IPv4 or IPv6 address, found \"%.60s\"",
				 items[i]->text.s);
	}
	list->n = used;
}

static void write_addrs(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct addr) *list = at;
	char text[ADDR_TEXT_MAX];

	(void)f;
	yaml_open(w);
	for_each (a, list)
		yaml_item_text(w, addr_text(a, text));
	yaml_close(w);
}

const struct kind kind_addrs = {"a list of addresses", read_addrs, unset_list, write_addrs,
				schema_texts};

/* "any" is both families' whole space. */
static size_t read_prefix(struct reader *r, const struct node *n, struct prefix *p)
{
	bool host_bits;

	if (!want_text(r, n, "a network such as 10.1.0.0/16"))
		return 0;
	if (strcmp(n->text.s, "any") == 0) {
		p[0] = (struct prefix){.addr = {.family = 4}};
		p[1] = (struct prefix){.addr = {.family = 6}};
		return 2;
	}
	if (prefix_parse(slice_of(n->text.s), p, &host_bits))
		return 1;
	if (host_bits)
		complain(r, n->text.at, "%.60s has bits set behind its length; is it an address?",
			 n->text.s);
	else
		complain(r, n->text.at,
			 "expected a network such as 10.1.0.0/16, or any; found \"%.60s\"",
			 n->text.s);
	return 0;
}

static void read_prefixes(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	const struct node *const one[] = {n};
	size_t count;
	const struct node *const *items = list_items(n, one, &count);
	struct list *list = new_list(r, at, count * 2, sizeof(struct prefix));

	(void)f;
	list->n = 0;
	for (size_t i = 0; i < count; i++)
		list->n += read_prefix(r, items[i], (struct prefix *)list->items + list->n);
}

static void write_prefixes(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct prefix) *list = at;
	char text[PREFIX_TEXT_MAX];

	(void)f;
	yaml_open(w);
	for_each (p, list)
		yaml_item_text(w, prefix_text(p, text));
	yaml_close(w);
}

const struct kind kind_prefixes = {"a list of networks", read_prefixes, unset_list, write_prefixes,
				   schema_texts};

/* --- records --------------------------------------------------------------------------------- */

static void read_one(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	*(bool *)at = true;
	read_record(r, f->record, n, at);
}

static void write_one(struct yaml_writer *w, const struct field *f, const void *at)
{
	yaml_open(w);
	write_record(w, f->record, at);
	yaml_close(w);
}

static void schema_one(struct buf *out, const struct field *f)
{
	record_schema(out, f->record);
}

const struct kind kind_record = {"a map", read_one, unset_flag, write_one, schema_one};

static void read_list(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	const struct node *const one[] = {n};
	const struct node *const *items;
	struct list *list;
	size_t count;

	if (f->kind != &kind_one_or_more && !want_kind(r, n, NODE_LIST, "a list"))
		return;
	items = list_items(n, one, &count);
	list = new_list(r, at, count, f->record->size);
	for (size_t i = 0; i < count; i++)
		read_record(r, f->record, items[i], (char *)list->items + i * f->record->size);
}

static void write_list(struct yaml_writer *w, const struct field *f, const void *at)
{
	const struct list *list = at;

	yaml_open(w);
	for (size_t i = 0; i < list->n; i++) {
		yaml_dash(w);
		w->depth++;
		write_record(w, f->record, (const char *)list->items + i * f->record->size);
		w->depth--;
	}
	yaml_close(w);
}

static void schema_list(struct buf *out, const struct field *f)
{
	if (f->kind == &kind_one_or_more)
		buf_add_text(out, "{\"anyOf\":[");
	buf_add_text(out, "{\"type\":\"array\",\"items\":");
	record_schema(out, f->record);
	buf_add_char(out, '}');
	if (f->kind == &kind_one_or_more) {
		buf_add_char(out, ',');
		record_schema(out, f->record);
		buf_add_text(out, "]}");
	}
}

const struct kind kind_records = {"a list", read_list, unset_list, write_list, schema_list};
const struct kind kind_one_or_more = {"a map or a list of maps", read_list, unset_list, write_list,
				      schema_list};

static void read_named(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct list *list;

	if (!want_kind(r, n, NODE_MAP, "a map of names"))
		return;
	list = new_list(r, at, n->n, f->record->size);
	for (size_t i = 0; i < n->n; i++) {
		char *item = (char *)list->items + i * f->record->size;

		*(struct text *)item = n->pairs[i].key;
		if (want_name(r, n->pairs[i].key))
			read_record(r, f->record, n->pairs[i].value, item);
	}
}

static void write_named(struct yaml_writer *w, const struct field *f, const void *at)
{
	const struct list *list = at;

	yaml_open(w);
	for (size_t i = 0; i < list->n; i++) {
		const char *item = (const char *)list->items + i * f->record->size;
		size_t before;

		yaml_key(w, ((const struct text *)item)->s);
		yaml_open(w);
		before = w->out->n;
		write_record(w, f->record, item);
		yaml_close(w);
		if (w->out->n == before) { /* nothing but the name */
			buf_truncate(w->out, before - 1);
			buf_add_text(w->out, " {}\n");
		}
	}
	yaml_close(w);
}

static void schema_named(struct buf *out, const struct field *f)
{
	buf_add_text(out, "{\"type\":\"object\",\"additionalProperties\":");
	record_schema(out, f->record);
	buf_add_char(out, '}');
}

const struct kind kind_named = {"a map of names", read_named, unset_list, write_named,
				schema_named};

static void read_values(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct list *list;

	(void)f;
	if (!want_kind(r, n, NODE_MAP, "a map of names to values"))
		return;
	list = new_list(r, at, n->n, sizeof(struct value));
	for (size_t i = 0; i < n->n; i++) {
		struct value *v = (struct value *)list->items + i;

		v->name = n->pairs[i].key;
		if (want_text(r, n->pairs[i].value, "a value"))
			v->value = n->pairs[i].value->text;
	}
}

static void write_values(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct value) *list = at;

	(void)f;
	yaml_open(w);
	for_each (v, list) {
		yaml_key(w, v->name.s);
		yaml_text(w, v->value.s);
	}
	yaml_close(w);
}

static void schema_values(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":\"object\",\"additionalProperties\":"
			  "{\"type\":[\"string\",\"number\",\"boolean\"]}}");
}

const struct kind kind_values = {"a map of names to values", read_values, unset_list, write_values,
				 schema_values};

/* --- schema ---------------------------------------------------------------------------------- */

static void add_json_text(struct buf *out, const char *s)
{
	buf_add_char(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *s);
	}
	buf_add_char(out, '"');
}

/* A property's description sits beside its type. */
static void add_property(struct buf *out, const struct field *f)
{
	add_json_text(out, f->key);
	buf_add_char(out, ':');
	f->kind->schema(out, f);
	if (f->help && out->data[out->n - 1] == '}') {
		bool empty = out->data[out->n - 2] == '{';

		buf_truncate(out, out->n - 1);
		buf_addf(out, "%s\"description\":", empty ? "" : ",");
		add_json_text(out, f->help);
		buf_add_char(out, '}');
	}
}

void record_schema(struct buf *out, const struct record *rec)
{
	bool first = true;

	if (rec->short_key)
		buf_add_text(out, "{\"anyOf\":[{\"type\":[\"string\",\"number\"]},");
	buf_add_text(out, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
	for (size_t i = 0; i < rec->n_fields; i++) {
		if (i)
			buf_add_char(out, ',');
		add_property(out, &rec->fields[i]);
	}
	buf_add_text(out, "},\"required\":[");
	for (size_t i = 0; i < rec->n_fields; i++) {
		if (!rec->fields[i].required)
			continue;
		if (!first)
			buf_add_char(out, ',');
		first = false;
		add_json_text(out, rec->fields[i].key);
	}
	buf_add_text(out, "]}");
	if (rec->short_key)
		buf_add_text(out, "]}");
}
