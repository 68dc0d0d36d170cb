/* SPDX-License-Identifier: ISC
 *
 * A ClientHello as it is wanted: RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2, RFC 6101
 * section 5.6.1.2. The handshake goes no further, so no secret comes of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/proto.h"

enum { SSL_2 = 0x0002, SSL_3 = 0x0300, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };

struct tls_hello {
	uint16_t version;	/* the highest; lower ones are taken, too */
	const uint16_t *suites; /* in order of preference; lent */
	size_t n_suites;
	bool prefers_weak;     /* weak curves and signatures stand first */
	bool is_fallback;      /* says that a higher version failed: RFC 7507 */
	const char *host;      /* NULL: none; lent */
	const uint8_t *chance; /* of the question; lent */
};

/* Below 256 bytes unless the name is long; then 512 and more, for what lies between is not
 * answered by old load balancers: RFC 7685 section 1. */
void tls_hello_put(const struct tls_hello *h, struct proto_out *out);

/* The one of SSL 2, with all its ciphers: "The SSL Protocol", 1995, section 5.5. */
void tls_hello_put_ssl2(const uint8_t *chance, struct proto_out *out);
