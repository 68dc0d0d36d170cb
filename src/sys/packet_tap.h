/* SPDX-License-Identifier: ISC
 *
 * The packets of a few conversations as they pass this host's interfaces, in and out: before its
 * packet filter drops what comes, after it let out what goes (packet(7)). A filter in the kernel
 * keeps all others away (bpf(4), linux/filter.h). Needs CAP_NET_RAW when it is opened, and never
 * again.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/addr.h"

enum { PACKET_TAP_WISHES = 72, PACKET_TAP_BYTES = 256 };

/* Packets of one protocol between a port of ours and anybody, or (port 0) of ICMP with a peer. */
struct packet_wish {
	uint8_t protocol; /* 6, 17, 1, 58: IANA's protocol numbers */
	struct addr own;  /* TCP, UDP */
	uint16_t port;
	struct addr peer; /* family 0: anybody */
};

/* A descriptor on which nothing comes yet; or -errno. */
int packet_tap_open(void);
/* From now on these, and what came before is forgotten. False: the kernel takes no filter of that
 * size (net.core.optmem_max): wishes that differ in more than their port take more. */
bool packet_tap_watch(int fd, const struct packet_wish *wishes, size_t n);
/* The first PACKET_TAP_BYTES of a packet, from its IP header on; or -errno. */
ssize_t packet_tap_read(int fd, void *p, size_t n, bool *is_outgoing);
/* How many there was no room for since it was last asked. */
unsigned packet_tap_lost(int fd);
void packet_tap_close(int fd);
