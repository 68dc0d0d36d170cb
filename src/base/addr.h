/* SPDX-License-Identifier: ISC
 *
 * IPv4 and IPv6 addresses and prefixes in one type. Bytes are in network order; an IPv4 address
 * uses the first four. Ports are not part of it. Text forms: RFC 5952 for IPv6, dotted quad without
 * leading zeros for IPv4. A scope ("%eth0") is not accepted: a document must not depend on a box.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct buf;

struct addr {
	uint8_t family; /* 4 or 6; 0: none */
	uint8_t bytes[16];
};

struct prefix {
	struct addr addr; /* host bits are zero */
	uint8_t bits;	  /* 0..32 or 0..128 */
};

enum { ADDR_TEXT_MAX = 46, PREFIX_TEXT_MAX = 50 };

bool addr_parse(struct slice s, struct addr *a);
void addr_format(const struct addr *a, struct buf *out);
const char *addr_text(const struct addr *a, char text[ADDR_TEXT_MAX]);
bool addr_equal(const struct addr *a, const struct addr *b);
int addr_compare(const struct addr *a, const struct addr *b);

/* "10.0.0.0/8", "2001:db8::/32", or an address alone (then all its bits). False also where host
 * bits are set: *host_bits tells that case apart. */
bool prefix_parse(struct slice s, struct prefix *p, bool *host_bits);
/* A full-length one as an address. */
const char *prefix_text(const struct prefix *p, char text[PREFIX_TEXT_MAX]);
struct prefix prefix_of_addr(const struct addr *a);
bool prefix_has(const struct prefix *p, const struct addr *a);
bool prefix_has_prefix(const struct prefix *outer, const struct prefix *inner);
bool prefix_equal(const struct prefix *a, const struct prefix *b);
int prefix_compare(const struct prefix *a, const struct prefix *b);
