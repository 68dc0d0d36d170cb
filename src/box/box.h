/* SPDX-License-Identifier: ISC
 *
 * A Linux box, as far as it decides about packets: its links, addresses, routes, switches, and what
 * netfilter has been told. It is read from what the box's own tools print (box/read.h), there and
 * then or from a bundle that was taken elsewhere. Owned by its arena, const after reading.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "box/nf_ruleset.h"
#include "model/text.h"

struct box_link {
	const char *name;
	uint32_t index;
	bool up;
	bool loopback;
	const char *kind; /* "bridge", "veth", ...: of ip -d; NULL: hardware */
	const char
		*master; /* NULL: none. Of a bridge's port: what arrives, arrives at the bridge */
	uint32_t group;
	bool has_mac;
	uint8_t mac[6];
};
struct box_address {
	const char *link;
	struct addr addr;
	uint8_t bits;		     /* of its network */
	struct addr peer, broadcast; /* family 0: none */
};
/* The kernel's numbers (include/uapi/linux/rtnetlink.h, RT_TABLE_*). */
enum { TABLE_DEFAULT = 253, TABLE_MAIN = 254, TABLE_LOCAL = 255 };

struct box_route {
	uint32_t table;		 /* 254 main, 255 local, ... */
	enum nf_addr_type type;	 /* of what goes there */
	struct prefix to;	 /* 0.0.0.0/0 or ::/0: default */
	const char *link;	 /* NULL: of blackhole and its kin */
	struct addr via, source; /* family 0: none. `source`: whose address it prefers */
	uint32_t metric;
	/* Several next hops: the kernel takes any of them. The first is the above. */
	LIST_OF(const char *) other_links;
	bool down; /* linkdown, dead: not used */
};
struct box_rule { /* ip rule: which table is asked */
	uint8_t family;
	uint32_t priority;
	bool negate;
	struct prefix from, to;	  /* family 0: any */
	const char *in, *out;	  /* NULL: any */
	uint32_t mark, mark_mask; /* mask 0: any */
	enum nf_addr_type type;	  /* UNICAST: look into `table`; else that is the answer */
	uint32_t table;
	const char *unknown; /* not NULL: has a condition that is not understood, in its words */
};
struct box_switch { /* "net.ipv4.ip_forward", 1 */
	const char *name;
	int64_t value;
};

/* What was asked for and answered; what was not is unknown. */
struct box_parts {
	bool nft, iptables, ip6tables, legacy, legacy6, ipset;
	bool links, addresses, routes4, routes6, rules4, rules6, switches;
};

struct box {
	struct arena *arena;
	const char *host, *time;    /* of a bundle: whose, when (RFC 3339); NULL: not said */
	const char *kernel, *tools; /* uname -r, nft --version; NULL: not said */
	struct box_parts has;
	LIST_OF(struct box_link) links;
	LIST_OF(struct box_address) addresses;
	LIST_OF(struct box_route) routes;
	LIST_OF(struct box_rule) rules; /* by priority */
	LIST_OF(struct box_switch) switches;
	struct nf_ruleset ruleset;
};

void box_free(struct box *b); /* NULL is fine */
/* Whether the rules for this family (4, 6) were collected, by whatever tool. */
bool box_has_rules(const struct box *b, uint8_t family);
/* The value of a switch, or `otherwise` where it was not collected. */
int64_t box_switch(const struct box *b, const char *name, int64_t otherwise);
/* Whether it runs an older one: `uname -r`, "6.1.0-18-amd64"; where nobody said, it does not. */
bool box_kernel_is_before(const struct box *b, unsigned major, unsigned minor);
const struct box_link *box_find_link(const struct box *b, const char *name);
