/* SPDX-License-Identifier: ISC
 *
 * A part of a request as a table, and the lines above it, for the forms that people read.
 */
#pragma once

#include "report/request.h"
#include "report/table.h"

void request_table_fill(struct table *t, const struct request *r, enum request_part part);

struct request_fact {
	const char *label, *text; /* unescaped */
};
enum { REQUEST_FACTS_MAX = 9 };
/* What the reader filled in. */
size_t request_facts(const struct request *r, struct request_fact facts[REQUEST_FACTS_MAX]);
