/* SPDX-License-Identifier: ISC
 *
 * What a device needs against what it has, exactly: box/reach.h on both, and their differences.
 * Each difference has the rule that makes it and a packet that shows it.
 */
#pragma once

#include "box/walk.h"
#include "policy/policy.h"
#include "policy/space_decide.h"

enum verify_kind {
	VERIFY_MISSING,	   /* needed, and not let through */
	VERIFY_OTHERWISE,  /* needed, let through, and translated into something else */
	VERIFY_FORBIDDEN,  /* let through, and the site forbids it */
	VERIFY_EXPIRED,	   /* let through, and its grant has ended */
	VERIFY_DOCUMENTED, /* let through; only the documents' own values ask for it */
	VERIFY_EXCESS,	   /* let through, and nothing needs it */
	VERIFY_DEAD,	   /* the rule never decides */
	VERIFY_REDUNDANT,  /* it does, and without it the same packets are let through */
	VERIFY_KINDS,
};
extern const char *const verify_codes[VERIFY_KINDS]; /* "missing", ... */

struct verify_item {
	enum verify_kind kind;
	bool depends;		      /* only if something that is not known is so */
	const struct rule *need;      /* of the policy; NULL: none */
	const struct nf_chain *chain; /* of the box; NULL: none, or not one alone */
	const struct nf_rule *rule;   /* NULL: the chain's policy */
	bool has_packet;
	struct nf_packet packet; /* one of them; `in` NULL: sent by the box */
	/* Of a rule that serves a need, too: what would be enough; of a dead one: why; or NULL. */
	const char *words;
};

struct verified {
	struct arena *arena;
	LIST_OF(struct verify_item) items; /* by kind, and in the order of the rules */
	struct space_parts undecided;	   /* too large to say anything about */
	bool unread4, unread6;		   /* no rules of this family were there to look at */
	bool unread_needed;		   /* ... though something is needed of it */
	size_t rules, dead, redundant;
	bool redundant_unknown; /* too many rules, or too large a question, to look for them */
	/* How much: packets of all kinds, of what is needed and let through, and of all that is let
	 * through. */
	double needed, allowed;
};

struct verify_asked {
	const struct box *box;
	const struct policy *today;	 /* what is needed */
	const struct policy *documented; /* with the documents' own values; NULL: as today */
	const struct policy *ever;	 /* as if no grant ended; NULL: as today */
	struct space_limits limits;
};
MUST_USE struct verified *verify(const struct verify_asked *asked);
void verified_free(struct verified *v); /* NULL is fine */
/* 0..100: 100 where nothing is let through that is not needed. The logarithms are compared. */
unsigned verified_score(const struct verified *v);
