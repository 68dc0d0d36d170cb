/* SPDX-License-Identifier: ISC
 *
 * The words of the control connection, a line each. Who tries speaks first.
 *
 *	who tries			the far side
 *	hello 1 ADDRESS			hello 1 ADDRESS packets|sockets
 *	watch N tcp SOURCE TARGET PORT	(any number, N from 0 up)
 *	go				refused N WHY, for each that it does not watch; then
 *					ready
 *	(tries)
 *	told				saw N VIEW, for each that it watched; then
 *					end
 *	call N tcp SOURCE TARGET PORT	(any number; from the far side to this one)
 *	dial				refused N WHY, for each that it does not try;
 *					called N OUTCOME, for each that it tried; then
 *					end
 *
 * The first ADDRESS is where it speaks from, as it knows it; the second, as the far side sees it.
 * A VIEW is "PORT INTERFACE SOCKET DATA DROP LEFT OTHER": "served yes no unknown unknown 0 -".
 * An OUTCOME is "STATE CAUSE CONFIDENCE BY RTT TRIES LEFT CANDIDATES HOW|EVIDENCE", with "-" for
 * nobody and for no candidates, which have commas in between; LEFT is "yes", "no" or "unknown".
 */
#pragma once

#include "base/buf.h"
#include "model/outcome.h"
#include "probe/far.h"

enum far_verb {
	FAR_HELLO,
	FAR_WATCH,
	FAR_GO,
	FAR_REFUSED,
	FAR_READY,
	FAR_TOLD,
	FAR_SAW,
	FAR_END,
	FAR_CALL,
	FAR_DIAL,
	FAR_CALLED,
};

enum { FAR_FLOWS_MAX = 60, FAR_VERSION = 1, FAR_WORDS_MAX = 500 };

/* What came of a try from the far side. */
struct far_called {
	enum state state;
	enum cause cause;
	enum confidence confidence;
	struct addr by;
	uint32_t rtt_us;
	unsigned tries;
	enum far_seen left; /* the packet filter there let it out */
	struct slice candidates[OUTCOME_CANDIDATES_MAX];
	size_t n_candidates;
	struct slice how, evidence;
};

struct far_word {
	enum far_verb verb;
	unsigned id; /* below FAR_FLOWS_MAX */
	struct addr address;
	bool has_packets;	  /* FAR_HELLO of the far side */
	bool is_far;		  /* FAR_HELLO: it says what it looks at */
	struct far_flow flow;	  /* FAR_WATCH, FAR_CALL */
	struct far_called called; /* borrowed in part; from outside: escape it */
	struct far_view view;	  /* FAR_SAW: without has_packets and is_translated */
	struct slice text;	  /* FAR_REFUSED; borrowed; from outside: escape it */
};

/* False: it is none of them. */
bool far_word_parse(struct slice line, struct far_word *w);
void far_word_format(const struct far_word *w, struct buf *out); /* added to, without an end */
