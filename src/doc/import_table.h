/* SPDX-License-Identifier: ISC
 *
 * A pasted table as rows of cells, whatever separates them: tabs, "|" (with the rulers of Markdown
 * and of boxes), CSV with commas or semicolons, or runs of blanks. Which of them it is, is found
 * out: the one by which most lines fall into the same number of cells. Rulers are left out; an
 * empty cell stays, so that a merged cell can be filled from the row above.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/text.h"

enum { TABLE_COLUMNS_MAX = 64, TABLE_ROWS_MAX = 20000 };

struct table_cell {
	struct slice text; /* trimmed; borrowed from the input or the arena */
	struct place at;
};

struct table_row {
	struct table_cell *cells; /* without empty ones at the end */
	size_t n;
	uint32_t line;
	bool after_blank; /* an empty line stands above it, or nothing */
};

struct table {
	LIST_OF(struct table_row) rows;
	size_t columns; /* of most rows; at least 2 */
	bool by_blanks; /* nothing but blanks is between the cells */
};

/* 0, or a negative class: a broken quote in CSV, too many rows, or no table at all. */
MUST_USE int table_read(struct arena *a, const char *file, struct slice bytes, struct table *t,
			struct err *err);

/* An empty one where the row is shorter. */
struct table_cell import_table_cell(const struct table_row *row, size_t i);

/* A cell's text as it may be printed: in one line, no emphasis of Markdown, escaped for a terminal,
 * at most `max` bytes (then "..." ends it). "" where nothing is left. */
const char *cell_clean(struct arena *a, struct slice text, size_t max);
