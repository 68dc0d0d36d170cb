/* SPDX-License-Identifier: ISC
 *
 * A packet in words, and as a line of JSON.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "box/walk.h"

/* "tcp 10.0.0.9:40000 10.0.0.1:22", "udp [2001:db8::9] [2001:db8::1]:53", "icmp 10.0.0.9 10.0.0.1",
 * "icmp/3/1 ...", "47 10.0.0.9 10.0.0.1": a protocol of IANA's or its number, source, target. A
 * source port is 49152 where none is given, a target port 0; ICMP is an echo request; TCP is a SYN.
 * 0, or ERR_USAGE. */
MUST_USE int packet_parse(struct slice text, struct nf_packet *p, struct err *err);
void packet_format(const struct nf_packet *p, struct buf *out);

/* {"id": 1, "in": "eth0", "family": 4, "proto": 6, "src": "10.0.0.9", "dst": "10.0.0.1",
 *  "sport": 4000, "dport": 22}; "in" null: the box itself sends it. Also icmp_type, icmp_code,
 * tcp_flags ("syn,ack"), uid, gid, mark, mac, ttl. Strings are the arena's. 0, or ERR_DOCUMENT. */
struct packet_line {
	int64_t id; /* -1: none */
	struct nf_packet packet;
};
MUST_USE int packet_read_json(struct arena *a, struct slice line, struct place at,
			      struct packet_line *out, struct err *err);
