/* SPDX-License-Identifier: ISC
 *
 * From what a probe saw to an outcome: state, cause, and how sure. Pure: nothing is asked, so every
 * case can be tested from a table. Where what was seen does not decide, the cause is unproven and
 * the candidates say what remains.
 */
#pragma once

#include "model/outcome.h"
#include "proto/proto.h"
#include "sys/loop.h"
#include "sys/resolve.h"

enum saw {
	SAW_NOTHING,	 /* no answer to any try within the time */
	SAW_OPEN,	 /* the handshake completed */
	SAW_OPEN_RESET,	 /* and a reset followed */
	SAW_REFUSAL,	 /* a reset in answer to the first packet */
	SAW_ICMP,	 /* `icmp` */
	SAW_LOCAL_ERROR, /* `error` of `call`: our own kernel said no */
	SAW_PROVED,	 /* an answer in the protocol that was asked for, `proto`, `said` */
	SAW_ECHO,	 /* ICMP: the echo came back */
	SAW_OTHER,	 /* an answer, in another protocol than `proto` */
	SAW_STAND_IN,	 /* `portolan listen` answered */
	/* TCP: connected, and not a byte in answer to ours; `unacked` tells whether ours arrived.
	 * UDP: no answer and no error. */
	SAW_SILENCE,
	SAW_PROXY,	/* a proxy said no, or nothing: `proxy` */
	SAW_NEGOTIATED, /* the connection that was negotiated opened: `words` */
	SAW_UNOPENED,	/* the target says that its own connection to us failed: `words` */
	SAW_NOT_ASKED,	/* it never came to what was to be tried: `words` */
	SAW_IDENTIFIED, /* `proto` is proved of all that might speak there, `said` */
	SAW_STRANGER,	/* it accepted, and nothing is proved: `how`, `words` */
};

/* How far a way through a proxy went, and what stopped it. */
enum proxy_leg { LEG_NONE, LEG_NAME, LEG_CONNECT, LEG_AUTHENTICATION, LEG_POLICY, LEG_BEYOND };
extern const char *const proxy_leg_names[]; /* NULL for LEG_NONE */
struct proxy_refusal {
	enum proxy_leg leg;
	char how[OUTCOME_HOW_MAX];	  /* "http 407", "socks 2" */
	char words[OUTCOME_EVIDENCE_MAX]; /* one sentence; from outside in part: escape it */
	bool is_unreachable;		  /* LEG_BEYOND: the proxy tried, and got no connection */
	bool is_silence;		  /* it has the request, and has said nothing */
};

struct layer_told;
struct sighting {
	float bad_luck; /* SAW_NOTHING: outcome.bad_luck */
	enum saw saw;
	const struct proto *proto;	   /* the dialogue that was held; NULL: none */
	struct proto_said said;		   /* SAW_PROVED */
	const struct proxy_refusal *proxy; /* SAW_PROXY; lent */
	uint16_t port;			   /* the one that was negotiated; 0: the task's */
	/* By who asks for all: what was to be there, NULL: nothing was; whether `proto` is what
	 * usually listens on the number. */
	const struct proto *expected;
	bool is_usual;
	/* SAW_IDENTIFIED, and `proto` is TLS: what was proved inside it, and as which service (a
	 * name that lasts); NULL: nothing was. What its handshake told is lent. */
	const struct proto *inside;
	const char *inside_service;
	const struct layer_told *layer;
	const char *how;    /* SAW_STRANGER, SAW_NOT_ASKED: a literal */
	const char *words;  /* the evidence, where the method knows better; NULL, "": it does not */
	unsigned foreign;   /* first messages in others' protocols that it was sent */
	bool is_remembered; /* SAW_IDENTIFIED: `proto` was proved earlier that day */
	long unacked; /* SAW_SILENCE over TCP: as struct loop_ops says; -1: nothing was sent */
	bool has_gap; /* the same: later bytes came, and those before them not */
	int error;
	const char *call; /* "socket", "connect", "send", ...; a literal */
	bool had_way;	  /* SAW_LOCAL_ERROR: earlier in the run this host could send there */
	struct icmp_error icmp;
	struct addr rejected_by; /* SAW_NOTHING: who rejected others of its ports; or family 0 */
	bool is_by_proxy;	 /* what was seen, was seen through one */
	bool is_foretold; /* it says that what is negotiated cannot work, and nothing of the way */
	bool is_unseen;	  /* the handshake was broken off before its last packet */
	bool own_target, own_icmp; /* the target, the sender of the ICMP error is this host */
	bool peer_closed;	   /* SAW_OPEN: the peer ended the stream by itself */
	size_t bytes; /* SAW_OPEN: it spoke; with `proto`, and not to the end of the dialogue */
	/* SAW_IDENTIFIED over UDP: how long the question was, and the datagram that proved it. */
	size_t asked, answered;
	struct addr source; /* family 0: not known */
	uint32_t rtt_us;    /* from the try that was answered to the answer; 0: none came */
	unsigned tries;
	unsigned waited_ms; /* SAW_NOTHING, SAW_SILENCE */
};
#define SIGHTING_PING_SOCKET "ping socket" /* the call that failed: neither kind may be had */

/* Fills what follows from the sighting; the rest of the outcome is the caller's and left alone.
 * o->target, o->port and o->texts must be set. */
void blame(const struct sighting *seen, struct outcome *o);

/* The name gave no address: what its resolver said. */
void blame_name(enum resolve_status why, struct outcome *o);

/* Nobody tried: `why` is a literal, "interrupted". */
void blame_not_attempted(const char *why, struct outcome *o);

/* Passes by itself when less is under way: no descriptor, no source port, no buffer. */
bool blame_is_passing(const struct sighting *seen);
