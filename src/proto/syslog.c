/* SPDX-License-Identifier: ISC
 *
 * Syslog over UDP: nobody answers, RFC 5426 section 4. Whatever is said ends in somebody's log, so
 * nothing is said: a datagram without bytes, which rsyslog and syslog-ng do not take for a message,
 * and which a host where nobody listens rejects like any other.
 */
#include "base/compiler.h"
#include "proto/proto.h"

static const char *const services[] = {"syslog", NULL};

static const struct proto_vector vectors[] = {
	{.title = "nothing is said",
	 .source = "RFC 5426",
	 .turns = {{'>', SLICE("")}},
	 .result = PROTO_MORE},
	{.title = "an echo service",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("x")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_syslog = {
	.name = "syslog",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_NEVER,
	.has_no_id = true,
	.start = proto_ask_nothing,
	.input = proto_take_nothing,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
