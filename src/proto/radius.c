/* SPDX-License-Identifier: ISC
 *
 * RADIUS: who may come in? asked of nobody. Status-Server (RFC 5997) would be the polite question,
 * but a server must not answer it without the secret that we do not have. So it is an
 * Access-Request (RFC 2865 section 4.1) that names no user and brings no password: no account can
 * be locked by it, no realm lets it be passed on, and NAS-Identifier says in the log who asked. A
 * server that has us among its clients rejects it; to all others, and where Message-Authenticator
 * is insisted on, servers are silent.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum {
	ACCESS_REQUEST = 1,
	ACCESS_ACCEPT = 2,
	ACCESS_REJECT = 3,
	ACCESS_CHALLENGE = 11,
	NAS_IDENTIFIER = 32,
	HEADER = 20,
};

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice name = SLICE("portolan");

	(void)state;
	proto_put(out, (const uint8_t[]){ACCESS_REQUEST, ask->chance[PROTO_CHANCE - 1]}, 2);
	proto_put16(out, (unsigned)(HEADER + 2 + name.n));
	proto_put(out, ask->chance, 16); /* the authenticator */
	proto_put(out, (const uint8_t[]){NAS_IDENTIFIER, (uint8_t)(2 + name.n)}, 2);
	proto_put(out, name.p, name.n);
}

/* The answer's authenticator needs the secret, so only the id and the form can be looked at. */
static bool has_attributes(struct slice s)
{
	struct slice value;
	uint8_t type, n;

	while (s.n)
		if (!wire_take8(&s, &type) || !wire_take8(&s, &n) || n < 2 ||
		    !wire_take(&s, n - 2u, &value))
			return false;
	return true;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice m = *in, authenticator;
	uint8_t code, id;
	uint16_t n;

	(void)state;
	(void)out;
	if (!wire_take8(&m, &code) || !wire_take8(&m, &id) || !wire_take16(&m, &n) || n != in->n ||
	    !wire_take(&m, 16, &authenticator) || !has_attributes(m) ||
	    (code != ACCESS_ACCEPT && code != ACCESS_REJECT && code != ACCESS_CHALLENGE))
		return PROTO_OTHER;
	if (id != ask->chance[PROTO_CHANCE - 1])
		return PROTO_MORE;
	proto_say(said, code == ACCESS_REJECT ? SLICE("it rejects who gives no name")
					      : SLICE("it does not reject who gives no name"));
	return PROTO_PROVED;
}

static const char *const services[] = {"radius", NULL};

#define REQUEST                                                                                    \
	"\1\17\0\36\0\1\2\3\4\5\6\7\10\11\n"                                                       \
	"\13\14\r\16\17 \n"                                                                        \
	"portolan"

static const struct proto_vector vectors[] = {
	{.title = "it rejects nobody",
	 .source = "FreeRADIUS 3.2.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\3\17\0\24[\11\237\236\317\360jJ\324\344\361vY\354\241C")}},
	 .result = PROTO_PROVED,
	 .text = "it rejects who gives no name"},
	{.title = "it asks nobody for more",
	 .source = "RFC 2865",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\13\17\0\33[\11\237\236\317\360jJ\324\344\361vY\354\241C\22\7name?")}},
	 .result = PROTO_PROVED,
	 .text = "it does not reject who gives no name"},
	{.title = "an attribute longer than the packet",
	 .source = "RFC 2865",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\13\17\0\26[\11\237\236\317\360jJ\324\344\361vY\354\241C\22\7")}},
	 .result = PROTO_OTHER},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 2865",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\3w\0\24[\11\237\236\317\360jJ\324\344\361vY\354\241C")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_radius = {
	.name = "radius",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
