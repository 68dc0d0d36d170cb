/* SPDX-License-Identifier: ISC
 *
 * The report of a check for tickets, wikis and merge requests: the answer, tables to paste.
 */
#pragma once

#include "base/buf.h"
#include "report/check_report.h"

void check_markdown_write(const struct check_report *r, struct buf *out);
