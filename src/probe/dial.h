/* SPDX-License-Identifier: ISC
 *
 * A TCP connection for a probe. While nothing comes, further attempts start beside the first one,
 * each from a port of its own: the kernel repeats a lost SYN only after a second, and one that got
 * lost or fell to a dead back end proves nothing. How many, and when, probe/rtt.h says; the first
 * answer to any counts.
 *
 * Connections are closed with a reset instead of a good-bye: an ordinary close would leave a socket
 * in TIME_WAIT for each probe, and after some thousands of them every connect(2) to that address is
 * slow.
 */
#pragma once

#include "probe/method.h"

enum { DIAL_ATTEMPTS = RTT_TRIES_MAX }; /* descriptors at once: struct method.socks */

struct dial;
struct dial_attempt {
	struct sock sock; /* first: the address is the same */
	struct dial *dial;
	struct mono at;
};

/* Zeroed but for what the caller sets: where to, and what it wants to be told. Each call of these
 * may end the probe. */
struct dial {
	struct probe *probe;
	struct addr to;
	uint16_t port;
	bool shares_port, is_unseen;			/* as struct sock_spec says */
	void (*connected)(struct dial *d);		/* dial_sock() waits for SOCK_READABLE */
	void (*failed)(struct dial *d, enum saw saw);	/* dial_stop() was called */
	void (*ready)(struct dial *d, unsigned events); /* once connected */

	struct dial_attempt attempts[DIAL_ATTEMPTS];
	struct dial_attempt *answered; /* the handshake completed; NULL: none yet */
	struct timer timer;
	unsigned tries, lost; /* lost: those before the one that was answered */
	uint16_t source_port; /* of the attempt that was answered */
	struct sighting seen; /* but for `saw` */
};

void dial_start(struct dial *d);	/* also once more, after dial_stop(); p->started is now */
struct sock *dial_sock(struct dial *d); /* connected */
void dial_close(struct dial *d, bool reset); /* connected; as loop_ops.close() */
void dial_stop(struct dial *d);		     /* everything is closed and stopped */
/* The same, where something was said: some servers serve nobody else until they know of the end,
 * and a reset may get lost. */
void dial_hang_up(struct dial *d);
