/* SPDX-License-Identifier: ISC */
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "report/paragraph.h"

enum { GAP = 2, WRAPPED_MIN = 14 };

void table_init(struct table *t)
{
	*t = (struct table){.bytes = BUF_INIT, .ends = BUF_INIT};
}

void table_release(struct table *t)
{
	buf_release(&t->bytes);
	buf_release(&t->ends);
}

void table_add_column(struct table *t, const char *title, bool wraps)
{
	if (t->n_columns == TABLE_COLUMNS_MAX)
		BUG("a table of more than %d columns", TABLE_COLUMNS_MAX);
	t->columns[t->n_columns++] = (struct table_column){title, wraps};
}

void table_add_cell(struct table *t, const char *s)
{
	buf_add(&t->bytes, s, strlen(s) + 1);
	buf_add(&t->ends, &t->bytes.n, sizeof(t->bytes.n));
}

size_t table_rows(const struct table *t)
{
	return t->n_columns ? t->ends.n / sizeof(size_t) / t->n_columns : 0;
}

const char *table_cell(const struct table *t, size_t row, size_t column)
{
	const size_t *ends = (const void *)t->ends.data;
	size_t i = row * t->n_columns + column;

	return t->bytes.data + (i ? ends[i - 1] : 0);
}

bool table_column_is_empty(const struct table *t, size_t column)
{
	for (size_t row = 0; row < table_rows(t); row++)
		if (*table_cell(t, row, column))
			return false;
	return true;
}

/* --- text --- */

/* The cells as they are printed, and how wide each column is. */
struct layout {
	const struct table *table;
	struct table escaped;
	size_t columns[TABLE_COLUMNS_MAX]; /* those that are shown */
	size_t widths[TABLE_COLUMNS_MAX];  /* by place in columns */
	size_t least[TABLE_COLUMNS_MAX];   /* its longest word */
	size_t n;
};

static void escape_cells(struct layout *l)
{
	struct buf cell = BUF_INIT;

	table_init(&l->escaped);
	l->escaped.n_columns = l->table->n_columns;
	for (size_t row = 0; row < table_rows(l->table); row++) {
		for (size_t i = 0; i < l->table->n_columns; i++) {
			buf_clear(&cell);
			escape_terminal(&cell, slice_of(table_cell(l->table, row, i)));
			table_add_cell(&l->escaped, cell.data);
		}
	}
	buf_release(&cell);
}

static size_t longest_word(struct slice s)
{
	size_t longest = WRAPPED_MIN;
	struct slice word;

	while (slice_cut(&s, ' ', &word))
		if (paragraph_width(word) > longest)
			longest = paragraph_width(word);
	return longest;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void measure(struct layout *l)
{
	size_t rows = table_rows(l->table);

	for (size_t i = 0; i < l->table->n_columns; i++) {
		size_t widest = paragraph_width(slice_of(l->table->columns[i].title)), least = 0;

		if (table_column_is_empty(l->table, i))
			continue;
		for (size_t row = 0; row < rows; row++) {
			struct slice cell = slice_of(table_cell(&l->escaped, row, i));

			widest = larger(widest, paragraph_width(cell));
			least = larger(least, longest_word(cell));
		}
		l->columns[l->n] = i;
		l->least[l->n] = least;
		l->widths[l->n++] = widest;
	}
}

/* Take from the widest of those that may be broken until the line fits. */
static void shrink(struct layout *l, size_t width)
{
	size_t total = l->n ? (l->n - 1) * GAP : 0;

	for (size_t i = 0; i < l->n; i++)
		total += l->widths[i];
	while (total > width) {
		size_t widest = l->n;

		for (size_t i = 0; i < l->n; i++)
			if (l->table->columns[l->columns[i]].wraps && l->widths[i] > l->least[i] &&
			    (widest == l->n || l->widths[i] > l->widths[widest]))
				widest = i;
		if (widest == l->n)
			return;
		l->widths[widest]--;
		total--;
	}
}

/* The lines of one row: every cell gives its next one until all are used up. */
static void write_row(const struct layout *l, const struct slice *cells, size_t indent,
		      struct buf *out)
{
	struct slice rest[TABLE_COLUMNS_MAX];
	bool more = true;

	memcpy(rest, cells, l->n * sizeof(*cells));
	while (more) {
		size_t blanks = indent;

		more = false;
		for (size_t i = 0; i < l->n; i++) {
			bool wraps = l->table->columns[l->columns[i]].wraps;
			struct slice line =
				paragraph_take_line(&rest[i], wraps ? l->widths[i] : SIZE_MAX - 1);
			size_t shown = paragraph_width(line);

			if (line.n) {
				buf_add_fill(out, ' ', blanks);
				buf_add_slice(out, line);
				blanks = 0;
			}
			blanks += GAP + (l->widths[i] > shown ? l->widths[i] - shown : 0);
			more |= rest[i].n > 0;
		}
		buf_add_char(out, '\n');
	}
}

void table_write_text(const struct table *t, size_t indent, size_t width, struct buf *out)
{
	struct layout l = {.table = t};
	struct slice cells[TABLE_COLUMNS_MAX];

	escape_cells(&l);
	measure(&l);
	if (width > indent)
		shrink(&l, width - indent);
	for (size_t i = 0; i < l.n; i++)
		cells[i] = slice_of(t->columns[l.columns[i]].title);
	if (l.n)
		write_row(&l, cells, indent, out);
	for (size_t row = 0; row < table_rows(t); row++) {
		for (size_t i = 0; i < l.n; i++)
			cells[i] = slice_of(table_cell(&l.escaped, row, l.columns[i]));
		write_row(&l, cells, indent, out);
	}
	table_release(&l.escaped);
}

/* --- Markdown --- */

void table_write_markdown(const struct table *t, struct buf *out)
{
	bool shown[TABLE_COLUMNS_MAX] = {false};

	for (size_t i = 0; i < t->n_columns; i++) {
		shown[i] = !table_column_is_empty(t, i);
		if (shown[i])
			buf_addf(out, "| %s ", t->columns[i].title);
	}
	buf_add_text(out, "|\n");
	for (size_t i = 0; i < t->n_columns; i++)
		buf_add_text(out, shown[i] ? "| --- " : "");
	buf_add_text(out, "|\n");
	for (size_t row = 0; row < table_rows(t); row++) {
		for (size_t i = 0; i < t->n_columns; i++) {
			if (!shown[i])
				continue;
			buf_add_text(out, "| ");
			escape_markdown(out, slice_of(table_cell(t, row, i)));
			buf_add_char(out, ' ');
		}
		buf_add_text(out, "|\n");
	}
}
