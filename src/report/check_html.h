/* SPDX-License-Identifier: ISC
 *
 * The report of a check as a page: the answer, what can be done, every verdict with its evidence.
 */
#pragma once

#include "base/buf.h"
#include "report/check_report.h"

void check_html_write(const struct check_report *r, struct buf *out);
