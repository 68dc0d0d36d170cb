/* SPDX-License-Identifier: ISC
 *
 * Kerberos administration, as of MIT krb5: ONC RPC's program 2112, asked in a version that does not
 * exist. Version 2, the only one, wants a login; which versions there are is told to anybody.
 */
#include "base/compiler.h"
#include "proto/rpc.h"

enum { KADM_PROGRAM = 2112, NO_VERSION = 3 };

/* Not made of what other programs' calls are made of: an answer tells its call by the id alone. */

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	const struct rpc_call nothing = {rpc_xid(ask->chance + 8), KADM_PROGRAM, NO_VERSION, 0};

	(void)state;
	rpc_put_record(out, RPC_CALL_SIZE);
	rpc_put_call(out, &nothing);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum proto_result result;
	struct rpc_reply reply;
	struct slice m;

	(void)state;
	(void)out;
	if (!rpc_take_record(in, &m, &result))
		return result;
	switch (rpc_read(m, rpc_xid(ask->chance + 8), &reply)) {
	case RPC_VERSIONS:
		proto_sayf(said, reply.low == reply.high ? "version %u" : "versions %u to %u",
			   reply.low, reply.high);
		return PROTO_PROVED;
	case RPC_STRANGER:
		return PROTO_MORE;
	default:
		return PROTO_OTHER;
	}
}

static const char *const services[] = {"kadmin", NULL};

#define CALL                                                                                       \
	"\200\0\0(\10\11\n\13\0\0\0\0\0\0\0\2\0\0\10@"                                             \
	"\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct proto_vector vectors[] = {
	{.title = "version 2 is there",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE(CALL)},
		   {'<', SLICE("\200\0\0")},
		   {'<',
		    SLICE(" \10\11\n\13\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\2\0\0\0\2")}},
	 .result = PROTO_PROVED,
	 .text = "version 2"},
	{.title = "a server of other programs",
	 .source = "rpcbind 1.2.6",
	 .turns = {{'>', SLICE(CALL)},
		   {'<', SLICE("\200\0\0\30\10\11\n\13\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(CALL)}, {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(CALL)}, {'<', SLICE(CALL)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_kadmin = {
	.name = "kadmin",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = rpc_recognise,
	.turn = 78,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
