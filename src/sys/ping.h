/* SPDX-License-Identifier: ISC
 *
 * Sockets for ICMP and ICMPv6 echo. A ping socket (icmp(7), net.ipv4.ping_group_range) needs no
 * privilege and gets what is its own; a raw one (CAP_NET_RAW) sees everybody's, so it is told apart
 * here by the identifier that we put into what we send.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/addr.h"
#include "base/slice.h"

/* A descriptor, or -errno of socket(2). */
int ping_open(const struct addr *to, bool *is_raw);

/* For raw sockets; `family` is the target's. One message with its identifier and, for ICMP, its
 * checksum filled in; and the next echo reply with our identifier, without the IP header that ICMP
 * has. Bytes, or -errno. */
ssize_t ping_send_raw(int fd, uint8_t family, uint16_t id, struct slice message);
ssize_t ping_recv_raw(int fd, uint8_t family, uint16_t id, void *p, size_t n);
/* The identifier of an ICMP message, as an ICMP error quotes it too; false: it is cut off. */
bool ping_id(struct slice message, uint16_t *id);
