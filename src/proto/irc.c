/* SPDX-License-Identifier: ISC
 *
 * IRC: PING before any registration, RFC 2812 section 3.7.2. Servers refuse it (451: not
 * registered) or answer it, and some have told by then what they look up about us; each line has
 * the form of section 2.3.1. Then QUIT.
 */
#include "base/compiler.h"
#include "proto/line.h"

#define PING "PING :portolan\r\n"
#define QUIT "QUIT\r\n"

/* RFC 2812 allows 512 bytes; tags in front of a line may be longer. */
enum { LINE_LIMIT = 1024 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, PING);
}

/* 400 to 599 are errors: RFC 2812 section 5.2. */
static bool is_error(struct slice word)
{
	uint64_t code;

	return word.n == 3 && slice_number(word, 599, &code) && code >= 400;
}

/* ":SERVER COMMAND TARGET :WORDS"; without a server in front only what no other protocol says. */
static bool is_message(struct slice line, struct slice *server)
{
	struct slice command, target;
	bool has_server = slice_has_prefix(line, ":");

	*server = SLICE_NONE;
	if (!line_is_text(line))
		return false;
	if (has_server && (!slice_cut(&line, ' ', server) || server->n < 2))
		return false;
	*server = slice_skip(*server, 1);
	if (!slice_cut(&line, ' ', &command) || !line.p)
		return false;
	if (slice_is(command, "ERROR"))
		return slice_has_prefix(line, ":");
	if (slice_is(command, "NOTICE"))
		return slice_cut(&line, ' ', &target) && target.n && slice_has_prefix(line, ":");
	return has_server &&
	       (slice_is(command, "PONG") || (is_error(command) && slice_cut(&line, ' ', &target) &&
					      target.n && line_has(line, ":")));
}

/* Only these begin a line: what begins otherwise is not waited for. */
static bool may_begin(struct slice in)
{
	return line_begins(in, ":") != PROTO_OTHER || line_begins(in, "NOTICE ") != PROTO_OTHER ||
	       line_begins(in, "ERROR :") != PROTO_OTHER;
}

static enum proto_result read_line(struct slice *in, struct proto_said *said)
{
	enum proto_result taken;
	struct slice line, server;

	if (!may_begin(*in))
		return PROTO_OTHER;
	taken = line_take(in, LINE_LIMIT, &line);
	if (taken != PROTO_PROVED)
		return taken;
	if (!is_message(line, &server))
		return PROTO_OTHER;
	proto_say(said, server);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum proto_result result = read_line(in, said);

	(void)state;
	(void)ask;
	if (result == PROTO_PROVED)
		proto_put_text(out, QUIT);
	return result;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_line(&in, said);
}

static const char *const services[] = {"irc", NULL};

static const struct proto_vector vectors[] = {
	{.title = "not before we have registered",
	 .source = "ngIRCd 26.1",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE(":irc.peer.test 451 * :Connection not registered\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "irc.peer.test"},
	{.title = "it looks us up",
	 .source = "InspIRCd 3.15.0",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE(":irc.peer.test NOTICE * :*** Looking up your hostname...\r\n"
			       ":irc.peer.test 451 * PING :You have not registered.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "irc.peer.test"},
	{.title = "it answers",
	 .source = "RFC 2812 section 3.7.3",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE(":irc.peer.test PONG irc.peer.test :portolan\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "irc.peer.test"},
	{.title = "a notice of a server that does not say its name",
	 .source = "RFC 1459 section 4.4.2",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("NOTICE AUTH :*** Looking up your hostname\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED},
	{.title = "it takes nobody",
	 .source = "RFC 2812 section 3.7.4",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("ERROR :Closing link: too many connections\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED},
	{.title = "a number that is no error",
	 .source = "RFC 2812 section 5",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE(":irc.peer.test 4510 * :hello\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "an error of memcached",
	 .source = "memcached protocol",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE("ERROR\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "an integer of Redis",
	 .source = "RESP",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE(":1000\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE(PING)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "ngIRCd 26.1",
	 .bytes = SLICE("ERROR :\"Oops, HTTP request received? This is IRC!\"\r\n")},
	{.title = "before any question",
	 .source = "InspIRCd 3.15.0",
	 .bytes = SLICE(":irc.peer.test NOTICE * :*** Looking up your hostname...\r\n"),
	 .text = "irc.peer.test"},
};

const struct proto proto_irc = {
	.name = "irc",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 46,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
