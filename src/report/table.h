/* SPDX-License-Identifier: ISC
 *
 * Rows of cells for people. Cells are kept as they come; each form escapes them. Our own and not
 * libsmartcols: that one (2.38) breaks long cells in the middle of a word, and what it prints hangs
 * on the process's locale, which a pure layer neither has nor sets.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

enum { TABLE_COLUMNS_MAX = 40 };

struct table_column {
	const char *title; /* borrowed */
	bool wraps;	   /* may be broken between words where the width is not enough */
};

struct table {
	struct table_column columns[TABLE_COLUMNS_MAX];
	size_t n_columns;
	struct buf bytes; /* all cells, each with a NUL */
	struct buf ends;  /* size_t: where each ends */
};

void table_init(struct table *t);
void table_release(struct table *t);
void table_add_column(struct table *t, const char *title, bool wraps);
/* The next cell, row by row: a cell may not hold a NUL. */
void table_add_cell(struct table *t, const char *s);
size_t table_rows(const struct table *t);
const char *table_cell(const struct table *t, size_t row, size_t column);
bool table_column_is_empty(const struct table *t, size_t column);

/* Aligned text, escaped for a terminal. Columns that are empty throughout are left out. width: of
 * the terminal in columns; 0: no limit. Where even broken cells do not fit, lines are longer. */
void table_write_text(const struct table *t, size_t indent, size_t width, struct buf *out);
void table_write_markdown(const struct table *t, struct buf *out);
