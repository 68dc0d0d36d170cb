/* SPDX-License-Identifier: ISC
 *
 * Rules without which the same packets would be let through. Of a long list the rules behind one
 * tell; else each is taken away, and the box looked at again.
 */
#pragma once

#include "box/sides.h"

/* All pairs of more rules than this take too long: nothing is looked for. */
enum { REDUNDANT_RULES_MAX = 14000 };

/* For each rule of each chain where redundant[chain][rule] is true: whether it stays true. What
 * translates, marks or is not understood is never redundant. False: it would take too long, or the
 * space became too large. */
bool redundant_find(struct sides *q, const struct side *has, uint32_t within, bool **redundant);
/* The same box without one rule; it borrows from both, and is not to be freed. */
struct box redundant_without(const struct box *b, struct arena *a, size_t chain, size_t rule);
/* Whether a rule only decides, so that it can be. */
bool redundant_can_be(const struct nf_rule *r);
