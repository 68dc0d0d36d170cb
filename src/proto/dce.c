/* SPDX-License-Identifier: ISC */
#include "proto/dce.h"

#include "proto/wire.h"

void dce_put_header(struct proto_out *out, unsigned type, unsigned size, uint32_t call)
{
	enum { WHOLE = 3, LOW_BYTE_FIRST = 0x10 };

	proto_put(out, (const uint8_t[]){5, 0, (uint8_t)type, WHOLE, LOW_BYTE_FIRST, 0, 0, 0}, 8);
	proto_put16le(out, size);
	proto_put16le(out, 0); /* no authentication */
	proto_put32le(out, call);
}

void dce_put_bind(struct proto_out *out, struct slice interface, uint32_t call)
{
	/* NDR, version 2: how arguments would go. */
	static const struct slice ndr =
		SLICE("\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\0\x2b\x10\x48\x60\2\0\0\0");
	enum { FRAGMENT = 5840, FIXED = 16 };

	dce_put_header(out, DCE_BIND, DCE_HEADER + FIXED + (unsigned)(interface.n + ndr.n), call);
	proto_put16le(out, FRAGMENT);
	proto_put16le(out, FRAGMENT);
	proto_put32le(out, 0);				  /* a new association */
	proto_put32le(out, 1);				  /* one context: */
	proto_put(out, (const uint8_t[]){0, 0, 1, 0}, 4); /* 0, one syntax */
	proto_put(out, interface.p, interface.n);
	proto_put(out, ndr.p, ndr.n);
}

/* A longer answer would have more fragments; what we ask for fits in one. */
bool dce_take_pdu(struct slice *in, struct dce_pdu *p, enum proto_result *result)
{
	static const uint8_t version[] = {5, 0}, order[] = {0x10, 0, 0, 0};
	struct slice s = *in;
	uint8_t flags;
	uint16_t size, no_auth;

	*result = PROTO_OTHER;
	if (s.n && s.p[0] != 5)
		return false;
	*result = PROTO_MORE;
	if (s.n < DCE_HEADER)
		return false;
	*result = PROTO_OTHER;
	if (!wire_take_same(&s, version, sizeof(version)) || !wire_take8(&s, &p->type) ||
	    !wire_take8(&s, &flags) || !wire_take_same(&s, order, sizeof(order)) ||
	    !wire_take16le(&s, &size) || !wire_take16le(&s, &no_auth) ||
	    !wire_take32le(&s, &p->call) || size < DCE_HEADER || no_auth)
		return false;
	*result = PROTO_MORE;
	if (!wire_take(&s, size - (size_t)DCE_HEADER, &p->body))
		return false;
	*in = s;
	return true;
}

void dce_align(struct slice base, struct slice *s)
{
	*s = slice_skip(*s, -(size_t)(s->p - base.p) & 3);
}

/* Sizes and association; the address, with its NUL; the results, of which there is one. */
bool dce_read_bind_ack(struct slice body, struct dce_bind_ack *ack)
{
	struct slice s = body, skipped, address;
	uint16_t n, result;
	uint8_t n_results;

	if (!wire_take(&s, 8, &skipped) || !wire_take16le(&s, &n) || !wire_take(&s, n, &address))
		return false;
	dce_align(body, &s);
	if (!wire_take8(&s, &n_results) || n_results != 1 || !wire_take(&s, 3, &skipped) ||
	    !wire_take16le(&s, &result))
		return false;
	ack->address = wire_take_string(&address);
	ack->is_accepted = result == 0;
	return true;
}
