/* SPDX-License-Identifier: ISC
 *
 * What the targets of the document readers demand: what can be read can be printed, what was
 * printed can be read, and printing that gives the same bytes.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "library_leaks.h"

static inline void must_be_clean(const struct errs *errs, const struct buf *printed)
{
	struct buf text = BUF_INIT;

	if (!errs->n)
		return;
	err_format(&errs->items[0], &text);
	BUG("what was printed does not read back: %s\n%s", text.data, printed->data);
}

static inline void must_be_same(const struct buf *once, const struct buf *twice)
{
	if (!slice_equal(buf_slice(once), buf_slice(twice)))
		BUG("printed twice, two texts:\n%s\n---\n%s", once->data, twice->data);
}
