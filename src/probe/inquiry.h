/* SPDX-License-Identifier: ISC
 *
 * Who is in the way of one flow: asked of the network, step by step, after a first try has shown a
 * symptom. Each step is one packet of that very flow, with a TTL that ends on the way, or with an
 * answer that must not have come far; beside it the control, which shares the way (probe/way.h).
 *
 * Rules. What keeps silent has not answered yet: it is asked again, and counts only where the
 * control draws an answer from the same place right after. The last hop that answers is not the
 * culprit: a packet may be dropped at its way out or at the next one's way in. A router takes one
 * off the TTL before its rules are asked, so that what a rule answers comes with a TTL of one more
 * than the hop's own. ip(7), tcp(7), RFC 1812 section 5.3.1.
 *
 * Pure: it says what to ask next, and is told what came back.
 */
#pragma once

#include "model/trace.h"
#include "probe/way.h"

enum symptom {
	SYMPTOM_NONE,	/* nothing to find out */
	SYMPTOM_SILENT, /* no answer */
	SYMPTOM_ANSWER, /* an answer of TCP in the target's name: a reset, a handshake */
	SYMPTOM_ICMP,	/* an ICMP error in the target's name */
	SYMPTOM_HOP,	/* an ICMP error of a hop: which one is it */
};
/* What is worth asking of an outcome; is_thorough: also of what went well. */
enum symptom inquiry_symptom(const struct outcome *o, bool is_thorough);

enum found {
	FOUND_NOTHING,
	FOUND_KEPT,	 /* our own kernel lets it not out */
	FOUND_OWN,	 /* this host answers in the target's name */
	FOUND_BETWEEN,	 /* lost after hop `last`, before or at hop `next` */
	FOUND_AT_END,	 /* the last hop that answers is the last before the target */
	FOUND_SOMEWHERE, /* lost after hop `last` */
	FOUND_NEARER,	 /* answered by hop `next`, not by the target */
	FOUND_GENUINE,	 /* answered from where the target is */
	FOUND_FARTHER,	 /* answered from beyond the target: a translation */
	FOUND_BEYOND,	 /* answered by a hop behind a translation */
	FOUND_UNSURE,	 /* the target, by a shorter way back, or hop `next` */
	FOUND_HOP,	 /* hop `next` it is */
	FOUND_ANSWER,	 /* it answers now */
};

enum inquiry_stage {
	STAGE_WALK,    /* the flow, TTL by TTL */
	STAGE_CONTROL, /* the control with the same TTL */
	STAGE_CONFIRM, /* the flow once more, now that the control was answered */
	STAGE_LATE,    /* the flow again, after a pause */
	STAGE_LOWER,   /* does it come as far as others did */
	STAGE_HELD,    /* does it leave this host */
	STAGE_SHORT,   /* with a TTL that does not reach the target */
	STAGE_WHOLE,   /* as it is: what does its answer look like */
	STAGE_REPLY,   /* does the answer come from nearer than the target's */
	STAGE_COMPARE, /* or does the control's, too */
	STAGE_STEADY,  /* does the control answer at all right now */
	STAGE_DONE,
};
struct inquiry {
	enum symptom symptom;
	enum transport transport;
	uint16_t port;
	struct way *way;
	struct addr by; /* SYMPTOM_HOP: who answered */

	enum inquiry_stage stage;
	enum found found;
	uint8_t ttl;		 /* of the question, and of the next one */
	uint8_t lower;		 /* the TTL that others were seen to come to */
	uint8_t last, next;	 /* hops; 0: none, or not known */
	uint8_t mute;		 /* of those between, so many keep silent */
	uint64_t mutes;		 /* bit n: at TTL n neither the flow nor the control was told of */
	uint8_t round;		 /* without a control: of asking those that keep silent */
	unsigned silences;	 /* of this question */
	unsigned told;		 /* way.n_told of this TTL when it was asked first */
	bool is_confirmed;	 /* it was silent, and silent again after the control */
	bool was_near, was_held; /* TTL 1 was asked early; whether it leaves this host, too */
	unsigned unsteady;	 /* times that the control's silence meant nothing */
	enum inquiry_stage resume; /* what STAGE_STEADY stands between */
	uint8_t nearest;	   /* the least TTL that draws its answer; 0: not looked for */
	bool passes;		   /* it was seen to come to the last hop before the target */
	bool is_shortened, is_like_control; /* that was asked; and what was found before */
	bool is_plain;			    /* it went well: it gets by with a question less */
	bool is_beyond;			    /* looked for behind a translation */
	unsigned place;		 /* among the flows to its target: they do not all wait alike */
	unsigned pauses;	 /* that were made */
	bool follows;		 /* others of the way told where to look */
	bool is_alike;		 /* told by what the others are alone */
	unsigned ttl_lo, ttl_hi; /* of its answers, as in struct survey */
};

void inquiry_init(struct inquiry *q, enum symptom symptom, const struct outcome *o, struct way *w);
/* What to ask next; *is_control: of the control, whose packets leave from another port. */
MUST_USE bool inquiry_next(struct inquiry *q, struct ask_what *out, bool *is_control);
void inquiry_take(struct inquiry *q, const struct reply *r);
/* What follows for the outcome, which has what the first try showed. */
void inquiry_conclude(const struct inquiry *q, struct outcome *o);

/* The way as it has shown itself; t->outcome is set. */
void inquiry_trace(const struct inquiry *q, struct trace *t);

/* --- between the files of this part ----------------------------------------------------------- */

void inquiry_start_silent(struct inquiry *q);
void inquiry_take_silent(struct inquiry *q, const struct reply *r);
void inquiry_start_answer(struct inquiry *q);
void inquiry_take_answer(struct inquiry *q, const struct reply *r);
void inquiry_end(struct inquiry *q, enum found found);
/* The same question once more; false: it was asked often enough. */
bool inquiry_again(struct inquiry *q);
void inquiry_note_hop(struct inquiry *q, const struct reply *r);
