/* SPDX-License-Identifier: ISC
 *
 * One translation a transfer, as an element of a map that a ruleset has: "who dials this address
 * and port of ours is led there" (the map p_session_4 or p_session_6 of policy derive, of the type
 * ipv4_addr . ipv4_addr . inet_service : ipv4_addr . inet_service, with timeouts). By netlink, as a
 * process of nft(8) for each would cost a hundred times as much. Needs CAP_NET_ADMIN.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

struct translation_of {
	struct addr from, dialled; /* of one family */
	uint16_t port;
	struct addr to; /* of the same family */
	uint16_t to_port;
};

/* It is gone after so many ms, if nobody takes it away before. 0, or -errno: -ENOENT where the
 * table or the map is not there. */
int nft_map_add(const struct translation_of *t, unsigned timeout_ms);
/* Also where it has gone already. */
void nft_map_remove(const struct translation_of *t);
