/* SPDX-License-Identifier: ISC
 *
 * A section of a plan as a table; and what stands around the tables in the forms that are read by
 * people: requirements explained, and what has no flow at all.
 */
#pragma once

#include "report/plan_view.h"
#include "report/table.h"

void plan_table_fill(struct table *t, const struct plan_view *v, const struct plan_section *s);

/* Facts about one requirement, a labelled line each; nothing escaped. */
struct plan_fact {
	const char *label, *text;
};
enum { PLAN_FACTS_MAX = 64 };
size_t plan_facts(const struct plan_view *v, const struct demand *d,
		  struct plan_fact facts[PLAN_FACTS_MAX]);

/* Sentences about what needs no flow and what was left out; at most n, in `lines`. */
enum { PLAN_REMARKS_MAX = 4 };
size_t plan_remarks(const struct plan_view *v, const char *lines[PLAN_REMARKS_MAX]);
