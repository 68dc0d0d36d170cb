/* SPDX-License-Identifier: ISC
 *
 * What is known to be wrong in a product's documents, what we inferred, and what the lints find
 * in our file: one list.
 */
#pragma once

#include "base/buf.h"
#include "model/lint.h"

enum check_source { CHECK_DEFECT, CHECK_INFERRED, CHECK_LINT };

struct check_item {
	enum check_source source;
	struct finding finding;		    /* evidence: the reason */
	const char *documented, *effective; /* NULL: not said */
	const struct docref *doc;	    /* NULL: none */
	size_t order;			    /* in the file */
};

struct check_result {
	struct arena *arena; /* owned */
	LIST_OF(struct check_item) items;
	size_t n_lints; /* that ask for something to be done: not those of severity info */
};

void catalog_check(const struct product *p, const struct lint_context *context, bool by_severity,
		   struct check_result *out);
void check_result_release(struct check_result *r);

void catalog_check_text(const struct product *p, const struct check_result *r, struct buf *out);
void catalog_check_records(const struct product *p, const struct check_result *r, struct buf *out);
