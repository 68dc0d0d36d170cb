/* SPDX-License-Identifier: ISC
 *
 * Syslog over UDP: nobody answers, RFC 5426 section 4. Whatever is said ends in somebody's log, so
 * nothing is said: a datagram without bytes, which rsyslog and syslog-ng do not take for a message,
 * and which a host where nobody listens rejects like any other.
 */
#include "base/compiler.h"
#include "proto/proto.h"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
}

/* Whoever answers has not understood it as syslog. */
static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)in;
	(void)out;
	(void)said;
	return PROTO_OTHER;
}

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
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
