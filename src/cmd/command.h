/* SPDX-License-Identifier: ISC
 *
 * One subcommand: a const struct at the end of its file cmd_NAME.c, and one word in
 * src/cmd/meson.build. Usage, dispatch, completion and tests are loops over the table.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Exit codes, of every subcommand. */
enum {
	EXIT_HOLDS = 0,	     /* all that is required holds */
	EXIT_FAILS = 1,	     /* some of it does not */
	EXIT_USAGE = 2,	     /* the command line, or a document */
	EXIT_NOT_TESTED = 3, /* could not run, or could not try */
};

struct option_spec {
	const char *name;  /* long form, without the dashes */
	const char *value; /* what it takes, for the usage; NULL: a flag */
	const char *help;
	bool repeats; /* may be given several times */
};

struct arguments; /* what was given; opaque */

struct command {
	const char *name;
	const char *summary;  /* one line */
	const char *operands; /* "SITE", "HOST[:PORTS] ..." */
	const struct option_spec *options;
	size_t n_options;
	int min_operands, max_operands; /* -1: any number */
	int (*run)(const struct arguments *args);
};

/* Asking for an option that the command's table does not have is a BUG(). args_value gives the last
 * one; NULL: not given. */
bool args_has(const struct arguments *a, const char *option);
const char *args_value(const struct arguments *a, const char *option);
size_t args_count(const struct arguments *a, const char *option);
const char *args_nth(const struct arguments *a, const char *option, size_t i);
size_t args_n_operands(const struct arguments *a);
const char *args_operand(const struct arguments *a, size_t i); /* NULL: not given */

/* One message on standard error, and the exit code that goes with its class. */
int command_failed(const struct err *e);
int command_failed_all(struct errs *es); /* sorted, all of them, and a count */
PRINTF(1, 2) int command_usage_error(const char *fmt, ...);

/* Write to standard output; false and a message where it is closed or full. */
bool command_print(const struct buf *out);

extern const struct command *const commands[]; /* of this program; generated; NULL ends it */
