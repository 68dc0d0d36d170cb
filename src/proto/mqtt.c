/* SPDX-License-Identifier: ISC
 *
 * MQTT: CONNECT of version 3.1.1 without a user and a client id, for a session that is not kept,
 * and DISCONNECT (OASIS MQTT 3.1.1 sections 3.1, 3.2, 3.14). A broker that takes nobody without a
 * login says so.
 */
#include "base/compiler.h"
#include "proto/proto.h"

enum { CONNACK = 0x20 };

static const uint8_t question[] = {
	0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2 /* a clean session */, 0, 60 /* s, keep alive */,
	0,    0};

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, question, sizeof(question));
}

/* Type and length; whether there was a session, which cannot be; what came of it. */
static bool fits(struct slice in)
{
	static const char form[] = {CONNACK, 2, 0};

	return in.n < sizeof(form) ? memcmp(in.p, form, in.n) == 0
				   : memcmp(in.p, form, sizeof(form)) == 0;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	static const uint8_t disconnect[] = {0xe0, 0};
	static const char *const means[] = {"open to anybody",	 "another version than 3.1.1",
					    "wants a client id", "not available now",
					    "wants a password",	 "wants a login"};
	uint8_t code;

	(void)state;
	(void)ask;
	if (in->n > 4 || !fits(*in))
		return PROTO_OTHER;
	if (in->n < 4)
		return PROTO_MORE;
	code = (uint8_t)in->p[3];
	if (code >= ARRAY_LEN(means))
		return PROTO_OTHER;
	if (code == 0)
		proto_put(out, disconnect, sizeof(disconnect));
	proto_sayf(said, "%s", means[code]);
	return PROTO_PROVED;
}

static const char *const services[] = {"mqtt", NULL};

#define REQUEST "\20\14\0\4MQTT\4\2\0<\0\0"

static const struct proto_vector vectors[] = {
	{.title = "it takes anybody",
	 .source = "Mosquitto 2.0.11",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\40\2\0\0")}, {'>', SLICE("\340\0")}},
	 .result = PROTO_PROVED,
	 .text = "open to anybody"},
	{.title = "it takes nobody without a login",
	 .source = "Mosquitto 2.0.11",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\40\2\0\5")}},
	 .result = PROTO_PROVED,
	 .text = "wants a login"},
	{.title = "no such code",
	 .source = "OASIS MQTT 3.1.1 section 3.2.2.3",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\40\2\0\6")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_mqtt = {
	.name = "mqtt",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.turn = 10,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
