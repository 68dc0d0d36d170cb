/* SPDX-License-Identifier: ISC
 *
 * One question without a handshake, asked several times from one socket until an answer decides or
 * the time is over: what UDP and ping have in common. How often, and when, probe/rtt.h says.
 */
#pragma once

#include "probe/method.h"

struct volley;
struct volley_kind {
	/* What try number `i` (0..) sends; lent until the next call. */
	struct slice (*message)(struct volley *v, unsigned i);
	/* A datagram came. True: it decided, and volley_finish() was called. */
	bool (*heard)(struct volley *v, struct slice datagram);
	/* The time is over: volley_finish(). */
	void (*silent)(struct volley *v);
};

/* The first thing in the method's state. */
struct volley {
	struct sock sock; /* first: the address is the same */
	struct timer timer;
	struct probe *probe;
	const struct volley_kind *kind;
	struct mono at[RTT_TRIES_MAX]; /* of each try */
	unsigned tries;
	struct sighting seen;
};

void volley_start(struct probe *p, const struct volley_kind *kind, bool any_port);
/* The answer came to try number `i`: how long that took, and what it says of the way. */
void volley_answered(struct volley *v, unsigned i);
/* The conversation goes on: another question, as many tries, as much time. True: our own kernel
 * said no, and the probe is over. */
bool volley_go_on(struct volley *v);
void volley_finish(struct volley *v, enum saw saw);
void volley_cancel(struct probe *p); /* struct method's */
