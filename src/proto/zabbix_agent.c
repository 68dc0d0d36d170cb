/* SPDX-License-Identifier: ISC
 *
 * Zabbix' agent: its version, as a passive check (Zabbix documentation, "Passive and active agent
 * checks", "Header"). It hangs up on who is not among its servers.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { ANSWER_MAX = 512 };
#define HEAD "ZBXD\1"
static const struct slice item = SLICE("agent.version");

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, HEAD);
	proto_put32le(out, (uint32_t)item.n);
	proto_put32le(out, 0);
	proto_put(out, item.p, item.n);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	static const struct slice head = SLICE(HEAD);
	uint32_t n, zero;
	struct slice value;

	if (in.n && memcmp(in.p, head.p, in.n < head.n ? in.n : head.n) != 0)
		return PROTO_OTHER;
	if (!wire_take_same(&in, head.p, head.n) || !wire_take32le(&in, &n) ||
	    !wire_take32le(&in, &zero))
		return PROTO_MORE;
	if (n == 0 || n > ANSWER_MAX || zero != 0)
		return PROTO_OTHER;
	if (!wire_take(&in, n, &value))
		return PROTO_MORE;
	if (value.p[0] == '{' || slice_equal(value, item)) /* a server, an echo */
		return PROTO_OTHER;
	proto_say(said, value);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return recognise(*in, said);
}

static const char *const services[] = {"zabbix-agent", NULL};

#define REQUEST HEAD "\15\0\0\0\0\0\0\0agent.version"

static const struct proto_vector vectors[] = {
	{.title = "its version",
	 .source = "Zabbix 6.0.14",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(HEAD "\6\0\0\0\0\0\0\0006.0.14")}},
	 .result = PROTO_PROVED,
	 .text = "6.0.14"},
	{.title = "a server, not an agent",
	 .source = "Zabbix documentation, Trapper items",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE(HEAD "\25\0\0\0\0\0\0\0{\"response\":\"failed\"}")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_zabbix_agent = {
	.name = "zabbix-agent",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 51,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
