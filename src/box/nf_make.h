/* SPDX-License-Identifier: ISC
 *
 * The pieces of a ruleset, for its readers: questions and steps. All of it lives in the arena.
 */
#pragma once

#include "box/box.h"

/* A new rule at the end of a chain. `line` is what is kept of it as its text; copied. The chain's
 * list may move: keep no pointer to an earlier rule. */
struct nf_rule *nf_add_rule(struct box *b, struct nf_chain *c, struct slice line, struct place at);
struct nf_step *nf_add_step(struct box *b, struct nf_rule *r, enum nf_step_kind kind);

/* The rule asks whether `key`, of which only the bits of `mask` count (0: all), is in the span. */
void nf_ask(struct box *b, struct nf_rule *r, struct nf_key_use key, struct nf_span span,
	    bool negate);
/* The same with a list of spans; they are copied. */
void nf_ask_any(struct box *b, struct nf_rule *r, struct nf_key_use key,
		const struct nf_span *spans, size_t n, bool negate);
/* The same with a set whose keys are given; they are copied. */
void nf_ask_set(struct box *b, struct nf_rule *r, const struct nf_set *set,
		const struct nf_key_use *keys, bool negate);
/* A look-up of these keys in the set; they are copied. */
struct nf_lookup nf_make_lookup(struct box *b, const struct nf_set *set,
				const struct nf_key_use *keys);
/* A question that nobody can answer, in its words; copied. */
void nf_ask_unknown(struct box *b, struct nf_rule *r, struct slice words);
