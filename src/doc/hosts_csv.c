/* SPDX-License-Identifier: ISC */
#include "doc/hosts_csv.h"

#include "base/buf.h"
#include "doc/csv.h"
#include "doc/plain.h"
#include "doc/fields.h"

/* The hosts as they come; how many there are is known only at the end. */
struct table {
	struct site *site;
	struct errs *errs;
	struct csv *csv;
	int name, addresses, tags, owner, platform; /* columns; -1: not there */
	struct buf hosts;			    /* struct host */
};

/* The next word of a field with several; separators are blanks and semicolons. */
static bool next_word(struct slice *rest, struct slice *word)
{
	size_t n = 0;

	while (rest->n && memchr(" ;\t", rest->p[0], 3))
		*rest = slice_skip(*rest, 1);
	while (n < rest->n && !memchr(" ;\t", rest->p[n], 3))
		n++;
	*word = (struct slice){rest->p, n};
	*rest = slice_skip(*rest, n);
	return n != 0;
}

static struct text field_text(struct table *t, int column)
{
	struct slice s = column < 0 ? SLICE_NONE : slice_trim(csv_field(t->csv, (size_t)column));

	if (!s.n)
		return (struct text){NULL, PLACE_NONE};
	return (struct text){arena_copy(t->site->arena, s), csv_place(t->csv, (size_t)column)};
}

static size_t count_words(struct slice s)
{
	struct slice word;
	size_t n = 0;

	while (next_word(&s, &word))
		n++;
	return n;
}

static void take_addresses(struct table *t, struct host *h)
{
	struct slice rest = csv_field(t->csv, (size_t)t->addresses), word;

	h->addresses.items = ARENA_ARRAY(t->site->arena, struct addr, count_words(rest));
	while (next_word(&rest, &word)) {
		if (addr_parse(word, &h->addresses.items[h->addresses.n]))
			h->addresses.n++;
		else
			errs_add(t->errs, csv_place(t->csv, (size_t)t->addresses),
				 "expected an IPv4 or IPv6 address, found \"%.*s\"",
				 (int)(word.n < 60 ? word.n : 60), word.p);
	}
}

static void take_tags(struct table *t, struct host *h)
{
	struct slice rest = csv_field(t->csv, (size_t)t->tags), word;
	struct place at = csv_place(t->csv, (size_t)t->tags);

	h->tags.items = ARENA_ARRAY(t->site->arena, struct text, count_words(rest));
	while (next_word(&rest, &word)) {
		if (name_is_valid(word))
			h->tags.items[h->tags.n++] =
				(struct text){arena_copy(t->site->arena, word), at};
		else
			errs_add(t->errs, at, "expected a tag, found \"%.*s\"",
				 (int)(word.n < 60 ? word.n : 60), word.p);
	}
}

static void take_row(struct table *t)
{
	struct host h = {.name = field_text(t, t->name)};

	if (!h.name.s || !name_is_valid(slice_of(h.name.s))) {
		errs_add(t->errs, csv_place(t->csv, (size_t)t->name),
			 "expected a host's name, found \"%.60s\"", h.name.s ? h.name.s : "");
		return;
	}
	take_addresses(t, &h);
	if (t->tags >= 0)
		take_tags(t, &h);
	h.owner = field_text(t, t->owner);
	h.platform = field_text(t, t->platform);
	if (!h.addresses.n && !count_words(csv_field(t->csv, (size_t)t->addresses)))
		errs_add(t->errs, csv_place(t->csv, (size_t)t->addresses),
			 "the host \"%s\" has no address", h.name.s);
	buf_add(&t->hosts, &h, sizeof(h));
}

static bool take_head(struct table *t)
{
	t->name = csv_column(t->csv, "name");
	t->addresses = csv_column(t->csv, "addresses");
	t->tags = csv_column(t->csv, "tags");
	t->owner = csv_column(t->csv, "owner");
	t->platform = csv_column(t->csv, "platform");
	if (t->name >= 0 && t->addresses >= 0)
		return true;
	errs_add(t->errs, csv_place(t->csv, 0),
		 "the first row must name the columns: name,addresses,tags");
	return false;
}

static void append(struct site *s, const struct buf *more)
{
	size_t n = more->n / sizeof(struct host);
	struct host *all = ARENA_ARRAY(s->arena, struct host, s->hosts.n + n);

	if (s->hosts.n)
		memcpy(all, s->hosts.items, s->hosts.n * sizeof(*all));
	if (n)
		memcpy(all + s->hosts.n, more->data, more->n);
	s->hosts.items = all;
	s->hosts.n += n;
}

void hosts_csv_add(struct site *s, const char *file, struct slice bytes, struct errs *errs)
{
	struct csv csv;
	struct table t = {.site = s, .errs = errs, .csv = &csv, .hosts = BUF_INIT};
	struct err err;
	int rc;

	if (!plain_check(file, bytes, NULL, errs))
		return;
	csv_start(&csv, file, bytes, ',', s->arena);
	rc = csv_next(&csv, &err);
	if (rc == 0)
		errs_add(errs, (struct place){.file = file}, "the file is empty");
	if (rc > 0 && take_head(&t))
		while ((rc = csv_next(&csv, &err)) > 0)
			take_row(&t);
	if (rc < 0)
		errs_add(errs, err.place, "%s", err.text);
	append(s, &t.hosts);
	buf_release(&t.hosts);
}
