/* SPDX-License-Identifier: ISC
 *
 * OpenVPN: a client's first packet, P_CONTROL_HARD_RESET_CLIENT_V2, and no second one (OpenVPN
 * src/openvpn/ssl_pkt.h). A server that wants every packet signed (tls-auth, tls-crypt) is silent.
 * Over TCP each packet has its length in front, in two bytes.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { RESET_CLIENT_V2 = 7 << 3, RESET_SERVER_V2 = 8 << 3, ACK_V1 = 5 << 3, SESSION = 8 };

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put(out, (const uint8_t[]){RESET_CLIENT_V2}, 1);
	proto_put(out, ask->chance, SESSION);
	proto_put(out, (const uint8_t[]){0}, 1); /* nothing to acknowledge */
	proto_put32(out, 0);			 /* packet 0 */
}

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	proto_put16(out, 1 + SESSION + 1 + 4);
	start_udp(state, ask, out);
}

/* Its session, what it acknowledges, and in which session: ours. A server of one client only
 * acknowledges, and sends its own reset apart. */
static enum proto_result read_answer(const struct proto_ask *ask, struct slice m)
{
	enum { ACKED_MAX = 8, NUMBER = 4 };
	struct slice session, acked, ours;
	uint8_t opcode, n_acked;

	if (!wire_take8(&m, &opcode) || (opcode != RESET_SERVER_V2 && opcode != ACK_V1) ||
	    !wire_take(&m, SESSION, &session) || !wire_take8(&m, &n_acked) || n_acked == 0 ||
	    n_acked > ACKED_MAX || !wire_take(&m, n_acked * 4u, &acked) ||
	    !wire_take(&m, SESSION, &ours) || m.n != (opcode == ACK_V1 ? 0 : NUMBER))
		return PROTO_OTHER;
	return memcmp(ours.p, ask->chance, SESSION) == 0 ? PROTO_PROVED : PROTO_MORE;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	(void)said;
	return read_answer(ask, *in);
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	enum { PACKET_MAX = 64 };
	struct slice m = *in, packet;
	uint16_t n;

	(void)state;
	(void)out;
	(void)said;
	if (m.n && m.p[0] != 0)
		return PROTO_OTHER;
	if (!wire_take16(&m, &n))
		return PROTO_MORE;
	if (n > PACKET_MAX)
		return PROTO_OTHER;
	if (!wire_take(&m, n, &packet))
		return PROTO_MORE;
	return read_answer(ask, packet) == PROTO_PROVED ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"openvpn", NULL};

#define REQUEST "8\0\1\2\3\4\5\6\7\0\0\0\0\0"

static const struct proto_vector vectors_udp[] = {
	{.title = "it begins a session with ours",
	 .source = "OpenVPN 2.6.14",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("@\31\363\\\265. \244\17\1\0\0\0\0\0\1\2\3\4\5\6\7\0\0\0\0")}},
	 .result = PROTO_PROVED},
	{.title = "one of one client acknowledges first",
	 .source = "OpenVPN 2.6.14",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("(\31\363\\\265. \244\17\1\0\0\0\0\0\1\2\3\4\5\6\7")}},
	 .result = PROTO_PROVED},
	{.title = "an answer to another question is waited out",
	 .source = "OpenVPN 2.6.14",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("@\31\363\\\265. \244\17\1\0\0\0\0another!\0\0\0\0")}},
	 .result = PROTO_MORE},
	{.title = "it acknowledges nothing",
	 .source = "OpenVPN 2.6.14",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("@\31\363\\\265. \244\17\0\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "it begins a session with ours",
	 .source = "OpenVPN 2.6.14",
	 .turns = {{'>', SLICE("\0\16" REQUEST)},
		   {'<',
		    SLICE("\0\32@\244\222\11\21\220%\323o\1\0\0\0\0\0\1\2\3\4\5\6\7\0\0\0\0")}},
	 .result = PROTO_PROVED},
	{.title = "an answer to another question",
	 .source = "OpenVPN 2.6.14",
	 .turns = {{'>', SLICE("\0\16" REQUEST)},
		   {'<', SLICE("\0\32@\31\363\\\265. \244\17\1\0\0\0\0another!\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("\0\16" REQUEST)}, {'<', SLICE("\0\16" REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_openvpn = {
	.name = "openvpn",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_openvpn_tcp = {
	.name = "openvpn",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.start = start_tcp,
	.input = input_tcp,
	.turn = 55,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
