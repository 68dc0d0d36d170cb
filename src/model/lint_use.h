/* SPDX-License-Identifier: ISC
 *
 * For the lints: every port that a product's requirements name, made concrete with its own
 * defaults, and what refers to what.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "model/product.h"

/* One leaf of one requirement, or of one of its modes. */
struct port_use {
	const struct requirement *q;
	const char *from, *to;
	const char *service; /* NULL: not said */
	const struct leaf *leaf;
	struct place at;
	bool is_forbidden, is_also;
	bool is_known;		 /* the defaults tell the ports */
	struct port_range ports; /* where they do */
};
struct port_uses {
	struct port_use *items;
	size_t n;
};
struct port_uses port_uses_of(const struct product *p, struct arena *arena);

bool uses_feature(const struct product *p, const char *name);
bool uses_choice(const struct product *p, const char *name);
bool uses_setting(const struct product *p, const char *role,
		  const char *name); /* role NULL: its own */
bool uses_role(const struct product *p, const char *name);
bool uses_network(const struct product *p, const char *name);
bool uses_set(const struct product *p, const char *name);
