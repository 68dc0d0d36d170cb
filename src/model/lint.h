/* SPDX-License-Identifier: ISC
 *
 * What is suspicious in a product file although it can be read: each lint was found in a real
 * document. Pure: what stands in other products, and what day it is, comes from the caller.
 */
#pragma once

#include "base/arena.h"
#include "model/finding.h"
#include "model/product.h"

struct lint_context {
	const struct product *const *others; /* the catalog; the product itself may be among them */
	size_t n_others;
	const char *today; /* "2026-11-20"; NULL: nobody says, and nothing is too old */
};

struct lint_findings {
	struct finding *items;
	size_t n;
};

/* The findings are the arena's; their texts borrow from the product, too. */
void lint_product(const struct product *p, const struct lint_context *context, struct arena *arena,
		  struct lint_findings *out);
