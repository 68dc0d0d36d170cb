/* SPDX-License-Identifier: ISC
 *
 * A list of rules of which the first that matches decides, joined by halves: n log n.
 */
#pragma once

#include "policy/space.h"

/* Where the rules come from. `set` gives the packets that rule i matches, 0 <= i < n, each with the
 * value that the caller wants; it is asked once for each rule and list, in order. Other sets that
 * it makes meanwhile may be gone when it is asked again. */
struct space_rules {
	size_t n;
	uint32_t (*set)(const void *ctx, struct space *s, size_t i);
	const void *ctx; /* borrowed while the call lasts */
};

/* What the list does with the packets `within`. What joining leaves behind is taken back; sets that
 * were there before stay. Gives up early, with SPACE_TOO_LARGE, where the rules that are done say
 * that all of them would take more than twice the steps. */
uint32_t space_first_match(struct space *s, const struct space_rules *rules, uint32_t within);

/* The same with all the halves kept, so that a change of one rule joins log n pairs anew and not
 * the whole list: some five times the memory. The space has to outlive it. */
struct space_list;
MUST_USE struct space_list *space_list_new(struct space *s, const struct space_rules *rules,
					   uint32_t within);
void space_list_free(struct space_list *l); /* NULL is fine */

/* What the list does, and what it would do if rule i matched `instead`, SPACE_EMPTY: if there were
 * no rule i. A rule is redundant if that makes no difference. */
uint32_t space_list_set(const struct space_list *l);
uint32_t space_list_replaced(const struct space_list *l, size_t i, uint32_t instead);
