/* SPDX-License-Identifier: ISC
 *
 * The parts of the walk (box/walk.h). What is not known is guessed from a tape: a walk is one run
 * after the other, until every way of guessing was gone.
 */
#pragma once

#include "box/route.h"
#include "box/walk.h"

enum { WALK_GUESSES_MAX = 64, WALK_DEPTH_MAX = 1000 };

struct tape {
	bool says[WALK_GUESSES_MAX];
	size_t n, at;
};

struct walk {
	const struct box *b;
	const struct nf_packet *asked;
	const struct nf_outcome *answers; /* what this packet answers; NULL: nothing */
	struct nf_walk *result;
	struct arena *arena;		/* the result's */
	LIST_OF(size_t) base[NF_HOOKS]; /* places of base chains, as they are asked */
	int8_t *inert; /* of each chain: 0 not looked at, 1 decides and changes nothing, -1 does */
	struct tape tape;
	bool too_many; /* guesses */
	bool asks; /* only whether something is certain: nothing is guessed, and `unsure` says so */
	bool unsure;

	/* The run. */
	enum nf_hook hook;
	struct nf_packet p, first; /* as it is now; before any translation */
	const char *port;	   /* of a bridge: where it came in */
	struct addr next_hop;
	const char *in, *out; /* NULL: none, or not known yet */
	bool tracked;	      /* connection tracking has seen it */
	bool untracked;	      /* ... and is to let it be */
	enum nf_ct_state state;
	uint32_t ct_mark, ct_status;
	bool moved;		     /* mark or target changed: routing is asked again */
	bool source_set, target_set; /* translated, once a connection */
	struct nf_outcome now;	     /* what becomes of it: fate, chain, rule, events, depends */
};

/* An answer that nobody has. */
bool walk_guess(struct walk *w, const char *words);
PRINTF(5, 6)
void walk_event(struct walk *w, enum nf_event_kind kind, const struct nf_chain *c,
		const struct nf_rule *r, const char *note, ...);

/* Whether a question's answer is yes; which element of a set has the packet, -1: none. */
bool walk_holds(struct walk *w, const struct nf_cond *cond);
long walk_find(struct walk *w, const struct nf_lookup *l);

/* All of a hook. CONTINUE: the packet goes on; else `now` says what became of it. */
enum nf_verdict_kind walk_hook(struct walk *w, enum nf_hook hook);
/* A translation's own verdict: ACCEPT, or CONTINUE where it has nothing to say. */
enum nf_verdict_kind walk_translate(struct walk *w, const struct nf_nat *nat);
/* What belongs to a connection is translated as that was. */
void walk_translate_back(struct walk *w);

/* Routing. False: nowhere; `now` says why. */
bool walk_arrives(struct walk *w);
bool walk_route_in(struct walk *w, bool *local);
bool walk_route_out(struct walk *w);
bool walk_route_loop(struct walk *w); /* what went out by loopback */
/* Whether a route back to the source leaves by `link`; NULL: by any. */
bool walk_has_way_back(struct walk *w, const char *link, bool with_mark);
/* The address that the box has on a link, for packets to `to`; family 0: none. */
struct addr walk_own_address(struct walk *w, const char *link);

/* The end of this run. */
void walk_end(struct walk *w, enum nf_fate fate, const char *why);
