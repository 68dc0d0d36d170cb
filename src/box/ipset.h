/* SPDX-License-Identifier: ISC
 *
 * A set of ipset, as read_ipset.c leaves it in the ruleset and -m set asks it. A rule says which
 * side of the packet each part of an element is compared with, so the keys come with the question.
 */
#pragma once

#include "box/nf_ruleset.h"

/* A part of an element. PORT is two keys: the protocol and its port, or its ICMP type and code. */
enum ipset_part { IPSET_ADDR, IPSET_PORT, IPSET_MAC, IPSET_IFACE, IPSET_MARK };
enum { IPSET_PARTS_MAX = 3 };

struct ipset {
	struct nf_set set; /* comes first; table NULL, as of no other set with a name */
	uint8_t family;	   /* of its addresses; 0: it has none */
	size_t n_parts;
	enum ipset_part parts[IPSET_PARTS_MAX];
	bool has_icmp; /* elements of ICMP */
	bool is_list;
	LIST_OF(const char *) members;
	const char *unknown; /* not NULL: has something that is not understood, in its words */
};

static inline const struct ipset *ipset_of(const struct nf_set *set)
{
	return (const struct ipset *)(const void *)set;
}
