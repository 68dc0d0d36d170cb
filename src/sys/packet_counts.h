/* SPDX-License-Identifier: ISC
 *
 * What this host's network namespace took and sent, by the kernel's own counting (proc(5),
 * /proc/net/snmp, snmp6; RFC 4293). What came to IP and was not delivered was passed on, or dropped
 * in between, which is where packet filters are; so was what a protocol sent and IP did not. Equal
 * counts prove that nothing was.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct packet_counts {
	uint64_t came4, taken4, came6, taken6;
	uint64_t asked; /* by TCP, UDP and ICMP, of IP */
	/* Since Linux 6.5 requests are counted before the packet filter, and transmits after it;
	 * before that there are requests alone, counted after it. */
	uint64_t requests, transmits;
	uint64_t discards; /* datagrams that it dropped, of which their program was told */
	bool has_transmits;
};

bool packet_counts_read(struct packet_counts *c); /* false: the kernel does not tell */
/* Between two readings: of what came over IPv4 (family 4) or IPv6, and of all that was sent. What
 * this host passes on makes it false, too. */
bool packet_counts_dropped_none(const struct packet_counts *a, const struct packet_counts *b,
				unsigned family);
