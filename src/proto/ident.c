/* SPDX-License-Identifier: ISC
 *
 * Ident: whose is the connection of no ports? RFC 1413 section 4. No such connection exists, so
 * nobody's name is told.
 */
#include "base/compiler.h"
#include "proto/line.h"

#define QUESTION "0, 0\r\n"

enum { LINE_LIMIT = 1024 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, QUESTION);
}

static bool is_port(struct slice s)
{
	uint64_t v;

	return slice_number(slice_trim(s), 65535, &v);
}

/* "0, 0 : ERROR : INVALID-PORT", with blanks or without: both ports, what it is, and more. */
static bool is_answer(struct slice line)
{
	struct slice ports, first, kind, what;

	return line_is_text(line) && slice_cut(&line, ':', &ports) &&
	       slice_cut(&ports, ',', &first) && is_port(first) && is_port(ports) &&
	       slice_cut(&line, ':', &kind) &&
	       (slice_is(slice_trim(kind), "ERROR") || slice_is(slice_trim(kind), "USERID")) &&
	       slice_cut(&line, ':', &what) && slice_trim(what).n;
}

/* Its answer begins with our question: what does not will not become one. */
static bool may_become_one(struct slice in)
{
	for (size_t i = 0; i < in.n && in.p[i] != ':'; i++)
		if (!memchr("0123456789, \t", in.p[i], 12))
			return false;
	return true;
}

static enum proto_result read_answer(struct slice *in)
{
	enum proto_result taken;
	struct slice line;

	if (!may_become_one(*in))
		return PROTO_OTHER;
	taken = line_take(in, LINE_LIMIT, &line);
	return taken == PROTO_PROVED && !is_answer(line) ? PROTO_OTHER : taken;
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

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	(void)said;
	return read_answer(&in);
}

static const char *const services[] = {"ident", NULL};

static const struct proto_vector vectors[] = {
	{.title = "there is no such connection",
	 .source = "oidentd 2.5.0",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("0,0:ERROR:INVALID-PORT\r\n")}},
	 .result = PROTO_PROVED},
	{.title = "with blanks",
	 .source = "RFC 1413 section 6",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("0 , 0 : ERROR : UNKNOWN-ERROR\r\n")}},
	 .result = PROTO_PROVED},
	{.title = "one that knows a name for everything",
	 .source = "RFC 1413 section 6",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("0, 0 : USERID : UNIX : nobody\r\n")}},
	 .result = PROTO_PROVED},
	{.title = "an answer of another kind",
	 .source = "RFC 1413 section 4",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("0, 0 : WHAT : x\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "an error without a name",
	 .source = "RFC 1413 section 4",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("0, 0 : ERROR :\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE(QUESTION)}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_ident = {
	.name = "ident",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 44,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
