/* SPDX-License-Identifier: ISC
 *
 * SOCKS 5: which login do you want? RFC 1928 section 3. None, GSSAPI and a password are offered:
 * three, so that an echo's second byte names none of them. Where none is wanted, a connection to a
 * port of the proxy's own host is asked for, where nobody listens: the answer tells more than the
 * two bytes before it. Else these two are all that a stranger gets.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { VERSION = 5, LOGIN_NONE = 0, LOGIN_GSSAPI = 1, LOGIN_PASSWORD = 2, LOGIN_NO_WAY = 0xff };
enum { REPLIES = 9, BY_IPV4 = 1, BY_NAME = 3, BY_IPV6 = 4 };

struct state {
	bool has_asked; /* for a connection */
};

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, (const uint8_t[]){VERSION, 3, LOGIN_NONE, LOGIN_GSSAPI, LOGIN_PASSWORD}, 5);
}

/* Section 6: version, what came of it, a zero, and from which address it would be. */
static enum proto_result read_connection(struct slice in, struct proto_said *said)
{
	uint8_t version, reply, zero, kind;

	if (in.n && (uint8_t)in.p[0] != VERSION)
		return PROTO_OTHER;
	if (!wire_take8(&in, &version) || !wire_take8(&in, &reply) || !wire_take8(&in, &zero) ||
	    !wire_take8(&in, &kind))
		return PROTO_MORE;
	if (reply >= REPLIES || zero != 0 ||
	    (kind != BY_IPV4 && kind != BY_NAME && kind != BY_IPV6))
		return PROTO_OTHER;
	proto_sayf(said, "open to anybody");
	return PROTO_PROVED;
}

static enum proto_result read_login(struct state *s, uint8_t login, struct slice *in,
				    struct proto_out *out, struct proto_said *said)
{
	static const uint8_t connection[] = {VERSION, 1, 0, BY_IPV4, 127, 0, 0, 1, 0, 1};

	/* It waits now, or has closed: nothing comes along with it. */
	if (in->n)
		return PROTO_OTHER;
	switch (login) {
	case LOGIN_NONE:
		s->has_asked = true;
		proto_put(out, connection, sizeof(connection));
		return PROTO_MORE;
	case LOGIN_GSSAPI:
		proto_sayf(said, "wants a login by GSSAPI");
		return PROTO_PROVED;
	case LOGIN_PASSWORD:
		proto_sayf(said, "wants a password");
		return PROTO_PROVED;
	case LOGIN_NO_WAY:
		proto_sayf(said, "takes no login that we know");
		return PROTO_PROVED;
	}
	return PROTO_OTHER;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *s = state;
	uint8_t version, login;

	(void)ask;
	if (s->has_asked)
		return read_connection(*in, said);
	if (in->n && (uint8_t)in->p[0] != VERSION)
		return PROTO_OTHER;
	if (in->n < 2)
		return PROTO_MORE;
	wire_take8(in, &version);
	wire_take8(in, &login);
	return read_login(s, login, in, out, said);
}

/* Some say to any question that they take no such login: two bytes, so that its own must tell. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	static const char refusal[] = {VERSION, (char)LOGIN_NO_WAY};

	(void)said;
	if (in.n > sizeof(refusal) || (in.n && memcmp(in.p, refusal, in.n) != 0))
		return PROTO_OTHER;
	return PROTO_MORE;
}

static const char *const services[] = {"socks", NULL};

#define REQUEST	   "\5\3\0\1\2"
#define CONNECTION "\5\1\0\1\177\0\0\1\0\1"

static const struct proto_vector vectors[] = {
	{.title = "it serves anybody, and gets no connection",
	 .source = "microsocks 1.0.3",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\5\0")},
		   {'>', SLICE(CONNECTION)},
		   {'<', SLICE("\5\5\0\1\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "open to anybody"},
	{.title = "it wants a password",
	 .source = "RFC 1928 section 3",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\5\2")}},
	 .result = PROTO_PROVED,
	 .text = "wants a password"},
	{.title = "no login that we know",
	 .source = "RFC 1928 section 3",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\5\377")}},
	 .result = PROTO_PROVED,
	 .text = "takes no login that we know"},
	{.title = "a login that was not offered",
	 .source = "RFC 1928 section 3",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\5\3")}},
	 .result = PROTO_OTHER},
	{.title = "what follows is no reply",
	 .source = "RFC 1928 section 6",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\5\0")},
		   {'>', SLICE(CONNECTION)},
		   {'<', SLICE("\5\5\1\1")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_socks5 = {
	.name = "socks5",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 43,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
