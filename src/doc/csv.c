/* SPDX-License-Identifier: ISC */
#include "doc/csv.h"

void csv_start(struct csv *c, const char *file, struct slice input, char separator,
	       struct arena *arena)
{
	if (slice_has_prefix(input, "\xef\xbb\xbf"))
		input = slice_skip(input, 3);
	*c = (struct csv){.file = file,
			  .arena = arena,
			  .at = input.p,
			  .end = input.p + input.n,
			  .line_start = input.p,
			  .line = 1,
			  .separator = separator};
}

static uint32_t column_of(const struct csv *c, const char *p)
{
	return (uint32_t)(p - c->line_start) + 1;
}

static int mistake(const struct csv *c, const char *at, const char *text, struct err *err)
{
	struct place place = {c->file, c->line, column_of(c, at)};

	return err_set(err, ERR_DOCUMENT, place, "%s", text);
}

/* How long the line end at p is; 0: there is none. */
static size_t line_end(const struct csv *c, const char *p)
{
	if (p < c->end && *p == '\n')
		return 1;
	return c->end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

static void step_line(struct csv *c, const char *next)
{
	c->at = c->line_start = next;
	c->line++;
}

static int read_plain(struct csv *c, struct slice *text, struct err *err)
{
	const char *p = c->at;

	while (p < c->end && *p != c->separator && !line_end(c, p)) {
		if (*p == '"')
			return mistake(c, p,
				       "a quote inside a field that does not begin with one; "
				       "quote the whole field and write this one twice",
				       err);
		if (*p == '\0')
			return mistake(c, p, "a NUL byte: this is not a text file", err);
		p++;
	}
	*text = slice_from_to(c->at, p);
	c->at = p;
	return 0;
}

/* What stands between the quotes, each doubled one made single. */
static struct slice without_doubles(struct csv *c, struct slice raw, size_t doubles)
{
	char *copy = arena_get(c->arena, raw.n - doubles + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		copy[n++] = raw.p[i];
		if (raw.p[i] == '"')
			i++;
	}
	return (struct slice){copy, n};
}

static int read_quoted(struct csv *c, struct slice *text, struct err *err)
{
	const struct csv_field *field = &c->fields[c->n];
	struct place opening = {c->file, field->line, field->column};
	const char *start = c->at + 1, *p = start;
	size_t doubles = 0;

	for (;; p++) {
		if (p == c->end)
			return err_set(err, ERR_DOCUMENT, opening, "this quote is never closed");
		if (*p == '\0')
			return mistake(c, p, "a NUL byte: this is not a text file", err);
		if (*p == '\n')
			step_line(c, p + 1);
		if (*p != '"')
			continue;
		if (p + 1 == c->end || p[1] != '"')
			break;
		doubles++;
		p++;
	}
	*text = slice_from_to(start, p);
	if (doubles)
		*text = without_doubles(c, *text, doubles);
	c->at = p + 1;
	if (c->at < c->end && *c->at != c->separator && !line_end(c, c->at))
		return mistake(c, c->at, "text behind the closing quote", err);
	return 0;
}

static int read_field(struct csv *c, struct err *err)
{
	struct csv_field *field = &c->fields[c->n];
	int rc;

	if (c->n == CSV_FIELDS_MAX)
		return err_set(err, ERR_LIMIT,
			       (struct place){c->file, c->line, column_of(c, c->at)},
			       "a row has more than %d fields", CSV_FIELDS_MAX);
	*field = (struct csv_field){SLICE_NONE, c->line, column_of(c, c->at)};
	rc = c->at < c->end && *c->at == '"' ? read_quoted(c, &field->text, err)
					     : read_plain(c, &field->text, err);
	if (rc == 0)
		c->n++;
	return rc;
}

static int read_row(struct csv *c, struct err *err)
{
	for (;;) {
		int rc = read_field(c, err);

		if (rc)
			return rc;
		if (c->at == c->end || *c->at != c->separator)
			break;
		c->at++;
	}
	if (c->at < c->end)
		step_line(c, c->at + line_end(c, c->at));
	return 1;
}

int csv_next(struct csv *c, struct err *err)
{
	size_t n;
	int rc;

	c->n = 0;
	while ((n = line_end(c, c->at)))
		step_line(c, c->at + n);
	if (c->at == c->end)
		return 0;
	rc = read_row(c, err);
	if (rc < 0)
		c->at = c->end;
	return rc;
}

struct slice csv_field(const struct csv *c, size_t i)
{
	return i < c->n ? c->fields[i].text : SLICE("");
}

struct place csv_place(const struct csv *c, size_t i)
{
	const struct csv_field *f = &c->fields[i < c->n ? i : c->n ? c->n - 1 : 0];

	return (struct place){c->file, f->line, f->column};
}

int csv_column(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (slice_is_nocase(slice_trim(c->fields[i].text), name))
			return (int)i;
	return -1;
}
