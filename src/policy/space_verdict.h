/* SPDX-License-Identifier: ISC
 *
 * What is not known for certain. Whether a rule with a rate limit or a list of recent senders
 * matches a packet can not be told from the packet. Two forms:
 *
 * A set of *possible verdicts* has for each packet the verdicts that it can get, one bit each, so
 * that chains can be put together: a rule that certainly matches has its verdict alone, one that
 * perhaps does has SPACE_PASSES as well. SPACE_EMPTY: the packet passes on, for certain. What is
 * unknown about one rule is taken as independent of what is unknown about others: all that can
 * happen is among the possible verdicts, which may say more than can happen.
 *
 * A *pair* is a plain set of which only a least and a most is known: must is within may. Questions
 * to it have the answers yes, no and "it depends".
 */
#pragma once

#include "policy/space.h"

/* The bits of verdicts are the caller's own, but this one. */
enum { SPACE_PASSES = 1 };

/* First match: the verdicts of a, and those of b where a may pass the packet on. Associative. */
uint32_t space_either(struct space *s, uint32_t a, uint32_t b);

struct space_pair {
	uint32_t must, may; /* plain sets */
};
/* The packets that get this verdict. The other verdicts are those that no bit of `verdicts` is
 * for. */
struct space_pair space_pair_of(struct space *s, uint32_t possible, uint32_t verdicts);

struct space_pair space_pair_override(struct space *s, struct space_pair a, struct space_pair b);
struct space_pair space_pair_where(struct space *s, struct space_pair a, struct space_pair b);
struct space_pair space_pair_without(struct space *s, struct space_pair a, struct space_pair b);
struct space_pair space_pair_complement(struct space *s, struct space_pair a);

/* Whether all packets of a plain set are in the pair. Not all the same: some are in, some are not,
 * or depend; ask about the parts, space_where() with must and may. */
enum space_answer { SPACE_YES, SPACE_NO, SPACE_DEPENDS, SPACE_MIXED, SPACE_UNDECIDED };
enum space_answer space_ask(struct space *s, struct space_pair p, uint32_t asked);
