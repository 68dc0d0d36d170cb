/* SPDX-License-Identifier: ISC
 *
 * The report of a check for people: the answer in one sentence, then what fails and whose move it
 * is, then what could not be tried; what holds comes last.
 */
#pragma once

#include "base/buf.h"
#include "report/check_report.h"

void check_text_write(const struct check_report *r, struct buf *out);
