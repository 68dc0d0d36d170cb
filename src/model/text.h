/* SPDX-License-Identifier: ISC
 *
 * What all documents are made of: text that remembers where it stood, and lists. Everything a
 * document holds is owned by its arena and const after reading.
 */
#pragma once

#include "base/err.h"
#include "base/slice.h"

struct text {
	const char *s; /* NULL: not given; "" is given and empty */
	struct place at;
};

/* The layout that all lists share, so that the readers' tables can fill any of them. */
struct list {
	void *items;
	size_t n;
};
struct arena;
/* Room for one more at the end of any LIST_OF, zeroed; what was there may move. O(1) on average. */
void *list_add(struct arena *a, void *list, size_t size);
#define LIST_OF(type)                                                                              \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t n;                                                                          \
	}

/* for (type *item in list) */
#define for_each(item, list)                                                                       \
	for (__typeof__((list)->items[0]) *item = (list)->items;                                   \
	     item && item < (list)->items + (list)->n; item++)

static inline bool text_is(struct text a, const char *b)
{
	return a.s && slice_is(slice_of(a.s), b);
}
static inline bool text_same(struct text a, struct text b)
{
	return a.s && b.s && slice_is(slice_of(a.s), b.s);
}
