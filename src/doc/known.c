/* SPDX-License-Identifier: ISC */
#include "doc/known.h"

#include "base/suggest.h"

static const struct text *item_name(const struct list *list, size_t i, size_t size)
{
	return (const void *)((const char *)list->items + i * size);
}

/* Distances are reckoned only once the name is not there: nearly all of them are. */
bool is_known(struct text wanted, struct known_list among, struct errs *errs)
{
	const struct list *list = among.list;
	struct suggest s = suggest_start(slice_of(wanted.s));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; i < list->n; i++)
		if (text_same(*item_name(list, i, among.size), wanted))
			return true;
	for (size_t i = 0; i < list->n; i++)
		suggest_add(&s, item_name(list, i, among.size)->s);
	errs_add(errs, wanted.at, "unknown %s \"%.60s\"%s%s", among.what, wanted.s, among.of,
		 suggest_text(&s, hint));
	return false;
}
