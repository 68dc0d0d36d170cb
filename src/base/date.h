/* SPDX-License-Identifier: ISC
 *
 * Days as numbers, by the Gregorian calendar: 0 is 1970-01-01.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

enum { DATE_TEXT_MAX = 11 };

/* "2026-11-30": a day that there is, of the years 1970 to 9999. */
bool date_parse(struct slice s, int32_t *day);
/* What date_parse() reads; day is in its range. */
const char *date_text(int32_t day, char text[DATE_TEXT_MAX]);
