/* SPDX-License-Identifier: ISC
 *
 * NNTP: its capabilities, RFC 3977 section 5.2; servers of before are asked for the date, and those
 * that do not know that one either for help, which all have. Then QUIT.
 */
#include "base/compiler.h"
#include "proto/line.h"

#define QUIT "QUIT\r\n"

enum { POSTING = 200, NO_POSTING = 201, UNAVAILABLE = 400, NOT_YOU = 502, LINE_LIMIT = 1024 };

/* One after the other, until one is answered with its code. */
static const struct {
	const char *words;
	unsigned code;
} questions[] = {
	{"CAPABILITIES\r\n", 101},
	{"DATE\r\n", 111},
	{"HELP\r\n", 100},
};

struct state {
	bool has_greeted;
	uint8_t asked; /* of the questions */
};

static bool is_refusal(unsigned code)
{
	return code == UNAVAILABLE || code == NOT_YOU;
}

/* INN sends away whom it does not know without saying what it is, in words of its own. */
static bool is_named(struct slice greeting)
{
	return line_has(greeting, "NNTP") || line_has(greeting, "NNRP") ||
	       line_has(greeting, "InterNetNews") ||
	       line_has(greeting, "You have no permission to talk.");
}

static enum proto_result prove(struct proto_out *out)
{
	proto_put_text(out, QUIT);
	return PROTO_PROVED;
}

static enum proto_result ask_next(struct state *st, struct proto_out *out)
{
	if (st->asked == ARRAY_LEN(questions))
		return PROTO_OTHER;
	proto_put_text(out, questions[st->asked++].words);
	return PROTO_MORE;
}

/* What is no answer is a refusal, of one line; an answer may have more, which is not read. */
static enum proto_result hear(struct state *st, struct slice line, struct proto_out *out,
			      struct proto_said *said)
{
	struct slice text;
	unsigned code;

	if (!line_code(line, &code, &text) || !line_is_text(line))
		return PROTO_OTHER;
	if (st->has_greeted)
		return code == questions[st->asked - 1].code ? prove(out) : ask_next(st, out);
	st->has_greeted = true;
	proto_say(said, text);
	if (code == POSTING || code == NO_POSTING)
		return ask_next(st, out);
	return is_refusal(code) && is_named(text) ? PROTO_PROVED : PROTO_OTHER;
}

/* RFC 3977 section 5.1.1. */
static enum proto_result may_greet(struct slice in)
{
	static const char *const codes[] = {"200 ", "201 ", "400 ", "502 "};
	enum proto_result result = PROTO_OTHER;

	for (size_t i = 0; i < ARRAY_LEN(codes) && result == PROTO_OTHER; i++)
		result = line_begins(in, codes[i]);
	return result;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *st = state;
	enum proto_result result = PROTO_MORE;
	struct slice line;

	(void)ask;
	while (result == PROTO_MORE) {
		if (!st->has_greeted && may_greet(*in) == PROTO_OTHER)
			return PROTO_OTHER;
		result = line_take(in, LINE_LIMIT, &line);
		if (result != PROTO_PROVED)
			return result;
		result = hear(st, line, out, said);
	}
	return result;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum proto_result result = may_greet(in);
	struct slice line, text;
	unsigned code;

	if (result == PROTO_PROVED)
		result = line_take(&in, LINE_LIMIT, &line);
	if (result != PROTO_PROVED)
		return result;
	if (!line_code(line, &code, &text) || !line_is_text(line))
		return PROTO_OTHER;
	if (!is_named(text))
		return is_refusal(code) ? PROTO_OTHER : PROTO_MORE;
	proto_say(said, text);
	return PROTO_PROVED;
}

static const char *const services[] = {"nntp", NULL};

#define GREETING "200 server.example.net InterNetNews NNRP server INN 2.7.1 ready (posting ok)\r\n"

static const struct proto_vector vectors[] = {
	{.title = "INN",
	 .source = "INN 2.7.1",
	 .turns = {{'<', SLICE(GREETING)},
		   {'>', SLICE("CAPABILITIES\r\n")},
		   {'<', SLICE("101 Capability list:\r\n")},
		   {'>', SLICE(QUIT)},
		   {'<', SLICE("VERSION 2\r\nIMPLEMENTATION INN 2.7.1\r\n.\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "server.example.net InterNetNews NNRP server INN 2.7.1 ready (posting ok)"},
	{.title = "a server of before",
	 .source = "RFC 2980 section 3.2",
	 .turns = {{'<', SLICE("201 peer.test\r\n")},
		   {'>', SLICE("CAPABILITIES\r\n")},
		   {'<', SLICE("500 What?\r\n")},
		   {'>', SLICE("DATE\r\n")},
		   {'<', SLICE("111 20261127222150\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test"},
	{.title = "one of the first",
	 .source = "RFC 977 section 3.3",
	 .turns = {{'<', SLICE("200 peer.test\r\n")},
		   {'>', SLICE("CAPABILITIES\r\n")},
		   {'<', SLICE("500 What?\r\n")},
		   {'>', SLICE("DATE\r\n")},
		   {'<', SLICE("500 What?\r\n")},
		   {'>', SLICE("HELP\r\n")},
		   {'<', SLICE("100 These are all\r\n.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test"},
	{.title = "it takes nobody",
	 .source = "INN 2.7.1",
	 .turns = {{'<', SLICE("400 NNTP server unavailable.  Try later!\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "NNTP server unavailable.  Try later!"},
	{.title = "it takes not us",
	 .source = "INN 2.7.1",
	 .turns = {{'<', SLICE("502 You have no permission to talk.  Goodbye!\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "You have no permission to talk.  Goodbye!"},
	{.title = "another one that greets alike",
	 .source = "unverified",
	 .turns = {{'<', SLICE("200 peer.test hello, who are you?\r\n")},
		   {'>', SLICE("CAPABILITIES\r\n")},
		   {'<', SLICE("500 what?\r\n")},
		   {'>', SLICE("DATE\r\n")},
		   {'<', SLICE("500 what?\r\n")},
		   {'>', SLICE("HELP\r\n")},
		   {'<', SLICE("500 what?\r\n")}},
	 .result = PROTO_OTHER,
	 .text = "peer.test hello, who are you?"},
	{.title = "a refusal without a name",
	 .source = "unverified",
	 .turns = {{'<', SLICE("400 too busy\r\n")}},
	 .result = PROTO_OTHER,
	 .text = "too busy"},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "INN 2.7.1",
	 .bytes = SLICE(GREETING "500 What?\r\n"),
	 .text = "server.example.net InterNetNews NNRP server INN 2.7.1 ready (posting ok)"},
};

const struct proto proto_nntp = {
	.name = "nntp",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.state_size = sizeof(struct state),
	.input = input,
	.recognise = recognise,
	.turn = 47,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
