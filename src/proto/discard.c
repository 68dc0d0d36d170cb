/* SPDX-License-Identifier: ISC
 *
 * Discard over UDP: nobody answers, RFC 863. A datagram without bytes, which a host where nobody
 * listens rejects like any other. Over TCP there is no more to see than that it is open.
 */
#include "base/compiler.h"
#include "proto/proto.h"

static const char *const services[] = {"discard", NULL};

static const struct proto_vector vectors[] = {
	{.title = "nothing comes back",
	 .source = "RFC 863",
	 .turns = {{'>', SLICE("")}},
	 .result = PROTO_MORE},
	{.title = "an echo service",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("x")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_discard = {
	.name = "discard",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_NEVER,
	.has_no_id = true,
	.start = proto_ask_nothing,
	.input = proto_take_nothing,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
