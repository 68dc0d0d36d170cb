/* SPDX-License-Identifier: ISC
 *
 * How a Linux box routes: its rules, its tables, and what it says of an address. Sources:
 * ip-rule(8), ip-route(8); net/ipv4/fib_rules.c and fib_frontend.c for what they leave out.
 */
#pragma once

#include "box/box.h"

struct route_query {
	struct addr from; /* family 0: not known yet */
	struct addr to;
	const char *in;	 /* where it came in; NULL: the box itself sends it */
	const char *out; /* only routes through this link; NULL: any */
	uint32_t mark;
	/* Whether a condition that nobody understands holds; called for each that decides. */
	bool (*guess)(void *ctx, const char *words);
	void *ctx;
};

/* The route taken; NULL: there is none. Its type may say that nothing goes there. */
const struct box_route *route_find(const struct box *b, const struct route_query *q);
bool route_uses(const struct box_route *r, const char *link);

/* What the table of the box's own addresses says; ADDR_UNICAST of all others. `link`: only what is
 * the link's; NULL: any. */
enum nf_addr_type route_local_type(const struct box *b, const struct addr *a, const char *link);
/* To whom a packet to this address is sent on a link: ADDR_MULTICAST, ADDR_BROADCAST, or one. */
enum nf_addr_type route_link_type(const struct box *b, const struct addr *to, const char *link);
/* The link of an address that is the box's by a route to many, such as 127.0.0.0/8; NULL: it is
 * not. */
const char *route_local_link(const struct box *b, const struct addr *a);
/* What "fib addr type" says of an address. */
enum nf_addr_type route_type(const struct box *b, const struct route_query *q);
/* Multicast, and of IPv4 also 255.255.255.255 and the like, by the address alone. */
bool addr_is_multicast(const struct addr *a);
bool addr_is_loopback(const struct addr *a);
bool addr_is_link_local(const struct addr *a);
bool addr_is_zero(const struct addr *a);
/* IPv4: nobody's address. Until Linux 5.3 all that begins with 0 was. */
bool route_is_nobody(const struct box *b, const struct addr *a);
bool addr_is_all_ones(const struct addr *a);
