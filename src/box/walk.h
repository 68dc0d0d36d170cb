/* SPDX-License-Identifier: ISC
 *
 * What a box does with one packet: every hook in its order, translations, routing, and the way of
 * the answer. Where a question's answer is not known, both ways are gone, so that the outcomes are
 * all that can happen, and each says what it depends on.
 *
 * Taken for granted: the packet is whole, sound, in the clear (no IPsec), without extension
 * headers, and new to the box; links that are up are connected. Not modelled: what is bridged and
 * not routed, traffic control, sockets.
 */
#pragma once

#include "base/addr.h"
#include "box/box.h"

/* The first packet of a connection, as it comes to the box; or one in its middle, with the state
 * CT_ESTABLISHED, sent by the side that opened it, and not translated. */
struct nf_packet {
	const char *in;	      /* an interface; NULL: the box itself sends it */
	struct addr from, to; /* of one family */
	uint8_t proto;
	uint16_t from_port, to_port; /* in host order; of protocols that have them */
	uint8_t icmp_type, icmp_code;
	uint8_t tcp_flags;	/* SYN 2, ...; see KEY_TCP_FLAGS */
	enum nf_ct_state state; /* what connection tracking will say, where it is asked */
	uint32_t mark;
	uint32_t ct_mark;      /* its connection's, where `state` says that it has one already */
	bool has_uid, has_gid; /* whose socket sends; only without `in` */
	uint32_t uid, gid;
	bool has_mac;
	uint8_t mac[6]; /* of the sender */
	bool has_ttl, has_length, has_dscp, has_ecn;
	uint8_t ttl, dscp, ecn;
	uint16_t length;
	/* Where routes were not collected: `out` is where it leaves, NULL: to the box itself. */
	bool routed;
	const char *out;
};
/* What connection tracking says of it if it is the first of its connection. */
enum nf_ct_state nf_state_of_first(const struct nf_packet *p);

enum nf_fate {
	FATE_LOCAL,	/* handed to the box's own programs */
	FATE_FORWARDED, /* leaves through `out` */
	FATE_SENT,	/* the box's own, leaves through `out` */
	FATE_DROPPED,
	FATE_REJECTED,
	FATE_UNROUTED,	/* routing has no way, or refuses the sender; `why` */
	FATE_UNDECIDED, /* too many unknowns, or a part of the box was not collected; `why` */
};
extern const char *const nf_fate_names[];

enum nf_event_kind {
	EVENT_CHAIN,   /* a base chain begins */
	EVENT_RULE,    /* a rule matched; what it did is its text */
	EVENT_POLICY,  /* the end of a base chain */
	EVENT_ROUTE,   /* where it goes: `note` */
	EVENT_NAT,     /* translated to `note` */
	EVENT_ASSUMED, /* not known; this way it is `note` */
};
struct nf_event {
	enum nf_event_kind kind;
	const struct nf_chain *chain; /* NULL: none */
	const struct nf_rule *rule;   /* NULL: none */
	const char *note;
};

struct nf_outcome {
	enum nf_fate fate;
	const char *out;	/* of what leaves: the link */
	struct nf_packet as;	/* as it leaves, or as the box's programs see it */
	struct nf_packet first; /* as connection tracking keeps it: before translations */
	bool tracked;		/* a connection of it is kept, and its answer belongs to that */
	uint32_t ct_mark;	/* the connection's */
	const struct nf_chain *chain;  /* who decided; NULL: routing */
	const struct nf_rule *rule;    /* NULL: the chain's policy, or routing */
	const char *answer;	       /* of a rejection: "tcp reset", ... */
	const char *why;	       /* in words; NULL: the rule says it */
	LIST_OF(const char *) depends; /* what is unknown, in the ruleset's words; none: certain */
	LIST_OF(struct nf_event) events;
};

struct nf_walk {
	struct arena *arena;
	LIST_OF(struct nf_outcome) outcomes; /* at least one; one without `depends` is alone */
};
enum { NF_OUTCOMES_MAX = 256 }; /* with more, the last is FATE_UNDECIDED */
/* Whether it passes: local, forwarded or sent. */
bool nf_fate_passes(enum nf_fate fate);

/* NULL with err: the packet cannot be (an interface that the box does not have, two families). */
MUST_USE struct nf_walk *nf_walk(const struct box *b, const struct nf_packet *p, struct err *err);
/* The first answer to what an outcome let through: comes in where that left. Of UDP a datagram, of
 * a SYN one with ACK, of other TCP an ACK, of an echo its reply. */
MUST_USE struct nf_walk *nf_walk_answer(const struct box *b, const struct nf_packet *p,
					const struct nf_outcome *o, struct err *err);
void nf_walk_free(struct nf_walk *w); /* NULL is fine */
