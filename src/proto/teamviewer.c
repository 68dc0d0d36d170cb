/* SPDX-License-Identifier: ISC
 *
 * TeamViewer: a ping. There is no public specification; what follows is what publicly known
 * messages have in common, and was not seen with a real server:
 *
 *	2  17 24, in hexadecimal
 *	1  what it is: 0a I am, 10 ping, 11 pong
 *	2  how much follows, low byte first
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { I_AM = 0x0a, PING = 0x10, PONG = 0x11 };

static const uint8_t magic[] = {0x17, 0x24};

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, magic, sizeof(magic));
	proto_put(out, (const uint8_t[]){PING}, 1);
	proto_put16le(out, 4);
	proto_put32le(out, 0);
}

static enum proto_result read_answer(struct slice *in)
{
	enum { MESSAGE_MAX = 1024 };
	struct slice s = *in, rest;
	uint8_t what;
	uint16_t n;

	for (size_t i = 0; i < sizeof(magic) && i < s.n; i++)
		if ((uint8_t)s.p[i] != magic[i])
			return PROTO_OTHER;
	if (!wire_take_same(&s, magic, sizeof(magic)) || !wire_take8(&s, &what))
		return PROTO_MORE;
	if (what != I_AM && what != PONG) /* a ping would be our own */
		return PROTO_OTHER;
	if (!wire_take16le(&s, &n))
		return PROTO_MORE;
	if (n > MESSAGE_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &rest))
		return PROTO_MORE;
	*in = s;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	(void)said;
	return read_answer(in);
}

/* It may be all that there is: what follows would have to be another message. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum proto_result result = read_answer(&in);

	(void)said;
	return result == PROTO_PROVED && in.n && (uint8_t)in.p[0] != magic[0] ? PROTO_OTHER
									      : result;
}

static const char *const services[] = {"teamviewer", NULL};

#define REQUEST "\x17\x24\x10\4\0\0\0\0\0"

static const struct proto_vector vectors[] = {
	{.title = "a pong",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\x17\x24\x11\4\0\0\0\0\0")}},
	 .result = PROTO_PROVED},
	{.title = "one that says who it is",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\x17\x24\x0a\x20\0")},
		   {'<',
		    SLICE("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED},
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
	{.title = "before any question",
	 .source = "unverified",
	 .bytes = SLICE("\x17\x24\x0a\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			"\0\0\0\0")},
};

const struct proto proto_teamviewer = {
	.name = "teamviewer",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.is_unverified = true,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 75,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
