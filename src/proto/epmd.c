/* SPDX-License-Identifier: ISC
 *
 * epmd, Erlang's directory of nodes: which are there? (Erlang distribution protocol, NAMES_REQ.) It
 * answers with its own port, as four bytes, then a line for each node, and hangs up; without nodes
 * the port is all. So at another port than its own a node must be there for a proof.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { NAMES_REQ = 'n', PORT = 4369 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put16(out, 1); /* of one byte */
	proto_put(out, (const uint8_t[]){NAMES_REQ}, 1);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	static const char word[] = "name ";
	enum { WORD = sizeof(word) - 1 };
	struct slice rest = *in;
	uint32_t port;

	(void)state;
	(void)ask;
	(void)out;
	(void)said;
	if (memcmp(in->p, "\0", in->n < 2 ? in->n : 2) != 0) /* a port has 16 bits */
		return PROTO_OTHER;
	if (!wire_take32(&rest, &port))
		return PROTO_MORE;
	if (port == 0 || port > 65535 ||
	    (rest.n && memcmp(rest.p, word, rest.n < WORD ? rest.n : WORD) != 0))
		return PROTO_OTHER;
	return port == PORT || rest.n >= WORD ? PROTO_PROVED : PROTO_MORE;
}

static const char *const services[] = {"epmd", NULL};

static const struct proto_vector vectors[] = {
	{.title = "a node",
	 .source = "Erlang/OTP 25.2.3",
	 .turns = {{'>', SLICE("\0\1n")}, {'<', SLICE("\0\0\21\21name rabbit at port 25672\n")}},
	 .result = PROTO_PROVED},
	{.title = "no node",
	 .source = "Erlang/OTP 25.2.3",
	 .turns = {{'>', SLICE("\0\1n")}, {'<', SLICE("\0\0\21\21")}},
	 .result = PROTO_PROVED},
	{.title = "a node, at another port",
	 .source = "Erlang distribution protocol, NAMES_REQ",
	 .turns = {{'>', SLICE("\0\1n")}, {'<', SLICE("\0\0\21\22name rabbit at port 25672\n")}},
	 .result = PROTO_PROVED},
	{.title = "four bytes at another port",
	 .source = "Erlang distribution protocol, NAMES_REQ",
	 .turns = {{'>', SLICE("\0\1n")}, {'<', SLICE("\0\0\21\22")}},
	 .result = PROTO_MORE},
	{.title = "something else follows",
	 .source = "Erlang distribution protocol, NAMES_REQ",
	 .turns = {{'>', SLICE("\0\1n")}, {'<', SLICE("\0\0\21\22none")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("\0\1n")}, {'<', SLICE("\0\1n\0\1n")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_epmd = {
	.name = "epmd",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.turn = 50,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
