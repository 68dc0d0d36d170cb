/* SPDX-License-Identifier: ISC */
#include "doc/known.h"

#include "base/suggest.h"

bool is_known(struct text wanted, struct known_list among, struct errs *errs)
{
	const struct list *list = among.list;
	struct suggest s = suggest_start(slice_of(wanted.s));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; i < list->n; i++) {
		const char *item = (const char *)list->items + i * among.size;
		const struct text *name = (const void *)item;

		if (text_same(*name, wanted))
			return true;
		suggest_add(&s, name->s);
	}
	errs_add(errs, wanted.at, "unknown %s%s \"%.60s\"%s", among.what, among.of, wanted.s,
		 suggest_text(&s, hint));
	return false;
}
