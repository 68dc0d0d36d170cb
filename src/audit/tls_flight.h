/* SPDX-License-Identifier: ISC
 *
 * What a server answers to a ClientHello, in the clear: an alert, or a ServerHello and, before TLS
 * 1.3, its ServerKeyExchange. RFC 5246 section 7.4, RFC 8422 section 5.4, RFC 8446 section 4.1.3.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "proto/proto.h"

enum { TLS_PRIME_MAX = 2048 }; /* bytes */

struct tls_flight {
	bool is_alert; /* a fatal one: the rest is not set */
	uint8_t alert;

	bool has_hello;
	uint16_t record_version;
	uint16_t version, suite;
	bool is_compressed;
	bool has_renegotiation_info, has_master_secret, has_encrypt_then_mac;

	unsigned prime_bits; /* of Diffie-Hellman; 0: none was told */
	uint8_t prime[TLS_PRIME_MAX];
	size_t n_prime;	    /* without zeros in front */
	uint16_t curve;	    /* as registered; 0: none */
	uint16_t signature; /* of the key that was told, TLS 1.2; 0: none */
};

/* in: all that has come, from its first byte on. PROTO_PROVED: all that is to be known is there;
 * PROTO_MORE: has_hello may be set already; PROTO_OTHER: this is no such flight, or what comes
 * behind the ServerHello, which counts if it is there, makes no sense. */
enum proto_result tls_flight_read(struct slice in, struct tls_flight *f);

/* The SERVER-HELLO of SSL 2. kinds: how many ciphers it has in common with us. */
enum proto_result tls_flight_read_ssl2(struct slice in, unsigned *kinds);
