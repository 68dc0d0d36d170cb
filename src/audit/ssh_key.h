/* SPDX-License-Identifier: ISC
 *
 * The RSA host key of an SSH server: it is shown in the middle of a key exchange, to anybody, so
 * no login is needed, and no secret either: our half of the exchange is a number that everybody
 * knows, and it is never finished. RFC 4253 sections 6.6, 7 and 8; RFC 8731; RFC 5656 section 4.
 */
#pragma once

#include "proto/proto.h"

/* What a server's SSH_MSG_KEXINIT lists, with commas between; borrowed from the message. */
struct ssh_offer {
	struct slice kex, host_keys;
	struct slice ciphers[2], macs[2], compressions[2]; /* to the server, to the client */
};

/* False: the payload is no such message. */
bool ssh_offer_read(struct slice payload, struct ssh_offer *o);

/* Both messages of ours up to the key. False, and nothing is put: it has no RSA key, or no exchange
 * that we can begin. */
bool ssh_key_ask(const struct ssh_offer *o, const uint8_t chance[PROTO_CHANCE],
		 struct proto_out *out);

/* The length of the modulus in the reply; 0: it is not that. */
unsigned ssh_key_rsa_bits(struct slice payload);
