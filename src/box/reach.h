/* SPDX-License-Identifier: ISC
 *
 * What a box does with all packets at once, as exact sets (policy/space.h), where box/walk.h says
 * it of one. Same hooks, same order, same routing; where an answer is not known both ways are gone.
 *
 * A packet of these sets is the first of a connection, *as it comes to the box*: before any
 * translation. SPACE_IN is SPACE_NO_INTERFACE for what the box itself sends. SPACE_OUT is where
 * routing sends the packet (what it was translated to), SPACE_NO_INTERFACE: to the box itself.
 * What the box sends to itself leaves by lo, and is sent only if it also comes in again.
 * A port of a bridge is no interface here: what arrives there comes in by the bridge.
 */
#pragma once

#include "box/box.h"
#include "policy/space_verdict.h"

/* A frame (policy/space_frame.h) that knows the names of its interfaces. Announce all boxes that
 * are to be compared, and what else matters, then seal. */
struct reach_frame {
	struct space_frame *frame;
	struct arena *arena;
	LIST_OF(const char *) names; /* by id - SPACE_FIRST_INTERFACE */
};
void reach_frame_init(struct reach_frame *f);
void reach_frame_release(struct reach_frame *f);
/* Each address, prefix and interface that the box or its rules name. */
void reach_frame_add_box(struct reach_frame *f, const struct box *b);
uint32_t reach_frame_add_interface(struct reach_frame *f, const char *name);
void reach_frame_seal(struct reach_frame *f);

/* Which packets are asked about. */
struct reach_asked {
	/* Of the received ones; SPACE_ALL: those of all interfaces. */
	uint32_t within;
	uint32_t states;	 /* bits, 1u << SPACE_NEW | ...; 0: NEW */
	bool no_rules;		 /* reach_rule() and reach_matched() will not be called */
	struct reach_memo *memo; /* with no_rules; NULL: none */
	bool has_uid;		 /* what the box sends is sent by this user */
	uint32_t uid;
};

/* What lists of rules came to. A box that is looked at with it, in the same space, costs little
 * where its lists are much like those before. Boxes that were looked at before it was complete
 * outlive it. */
struct reach_memo;
MUST_USE struct reach_memo *reach_memo_new(void);
void reach_memo_complete(struct reach_memo *m); /* no more is remembered */
void reach_memo_free(struct reach_memo *m);	/* NULL is fine */

enum reach_way { REACH_INPUT, REACH_FORWARD, REACH_OUTPUT, REACH_WAYS };

/* All that is known after one look at the box. Frame, space and box are borrowed and outlive it. */
struct reached;
MUST_USE struct reached *reach_new(const struct box *b, const struct reach_frame *f,
				   struct space *s, const struct reach_asked *asked);
void reach_free(struct reached *r); /* NULL is fine */

/* The packets that are let through to the box's programs, forwarded, or sent. must: whatever is
 * unknown, the packet passes, and this way (SPACE_OUT among them) is one that it may take. may: it
 * can. Where routes were not collected, SPACE_OUT is taken as given, as by struct nf_packet's
 * `routed`. SPACE_TOO_LARGE: see policy/space_decide.h, whose question calls reach_new(). */
struct space_pair reach_allowed(const struct reached *r, enum reach_way way);
/* The packets that were asked about: those that can go this way as far as routing goes. */
uint32_t reach_domain(const struct reached *r, enum reach_way way);

/* What becomes of a rule, over all ways by which packets come to it. */
enum reach_rule_fate {
	REACH_USED,	/* some packet gets there and matches */
	REACH_NEVER,	/* its own questions contradict each other, or what this box has */
	REACH_SHADOWED, /* those before it leave it nothing */
	REACH_UNCALLED, /* nothing comes to its chain */
	REACH_UNROUTED, /* only through routing: what it asks for does not come to this hook */
	REACH_UNDECIDED_RULE, /* the space became too large */
};
struct reach_rule {
	enum reach_rule_fate fate;
	/* Of a shadowed one: the rule of its chain that covers it alone, its place from 0; or -1
	 * and how many before it do together. */
	long by;
	size_t together;
};
/* The packets, as they come, that get to a rule and may match it. */
uint32_t reach_matched(const struct reached *r, size_t chain, size_t rule);
/* Of each rule of the chain whether any of these is in the set: touches[n rules]. False: the space
 * became too large. For all of them it takes little more than for one. */
bool reach_touching(const struct reached *r, size_t chain, uint32_t set, bool *touches);
/* reach_matched() of all rules of the chain that let packets through, together. */
uint32_t reach_let_through(const struct reached *r, size_t chain);
/* Whether the same packets would pass without it: said of rules of long lists, whose neighbours
 * tell. */
enum reach_spare {
	REACH_SPARE_NO,
	REACH_SPARE_YES,
	REACH_SPARE_UNKNOWN, /* they do not tell */
	REACH_SPARE_TOO_LONG /* to find out; nor will it be of any other rule */
};
enum reach_spare reach_spare(const struct reached *r, size_t chain, size_t rule);
/* `chain` and `rule` are places in the ruleset. */
struct reach_rule reach_rule(const struct reached *r, size_t chain, size_t rule);
