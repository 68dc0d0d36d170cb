/* SPDX-License-Identifier: ISC
 *
 * From what a probe saw to an outcome: state, cause, and how sure. Pure: nothing is asked, so every
 * case can be tested from a table. Where what was seen does not decide, the cause is unproven and
 * the candidates say what remains.
 */
#pragma once

#include "model/outcome.h"
#include "sys/loop.h"
#include "sys/resolve.h"

enum saw {
	SAW_NOTHING,	 /* no answer to any try within the time */
	SAW_OPEN,	 /* the handshake completed */
	SAW_OPEN_RESET,	 /* and a reset followed */
	SAW_REFUSAL,	 /* a reset in answer to the first packet */
	SAW_ICMP,	 /* `icmp` */
	SAW_LOCAL_ERROR, /* `error` of `call`: our own kernel said no */
};

struct sighting {
	enum saw saw;
	int error;
	const char *call; /* "socket", "connect", ...; a literal */
	struct icmp_error icmp;
	bool own_target, own_icmp; /* the target, the sender of the ICMP error is this host */
	bool peer_closed;	   /* SAW_OPEN: the peer ended the stream by itself */
	size_t bytes;		   /* SAW_OPEN: it spoke at once */
	struct addr source;	   /* family 0: not known */
	uint32_t rtt_us;	   /* from the try that was answered to the answer; 0: none came */
	unsigned tries;
	unsigned waited_ms; /* SAW_NOTHING */
};

/* Fills what follows from the sighting; the rest of the outcome is the caller's and left alone.
 * o->target and o->port must be set. */
void blame(const struct sighting *seen, struct outcome *o);

/* The name gave no address: what its resolver said. */
void blame_name(enum resolve_status why, struct outcome *o);

/* Nobody tried: `why` is a literal, "interrupted". */
void blame_not_attempted(const char *why, struct outcome *o);

/* Passes by itself when less is under way: no descriptor, no source port, no buffer. */
bool blame_is_passing(const struct sighting *seen);
