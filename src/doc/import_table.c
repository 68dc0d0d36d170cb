/* SPDX-License-Identifier: ISC */
#include "doc/import_table.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "doc/csv.h"
#include "doc/import_paste.h"

enum form { FORM_TABS, FORM_PIPES, FORM_SEMICOLONS, FORM_BLANKS, FORM_COMMAS, FORM_COUNT };

struct splitter {
	struct arena *arena;
	const char *file;
	struct slice rest; /* lines that are still to come */
	uint32_t line;
	struct slice now; /* this line, without its end */
	struct table_cell cells[TABLE_COLUMNS_MAX];
	uint32_t starts[TABLE_COLUMNS_MAX]; /* of cells between blanks: in characters */
	size_t n;
};

struct table_cell import_table_cell(const struct table_row *row, size_t i)
{
	struct table_cell empty = {SLICE(""), {.line = row->line}};

	return i < row->n ? row->cells[i] : empty;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* How long the "<br>" is that s starts with; 0: it does not. */
static size_t break_at(struct slice s)
{
	static const char *const tags[] = {"<br>", "<br/>", "<br />"};

	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (slice_has_prefix(s, tags[i]))
			return strlen(tags[i]);
	return 0;
}

/* Quotes around all of it count, too: a spreadsheet puts them there. */
static struct slice without_emphasis(struct slice s)
{
	while (s.n > 1 && s.p[0] && strchr("*`\"", s.p[0]) && s.p[s.n - 1] == s.p[0] &&
	       (s.p[0] != '"' || !memchr(s.p + 1, '"', s.n - 2)))
		s = slice_trim((struct slice){s.p + 1, s.n - 2});
	return s;
}

/* Not inside a character: a continuation byte is no place to cut. */
static size_t cut_at(const struct buf *b, size_t max)
{
	while (max && ((unsigned char)b->data[max] & 0xc0) == 0x80)
		max--;
	return max;
}

const char *cell_clean(struct arena *a, struct slice text, size_t max)
{
	struct buf line = BUF_INIT, out = BUF_INIT;
	struct slice s = without_emphasis(slice_trim(text));
	char *clean;

	for (size_t i = 0; i < s.n; i++) {
		size_t tag = break_at(slice_skip(s, i));

		if (!tag && !is_blank(s.p[i]))
			buf_add_char(&line, s.p[i]);
		else if (line.n && line.data[line.n - 1] != ' ')
			buf_add_char(&line, ' ');
		i += tag ? tag - 1 : 0;
	}
	escape_terminal(&out, buf_slice(&line));
	if (out.n > max) {
		buf_truncate(&out, cut_at(&out, max > 3 ? max - 3 : 0));
		buf_add_text(&out, "...");
	}
	clean = arena_copy(a, buf_slice(&out));
	buf_release(&line);
	buf_release(&out);
	return clean;
}

/* --- lines ------------------------------------------------------------------------------------ */

static bool next_line(struct splitter *s)
{
	if (!s->rest.n)
		return false;
	slice_cut(&s->rest, '\n', &s->now);
	s->line++;
	s->n = 0;
	return true;
}

static void add_cell(struct splitter *s, struct slice text)
{
	struct slice trimmed = slice_trim(text);
	const char *at = trimmed.n ? trimmed.p : text.p;

	if (s->n == TABLE_COLUMNS_MAX)
		return;
	s->cells[s->n++] =
		(struct table_cell){trimmed, {s->file, s->line, (uint32_t)(at - s->now.p) + 1}};
}

static void split_tabs(struct splitter *s)
{
	struct slice rest = s->now, cell;

	while (slice_cut(&rest, '\t', &cell))
		add_cell(s, cell);
}

/* How long the bar at p is: "|", or a vertical line of a drawn box (U+2502, U+2503, U+2551). */
static size_t bar_at(const char *p, const char *end)
{
	static const char *const bars[] = {"\xe2\x94\x82", "\xe2\x94\x83", "\xe2\x95\x91"};

	if (*p == '|')
		return 1;
	if (end - p < 3)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(bars); i++)
		if (memcmp(p, bars[i], 3) == 0)
			return 3;
	return 0;
}

/* "| a | b |" and "a | b"; "\|" is no bar. */
static void split_pipes(struct splitter *s)
{
	struct slice line = slice_trim(s->now);
	const char *end = line.p + line.n, *begin = line.p;
	size_t bar;

	for (const char *p = line.p; p < end; p += bar ? bar : 1) {
		bar = p > line.p && p[-1] == '\\' ? 0 : bar_at(p, end);
		if (!bar)
			continue;
		if (p > line.p)
			add_cell(s, slice_from_to(begin, p));
		begin = p + bar;
	}
	if (begin < end)
		add_cell(s, slice_from_to(begin, end));
}

static void split_blanks(struct splitter *s)
{
	const char *end = s->now.p + s->now.n, *p = s->now.p;
	uint32_t column = 0;

	while (p < end) {
		const char *begin;
		uint32_t start;

		while (p < end && (*p == ' ' || *p == '\r' || *p == '\t'))
			p++, column++;
		begin = p;
		start = column;
		while (p < end && *p != '\t' && !(*p == ' ' && p + 1 < end && p[1] == ' ')) {
			column += ((unsigned char)*p & 0xc0) != 0x80;
			p++;
		}
		if (p > begin && s->n < TABLE_COLUMNS_MAX) {
			s->starts[s->n] = start;
			add_cell(s, slice_from_to(begin, p));
		}
	}
}

static void split_line(struct splitter *s, enum form form)
{
	if (form == FORM_TABS)
		split_tabs(s);
	else if (form == FORM_PIPES)
		split_pipes(s);
	else
		split_blanks(s);
	while (s->n && !s->cells[s->n - 1].text.n)
		s->n--;
}

/* "|---|:--:|", "+-----+", "=====", or lines of a drawn box: nothing but such characters. */
static bool is_ruler(struct slice line)
{
	size_t strokes = 0;

	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if (c == '-' || c == '=')
			strokes++;
		else if (c == 0xe2 && i + 2 < line.n &&
			 ((unsigned char)line.p[i + 1] == 0x94 ||
			  (unsigned char)line.p[i + 1] == 0x95))
			strokes++, i += 2;
		else if (!strchr("+|: \t\r", c) || !c)
			return false;
	}
	return strokes >= 3;
}

/* --- which form it is ------------------------------------------------------------------------- */

struct counts {
	size_t rows[TABLE_COLUMNS_MAX + 1]; /* how many rows have that many cells */
};

static void add_count(struct counts *c, size_t cells)
{
	c->rows[cells <= TABLE_COLUMNS_MAX ? cells : TABLE_COLUMNS_MAX]++;
}

/* The number of cells, 2 or more, that most rows have; 0: none has so many. */
static size_t most_common(const struct counts *c)
{
	size_t best = 0;

	for (size_t i = 2; i <= TABLE_COLUMNS_MAX; i++)
		if (c->rows[i] && (!best || c->rows[i] > c->rows[best]))
			best = i;
	return best;
}

static void count_lines(struct splitter s, enum form form, struct counts *c)
{
	while (next_line(&s)) {
		if (is_ruler(s.now) || !slice_trim(s.now).n)
			continue;
		split_line(&s, form);
		add_count(c, s.n);
	}
}

static size_t csv_cells(const struct csv *csv)
{
	size_t n = csv->n;

	while (n && !slice_trim(csv_field(csv, n - 1)).n)
		n--;
	return n;
}

static void count_csv(struct splitter s, enum form form, struct counts *c)
{
	struct csv csv;
	struct err err;

	csv_start(&csv, s.file, s.rest, form == FORM_COMMAS ? ',' : ';', s.arena);
	while (csv_next(&csv, &err) > 0)
		add_count(c, csv_cells(&csv));
}

static bool is_csv(enum form form)
{
	return form == FORM_COMMAS || form == FORM_SEMICOLONS;
}

static enum form find_form(const struct splitter *s, size_t *columns)
{
	enum form best = FORM_COUNT;
	size_t most = 0;

	for (enum form form = FORM_TABS; form < FORM_COUNT; form++) {
		struct counts c = {{0}};
		size_t common;

		if (is_csv(form))
			count_csv(*s, form, &c);
		else
			count_lines(*s, form, &c);
		common = most_common(&c);
		if (!common || c.rows[common] <= most)
			continue;
		best = form;
		most = c.rows[common];
		*columns = common;
	}
	return best;
}

/* --- rows ------------------------------------------------------------------------------------- */

static struct table_row *add_row(struct splitter *s, struct table *t, size_t n)
{
	struct table_row *row = list_add(s->arena, &t->rows, sizeof(*row));

	row->line = s->line;
	row->n = n;
	row->cells = ARENA_ARRAY(s->arena, struct table_cell, n);
	for (size_t i = 0; i < n; i++)
		row->cells[i] = (struct table_cell){SLICE(""), {s->file, s->line, 1}};
	return row;
}

/* Of a row with fewer cells than the table has columns, each goes below the column that begins
 * nearest to it. */
static size_t nearest(const uint32_t *starts, size_t from, size_t to, uint32_t start)
{
	size_t best = from;

	for (size_t i = from; i < to; i++) {
		uint32_t d = start > starts[i] ? start - starts[i] : starts[i] - start;
		uint32_t b = start > starts[best] ? start - starts[best] : starts[best] - start;

		if (d < b)
			best = i;
	}
	return best;
}

static void add_aligned(struct splitter *s, struct table *t, const uint32_t *starts)
{
	struct table_row *row = add_row(s, t, t->columns);
	size_t column = 0;

	for (size_t i = 0; i < s->n; i++) {
		column = nearest(starts, column, t->columns - (s->n - i) + 1, s->starts[i]);
		row->cells[column] = s->cells[i];
		row->n = ++column;
	}
}

static void add_line(struct splitter *s, struct table *t)
{
	struct table_row *row = add_row(s, t, s->n);

	for (size_t i = 0; i < s->n; i++)
		row->cells[i] = s->cells[i];
}

static int too_many(const struct splitter *s, struct err *err)
{
	return err_set(err, ERR_LIMIT, (struct place){s->file, s->line, 1},
		       "more than %d rows; import the table in parts", TABLE_ROWS_MAX);
}

static int read_lines(struct splitter s, enum form form, struct table *t, struct err *err)
{
	uint32_t starts[TABLE_COLUMNS_MAX];
	bool blank = true, aligned = false;

	while (next_line(&s)) {
		if (!slice_trim(s.now).n) {
			blank = true;
			continue;
		}
		if (is_ruler(s.now))
			continue;
		if (t->rows.n == TABLE_ROWS_MAX)
			return too_many(&s, err);
		split_line(&s, form);
		if (form == FORM_BLANKS && s.n == t->columns) {
			memcpy(starts, s.starts, sizeof(starts));
			aligned = true;
		}
		if (aligned && s.n < t->columns)
			add_aligned(&s, t, starts);
		else
			add_line(&s, t);
		t->rows.items[t->rows.n - 1].after_blank = blank;
		blank = false;
	}
	return 0;
}

static int read_csv(struct splitter s, enum form form, struct table *t, struct err *err)
{
	uint32_t last = 0;
	struct csv csv;
	int rc;

	csv_start(&csv, s.file, s.rest, form == FORM_COMMAS ? ',' : ';', s.arena);
	while ((rc = csv_next(&csv, err)) > 0) {
		struct table_row *row;

		s.line = csv_place(&csv, 0).line;
		if (t->rows.n == TABLE_ROWS_MAX)
			return too_many(&s, err);
		if (csv_cells(&csv) == 0)
			continue;
		row = add_row(&s, t, csv_cells(&csv));
		for (size_t i = 0; i < row->n; i++) {
			row->cells[i].text = slice_trim(csv_field(&csv, i));
			row->cells[i].at = csv_place(&csv, i);
		}
		row->after_blank = !last || row->line > last + 1;
		last = csv.line - 1;
	}
	return rc;
}

int table_read(struct arena *a, const char *file, struct slice bytes, struct table *t,
	       struct err *err)
{
	struct splitter s = {.arena = a, .file = file};
	int rc = paste_plain(a, file, bytes, &s.rest, err);
	enum form form;

	if (rc)
		return rc;
	form = find_form(&s, &t->columns);
	if (form == FORM_COUNT)
		return err_set(err, ERR_DOCUMENT, (struct place){.file = file},
			       "no table found: expected rows of at least two cells, separated by "
			       "tabs, \"|\", commas, semicolons or two blanks");
	t->by_blanks = form == FORM_BLANKS;
	return is_csv(form) ? read_csv(s, form, t, err) : read_lines(s, form, t, err);
}
