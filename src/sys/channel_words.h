/* SPDX-License-Identifier: ISC
 *
 * What the program that keeps the key (src/channel) and the one that started it say to each other,
 * a datagram each, over a pair of sockets of this host.
 *
 *	ready
 *	open SESSION KEY PEER LOCAL	a peer with that of the allowed keys (from 0) is there
 *	line SESSION WORDS		either way: what the peer says, or is to hear
 *	gone SESSION WHY		why is empty where the peer said good-bye
 *	drop SESSION			the other way: end it
 *	failed WHY			nothing will come any more
 */
#pragma once

#include "base/addr.h"
#include "base/buf.h"

enum channel_verb {
	CHANNEL_READY,
	CHANNEL_OPEN,
	CHANNEL_LINE,
	CHANNEL_GONE,
	CHANNEL_DROP,
	CHANNEL_FAILED,
};

enum { CHANNEL_LINE_MAX = 512, CHANNEL_WORD_MAX = 640, CHANNEL_SESSIONS = 8 };

struct channel_word {
	enum channel_verb verb;
	unsigned session, key;
	struct addr peer, local;
	struct slice text; /* WORDS, WHY; borrowed */
};

bool channel_word_parse(struct slice s, struct channel_word *w);
void channel_word_format(const struct channel_word *w, struct buf *out); /* added to */
