/* SPDX-License-Identifier: ISC
 *
 * Memory that lives as long as a document, a plan or a run: given out in pieces, freed as a whole.
 * What an arena gives is zeroed and aligned for any type.
 */
#pragma once

#include <stddef.h>

#include "base/compiler.h"
#include "base/slice.h"

struct arena;

MUST_USE struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */

void *arena_get(struct arena *a, size_t count, size_t size);
char *arena_copy(struct arena *a, struct slice s); /* with a NUL behind it */
PRINTF(2, 3) char *arena_printf(struct arena *a, const char *fmt, ...);
size_t arena_size(const struct arena *a); /* bytes held, for the tests of memory bounds */

#define ARENA_NEW(a, type)	    ((type *)arena_get((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_get((a), (count), sizeof(type)))
