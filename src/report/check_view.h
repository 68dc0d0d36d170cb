/* SPDX-License-Identifier: ISC
 *
 * The verdicts of a run by what a reader does with them, once for all forms.
 */
#pragma once

#include "base/arena.h"
#include "report/check_report.h"

/* In the order in which people should read them. */
enum check_group {
	CHECK_FORBIDDEN_OPEN,
	CHECK_FAILS,
	CHECK_MOOT, /* something that must hold before does not */
	CHECK_DEGRADED,
	CHECK_NOT_TESTED, /* it was tried, and could not be */
	CHECK_UNTRIED,	  /* it was not begun */
	CHECK_UNPROVEN,
	CHECK_HOLDS,
	CHECK_ELSEWHERE,
	CHECK_GROUPS
};
enum check_group check_group_of(const struct judgement *j);

/* What was seen says more than that it holds: which port it was, and that the server announced
 * another address. */
bool check_is_negotiated(const struct judgement *j);

/* Where it was tried; of several vantages, the one that decided. */
const char *check_vantage(const struct check_report *r, const struct judgement *j);

/* Nothing to compare with: all zero. */
struct change check_change(const struct check_report *r, const struct judgement *j);
bool check_is_new(const struct check_report *r, const struct judgement *j);
bool check_is_fixed(const struct check_report *r, const struct judgement *j);

/* The verdicts of CHECK_UNTRIED by their reason, those of CHECK_MOOT by what they wait for: what
 * is true of many is said once. In the order of the first of each. */
struct check_pile {
	const char *title;
	LIST_OF(const struct judgement *) items;
};
struct check_piles {
	struct check_pile *items;
	size_t n;
};
struct check_piles check_pile_up(const struct check_report *r, enum check_group group,
				 struct arena *arena);
