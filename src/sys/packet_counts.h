/* SPDX-License-Identifier: ISC
 *
 * How many packets this host's network namespace has taken and sent, by the kernel's own counting
 * (proc(5), /proc/net/snmp, snmp6; RFC 4293). What came and was neither delivered nor passed on was
 * dropped in between, which is where packet filters are; so was what a protocol sent and IP did not
 * do. Equal counts prove that nothing was.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct packet_counts {
	uint64_t came4, taken4, came6, taken6; /* taken: delivered, or forwarded */
	uint64_t sent,
		asked; /* sent: by IP, before its filters; asked: done so for the protocols */
};

bool packet_counts_read(struct packet_counts *c); /* false: the kernel does not tell */
/* Between two readings: of what came over IPv4 (family 4) or IPv6, and of all that was sent. */
bool packet_counts_dropped_none(const struct packet_counts *a, const struct packet_counts *b,
				unsigned family);
