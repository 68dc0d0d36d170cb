/* SPDX-License-Identifier: ISC
 *
 * Through what a connection goes: a proxy is dialled instead of the target, and one handshake with
 * it comes before anything else is said. Pure dialogues, as in proto/proto.h; probe/method_talk.c
 * holds them. One const struct at the end of one file via_NAME.c. Stackable: `next` is dialled
 * through the one before it.
 */
#pragma once

#include "probe/blame.h"
#include "proto/proto.h"

enum via_result {
	VIA_MORE,    /* `out` is to be sent, more is to come */
	VIA_THROUGH, /* what comes from now on is the far side's */
	VIA_REFUSED, /* `refusal` says where and why */
	VIA_AGAIN,   /* the next step wants a new connection, where start() comes again */
};

struct via_hop;
struct via_kind {
	const char *name;  /* "http", "socks5" */
	size_t state_size; /* at most VIA_STATE_MAX; zeroed, and kept over VIA_AGAIN */
	/* Connected to the proxy: ask it for `name` (NULL: none is known) or `to` (family 0: not
	 * known here, nor looked up: that is the proxy's business). */
	void (*start)(void *state, const struct via_hop *v, const char *name, const struct addr *to,
		      uint16_t port, struct proto_out *out);
	enum via_result (*input)(void *state, const struct via_hop *v, struct slice *in,
				 struct proto_out *out, struct proxy_refusal *refusal);
};
enum { VIA_STATE_MAX = 1024, VIA_HOPS_MAX = 3 };

struct via_hop {
	const struct via_kind *kind;
	const char *label; /* of outcomes: "http:corp-proxy" */
	const char *name;  /* of the proxy; NULL: only addr is known */
	struct addr addr;  /* the first one's must be known; family 0: its name gave none */
	uint16_t port;
	const char *user, *password; /* NULL: none; never printed */
	uint8_t chance[16];	     /* unpredictable, of the run: nonces are made of it */
	const struct via_hop *next;  /* dialled through this one; NULL: the target is */
};
