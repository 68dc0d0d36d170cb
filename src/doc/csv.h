/* SPDX-License-Identifier: ISC
 *
 * Rows of comma separated values, RFC 4180: quoted fields, doubled quotes, line ends inside
 * quotes. Lines end in LF or CRLF; a byte order mark and empty lines are skipped. A quote inside an
 * unquoted field, text behind a closing quote, an unfinished quote and a NUL byte are errors with a
 * place.
 *
 *	csv_start(&csv, "hosts.csv", input, ',', arena);
 *	while ((rc = csv_next(&csv, err)) > 0)
 *		use(csv_field(&csv, 0), csv_place(&csv, 0));
 *
 * Fields borrow the input; one with doubled quotes is a copy in the arena. They stay valid when the
 * next row is read, as long as input and arena live.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum { CSV_FIELDS_MAX = 64 };

struct csv_field {
	struct slice text;
	uint32_t line, column; /* where it begins, from 1; of a quoted one: its opening quote */
};

struct csv {
	const char *file; /* for messages; borrowed */
	struct arena *arena;
	const char *at, *end;
	const char *line_start;
	uint32_t line;
	char separator;
	struct csv_field fields[CSV_FIELDS_MAX]; /* of the present row */
	size_t n;
};

void csv_start(struct csv *c, const char *file, struct slice input, char separator,
	       struct arena *arena);
/* 1: a row is in fields; 0: the input is used up; negative: an error, and reading is over. */
MUST_USE int csv_next(struct csv *c, struct err *err);

/* A field that the row does not have is empty. */
struct slice csv_field(const struct csv *c, size_t i);
struct place csv_place(const struct csv *c, size_t i);

/* The column whose head, in the present row, is `name` in any case; -1: there is none. */
int csv_column(const struct csv *c, const char *name);
