/* SPDX-License-Identifier: ISC
 *
 * All that is known of a verdict, column by column, unescaped: a table for programs, facts for
 * people.
 */
#pragma once

#include "base/buf.h"
#include "report/check_report.h"

struct check_column {
	const char *key, *title;
	void (*add)(const struct check_report *r, const struct judgement *j, struct buf *out);
};
extern const struct check_column check_columns[];
extern const size_t check_columns_n;
const struct check_column *check_column_find(const char *key); /* BUG() where there is none */
