/* SPDX-License-Identifier: ISC
 *
 * What a ruleset compares: numbers, addresses, MAC addresses, names of interfaces, all as 16 bytes
 * that memcmp() puts in order. Numbers and IPv4 addresses stand at the end, big-endian; a name
 * stands at the beginning and is filled with zeros, so that "eth*" is one range.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/slice.h"

enum { NF_VALUE_BYTES = 16 };

struct nf_value {
	uint8_t bytes[NF_VALUE_BYTES];
};
struct nf_span {
	struct nf_value lo, hi; /* both included; lo <= hi */
};

struct nf_value nf_value_of_number(uint64_t n);
struct nf_value nf_value_of_addr(const struct addr *a);
struct nf_value nf_value_of_mac(const uint8_t mac[6]);
/* At most 15 bytes, as of Linux's IFNAMSIZ; longer ones are cut. */
struct nf_value nf_value_of_name(struct slice name);
uint64_t nf_value_number(const struct nf_value *v); /* of the last 8 bytes */
struct addr nf_value_addr(const struct nf_value *v, uint8_t family);
int nf_value_compare(const struct nf_value *a, const struct nf_value *b);

struct nf_span nf_span_of_number(uint64_t lo, uint64_t hi);
struct nf_span nf_span_of_prefix(const struct prefix *p);
struct nf_span nf_span_of_addrs(const struct addr *lo, const struct addr *hi);
/* "eth0", or everything that begins with it: "eth*" of nft, "eth+" of iptables, without
 * the sign. */
struct nf_span nf_span_of_name(struct slice name, bool and_longer);
bool nf_span_has(const struct nf_span *s, const struct nf_value *v);
