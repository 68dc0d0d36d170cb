/* SPDX-License-Identifier: ISC
 *
 * PostgreSQL: a start-up message of version 3.0, for a user and a database that are not there
 * (PostgreSQL documentation, "Message Formats"). The server asks for the user's password, in the
 * way that it would of a real one, or says why it does not. Not SSLRequest first: its answer is one
 * letter, which proves nothing, and after an S the rest would have to be TLS.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { VERSION_3 = 3 << 16, MESSAGE_MAX = 4096, SQLSTATE = 5 };

static const struct slice wanted = SLICE("user\0portolan\0"
					 "database\0portolan\0"
					 "\0");

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put32(out, 4 + 4 + (uint32_t)wanted.n);
	proto_put32(out, VERSION_3);
	proto_put(out, wanted.p, wanted.n);
}

/* Type, then the length with its own four bytes. MORE: it has not ended. */
static enum proto_result take_message(struct slice *in, uint8_t *type, struct slice *body)
{
	uint32_t n;

	if (in->n && in->p[0] != 'R' && in->p[0] != 'E')
		return PROTO_OTHER;
	if (!wire_take8(in, type) || !wire_take32(in, &n))
		return PROTO_MORE;
	if (n < 8 || n > MESSAGE_MAX)
		return PROTO_OTHER;
	return wire_take(in, n - 4, body) ? PROTO_PROVED : PROTO_MORE;
}

static const struct {
	uint32_t code;
	const char *means;
} logins[] = {
	{0, "open to anybody"},
	{2, "wants a login by Kerberos"},
	{3, "wants the password in clear text"},
	{5, "wants a password, by MD5"},
	{7, "wants a login by GSSAPI"},
	{9, "wants a login by SSPI"},
	{10, "wants a password, by SCRAM"},
};

static enum proto_result read_login(struct slice body, struct proto_said *said)
{
	uint32_t code;

	if (!wire_take32(&body, &code))
		return PROTO_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(logins); i++)
		if (logins[i].code == code) {
			proto_sayf(said, "%s", logins[i].means);
			return PROTO_PROVED;
		}
	return PROTO_OTHER;
}

/* Fields, each a letter and a string; a severity, a code, and words must be among them. */
static enum proto_result read_error(struct slice body, struct proto_said *said)
{
	struct slice severity = SLICE_NONE, code = SLICE_NONE, words = SLICE_NONE, value;
	uint8_t field;

	while (wire_take8(&body, &field) && field) {
		value = wire_take_string(&body);
		if (field == 'S')
			severity = value;
		else if (field == 'C')
			code = value;
		else if (field == 'M')
			words = value;
	}
	if (!severity.n || code.n != SQLSTATE || !words.n || body.n)
		return PROTO_OTHER;
	proto_say(said, words);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	static const uint8_t terminate[] = {'X', 0, 0, 0, 4};
	struct slice rest = *in, body;
	uint8_t type;
	enum proto_result result = take_message(&rest, &type, &body);

	(void)state;
	(void)ask;
	if (result != PROTO_PROVED)
		return result;
	if (type == 'E')
		return read_error(body, said);
	result = read_login(body, said);
	if (result == PROTO_PROVED)
		proto_put(out, terminate, sizeof(terminate));
	return result;
}

/* To SMB's question, for one: "unsupported frontend protocol". */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct slice body;
	uint8_t type;
	enum proto_result result;

	if (in.n && in.p[0] != 'E')
		return PROTO_OTHER;
	result = take_message(&in, &type, &body);
	return result == PROTO_PROVED ? read_error(body, said) : result;
}

static const char *const services[] = {"postgresql", NULL};

#define REQUEST "\0\0\0\51\0\3\0\0user\0portolan\0database\0portolan\0\0"

static const struct proto_vector vectors[] = {
	{.title = "it asks for the password",
	 .source = "PostgreSQL 15.18",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("R\0\0\0\27\0\0\0\12SCRAM-SHA-256\0\0")},
		   {'>', SLICE("X\0\0\0\4")}},
	 .result = PROTO_PROVED,
	 .text = "wants a password, by SCRAM"},
	{.title = "a single letter",
	 .source = "PostgreSQL documentation, SSLRequest",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("N")}},
	 .result = PROTO_OTHER},
	{.title = "an error without a code",
	 .source = "PostgreSQL documentation, ErrorResponse",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("E\0\0\0\15SFATAL\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "a negotiation of SMB 1",
	 .source = "PostgreSQL 15.18",
	 .bytes = SLICE("E\0\0\0\213SFATAL\0VFATAL\0C0A000\0Munsupported frontend protocol "
			"65363.19778: server supports 3.0 to 3.0\0Fpostmaster.c\0L2222\0RProcess"
			"StartupPacket\0\0"),
	 .text = "unsupported frontend protocol 65363.19778: server supports 3.0 to 3.0"},
};

const struct proto proto_postgresql = {
	.name = "postgresql",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 48,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
