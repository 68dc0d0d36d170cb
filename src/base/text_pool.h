/* SPDX-License-Identifier: ISC
 *
 * Short texts that many records share, each kept once: what is equal is the same pointer. Lives as
 * long as a run.
 */
#pragma once

#include "base/map.h"

struct arena;
struct text_pool {
	struct map map;
	struct arena *arena; /* owned; the texts */
};

void text_pool_init(struct text_pool *p);
void text_pool_release(struct text_pool *p); /* also one that is all zeros */
/* The pool's own copy, with a NUL behind it. */
const char *text_pool_add(struct text_pool *p, struct slice text);
