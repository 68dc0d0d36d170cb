/* SPDX-License-Identifier: ISC
 *
 * Any server of DCE RPC, as on Windows' dynamic ports: a bind to an interface that nobody has, its
 * UUID made by chance. Each says that it has none such, C706 section 12.6.4.4; and an answer to any
 * bind is known for what it is. The endpoint mapper is known by its own dialogue.
 */
#include "base/compiler.h"
#include "proto/dce.h"
#include "proto/wire.h"

static uint32_t call(const struct proto_ask *ask)
{
	const uint8_t *c = ask->chance;

	return 0x10000u | c[0] | (uint32_t)c[1] << 8;
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	struct proto_out interface = {.n = 0};

	(void)state;
	proto_put(&interface, ask->chance, PROTO_CHANCE);
	proto_put32le(&interface, 1); /* version 1.0 */
	dce_put_bind(out, (struct slice){(const char *)interface.bytes, interface.n}, call(ask));
}

/* Why not, and the versions of the protocol that it has: section 12.6.3.1. */
static bool read_nak(struct slice s)
{
	uint16_t reason;
	uint8_t n;
	struct slice versions;

	return wire_take16le(&s, &reason) && wire_take8(&s, &n) && n &&
	       wire_take(&s, (size_t)n * 2, &versions) && (uint8_t)versions.p[0] == 5;
}

static bool read_pdu(const struct dce_pdu *p, struct proto_said *said)
{
	enum { FAULT_MIN = 16 };
	struct dce_bind_ack ack;

	switch (p->type) {
	case DCE_BIND_ACK:
		if (!dce_read_bind_ack(p->body, &ack))
			return false;
		if (ack.address.n)
			proto_sayf(said, "endpoint %.*s", (int)ack.address.n, ack.address.p);
		return true;
	case DCE_BIND_NAK:
		return read_nak(p->body);
	case DCE_FAULT:
		return p->body.n >= FAULT_MIN;
	default:
		return false;
	}
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum proto_result result;
	struct dce_pdu p;

	(void)state;
	(void)out;
	if (!dce_take_pdu(in, &p, &result))
		return result;
	return p.call == call(ask) && read_pdu(&p, said) ? PROTO_PROVED : PROTO_OTHER;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum proto_result result;
	struct dce_pdu p;

	if (!dce_take_pdu(&in, &p, &result))
		return result;
	return read_pdu(&p, said) ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {NULL}; /* of the many above it none in particular */

#define REQUEST                                                                                    \
	"\5\0\13\3\20\0\0\0H\0\0\0\0\1\1\0\320\26\320\26\0\0\0\0\1\0\0\0\0\0\1\0\0\1\2\3\4\5\6\7"  \
	"\10\11\n\13\14\r\16\17\1\0\0\0\4]\210\212\353\34\311\21\237\350\10\0+\20H`\2\0\0\0"

static const struct proto_vector vectors[] = {
	{.title = "none such",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\5\0\14\3\20\0\0\0<\0")},
		   {'<', SLICE("\0\0\0\1\1\0\320\26\320\26%"
			       "\263\0\0\6\00049152\0\1\0\0\0\2\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "endpoint 49152"},
	{.title = "an answer to another bind",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\5\0\14\3\20\0\0\0<"
			       "\0\0\0\1\0\0\0\270\20\270\20U\251\0\0\6\00049152\0\1\0\0\0\2\0\1\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to the mapper's question",
	 .source = "Samba 4.17.12",
	 .bytes = SLICE("\5\0\14\3\20\0\0\0<"
			"\0\0\0\1\0\0\0\270\20\270\20U\251\0\0\6\00049152\0\1\0\0\0\2\0\1\0\0\0\0\0"
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	 .text = "endpoint 49152"},
	{.title = "to a question of SMB 2",
	 .source = "Samba 4.17.12",
	 .bytes = SLICE("\5\0\r\3\20\0\0\0\30\0\0\0\0\0\0\0\4\0\1\5\0\0\0\0")},
	{.title = "a fault",
	 .source = "C706 section 12.6.4.7",
	 .bytes = SLICE("\5\0\3\3\20\0\0\0\40\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0")},
};

const struct proto proto_dcerpc = {
	.name = "dcerpc",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 76,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
