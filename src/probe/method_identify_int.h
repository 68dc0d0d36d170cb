/* SPDX-License-Identifier: ISC
 *
 * The parts of method_identify, and what they share: one search, and the connection it has now.
 *
 *	method_identify.c	connections, what is ready, time
 *	method_identify_ask.c	opening words, and which question comes next
 *	method_identify_hear.c	what came, and whose it is
 *	method_identify_proof.c	what follows from a proof
 *	method_identify_inside.c	all of it once more, inside TLS
 *	method_identify_end.c	the end, and its words
 *
 * Who finishes a probe frees it: nothing of it may be touched after a function that may have.
 */
#pragma once

#include <errno.h>

#include "probe/cover.h"
#include "probe/dial.h"
#include "probe/engine.h"
#include "probe/method_identify.h"
#include "probe/questions.h"
#include "probe/sighting.h"
#include "sys/layer.h"

enum {
	PATIENCE_MS = 3000, /* for a dialogue with who has begun to speak its protocol, */
	GRACE_MS = 1000,    /* until so long after the port's time */
	FOUND_MS = 500,	    /* for the rest of it, where its words alone prove it */
	UNKNOWN_MS = 1000,  /* who speaks unasked and is not known may have more to say */
	UNACKED_MS = 1000,  /* until bytes that nobody acknowledges were stopped on the way */
	AGAIN_MS = 200,	    /* TCP repeats what got lost (RFC 6298 section 2.4, Linux's minimum) */
	PARTING_MS = 200,
	LOOK_MS = 100,	  /* beside two round trips, for a second look */
	PIECE_US = 20000, /* between two pieces that came apart */
	CAME_MAX = 8192,
	AGAIN_MAX = 2,	     /* times that a question is asked again where nothing came */
	TURNS_MAX = 32,	     /* messages of ours on one connection */
	MORE_MS = 5000,	     /* more time, where packets get lost */
	DOUBTS_MAX = 3,	     /* connections of a doubt that may get lost */
	INSIDE_MIN_MS = 100, /* beside four round trips: else a look inside TLS is not begun */
};

enum stage {
	STAGE_HUSH,
	STAGE_SHAKING,
	STAGE_ASKED,
	STAGE_PARTING,
	STAGE_CALM,
	STAGE_DOUBT,
	STAGE_WITNESS, /* another port is tried: does it take connections? */
};

struct search {
	struct questions questions;
	struct mono begun, end; /* of the whole */
	struct sighting first;	/* of the first connection */
	unsigned connections, hush_ms;
	enum heard_class most; /* of what was heard, and proves nothing */
	long unacked;
	const char *known;	       /* what was proved there before: struct recollection */
	unsigned foreign, foreign_max; /* first messages in others' protocols: sent, allowed */
	unsigned again;		       /* times that what was lost has been asked again */
	bool is_closing;	       /* it ended one without a word */
	bool is_curt;		       /* it ended the first connection before it was asked */
	bool has_hushed;	       /* words unasked were waited for */
	bool is_unacked;	       /* what was asked last; */
	bool has_loss;		       /* and it was later: on the way to it packets get lost */
	bool has_more;		       /* so it was given more time */
	bool was_dropped;	       /* a connection, and it was tried once more */
	bool was_acked;		       /* bytes of ours, once */
	enum saw turned;	       /* how it took no connection any more */

	struct proto_set proved;
	size_t main; /* of them */
	struct proto_said said;
	bool is_look; /* at what else is there */
	bool wants_tls;

	/* What has the shape of a protocol's words; is it silent where that one is? */
	bool is_doubt;
	unsigned doubts;
	size_t doubted;
	struct proto_said doubted_said;
	int64_t doubt_us;	     /* it answered as fast as that */
	const struct proto *refuted; /* it was not */

	/* Inside TLS all of it begins anew; this is what was proved outside. */
	bool is_inside;
	struct proto_set outer_proved;
	size_t outer; /* TLS */
	struct proto_said outer_said;
	bool is_outer_usual;
	bool is_nameless;  /* its name was refused: it is not told again */
	bool is_unoffered; /* likewise what ALPN offers */
	bool was_shaken;   /* one was begun */
	struct layer_told told;

	/* This connection. */
	struct cover cover; /* bare: outside */
	enum stage stage;
	size_t held; /* whose dialogue; QUESTIONS_NONE: nobody's */
	const struct proto *denied;
	bool has_sent, is_found;
	size_t found; /* recognised, while its dialogue goes on */
	struct proto_said found_said;
	struct mono since; /* it was asked, or opened */
	unsigned pieces, turns;
	struct mono last_piece;
	struct proto_ask ask;
	struct proto_out out;
	struct proto_said saying; /* of the dialogue that is held */
	_Alignas(8) uint8_t state[PROTO_STATE_MAX];
	size_t n_asked, n_unasked, n_came, n_taken;
	char asked[PROTO_OUT_MAX], came[CAME_MAX];
};

struct identify {
	struct dial dial; /* first: the address is the same */
	struct timer timer;
	struct search *s;	     /* owned; NULL: not connected yet */
	const struct proto *resting; /* struct recollection: rests; NULL: it does not */
};

static inline const struct task *task_of(const struct identify *i)
{
	return probe_task(i->dial.probe);
}

static inline struct loop *loop_of(const struct identify *i)
{
	return probe_loop(i->dial.probe);
}

static inline const struct proto *proto_at(const struct identify *i, size_t at)
{
	return i->s->questions.table[at];
}

static inline void start_timer(struct identify *i, int64_t us)
{
	timer_start(loop_of(i), &i->timer, mono_add_us(loop_now(loop_of(i)), us));
}

static inline int64_t us_since(const struct identify *i, struct mono t)
{
	return loop_now(loop_of(i)).us - t.us;
}

static inline int64_t left_us(const struct identify *i)
{
	int64_t us = i->s->end.us - loop_now(loop_of(i)).us;

	return us > 0 ? us : 0;
}

static inline int64_t look_us(const struct search *s)
{
	return 2 * (int64_t)s->first.rtt_us + LOOK_MS * 1000;
}

static inline bool is_gone(ssize_t rc)
{
	return rc == -ECONNRESET || rc == -EPIPE;
}

/* For who has begun to speak. */
static inline int64_t patience_us(const struct identify *i)
{
	int64_t us = i->s->end.us + GRACE_MS * 1000 - loop_now(loop_of(i)).us;
	int64_t least_us = questions_least_us(i->s->first.rtt_us);

	if (us > PATIENCE_MS * 1000)
		us = PATIENCE_MS * 1000;
	return us > least_us ? us : least_us;
}

/* `name`, of a dialogue; NULL: there is none. */
const struct proto *identify_find(const struct questions *q, struct slice name);

/* Questions. True: this connection is over, or all is. */
bool identify_waits_for_greeting(const struct search *s);
/* Of the time that there is, what goes by before anything is said. */
void identify_set_hush(struct search *s, unsigned time_ms);
void identify_hold(struct identify *i, size_t at); /* its dialogue, from the start */
bool identify_send_out(struct identify *i);	   /* what that wants to say */
size_t identify_next_question(const struct identify *i);
bool identify_speak(struct identify *i); /* what this connection is for */
void identify_hush_is_over(struct identify *i);
void identify_hang_up(struct identify *i); /* with TLS' own good-bye, where it can be said */
void identify_dial_again(struct identify *i);
void identify_go_on(struct identify *i); /* to the next question, or the end */

/* What came. */
void identify_take_bytes(struct search *s, size_t n, struct mono now);
void identify_understand(struct identify *i);		  /* all of it so far */
void identify_settle(struct identify *i, bool is_closed); /* this connection says no more */
/* Words that prove nothing, or none. */
void identify_learn_little(struct identify *i, const struct classified *c);
void identify_peer_gone(struct identify *i, bool reset);

/* A proof. */
size_t identify_partner(const struct identify *i);
void identify_prove(struct identify *i, size_t at, const struct proto_said *said);
void identify_part(struct identify *i, size_t at); /* likewise, and the dialogue's good-bye */
void identify_conclude(struct identify *i);
/* Has the dialogue that is held proved no more than a shape? Then it is doubted, on a connection of
 * its own: asked what a genuine server would not answer, and believed or not by what comes. */
bool identify_is_shape(const struct identify *i);
void identify_doubt(struct identify *i);
bool identify_ask_in_doubt(struct identify *i);
void identify_end_doubt(struct identify *i);

void identify_calm_down(struct identify *i); /* no connection for a while, then the next */
/* Where packets get lost the time is given once more; false: it is not. */
bool identify_take_more_time(struct identify *i);

/* Inside TLS. */
bool identify_is_inside_due(const struct identify *i);
void identify_begin_inside(struct identify *i);
void identify_begin_handshake(struct identify *i);
void identify_hear_inside(struct identify *i); /* what was fed */
void identify_handshake_failed(struct identify *i, const char *why);

/* The end. seen.words is lent for the call. */
void identify_cancel(struct probe *p);
void identify_finish(struct identify *i, enum saw saw, struct sighting seen);
void identify_finish_identified(struct identify *i);
void identify_finish_stranger(struct identify *i, enum heard_class what);
void identify_finish_silence(struct identify *i);
void identify_finish_unknown(struct identify *i); /* one of these two */
/* It takes no connections any more; is that all of the target? */
void identify_turn_away(struct identify *i, enum saw saw);
void identify_hear_witness(struct identify *i, bool is_well);
void identify_shut_out(struct probe *p); /* it is */
