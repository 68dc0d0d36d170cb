/* SPDX-License-Identifier: ISC
 *
 * The cache of what was computed from two sets. It forgets: what falls on the same slot replaces
 * what was there. It grows with the table of nodes, up to a limit.
 */
#pragma once

#include <stddef.h>

struct space;

void space_cache_fit(struct space *s); /* whenever the table of nodes has grown */
/* Forget what has to do with nodes that are free by now. */
void space_cache_collect(struct space *s);
size_t space_cache_bytes(const struct space *s);
