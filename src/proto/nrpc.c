/* SPDX-License-Identifier: ISC
 *
 * Lotus Notes and Domino: the first message of a session, which names nobody, and the server's,
 * which names itself. There is no public specification of NRPC; what follows is what two publicly
 * known messages have in common, and was not seen with a real server:
 *
 *	4  how much follows, low byte first
 *	4  how much of that is behind this head
 *	7  2 asks, 3 answers; 0, 0, 64, 2, 15, 0
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { ASK = 2, HEAD = 15, BODY = 47, MESSAGE_MAX = 4096 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const uint8_t body[BODY] = {1, 0, 0x3d, 5}; /* a session begins; the rest is 0 */

	(void)state;
	(void)ask;
	proto_put32le(out, HEAD - 4 + BODY);
	proto_put32le(out, BODY);
	proto_put(out, (const uint8_t[]){ASK, 0, 0, 0x40, 2, 15, 0}, 7);
	proto_put(out, body, sizeof(body));
}

/* The server's name, "CN=name/O=organisation", somewhere in the body. */
static bool say_name(struct slice body, struct proto_said *said)
{
	const char *begin = memmem(body.p, body.n, "CN=", 3), *end = body.p + body.n, *at;

	if (!begin)
		return false;
	for (at = begin; at < end && *at >= ' ' && *at <= '~'; at++)
		;
	proto_sayf(said, "server %.*s", (int)(at - begin), begin);
	return true;
}

static enum proto_result read_answer(struct slice *in, struct proto_said *said)
{
	static const uint8_t kind[] = {3, 0, 0, 0x40, 2, 15, 0};
	struct slice s = *in, body;
	uint32_t n, size;

	if (!wire_take32le(&s, &n))
		return PROTO_MORE;
	if (n < HEAD - 4 || n > MESSAGE_MAX)
		return PROTO_OTHER;
	if (!wire_take32le(&s, &size))
		return PROTO_MORE;
	if (size > n)
		return PROTO_OTHER;
	for (size_t i = 0; i < sizeof(kind) && i < s.n; i++)
		if ((uint8_t)s.p[i] != kind[i])
			return PROTO_OTHER;
	if (!wire_take_same(&s, kind, sizeof(kind)) || !wire_take(&s, n - (HEAD - 4), &body))
		return PROTO_MORE;
	*in = s;
	return say_name(body, said) ? PROTO_PROVED : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_answer(in, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_answer(&in, said);
}

static const char *const services[] = {"nrpc", NULL};

#define REQUEST                                                                                    \
	"\x3a\0\0\0\x2f\0\0\0\2\0\0\x40\2\x0f\0\1\0\x3d\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ANSWER                                                                                     \
	"\x28\0\0\0\x1d\0\0\0\3\0\0\x40\2\x0f\0\1\0\x3d\5\0\0\0\0\0\0\0\0\0"                       \
	"CN=mail/O=Peer\0\0"

static const struct proto_vector vectors[] = {
	{.title = "a server that names itself",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(ANSWER)}},
	 .result = PROTO_PROVED,
	 .text = "server CN=mail/O=Peer"},
	{.title = "an answer without a name",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\x0f\0\0\0\4\0\0\0\3\0\0\x40\2\x0f\0\1\0\x3d\5")}},
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
	{.title = "to another's first message",
	 .source = "unverified",
	 .bytes = SLICE(ANSWER),
	 .text = "server CN=mail/O=Peer"},
};

const struct proto proto_nrpc = {
	.name = "nrpc",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.is_unverified = true,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 74,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
