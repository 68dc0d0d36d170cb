/* SPDX-License-Identifier: ISC
 *
 * Whether a box, as it would be, still lets somebody in who is logged in on it over TCP: the
 * packets of the login that stands, both ways, and those of the next one from the same place.
 */
#pragma once

#include "box/walk.h"

struct lockout_login {
	struct addr peer, own;
	uint16_t peer_port, own_port;
	const char *link; /* where it comes in; NULL: where the route back leaves */
	/* Connection tracking knows it, with that mark. Where it does not, the next packet of the
	 * login begins a connection, as far as the box can tell. */
	bool tracked;
	uint32_t mark;
};

enum lockout_part {
	LOCKOUT_STANDS,	    /* the login goes on */
	LOCKOUT_NEIGHBOURS, /* IPv6: the box and the next hop go on finding each other */
	LOCKOUT_ANEW,	    /* another one like it can begin */
	LOCKOUT_PARTS
};

/* What is not proven to pass. */
struct lockout_obstacle {
	bool there;
	const char *why;		  /* it could not be asked; NULL: an outcome says */
	struct nf_packet packet;	  /* as asked */
	bool is_answer;			  /* what `outcome` is about: not the packet, its answer */
	const struct nf_outcome *outcome; /* that is not in order; NULL with why */
};
struct lockout {
	struct arena *arena;
	struct lockout_obstacle parts[LOCKOUT_PARTS];
	LIST_OF(struct nf_walk *) walks; /* in which the outcomes are */
};

/* Certain is only what holds whatever the answers are to what nobody knows. lockout_release(). */
void lockout_find(const struct box *after, const struct lockout_login *l, struct lockout *out);
void lockout_release(struct lockout *l);
/* Whether the login's own end is this box. */
bool lockout_is_here(const struct box *b, const struct lockout_login *l);
