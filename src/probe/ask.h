/* SPDX-License-Identifier: ISC
 *
 * One packet to a port, and what comes back: the smallest step in finding out who is in the way.
 * Over TCP it is a SYN, by connect(2); over UDP one datagram.
 *
 * All questions about one flow leave from the same port, so that everything on the way that tells
 * connections apart takes them for one. Those with a min_ttl get a new one each: our kernel throws
 * answers to them away, and the peer still waits for the end of the handshake before. What answers
 * is never spoken to: a connection that opens is closed with a reset.
 */
#pragma once

#include "base/slice.h"
#include "model/expr.h"
#include "sys/loop.h"

/* How long an answer may take: a little, as a rule, and once more where nobody has answered yet. */
enum patience { PATIENCE_USUAL, PATIENCE_BRIEF, PATIENCE_LONG, PATIENCE_N };
struct ask_what {
	enum transport transport; /* TCP, UDP */
	uint16_t port;
	uint8_t ttl;	 /* with which it leaves; 0: the system's own */
	uint8_t min_ttl; /* TCP: what arrives with a lower one does not count; 0: all does */
	bool is_held;	 /* TCP: until the kernel has repeated the SYN: does it leave this host? */
	enum patience patience;
	unsigned pause_ms; /* before it: whoever rations its answers has some again then */
};

enum reply_kind {
	REPLY_NONE,
	REPLY_KEPT,	/* and our own kernel lets nothing out: questions that are held */
	REPLY_EXCEEDED, /* `icmp` says that the packet used up its hops */
	REPLY_ICMP,	/* any other `icmp` */
	REPLY_OPEN,	/* TCP: the handshake; UDP: a datagram */
	REPLY_RESET,
	REPLY_FAULT, /* our own kernel would not: `error` */
};
struct reply {
	enum reply_kind kind;
	struct icmp_error icmp;
	bool own; /* the ICMP error is this host's own */
	int error;
	uint32_t us; /* after it left */
};

struct ask;
struct ask_way {
	struct loop *loop;
	struct addr to, from; /* from: family 0: the kernel chooses */
	struct slice message; /* of UDP; lent */
	uint32_t patience_us[PATIENCE_N];
};

/* Zeroed to begin with; one question at a time. */
struct ask {
	struct sock sock; /* first: the address is the same */
	struct timer timer;
	const struct ask_way *way;
	struct ask_what question;
	struct mono at;
	uint16_t from_port; /* of this flow; 0: the first question gets one */
	struct addr source; /* and from where it is sent; family 0: not known */
	void (*done)(struct ask *a, const struct reply *r); /* perhaps from within ask_start() */
};

/* way->to and way->from stay the same for all questions of one flow. */
void ask_start(struct ask *a, const struct ask_way *way, const struct ask_what *q);
void ask_cancel(struct ask *a);
