/* SPDX-License-Identifier: ISC
 *
 * POP3 behind Kerberos: the handshake of MIT's krb5_sendauth() with a ticket that is none. Nobody's
 * ticket is meant by it; the answer is a byte 0, which means that both sides speak of the same
 * protocol, and a KRB-ERROR that tells the realm. Servers of Kerberos 4 do not know this handshake.
 */
#include "base/compiler.h"
#include "proto/krb.h"
#include "proto/wire.h"

/* Each with its length in front: the handshake's version, the application's, the ticket. */
#define REQUEST                                                                                    \
	"\0\0\0\23KRB5_SENDAUTH_V1.0\0"                                                            \
	"\0\0\0\11KPOPV1.0\0"                                                                      \
	"\0\0\0\4AAAA"
static const struct slice request = SLICE(REQUEST);

struct state {
	bool is_welcome;
};

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, request.p, request.n);
}

static enum proto_result read_error(struct slice m, struct proto_said *said)
{
	struct krb_error e;

	if (!krb_error_read(m, &e))
		return PROTO_OTHER;
	proto_sayf(said, "realm %.*s", (int)e.realm.n, e.realm.p);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *st = state;
	uint8_t answer;

	(void)ask;
	(void)out;
	if (!st->is_welcome) {
		if (!wire_take8(in, &answer))
			return PROTO_MORE;
		if (answer != 0) /* another application, if anything: a byte proves nothing */
			return PROTO_OTHER;
		st->is_welcome = true;
	}
	return krb_read_tcp(in, said, read_error);
}

static const char *const services[] = {"kpop", NULL};

#define KRB_ERROR                                                                                  \
	"\0\0\0f~d0b\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127221455Z\245\5\2\3\n"            \
	"\360\34\246\3\2\1(\251\13\33\11PEER.TEST\252\0210\17\240\3\2\1\1\241\0100\6\33\4????"     \
	"\253\27\33\25Invalid message type\0"

static const struct proto_vector vectors[] = {
	{.title = "the ticket is none",
	 .source = "krb5_recvauth() of MIT krb5 1.20.1",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\0" KRB_ERROR)}},
	 .result = PROTO_PROVED,
	 .text = "realm PEER.TEST"},
	{.title = "another application",
	 .source = "krb5_recvauth() of MIT krb5 1.20.1",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\2")}},
	 .result = PROTO_OTHER},
	{.title = "a KDC",
	 .source = "RFC 4120 section 7.2.2",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(KRB_ERROR)}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_kpop = {
	.name = "kpop",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.turn = 45,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
