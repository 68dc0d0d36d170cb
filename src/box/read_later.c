/* SPDX-License-Identifier: ISC
 *
 * The readers of rulesets, until they are there: this file goes when they come. What they would
 * have to read is an error; nothing to read is not.
 */
#include "box/read.h"

static int read_later(const struct box_text *t, const char *what, struct err *err)
{
	return err_set(err, ERR_DOCUMENT, (struct place){t->file, t->line, 1}, "%s is not read yet",
		       what);
}

int box_read_nft(struct box *b, const struct box_text *t, struct err *err)
{
	(void)b;
	return read_later(t, "nft -j list ruleset", err);
}

