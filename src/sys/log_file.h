/* SPDX-License-Identifier: ISC
 *
 * A log: whole lines, added at its end, where other processes add theirs. It is opened by who may,
 * and written by who may not open it any more.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

struct log_file {
	int fd;		  /* -1: none */
	const char *path; /* borrowed */
	bool is_torn;	  /* its last line is not whole */
	bool fails;	  /* the last line could not be added */
};

/* Made where it is not there, readable by its owner and its group. path NULL: standard output,
 * which stays open. */
MUST_USE int log_file_open(struct log_file *f, const char *path, struct err *err);
void log_file_close(struct log_file *f); /* of none: nothing */

/* A line with its end. 0, or -errno: then it is not there, or a part of it is, and the next begins
 * a line of its own. */
int log_file_add(struct log_file *f, struct slice line);
