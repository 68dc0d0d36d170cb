/* SPDX-License-Identifier: ISC
 *
 * Cipher suites that a server is asked for, and what choosing one shows. Numbers as registered by
 * IANA, "TLS Cipher Suites"; names as OpenSSL has them, which most configurations use.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	TLS_CLEAR = 1 << 0,	/* nothing is encrypted */
	TLS_ANONYMOUS = 1 << 1, /* nobody says who they are */
	TLS_EXPORT = 1 << 2,	/* keys of 40 or 56 bits, as laws once had it */
	TLS_DES = 1 << 3,
	TLS_RC4 = 1 << 4,
	TLS_BLOCK64 = 1 << 5,  /* blocks of 64 bits: 3DES, IDEA */
	TLS_STATIC = 1 << 6,   /* whoever gets the key reads what was recorded before */
	TLS_CBC = 1 << 7,      /* a good cipher, in CBC mode */
	TLS_FINITE = 1 << 8,   /* a new Diffie-Hellman key over a prime, told by the server */
	TLS_CURVE = 1 << 9,    /* the same over an elliptic curve */
	TLS_COMMON = 1 << 10,  /* nearly every server has one of these */
	TLS_ONLY_12 = 1 << 11, /* not before TLS 1.2 */
	TLS_ONLY_13 = 1 << 12,

	TLS_WEAK = TLS_CLEAR | TLS_ANONYMOUS | TLS_EXPORT | TLS_DES | TLS_RC4 | TLS_BLOCK64,
	TLS_USUAL = TLS_STATIC | TLS_CBC | TLS_FINITE,
};

struct tls_suite {
	uint16_t number;
	uint16_t traits;
	const char *name;
};

extern const struct tls_suite tls_suites[]; /* the worst first */
extern const size_t n_tls_suites;

/* NULL: none of these. */
const struct tls_suite *tls_suite_find(uint16_t number);
const struct tls_suite *tls_suite_named(const char *name);
