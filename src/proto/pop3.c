/* SPDX-License-Identifier: ISC
 *
 * POP3: which capabilities it has, RFC 2449 section 5; those that know none refuse the question as
 * POP3 refuses. Then QUIT. Redis and NATS have replies that begin alike, but no greeting of theirs
 * does.
 */
#include "base/compiler.h"
#include "proto/line.h"

#define CAPA "CAPA\r\n"
#define QUIT "QUIT\r\n"

/* RFC 1939 allows 512 bytes; some have long host names and words in their greeting. */
enum { LINE_LIMIT = 1024 };

struct state {
	bool has_asked;
};

/* "+OK" or "-ERR", and behind it a blank or nothing. */
static bool is_status(struct slice line, bool *is_ok, struct slice *text)
{
	size_t n;

	*is_ok = slice_has_prefix(line, "+OK");
	if (!*is_ok && !slice_has_prefix(line, "-ERR"))
		return false;
	n = *is_ok ? 3 : 4;
	*text = slice_trim(slice_skip(line, n));
	return (line.n == n || line.p[n] == ' ') && line_is_text(line);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *st = state;
	struct slice line, text;
	enum proto_result taken;
	bool is_ok;

	(void)ask;
	while ((taken = line_take(in, LINE_LIMIT, &line)) == PROTO_PROVED) {
		if (!is_status(line, &is_ok, &text) || (!st->has_asked && !is_ok))
			return PROTO_OTHER;
		proto_put_text(out, st->has_asked ? QUIT : CAPA);
		if (st->has_asked)
			return PROTO_PROVED;
		st->has_asked = true;
		proto_say(said, text);
	}
	return taken == PROTO_MORE && in->n && in->p[0] != '+' && in->p[0] != '-' ? PROTO_OTHER
										  : taken;
}

/* "<1896.697170952@dbc.mtview.ca.us>", for APOP: RFC 1939 section 7. */
static bool has_stamp(struct slice greeting)
{
	return greeting.n && greeting.p[greeting.n - 1] == '>' && line_has(greeting, "<") &&
	       line_has(greeting, "@");
}

/* What it calls itself; servers of these names greet so in POP3 alone. */
static bool is_named(struct slice greeting)
{
	return line_has(greeting, "POP") || line_has(greeting, "Dovecot") ||
	       line_has(greeting, "Cyrus");
}

/* A greeting tells by its words or its stamp; else a second status line must follow. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum proto_result result = line_begins(in, "+OK");
	struct slice greeting, line, text;
	bool is_ok;

	if (result != PROTO_PROVED)
		return result;
	result = line_take(&in, LINE_LIMIT, &line);
	if (result != PROTO_PROVED)
		return result;
	if (!is_status(line, &is_ok, &greeting))
		return PROTO_OTHER;
	if (!greeting.n)
		return PROTO_MORE; /* Redis says this, too */
	if (!has_stamp(greeting) && !is_named(greeting)) {
		result = line_take(&in, LINE_LIMIT, &line);
		if (result != PROTO_PROVED)
			return result;
		if (!is_status(line, &is_ok, &text))
			return PROTO_OTHER;
	}
	proto_say(said, greeting);
	return PROTO_PROVED;
}

static const char *const services[] = {"pop3", NULL};

static const struct proto_vector vectors[] = {
	{.title = "Dovecot",
	 .source = "Dovecot 2.3.19.1",
	 .turns = {{'<', SLICE("+OK Dovecot (Debian) ready.\r\n")},
		   {'>', SLICE(CAPA)},
		   {'<', SLICE("+OK\r\n")},
		   {'>', SLICE(QUIT)},
		   {'<', SLICE("CAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\n"
			       "AUTH-RESP-CODE\r\nUSER\r\nSASL PLAIN\r\n.\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "Dovecot (Debian) ready."},
	{.title = "it knows of no capabilities",
	 .source = "RFC 1939 section 3",
	 .turns = {{'<', SLICE("+OK\r\n")},
		   {'>', SLICE(CAPA)},
		   {'<', SLICE("-ERR unknown command\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED},
	{.title = "the greeting alone",
	 .source = "RFC 1939 section 4",
	 .turns = {{'<', SLICE("+OK POP3 server ready\r\n")}, {'>', SLICE(CAPA)}},
	 .result = PROTO_MORE,
	 .text = "POP3 server ready"},
	{.title = "something else behind an OK",
	 .source = "NATS protocol",
	 .turns = {{'<', SLICE("+OK\r\n")}, {'>', SLICE(CAPA)}, {'<', SLICE("PING\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "another word that begins alike",
	 .source = "RFC 1939 section 3",
	 .turns = {{'<', SLICE("+OKAY\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "a line without end",
	 .source = "RFC 864",
	 .turns = {{'<',
		    SLICE("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "Dovecot 2.3.19.1",
	 .bytes = SLICE("+OK Dovecot (Debian) ready.\r\n-ERR Unknown command.\r\n"
			"-ERR Unknown command.\r\n"),
	 .text = "Dovecot (Debian) ready."},
	{.title = "a greeting with a stamp",
	 .source = "RFC 1939 section 7",
	 .bytes = SLICE("+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n"),
	 .text = "ready <1896.697170952@dbc.mtview.ca.us>"},
};

const struct proto proto_pop3 = {
	.name = "pop3",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.state_size = sizeof(struct state),
	.input = input,
	.recognise = recognise,
	.turn = 42,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
