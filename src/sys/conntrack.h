/* SPDX-License-Identifier: ISC
 *
 * What the kernel's connection tracking knows of one connection (nfnetlink_conntrack).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

struct conntrack_entry {
	bool known;    /* it is tracked */
	bool answered; /* packets went both ways: its packets are "established" */
	uint32_t mark;
};
/* Of TCP, as its opener sends. False: the kernel does not tell. */
bool conntrack_find(const struct addr *from, uint16_t from_port, const struct addr *to,
		    uint16_t to_port, struct conntrack_entry *out);
