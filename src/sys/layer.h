/* SPDX-License-Identifier: ISC
 *
 * What wraps the words of a connection: TLS. An interface, so that who holds conversations links no
 * library of it, and a test can script one. No socket and no clock here: bytes from the wire in,
 * plain bytes out, and bytes for the wire out.
 *
 * Nothing that a peer shows is verified, and nothing that it shows ends the conversation by itself:
 * a bad certificate is something to tell.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/certificate.h"
#include "base/slice.h"

/* Lent for the call. */
struct layer_ask {
	const char *name; /* the server's, to be told to it (SNI, RFC 6066 section 3); NULL: none */
	const char *alpn; /* the protocol that is offered (RFC 7301); NULL: none */
};

enum layer_state {
	LAYER_SHAKING, /* the handshake goes on */
	LAYER_OPEN,    /* plain bytes pass */
	LAYER_OVER,    /* the peer ended it, or it failed; plain bytes may still be taken */
};

enum { LAYER_WORD_MAX = 64 };
struct layer_told {
	bool is_complete;	      /* the handshake came to its end */
	char version[LAYER_WORD_MAX]; /* "TLS 1.3"; "": not agreed */
	char cipher[LAYER_WORD_MAX];
	char alpn[LAYER_WORD_MAX]; /* the one that was chosen; "": none */
	bool refuses_name;	   /* it knows nobody of the name, or wants to be told one */
	bool refuses_alpn;	   /* it speaks nothing of what was offered */
	bool wants_certificate;	   /* of who connects */
	bool has_certificate;
	struct certificate certificate;
	char why[LAYER_WORD_MAX]; /* LAYER_OVER: what ended it; "": not known */
};

struct layer;
struct layer_ops {
	/* One conversation, owned by the caller; NULL: it cannot be begun. */
	void *(*start)(const struct layer *l, const struct layer_ask *ask);
	void (*free)(void *c); /* NULL is fine */
	/* Bytes from the wire; then ask state, take and give. */
	void (*feed)(void *c, struct slice wire);
	enum layer_state (*state)(const void *c);
	/* At most n plain bytes that came; 0: none are there now. May change the state. */
	size_t (*take)(void *c, void *p, size_t n);
	bool (*say)(void *c, struct slice plain); /* LAYER_OPEN; false: it is over */
	void (*end)(void *c);			  /* says that nothing more comes; then give */
	/* At most n bytes for the wire; 0: none are due. */
	size_t (*give)(void *c, void *p, size_t n);
	void (*describe)(const void *c, struct layer_told *told);
};

/* The caller's own object begins with it. */
struct layer {
	const struct layer_ops *ops;
};
