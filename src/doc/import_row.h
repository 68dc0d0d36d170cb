/* SPDX-License-Identifier: ISC
 *
 * Between doc/import.c, which walks through the table, and doc/import_row.c, which turns one row
 * into a requirement.
 */
#pragma once

#include "base/map.h"
#include "doc/import.h"
#include "doc/import_columns.h"
#include "doc/import_ports.h"
#include "model/product.h"

struct import_doubt { /* a question, and all rows that raise it */
	const char *text;
	struct place at;
	const char *label;
	LIST_OF(size_t) rows;
};

struct importer {
	const struct import_options *options;
	struct import *out;
	struct arena *arena;
	struct table table;
	struct columns columns;
	struct product product;
	const char *section;
	size_t row;	      /* counts rows of data, from 1 */
	struct table_row now; /* with what merged cells take from the row above */
	bool is_pending;      /* now is still to be turned into a requirement */
	LIST_OF(struct import_doubt *) doubts;
	LIST_OF(const char *) comments;
	struct map doubts_by_text, roles_by_name, ids;
	struct map next_by_base; /* which number a label that is there already gets */
};

/* The row in im->now. What is not understood goes to the errors and the comments. */
void import_row(struct importer *im);
/* label: of the row; NULL: the question is about the table. */
PRINTF(4, 5)
void import_ask(struct importer *im, struct place at, const char *label, const char *fmt, ...);
PRINTF(2, 3) void import_comment(struct importer *im, const char *fmt, ...);

/* "F5 BIG-IP" as f5-big-ip; "" where nothing is left. */
const char *import_slug(struct arena *a, const char *text, char joint);

/* The text of the first column of that kind; empty where there is none. */
struct table_cell import_cell(const struct importer *im, enum column kind);
