/* SPDX-License-Identifier: ISC
 *
 * DCE RPC over TCP (C706 chapter 12, as MS-RPCE uses it): what the endpoint mapper and every other
 * server have in common. Whole numbers are in the sender's order; Windows and Samba send the low
 * byte first, and so do we.
 */
#pragma once

#include "proto/proto.h"

enum { DCE_HEADER = 16 };
enum {
	DCE_REQUEST = 0,
	DCE_RESPONSE = 2,
	DCE_FAULT = 3,
	DCE_BIND = 11,
	DCE_BIND_ACK = 12,
	DCE_BIND_NAK = 13,
};

/* size: of the whole, header and all. No authentication. */
void dce_put_header(struct proto_out *out, unsigned type, unsigned size, uint32_t call);
/* A bind to one interface: its UUID and version, 20 bytes as they go. */
void dce_put_bind(struct proto_out *out, struct slice interface, uint32_t call);

struct dce_pdu {
	uint8_t type;
	uint32_t call;
	struct slice body;
};
/* One fragment, once it is whole: true, taken. Else *result says whether more is to come. */
bool dce_take_pdu(struct slice *in, struct dce_pdu *p, enum proto_result *result);

/* Skips to the next multiple of four behind `base`. */
void dce_align(struct slice base, struct slice *s);

/* The answer to a bind. */
struct dce_bind_ack {
	struct slice address; /* what the server calls its own endpoint: "49153" */
	bool is_accepted;     /* it has the interface */
};
bool dce_read_bind_ack(struct slice body, struct dce_bind_ack *ack);
