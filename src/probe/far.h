/* SPDX-License-Identifier: ISC
 *
 * What two hosts tell each other of one try: the one that tries, and the far side, which watches
 * what arrives and what leaves. Plain data; the words for it are in probe/far_words.h, what follows
 * from it in probe/far_blame.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "model/expr.h"

/* What is about to be tried. */
struct far_flow {
	enum transport transport; /* TCP, UDP, ICMP (an echo: port 0) */
	struct addr source, target;
	uint16_t port;
};

/* Who has the port there. */
enum far_port {
	FAR_PORT_UNKNOWN,
	FAR_PORT_NOBODY,   /* and no stand-in could be put there */
	FAR_PORT_SERVED,   /* a program */
	FAR_PORT_BUSY,	   /* a program that lets connections wait: its queue may be full */
	FAR_PORT_STAND_IN, /* the far side itself, for this try: nobody did before */
};

enum far_seen { FAR_UNKNOWN, FAR_NO, FAR_YES };

/* What went back, bits; what a packet filter of the far host drops does not. */
enum {
	FAR_LEFT_HANDSHAKE = 1, /* SYN and ACK */
	FAR_LEFT_RESET = 2,
	FAR_LEFT_ICMP = 4,   /* an error about this flow */
	FAR_LEFT_ANSWER = 8, /* a datagram, an echo */
	FAR_LEFT_ALL = 15,
};

struct far_view {
	bool has_packets; /* it looks at packets; else only at sockets */
	enum far_port port;
	enum far_seen interface; /* something of the flow came to the host */
	enum far_seen socket;	 /* ... and to the socket: its packet filter let it in */
	enum far_seen data;	 /* TCP: bytes came, after the handshake */
	enum far_seen drop;	 /* FAR_NO: meanwhile its packet filter dropped nothing at all */
	unsigned left;		 /* what is known to have left */
	struct addr other;	 /* the port was asked from there instead; family 0: from nowhere */
	bool is_translated;	 /* the one who tries has another address there than here */
};
