/* SPDX-License-Identifier: ISC
 *
 * What the columns of a pasted table are about: by their headings, in any order, or by what stands
 * in them.
 */
#pragma once

#include "doc/import_table.h"

enum column {
	COLUMN_NOTE, /* anything else */
	COLUMN_LABEL,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_PROTOCOL,
	COLUMN_PORTS,
	COLUMN_SOURCE_PORT,
	COLUMN_SERVICE,
	COLUMN_DIRECTION,
	COLUMN_PURPOSE,
};

struct columns {
	size_t n;
	enum column kinds[TABLE_COLUMNS_MAX];
	unsigned on[TABLE_COLUMNS_MAX]; /* transports that a heading names: "TCP ports" */
	bool guessed;			/* there is no heading */
};

/* True where the row is one of headings; fills columns. */
bool columns_read(struct arena *a, const struct table_row *row, struct columns *columns);
/* Looks at the rows below from `first` on: what a heading leaves open, or everything. False: no
 * column has ports. */
bool columns_complete(struct arena *a, const struct table *t, size_t first,
		      struct columns *columns);
bool columns_have(const struct columns *columns, enum column kind);
