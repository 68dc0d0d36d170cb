/* SPDX-License-Identifier: ISC
 *
 * SOCKS 5: whether it serves somebody who does not log in, RFC 1928 section 3; and, only where the
 * owner wants that tried, whether a connection is then made: to its own port on its own host, so
 * that nobody else hears of it (sections 4 and 6).
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { VERSION = 5, LOGIN_NONE = 0, CONNECT = 1, BY_IPV4 = 1, GRANTED = 0 };

static const struct weakness weaknesses[] = {
	{"socks-no-login", SEVERITY_MEDIUM, false,
	 "it makes connections for anybody, without a login",
	 "Demand a login, and let only those in who need it.", "RFC 1928 section 3; CWE-306"},
};
static const struct weakness relay_weaknesses[] = {
	{"socks-open-proxy", SEVERITY_HIGH, false,
	 "it is an open proxy, which leads also to what listens on its own loopback",
	 "Demand a login, and forbid connections to the host itself.", "RFC 1928; CWE-441"},
};

struct state {
	bool has_asked; /* for a connection */
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, (const uint8_t[]){VERSION, 1, LOGIN_NONE}, 3);
	return true;
}

/* MORE: two bytes have not come yet. */
static enum proto_result take_login(struct slice *in, bool *is_none)
{
	uint8_t version, login;
	struct slice s = *in;

	if (!wire_take8(&s, &version) || !wire_take8(&s, &login))
		return PROTO_MORE;
	*in = s;
	*is_none = version == VERSION && login == LOGIN_NONE;
	return version == VERSION ? PROTO_PROVED : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	bool is_none;
	enum proto_result result = take_login(in, &is_none);

	(void)state;
	(void)ask;
	(void)out;
	if (result == PROTO_PROVED && is_none)
		audit_note(notes, &weaknesses[0], "it chose the login that is none");
	return result;
}

/* Version, what came of it, a zero, and of which kind the address is that follows. */
static enum proto_result hear_connection(struct slice in, uint16_t port, struct audit_notes *notes)
{
	uint8_t version, reply, zero;

	if (!wire_take8(&in, &version) || !wire_take8(&in, &reply) || !wire_take8(&in, &zero))
		return PROTO_MORE;
	if (version != VERSION || zero)
		return PROTO_OTHER;
	if (reply == GRANTED)
		audit_note(notes, &relay_weaknesses[0], "it made a connection to 127.0.0.1:%u",
			   port);
	return PROTO_PROVED;
}

static enum proto_result relay_input(void *state, const struct audit_ask *ask, struct slice *in,
				     struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	enum proto_result result;
	bool is_none;

	if (st->has_asked)
		return hear_connection(*in, ask->port, notes);
	result = take_login(in, &is_none);
	if (result != PROTO_PROVED || !is_none)
		return result;
	st->has_asked = true;
	proto_put(out, (const uint8_t[]){VERSION, CONNECT, 0, BY_IPV4, 127, 0, 0, 1}, 8);
	proto_put16(out, ask->port);
	return PROTO_MORE;
}

static const char *const of[] = {"socks5", NULL};

static const struct audit_vector vectors[] = {
	{.title = "it wants no login",
	 .source = "microsocks 1.0.3",
	 .turns = {{'>', SLICE("\5\1\0")}, {'<', SLICE("\5\0")}},
	 .codes = "socks-no-login"},
	{.title = "it wants a password",
	 .source = "microsocks 1.0.3",
	 .turns = {{'>', SLICE("\5\1\0")}, {'<', SLICE("\5\377")}},
	 .codes = ""},
};
static const struct audit_vector relay_vectors[] = {
	{.title = "it makes connections for anybody",
	 .source = "microsocks 1.0.3",
	 .turns = {{'>', SLICE("\5\1\0")},
		   {'<', SLICE("\5\0")},
		   {'>', SLICE("\5\1\0\1\177\0\0\1\0\0")},
		   {'<', SLICE("\5\0\0\1\0\0\0\0\0\0")}},
	 .codes = "socks-open-proxy"},
	{.title = "it wants a password",
	 .source = "microsocks 1.0.3",
	 .turns = {{'>', SLICE("\5\1\0")}, {'<', SLICE("\5\377")}},
	 .codes = ""},
};

const struct audit audit_socks = {
	.name = "socks",
	.title = "SOCKS without a login",
	.of = of,
	.transport = TRANSPORT_TCP,
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
const struct audit audit_socks_relay = {
	.name = "socks-relay",
	.title = "whether SOCKS makes connections for anybody",
	.of = of,
	.transport = TRANSPORT_TCP,
	.is_active = true,
	.state_size = sizeof(struct state),
	.start = start,
	.input = relay_input,
	.weaknesses = relay_weaknesses,
	.n_weaknesses = ARRAY_LEN(relay_weaknesses),
	.vectors = relay_vectors,
	.n_vectors = ARRAY_LEN(relay_vectors),
};
