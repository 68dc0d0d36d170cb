/* SPDX-License-Identifier: ISC
 *
 * OpenVPN: a client's first packet, P_CONTROL_HARD_RESET_CLIENT_V2, and no second one (OpenVPN
 * src/openvpn/ssl_pkt.h). A server that wants every packet signed (tls-auth, tls-crypt) is silent.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { RESET_CLIENT_V2 = 7 << 3, RESET_SERVER_V2 = 8 << 3, ACK_V1 = 5 << 3, SESSION = 8 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put(out, (const uint8_t[]){RESET_CLIENT_V2}, 1);
	proto_put(out, ask->chance, SESSION);
	proto_put(out, (const uint8_t[]){0}, 1); /* nothing to acknowledge */
	proto_put32(out, 0);			 /* packet 0 */
}

/* Its session, what it acknowledges, and in which session: ours. A server of one client only
 * acknowledges, and sends its own reset apart. */
static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum { ACKED_MAX = 8, NUMBER = 4 };
	struct slice m = *in, session, acked, ours;
	uint8_t opcode, n_acked;

	(void)state;
	(void)out;
	(void)said;
	if (!wire_take8(&m, &opcode) || (opcode != RESET_SERVER_V2 && opcode != ACK_V1) ||
	    !wire_take(&m, SESSION, &session) || !wire_take8(&m, &n_acked) || n_acked == 0 ||
	    n_acked > ACKED_MAX || !wire_take(&m, n_acked * 4u, &acked) ||
	    !wire_take(&m, SESSION, &ours) || m.n != (opcode == ACK_V1 ? 0 : NUMBER))
		return PROTO_OTHER;
	return memcmp(ours.p, ask->chance, SESSION) == 0 ? PROTO_PROVED : PROTO_MORE;
}

static const char *const services[] = {"openvpn", NULL};

#define REQUEST "8\0\1\2\3\4\5\6\7\0\0\0\0\0"

static const struct proto_vector vectors[] = {
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

const struct proto proto_openvpn = {
	.name = "openvpn",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
