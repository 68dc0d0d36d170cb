/* SPDX-License-Identifier: ISC
 *
 * What a box does with a packet, for people and as a record.
 */
#pragma once

#include "base/buf.h"
#include "box/walk.h"

/* `title` stands in front of the packet; NULL: nothing. */
void explain_text(const char *title, const struct nf_packet *p, const struct nf_walk *w,
		  struct buf *out);
/* The same of the answer: `w` is its walk; the packet is what an outcome let through. */
void explain_answer(const struct nf_walk *w, struct buf *out);
/* " by rule 3 of inet filter input", " by routing: ...": what stopped it. */
void explain_decider(const struct nf_outcome *o, struct buf *out);
/* A line: {"id": 1, "certain": true, "outcomes": [...]}. id -1: none. */
void explain_record(int64_t id, const struct nf_walk *w, struct buf *out);

/* Whether all that can happen is that it passes, or that it does not. */
enum explained { EXPLAINED_PASSES, EXPLAINED_STOPPED, EXPLAINED_DEPENDS };
enum explained explain_verdict(const struct nf_walk *w);
