/* SPDX-License-Identifier: ISC
 *
 * AMQP: the head of version 0-9-1 (AMQP 0-9-1 section 4.2.2). A broker of that version begins with
 * Connection.Start, which tells what it is; one of another version answers with its own head, and
 * hangs up. After Start nothing has been opened that would have to be closed.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

static const char question[] = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
enum { HEAD = sizeof(question), FRAME_HEAD = 7, FRAME_MAX = 8000, METHOD = 1 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, question, sizeof(question));
}

/* "AMQP", a protocol (0: AMQP itself, 2: TLS, 3: SASL), and its version. Of 0-9-1 and before the
 * protocol is 0 or 1, then 1 again or 0. */
static enum proto_result read_head(struct slice in, struct proto_said *said)
{
	if (in.n < HEAD)
		return PROTO_MORE;
	if ((uint8_t)in.p[4] > 3 || (uint8_t)in.p[5] > 9 || (uint8_t)in.p[6] > 10 ||
	    (uint8_t)in.p[7] > 10)
		return PROTO_OTHER;
	proto_sayf(said, "AMQP %d-%d-%d", in.p[5], in.p[6], in.p[7]);
	return PROTO_PROVED;
}

/* A string of the table of properties: its name, 'S', length, bytes (section 4.2.5.5). The nested
 * table before them may hold the same names with other types. */
static bool find_string(struct slice table, const char *name, struct slice *value)
{
	size_t n = strlen(name);
	uint32_t length;

	for (struct slice s = table; s.n > n + 1; s = slice_skip(s, 1)) {
		struct slice at = slice_skip(s, n + 1);
		uint8_t type;

		if ((uint8_t)s.p[0] == n && memcmp(s.p + 1, name, n) == 0 &&
		    wire_take8(&at, &type) && type == 'S' && wire_take32(&at, &length) &&
		    wire_take(&at, length, value))
			return true;
	}
	return false;
}

static void say_product(struct slice table, struct proto_said *said)
{
	struct slice product, version;

	if (!find_string(table, "product", &product))
		return;
	if (!find_string(table, "version", &version))
		version = SLICE("");
	proto_sayf(said, "%.*s %.*s", (int)product.n, product.p, (int)version.n, version.p);
}

/* Frame: method, channel 0, size. Method: 10 10, version 0-9, server-properties. */
static enum proto_result read_start(struct slice in, struct proto_said *said)
{
	static const char frame[] = {METHOD, 0, 0}, method[] = {0, 10, 0, 10, 0, 9};
	struct slice m = in, payload, table;
	uint32_t size, table_size;

	if (memcmp(in.p, frame, in.n < sizeof(frame) ? in.n : sizeof(frame)) != 0)
		return PROTO_OTHER;
	if (!wire_take_same(&m, frame, sizeof(frame)) || !wire_take32(&m, &size))
		return PROTO_MORE;
	if (size > FRAME_MAX)
		return PROTO_OTHER;
	if (!wire_take(&m, size, &payload))
		return PROTO_MORE;
	if (!wire_take_same(&payload, method, sizeof(method)) ||
	    !wire_take32(&payload, &table_size) || !wire_take(&payload, table_size, &table))
		return PROTO_OTHER;
	say_product(table, said);
	return PROTO_PROVED;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	if (in.n == 0)
		return PROTO_MORE;
	if (memcmp(in.p, "AMQP", in.n < 4 ? in.n : 4) == 0)
		return read_head(in, said);
	return read_start(in, said);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	if (in->n >= HEAD && memcmp(in->p, question, HEAD) == 0)
		return PROTO_OTHER; /* an echo */
	return recognise(*in, said);
}

static const char *const services[] = {"amqp", NULL};

#define REQUEST "AMQP\0\0\11\1"

static const struct proto_vector vectors[] = {
	{.title = "it tells what it is",
	 .source = "RabbitMQ 3.10.8",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\1\0\0\0\0\1\360\0\n"
			  "\0\n"
			  "\0\11\0\0\1\313\14capabilitiesF\0\0\0\307\22publisher_confirmst\1"
			  "\32exchange_exchange_bindingst\1\12basic.nackt\1"
			  "\26consumer_cancel_notifyt\1\22connection.blockedt\1"
			  "\23consumer_prioritiest\1\34authentication_failure_closet\1"
			  "\20per_consumer_qost\1\17direct_reply_tot\1\14cluster_nameS\0\0\0\11"
			  "rabbit@vm\11copyrightS\0\0\0007Copyright (c) 2007-2022 VMware, Inc. or "
			  "its affiliates.\13informationS\0\0\0009Licensed under the MPL 2.0. "
			  "Website: https://rabbitmq.com\10platformS\0\0\0\21Erlang/OTP 25.2.3"
			  "\7productS\0\0\0\10RabbitMQ\7versionS\0\0\0\0063.10.8\0\0\0\16"
			  "PLAIN AMQPLAIN\0\0\0\5en_US\316")}},
	 .result = PROTO_PROVED,
	 .text = "RabbitMQ 3.10.8"},
	{.title = "it is of another version",
	 .source = "AMQP 1.0 section 2.2",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("AMQP\0\1\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "AMQP 1-0-0"},
	{.title = "a frame of something else",
	 .source = "AMQP 0-9-1",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\1\0\0\0\0\0\4\0\12\0\12")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "GET /",
	 .source = "RabbitMQ 3.10.8",
	 .bytes = SLICE("AMQP\0\0\11\1"),
	 .text = "AMQP 0-9-1"},
};

const struct proto proto_amqp = {
	.name = "amqp",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 46,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
