/* SPDX-License-Identifier: ISC
 *
 * What a goal of a product is made of.
 */
#pragma once

#include "base/arena.h"
#include "model/product.h"

/* The requirements that a goal speaks of, itself one of them or made of others, each once. */
struct id_list {
	LIST_OF(struct text) ids;
};
void goal_requirements(const struct product *p, const struct goal *g, struct arena *a,
		       struct id_list *out);
