/* SPDX-License-Identifier: ISC */
#include "model/text.h"

#include <string.h>

#include "base/arena.h"

void *list_add(struct arena *a, void *list_, size_t size)
{
	struct list *list = list_;

	if ((list->n & (list->n - 1)) == 0) { /* full at every power of two, and at 0 */
		void *bigger = arena_get(a, list->n ? list->n * 2 : 1, size);

		if (list->n)
			memcpy(bigger, list->items, list->n * size);
		list->items = bigger;
	}
	return (char *)list->items + list->n++ * size;
}
