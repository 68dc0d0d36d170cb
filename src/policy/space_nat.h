/* SPDX-License-Identifier: ISC
 *
 * Address translation as a relation between the packets before and those after it. It may be free
 * to choose, as for source ports; and it may map two packets to one.
 */
#pragma once

#include "policy/space_verdict.h"

/* Some packets get new values in some fields; all others stay as they are. */
struct space_rewrite {
	uint32_t where;	 /* plain set: the packets that are changed */
	uint32_t to;	 /* plain set: the new values, any of them; asks for the changed fields and,
			  * for addresses, for the family */
	uint32_t fields; /* that are changed: 1u << SPACE_TO | ..., not the family */
};

/* What packets of a can become. A packet that has no new value in `to` (of the other family) stays
 * as it is. */
uint32_t space_after(struct space *s, const struct space_rewrite *r, uint32_t a);
/* What becomes a packet of a: must: however it is translated; may: in some way. */
struct space_pair space_before(struct space *s, const struct space_rewrite *r, uint32_t a);
