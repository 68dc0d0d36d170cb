/* SPDX-License-Identifier: ISC
 *
 * What the files of emitter_cisco share: an emission, and how rules look from one access list.
 */
#pragma once

#include <string.h>

#include "policy/emit_unsaid.h"

struct cisco {
	struct buf *out; /* lists, then what binds them; the head has what was found on the way */
	const struct policy *policy;
	struct unsaid unsaid;
	const struct rule **dnat, **snat; /* by flow and family: index * 2, + 1 of IPv6 */
	struct buf bound;		  /* lines for interfaces */
	struct map translations;	  /* lines of static NAT, each once */
};

/* One access list. */
struct acl {
	const char *interface;
	bool inbound;
	uint8_t family;
	struct map entries; /* so far, each once: a router refuses the second */
};

static inline bool cisco_is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}
/* NULL: any interface. */
static inline bool cisco_may_be(const char *a, const char *b)
{
	return !a || !b || strcmp(a, b) == 0;
}
/* Output is not among them: no list looks at what the router itself sends. */
static inline bool cisco_is_filter(const struct rule *r)
{
	return r->hook == HOOK_INPUT || r->hook == HOOK_FORWARD;
}
static inline bool cisco_is_reply(const struct rule *r)
{
	return r->match.packets == PACKETS_REPLY;
}

void cisco_find_translations(struct cisco *e);
/* The translation of a rule's flow, out of e->dnat or e->snat; NULL: none. */
const struct rule *cisco_nat_of(const struct rule *const *by_flow, const struct rule *r);
/* The rule's match, with the addresses that the list sees. */
struct match cisco_seen(const struct cisco *e, const struct acl *l, const struct rule *r);
/* Whether a drop stands in the lists of that direction: in each where it takes what it should; in
 * none of them, which is told: in that of what comes in. */
bool cisco_drops_here(struct cisco *e, const struct rule *drop, bool inbound);
/* What passes by two rules that are not meant together. */
void cisco_tell_crossings(struct cisco *e);
/* Whose answers are stopped by what is forbidden. */
void cisco_tell_unanswered(struct cisco *e);
/* What is let through to others, and so to the router itself. */
void cisco_tell_own_reached(struct cisco *e);
