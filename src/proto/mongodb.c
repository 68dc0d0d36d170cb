/* SPDX-License-Identifier: ISC
 *
 * MongoDB: hello, which needs no login, as an OP_MSG (MongoDB manual, "MongoDB Wire Protocol" and
 * "hello"; BSON specification 1.1). A server that does not know the command answers, too, with an
 * error; one older than 3.6 does not know OP_MSG and hangs up.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { HEADER = 16, OP_MSG = 2013, MESSAGE_MAX = 65536, BODY = 0 };

/* {hello: 1, $db: "admin"} */
#define HELLO                                                                                      \
	"\37\0\0\0"                                                                                \
	"\20hello\0\1\0\0\0"                                                                       \
	"\2$db\0\6\0\0\0admin\0"                                                                   \
	"\0"
static const struct slice hello = SLICE(HELLO);

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put32le(out, HEADER + 4 + 1 + (uint32_t)hello.n);
	proto_put(out, ask->chance, 4); /* our id */
	proto_put32le(out, 0);		/* to nothing */
	proto_put32le(out, OP_MSG);
	proto_put32le(out, 0); /* no flags */
	proto_put(out, (const uint8_t[]){BODY}, 1);
	proto_put(out, hello.p, hello.n);
}

/* An element of BSON: its type, name and NUL, value. What stands in the bytes before it may look
 * alike only where somebody wants it to. */
static bool find(struct slice bson, const char *element, size_t n, struct slice *value)
{
	for (; bson.n >= n; bson = slice_skip(bson, 1))
		if (memcmp(bson.p, element, n) == 0) {
			*value = slice_skip(bson, n);
			return true;
		}
	return false;
}

static void say(struct slice bson, struct proto_said *said)
{
	static const char version[] = "\20maxWireVersion", set[] = "\2setName";
	struct slice value, name;
	uint32_t number, n;

	if (!find(bson, version, sizeof(version), &value) || !wire_take32le(&value, &number))
		return;
	proto_sayf(said, "wire version %u", number);
	if (find(bson, set, sizeof(set), &value) && wire_take32le(&value, &n) && n > 1 &&
	    wire_take(&value, n, &name))
		proto_sayf(said, "wire version %u, replica set %.*s", number, (int)(n - 1), name.p);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice m = *in, body, bson, to;
	uint32_t n, id, op, flags, bson_n;
	uint8_t kind;

	(void)state;
	(void)out;
	if (!wire_take32le(&m, &n))
		return PROTO_MORE;
	if (n < HEADER + 4 + 1 + 5 || n > MESSAGE_MAX)
		return PROTO_OTHER;
	if (!wire_take32le(&m, &id) || !wire_take(&m, 4, &to) || !wire_take32le(&m, &op))
		return PROTO_MORE;
	if (memcmp(to.p, ask->chance, 4) != 0 || op != OP_MSG)
		return PROTO_OTHER;
	if (!wire_take(&m, n - HEADER, &body))
		return PROTO_MORE;
	if (!wire_take32le(&body, &flags) || !wire_take8(&body, &kind) || kind != BODY)
		return PROTO_OTHER;
	bson = body;
	if (!wire_take32le(&body, &bson_n) || bson_n > bson.n)
		return PROTO_OTHER;
	say(bson, said);
	return PROTO_PROVED;
}

/* What it says to a browser. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	static const char words[] = "HTTP/1.0 200 OK\r\n"
				    "Connection: close\r\n"
				    "Content-Type: text/plain\r\n"
				    "Content-Length: 85\r\n"
				    "\r\n"
				    "It looks like you are trying to access MongoDB over HTTP";
	size_t n = sizeof(words) - 1;

	(void)said;
	if (in.n && memcmp(in.p, words, in.n < n ? in.n : n) != 0)
		return PROTO_OTHER;
	return in.n < n ? PROTO_MORE : PROTO_PROVED;
}

static const char *const services[] = {"mongodb", NULL};

#define REQUEST "\64\0\0\0\0\1\2\3\0\0\0\0\335\7\0\0\0\0\0\0\0" HELLO

static const struct proto_vector vectors[] = {
	{.title = "it tells its versions",
	 .source = "MongoDB manual, hello",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\116\0\0\0\1\0\0\0\0\1\2\3\335\7\0\0\0\0\0\0\0"
			       "\71\0\0\0"
			       "\10isWritablePrimary\0\1"
			       "\20maxWireVersion\0\25\0\0\0"
			       "\1ok\0\0\0\0\0\0\0\360?"
			       "\0")}},
	 .result = PROTO_PROVED,
	 .text = "wire version 21"},
	{.title = "one of a set",
	 .source = "MongoDB manual, hello",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\103\0\0\0\1\0\0\0\0\1\2\3\335\7\0\0\0\0\0\0\0"
			       "\56\0\0\0"
			       "\2setName\0\4\0\0\0rs0\0"
			       "\20maxWireVersion\0\21\0\0\0"
			       "\10x\0\1"
			       "\0")}},
	 .result = PROTO_PROVED,
	 .text = "wire version 17, replica set rs0"},
	{.title = "an answer to another question",
	 .source = "MongoDB manual, Wire Protocol",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\116\0\0\0\1\0\0\0\7\7\7\7\335\7\0\0\0\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "GET /",
	 .source = "MongoDB 4.0.18",
	 .bytes = SLICE("HTTP/1.0 200 OK\r\n"
			"Connection: close\r\n"
			"Content-Type: text/plain\r\n"
			"Content-Length: 85\r\n"
			"\r\n"
			"It looks like you are trying to access MongoDB over HTTP on the native "
			"driver port.\r\n")},
};

const struct proto proto_mongodb = {
	.name = "mongodb",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 47,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
