/* SPDX-License-Identifier: ISC
 *
 * One packet as it passed the far side's interface, and what it says of a flow. Bytes from outside:
 * nothing in them is trusted. RFC 791, 8200, 9293, 768, 792, 4443.
 */
#pragma once

#include <stddef.h>

#include "base/slice.h"
#include "probe/far.h"

struct far_packet {
	enum transport transport; /* ICMP: also ICMPv6 */
	struct addr from, to;
	uint16_t from_port, to_port;
	uint8_t tcp_flags;
	size_t data; /* bytes behind the header of TCP or UDP */
	uint8_t icmp_type, icmp_code;
	/* An ICMP error: the packet that it is about. transport NONE: not told, or no error. */
	struct {
		enum transport transport;
		struct addr from, to;
		uint16_t from_port, to_port;
	} about;
};

/* From the IP header on, perhaps cut off. False: a later fragment, another protocol, or too short
 * to tell. */
bool far_packet_parse(struct slice bytes, struct far_packet *p);

/* What it says of the flow is noted in *v. */
void far_packet_note(const struct far_packet *p, bool is_outgoing, const struct far_flow *f,
		     struct far_view *v);
