/* SPDX-License-Identifier: ISC
 *
 * ASN.1's basic encoding (X.690 section 8), as far as LDAP, SNMP and Kerberos want it: tags of one
 * byte, lengths that are given, of at most four bytes. As with proto/wire.h, what is not there is
 * not taken.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "proto/proto.h"

enum {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_SEQUENCE = 0x30,
	BER_SET = 0x31,
	BER_CONTEXT = 0xa0,	/* | number, 0 to 30: constructed */
	BER_APPLICATION = 0x60, /* likewise */
};

/* The element at the front: false where it has another tag, or does not end in the slice. */
bool ber_take(struct slice *s, uint8_t tag, struct slice *value);
bool ber_take_any(struct slice *s, uint8_t *tag, struct slice *value);
/* An INTEGER from 0 to UINT32_MAX. */
bool ber_take_number(struct slice *s, uint32_t *v);
/* The first element with this tag; those in front of it are passed over. */
bool ber_find(struct slice s, uint8_t tag, struct slice *value);

/* An INTEGER of four bytes that tells our question from others, made of ask->chance. */
uint32_t ber_id(const struct proto_ask *ask);
void ber_put_id(struct proto_out *out, const struct proto_ask *ask);
