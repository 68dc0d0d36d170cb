/* SPDX-License-Identifier: ISC
 *
 * TLS 1.3 (RFC 8446) between two who know each other's public key: both ends show a certificate
 * that they made themselves, only the key in it counts, and it must be one of those that are pinned
 * (RFC 7469 names the idea). Nothing is resumed, nothing is sent early. No socket here: bytes that
 * came in, bytes to go out, and what they mean.
 */
#pragma once

#include <openssl/types.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "channel/key.h"

struct tls_pins {
	const unsigned char (*keys)[KEY_BYTES]; /* borrowed */
	size_t n;
};

/* One end's own key and whom it lets in; for any number of connections. The pins are borrowed. */
MUST_USE int tls_context(SSL_CTX **ctx, EVP_PKEY *own, const struct tls_pins *pins, bool is_server,
			 struct err *err);

enum tls_state { TLS_SHAKING, TLS_OPEN, TLS_OVER };

struct tls {
	SSL *ssl; /* owned */
	enum tls_state state;
	size_t pin;	  /* TLS_OPEN: which of the pins the peer has */
	bool is_stranger; /* TLS_OVER: the peer's key is none of them */
	bool is_refused;  /* TLS_OVER: the peer does not know ours */
	unsigned char stranger[KEY_BYTES];
};

MUST_USE bool tls_start(struct tls *t, SSL_CTX *ctx);
void tls_stop(struct tls *t); /* zeroed is fine */
/* Bytes that came; what they said is added to `said`, of at most `max` bytes in all. */
void tls_take(struct tls *t, struct slice came, size_t max, struct buf *said);
void tls_say(struct tls *t, struct slice words); /* TLS_OPEN */
void tls_bye(struct tls *t);			 /* says that nothing more comes */
/* What is to go out now; `out` is added to. */
void tls_give(struct tls *t, struct buf *out);
