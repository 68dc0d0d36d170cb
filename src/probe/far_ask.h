/* SPDX-License-Identifier: ISC
 *
 * This side of the control connection: says to the far side what is about to be tried, and asks
 * what it saw. Each call waits for the answer, on the loop; what else is on the loop goes on
 * meanwhile.
 */
#pragma once

#include "base/err.h"
#include "probe/far_words.h"
#include "sys/channel.h"
#include "sys/loop.h"

enum far_ask_state { FAR_ASK_SHAKES, FAR_ASK_WAITS, FAR_ASK_READY, FAR_ASK_OVER };

struct far_ask {
	/* Set these, zero the rest. */
	struct loop *loop;
	struct channel *channel; /* one that dials; borrowed */
	const volatile int *interrupted;
	void (*heard)(void *ctx, unsigned id, const struct far_called *called); /* may be NULL */
	void *ctx;

	bool has_packets;			    /* the far side looks at packets */
	bool is_translated;			    /* it sees this host under another address */
	enum far_seen watched[FAR_FLOWS_MAX];	    /* by id: FAR_YES, or FAR_NO and why not */
	char refused[FAR_FLOWS_MAX][FAR_WORDS_MAX]; /* from outside: escape it */
	struct far_view views[FAR_FLOWS_MAX];

	/* Its own. */
	enum far_ask_state state;
	struct sock sock;
	struct timer timer;
	struct addr local;
	char why[CHANNEL_WORD_MAX]; /* FAR_ASK_OVER */
	size_t n;
};

/* Until both have said hello. */
MUST_USE int far_ask_start(struct far_ask *a, struct err *err);
/* At most FAR_FLOWS_MAX, by id; when it returns the far side watches. */
MUST_USE int far_ask_watch(struct far_ask *a, const struct far_flow *flows, size_t n,
			   struct err *err);
/* They were tried: a->views. */
MUST_USE int far_ask_views(struct far_ask *a, struct err *err);
/* The far side tries these, from there to here; `heard` is called for each that it tried, with what
 * is lent for the call. */
MUST_USE int far_ask_call(struct far_ask *a, const struct far_flow *flows, size_t n,
			  struct err *err);
void far_ask_stop(struct far_ask *a); /* also one that was never started */

/* One word of the channel's program; called by itself while one of these waits. */
void far_ask_take(struct far_ask *a, const struct channel_word *w);
