/* SPDX-License-Identifier: ISC
 *
 * What the commands that write reports have in common.
 */
#pragma once

#include "cmd/command.h"
#include "report/writer.h"

enum report_kind { REPORT_PLAN, REPORT_REQUEST, REPORT_CHECK, REPORT_AUDIT };

/* The form that --format names, "text" where it is not given; NULL after a message: there is no
 * such form, or this kind of report does not have it. */
const struct writer *report_writer(const struct arguments *args, enum report_kind kind);
/* Columns to write text for: COLUMNS, else the terminal's; 0: no limit. */
size_t report_width(void);
/* To --output FILE, replacing it in one go, else to standard output; false after a message. */
bool report_print(const struct arguments *args, const struct buf *out);
/* The place of --OPTION's value in `names`, `usual` where it is not given; -1 after a message. */
int report_choice(const struct arguments *args, const char *option, const char *const *names,
		  int usual);
