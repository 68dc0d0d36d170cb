/* SPDX-License-Identifier: ISC
 *
 * The way from here to one target, as far as it shows, and the survey that finds it out: once for
 * a target, not once for each of its ports.
 *
 * The survey wants a control: a port that the target itself answers, whatever the answer is. With
 * that, a TTL that grows from one draws "time exceeded" from router after router, until the control
 * answers; and IP_MINTTL tells with which TTL its answers arrive. Systems send with 64, 128 or 255
 * to begin with, and each router takes one off.
 *
 * Pure: it says what to ask next, and is told what came back.
 */
#pragma once

#include "base/compiler.h"
#include "probe/ask.h"

enum { WAY_HOPS_MAX = 32, WAY_CONTROLS_MAX = 6, WAY_SAMPLES = 3, WAY_FEW = 8, WAY_TTL_END = 256 };
/* How often what keeps silent is asked; more once something was answered that was not at first. */
enum { WAY_ASKS = 3, WAY_ASKS_LOSSY = 6 };

struct control {
	enum transport transport;
	uint16_t port;	/* 0: none */
	bool is_proven; /* a service has spoken there: it is the target that answers */
};

struct way {
	struct addr target;
	struct addr hops[WAY_HOPS_MAX + 1]; /* [1]: the nearest router; family 0: it keeps silent */
	struct control control;		    /* the one that answers */
	enum reply_kind answers;	    /* and how: REPLY_OPEN, REPLY_RESET, REPLY_ICMP */
	uint8_t distance;  /* the least TTL that reaches the target; 0: not known */
	uint8_t reply_ttl; /* with which its answers arrive; 0: not known */
	/* The control's answers have come less far than its distance: a shorter way back, or
	 * something on the way answers for the target. */
	bool is_doubtful;
	bool is_told_twice; /* another control's answers have told both */
	unsigned n_short; /* flows that were sent with a TTL that ends one hop before the target */
	unsigned asks;	  /* how often what keeps silent is asked */
	unsigned n_told[WAY_HOPS_MAX + 1]; /* errors that the hop has sent, of whatever flow */
	/* What other flows to the target that went astray have shown: the last hop that they reach,
	 * and how many of them were seen to reach it. */
	bool has_many;		   /* flows that keep silent: more than WAY_FEW */
	bool has_fallen, is_mixed; /* mixed: they were lost at more than one place */
	uint8_t fallen_at;	   /* its TTL; 0: not even the first */
	unsigned n_fallen;
};

enum survey_stage { SURVEY_CONTROL, SURVEY_HOPS, SURVEY_REPLY, SURVEY_SECOND, SURVEY_DONE };
/* One that may become the control. */
struct candidate {
	struct control control;
	unsigned silences;
	bool is_asked, is_out; /* is_asked: right now */
};
struct survey {
	struct way *way;
	/* In the order in which they are tried: each as soon as the one before has kept silent. */
	struct candidate candidates[WAY_CONTROLS_MAX];
	unsigned n_candidates, chosen;
	enum survey_stage stage;
	unsigned silences; /* of this question */
	uint8_t ttl;
	unsigned mute;		 /* routers in a row that keep silent */
	unsigned ttl_lo, ttl_hi; /* answers come with `lo` or more, and with less than `hi` */
};

void survey_init(struct survey *s, struct way *w); /* way.target is set */
/* What it may try as a control; one too many is left out. */
void survey_add_control(struct survey *s, struct control c);
/* What to ask now, beside what is asked already; *i: of which candidate. False: nothing. */
MUST_USE bool survey_next(struct survey *s, struct ask_what *q, unsigned *i);
/* What came back; once it is past SURVEY_CONTROL the other candidates' questions are void. */
void survey_take(struct survey *s, unsigned i, const struct reply *r);

/* To whom `silences` questions in a row were silence: the answer that came tells of losses. */
void way_note(struct way *w, const struct reply *r, unsigned silences);
/* Whether that reply is how the target itself answers. */
bool way_is_answer(const struct way *w, const struct reply *r);
/* Whether the control's answers come less far than its distance. */
bool way_is_short(const struct way *w);
/* The TTL with which packets from so many hops away arrive, 1: from the next one; where `like`
 * arrived, which has the same beginning. */
unsigned way_ttl_from(unsigned hops, unsigned like);
/* Which hop that address is; 0: none that is known. */
unsigned way_find_hop(const struct way *w, const struct addr *a);
/* How many hops away it began, that arrives with this TTL. */
unsigned way_hops_of(unsigned ttl);
/* Between `lo` (answered) and `hi` (not), which TTL to ask for next; the likeliest first: that with
 * which the target's answers come, where that is known, or those of its distance. */
unsigned way_next_ttl(const struct way *w, unsigned lo, unsigned hi);
