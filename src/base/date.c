/* SPDX-License-Identifier: ISC */
#include "base/date.h"

#include <stdio.h>

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* From year 1: each has 365 days, and the leap days before it. */
static int32_t days_before(unsigned year)
{
	unsigned y = year - 1;

	return (int32_t)(365 * y + y / 4 - y / 100 + y / 400);
}

bool date_parse(struct slice s, int32_t *day)
{
	uint64_t year, month, d;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !slice_number((struct slice){s.p, 4}, 9999, &year) || year < 1970 ||
	    !slice_number((struct slice){s.p + 5, 2}, 12, &month) || !month ||
	    !slice_number((struct slice){s.p + 8, 2}, days_of((unsigned)year, (unsigned)month),
			  &d) ||
	    !d)
		return false;
	*day = days_before((unsigned)year) - days_before(1970) + (int32_t)d - 1;
	for (unsigned m = 1; m < month; m++)
		*day += (int32_t)days_of((unsigned)year, m);
	return *day > 0;
}

const char *date_text(int32_t day, char text[DATE_TEXT_MAX])
{
	int32_t rest = day + days_before(1970);
	unsigned year = (unsigned)(rest / 366) + 1, month = 1;

	while (days_before(year + 1) <= rest)
		year++;
	rest -= days_before(year);
	for (; rest >= (int32_t)days_of(year, month); month++)
		rest -= (int32_t)days_of(year, month);
	snprintf(text, DATE_TEXT_MAX, "%04u-%02u-%02u", year % 10000, month % 100,
		 ((unsigned)rest + 1) % 100);
	return text;
}
