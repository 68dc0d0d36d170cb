/* SPDX-License-Identifier: ISC
 *
 * A question about many rules, within limits. It is put about all packets at once, in one order of
 * the fields and then in the other; where both are too large, about parts of them, by family and
 * protocol, each in a space of its own. What is too large even so is named.
 */
#pragma once

#include "policy/space_list.h"
#include "policy/space_verdict.h"

struct buf;

/* Puts the question about the packets `within` to a fresh space. False: the space became too
 * large; then nothing may have been noted, for the question will come again. */
struct space_question {
	bool (*ask)(void *ctx, struct space *s, uint32_t within);
	void *ctx;
};

enum { SPACE_PARTS = 6 };
enum space_protos { SPACE_TCP, SPACE_UDP, SPACE_OTHERS, SPACE_PROTOS };
struct space_part {
	uint32_t family;
	enum space_protos protos;
};
struct space_parts {
	size_t n;
	struct space_part items[SPACE_PARTS];
};
uint32_t space_part_set(struct space *s, const struct space_part *p);
void space_part_format(const struct space_part *p, struct buf *out); /* "TCP over IPv6" */

/* The parts about which the question could not be answered; none: all is decided. The edges are for
 * each space, of which there is one at a time; the steps for all of them together. */
struct space_parts space_decide(const struct space_frame *f, struct space_limits limits,
				const struct space_question *q);

/* Which rules never decide about any packet, because those before them, perhaps only several
 * together, leave them nothing. Rule i has the value i + 1. SPACE_DEPENDS: of the decided part it
 * gets nothing, and it matches something in the others. Any other rule: SPACE_YES, dead, or
 * SPACE_NO. Returns as space_decide(). */
struct space_parts space_dead(const struct space_frame *f, struct space_limits limits,
			      const struct space_rules *rules, enum space_answer *dead);
