/* SPDX-License-Identifier: ISC
 *
 * What the commands that write reports have in common.
 */
#pragma once

#include "cmd/command.h"
#include "report/writer.h"

/* The form that --format names, "text" where it is not given; NULL after a message. */
const struct writer *report_writer(const struct arguments *args);
/* Columns to write text for: COLUMNS, else the terminal's; 0: no limit. */
size_t report_width(void);
/* The place of --OPTION's value in `names`, `usual` where it is not given; -1 after a message. */
int report_choice(const struct arguments *args, const char *option, const char *const *names,
		  int usual);
