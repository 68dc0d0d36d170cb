/* SPDX-License-Identifier: ISC
 *
 * Redis: PING, and QUIT (Redis documentation, "Redis serialization protocol"). A server that wants
 * a password says so, and one that speaks only to its own host.
 */
#include "base/compiler.h"
#include "proto/proto.h"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "*1\r\n$4\r\nPING\r\n");
}

/* The first words of what it answers, to PING or to any question. "-ERR" alone a POP3 server says,
 * too, and Dovecot's goes on "Unknown command" with a large letter. */
static const struct {
	const char *words, *means;
} answers[] = {
	{"+PONG\r\n", "open to anybody"},
	{"-NOAUTH Authentication required", "wants a password"},
	{"-NOPERM ", "wants a password"},
	{"-DENIED Redis is running in protected mode", "speaks to its own host only"},
	{"-LOADING Redis is loading", "open to anybody"},
	{"-MASTERDOWN Link with MASTER", "open to anybody"},
	{"-MISCONF Redis is configured", "open to anybody"},
	{"-ERR unknown command '", ""},
	{"-ERR unknown command `", ""},
	{"-ERR wrong number of arguments for 'get' command", ""},
	{"-ERR Protocol error: ", ""},
};

static bool may_become(struct slice in, const char *words)
{
	return in.n < strlen(words) && (in.n == 0 || memcmp(in.p, words, in.n) == 0);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	bool may = false;

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		if (slice_has_prefix(in, answers[i].words)) {
			proto_say(said, slice_of(answers[i].means));
			return PROTO_PROVED;
		}
		may = may || may_become(in, answers[i].words);
	}
	return may ? PROTO_MORE : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum proto_result result = recognise(*in, said);

	(void)state;
	(void)ask;
	if (result == PROTO_PROVED && !slice_has_prefix(*in, "-DENIED")) /* that one hangs up */
		proto_put_text(out, "*1\r\n$4\r\nQUIT\r\n");
	return result;
}

static const char *const services[] = {"redis", NULL};

#define REQUEST "*1\r\n$4\r\nPING\r\n"
#define QUIT	"*1\r\n$4\r\nQUIT\r\n"

static const struct proto_vector vectors[] = {
	{.title = "it answers anybody",
	 .source = "Redis 7.0.15",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("+PONG\r\n")}, {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "open to anybody"},
	{.title = "it wants a password",
	 .source = "Redis 7.0.15",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("-NOAUTH Authentication required.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "wants a password"},
	{.title = "it speaks to its own host only",
	 .source = "Redis 7.0.15",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("-DENIED Redis is running in protected mode because protected mode "
			       "is enabled and no password is set for the default user. In this "
			       "mode connections are only accepted from the loopback interface.")}},
	 .result = PROTO_PROVED,
	 .text = "speaks to its own host only"},
	{.title = "a mail server",
	 .source = "RFC 1939",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("-ERR Unknown command.\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "NATS",
	 .source = "NATS documentation",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("PONG\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "GET /",
	 .source = "Redis 7.0.15",
	 .bytes = SLICE("-ERR wrong number of arguments for 'get' command\r\n")},
	{.title = "CONNECT",
	 .source = "Redis 7.0.15",
	 .bytes = SLICE("-ERR unknown command 'CONNECT', with args beginning with: '127.0.0.1:1' "
			"'HTTP/1.0' \r\n")},
};

const struct proto proto_redis = {
	.name = "redis",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 44,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
