/* SPDX-License-Identifier: ISC
 *
 * Days as numbers, by the Gregorian calendar: 1 is 1970-01-02, and 0 is left
 * for "none".
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

enum { DATE_TEXT_MAX = 11 };

/* "2026-11-30": a day that there is, from 1970-01-02 to 9999-12-31; else false. */
bool date_parse(struct slice s, int32_t *day);
/* What date_parse() reads; day is in its range. */
const char *date_text(int32_t day, char text[DATE_TEXT_MAX]);
