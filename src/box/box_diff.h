/* SPDX-License-Identifier: ISC
 *
 * Two boxes, or one at two times, in meaning: what one lets through and the other does not.
 */
#pragma once

#include "box/walk.h"
#include "policy/space_decide.h"

enum box_change { BOX_OPENED, BOX_CLOSED };

struct box_difference {
	enum box_change change;
	bool depends;		      /* only if something that is not known is so */
	const struct nf_chain *chain; /* of the box that lets it through; NULL: no rule does */
	const struct nf_rule *rule;
	bool has_packet; /* of many rules only the first have one */
	struct nf_packet packet;
};
struct box_diff {
	struct arena *arena;
	LIST_OF(struct box_difference) items; /* what was opened, then what was closed */
	struct space_parts undecided;
};

MUST_USE struct box_diff *box_diff(const struct box *before, const struct box *after,
				   struct space_limits limits);
void box_diff_free(struct box_diff *d); /* NULL is fine */
