/* SPDX-License-Identifier: ISC
 *
 * Brokers of messages: AMQP 0-9-1, MQTT 3.1.1, NATS. Is a stranger served, and do passwords pass in
 * clear text? AMQP's Connection.Start and NATS' INFO say it unasked; MQTT's CONNECT without a name
 * is the question of its dialogue.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/line.h"
#include "proto/wire.h"

enum { AMQP_ANONYMOUS, AMQP_CLEAR, MQTT_ANONYMOUS, MQTT_CLEAR, NATS_OPEN, NATS_CLEAR };
static const struct weakness weaknesses[] = {
	[AMQP_ANONYMOUS] = {"amqp-anonymous", SEVERITY_HIGH, false,
			    "it lets in whoever comes, without a name",
			    "Take ANONYMOUS out of its mechanisms (RabbitMQ: auth_mechanisms).",
			    "RFC 4505; CWE-306"},
	[AMQP_CLEAR] =
		{"amqp-cleartext-login", SEVERITY_HIGH, false, "it takes passwords in clear text",
		 "Let it listen with TLS alone (RabbitMQ: listeners.ssl, listeners.tcp = none).",
		 "RFC 4616 section 4; CWE-319"},
	[MQTT_ANONYMOUS] = {"mqtt-anonymous", SEVERITY_HIGH, false,
			    "it lets in whoever comes, without a name",
			    "Demand a login (Mosquitto: allow_anonymous false).",
			    "MQTT 3.1.1 section 5.4.1; CWE-306"},
	[MQTT_CLEAR] = {"mqtt-cleartext-login", SEVERITY_HIGH, false,
			"it takes passwords in clear text", "Let it listen with TLS alone.",
			"MQTT 3.1.1 section 5.4.1; CWE-319"},
	[NATS_OPEN] = {"nats-open", SEVERITY_HIGH, false,
		       "it lets in whoever comes, without a name", "Set up its authorization.",
		       "CWE-306"},
	[NATS_CLEAR] = {"nats-cleartext", SEVERITY_MEDIUM, false,
			"it does not demand TLS: all may pass in clear text",
			"Give it a certificate (tls), without allow_non_tls.", "CWE-319"},
};

static void note_slice(struct audit_notes *notes, unsigned which, struct slice evidence)
{
	audit_note(notes, &weaknesses[which], "%.*s", (int)evidence.n, evidence.p);
}

/* AMQP. */

enum { FRAME_MAX = 8000 };

static bool amqp_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, "AMQP\0\0\11\1", 8);
	return true;
}

/* AMQP 0-9-1, connection.start: version, properties, mechanisms with blanks between. */
static bool read_mechanisms(struct slice payload, struct slice *mechanisms)
{
	static const char start_0_9[] = {0, 10, 0, 10, 0, 9};
	struct slice properties;
	uint32_t n;

	return wire_take_same(&payload, start_0_9, sizeof(start_0_9)) &&
	       wire_take32(&payload, &n) && wire_take(&payload, n, &properties) &&
	       wire_take32(&payload, &n) && wire_take(&payload, n, mechanisms);
}

static void judge_mechanisms(struct slice all, bool is_inside, struct audit_notes *notes)
{
	struct slice rest = all, name;

	while (slice_cut(&rest, ' ', &name))
		if (slice_is(name, "ANONYMOUS"))
			note_slice(notes, AMQP_ANONYMOUS, all);
		else if (!is_inside && (slice_is(name, "PLAIN") || slice_is(name, "AMQPLAIN")))
			note_slice(notes, AMQP_CLEAR, all);
}

static enum proto_result amqp_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	static const char method_of_0[] = {1, 0, 0};
	struct slice s = *in, payload, mechanisms;
	uint32_t n;

	(void)state;
	(void)out;
	if (memcmp(s.p, method_of_0, s.n < 3 ? s.n : 3) != 0)
		return PROTO_OTHER;
	if (!wire_take_same(&s, method_of_0, sizeof(method_of_0)) || !wire_take32(&s, &n))
		return PROTO_MORE;
	if (n > FRAME_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &payload))
		return PROTO_MORE;
	if (!read_mechanisms(payload, &mechanisms))
		return PROTO_OTHER;
	judge_mechanisms(mechanisms, ask->is_inside, notes);
	return PROTO_PROVED;
}

/* MQTT. */

enum { ACCEPTED = 0, BAD_LOGIN = 4, NOT_AUTHORIZED = 5 };

static bool mqtt_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, "\20\14\0\4MQTT\4\2\0\74\0\0", 14); /* a clean session, 60 s, no id */
	return true;
}

static enum proto_result mqtt_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	static const char connack[] = {0x20, 2, 0};
	struct slice s = *in;
	uint8_t code;

	(void)state;
	if (memcmp(s.p, connack, s.n < 3 ? s.n : 3) != 0)
		return PROTO_OTHER;
	if (!wire_take_same(&s, connack, sizeof(connack)) || !wire_take8(&s, &code))
		return PROTO_MORE;
	if (code == ACCEPTED) {
		audit_note(notes, &weaknesses[MQTT_ANONYMOUS], "CONNECT without a name: accepted");
		proto_put(out, "\xe0\0", 2); /* disconnect */
	} else if ((code == BAD_LOGIN || code == NOT_AUTHORIZED) && !ask->is_inside) {
		audit_note(notes, &weaknesses[MQTT_CLEAR], "CONNECT without a name: code %u", code);
	}
	return PROTO_PROVED;
}

/* NATS: a line of JSON, which names what is true. */

static bool nats_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

static enum proto_result nats_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	enum { INFO_MAX = 8000 };
	struct slice line;
	enum proto_result result = line_take(in, INFO_MAX, &line);

	(void)state;
	(void)out;
	if (result != PROTO_PROVED)
		return result;
	if (!slice_has_prefix(line, "INFO {"))
		return PROTO_OTHER;
	if (!line_has(line, "\"auth_required\":true"))
		audit_note(notes, &weaknesses[NATS_OPEN], "auth_required is not set");
	if (!ask->is_inside && !line_has(line, "\"tls_required\":true"))
		audit_note(notes, &weaknesses[NATS_CLEAR], "tls_required is not set%s",
			   line_has(line, "\"tls_available\":true") ? ", TLS is available" : "");
	return PROTO_PROVED;
}

static const char *const of_amqp[] = {"amqp", NULL};
static const char *const of_mqtt[] = {"mqtt", NULL};
static const char *const of_nats[] = {"nats", NULL};

#define HEAD "AMQP\0\0\11\1"
#define START_PLAIN                                                                                \
	"\1\0\0\0\0\1\360\0\n"                                                                     \
	"\0\n"                                                                                     \
	"\0\11\0\0\1\313\14capabilitiesF\0\0\0\307\22publisher_confirmst\1"                        \
	"\32exchange_exchange_bindingst\1\12basic.nackt\1"                                         \
	"\26consumer_cancel_notifyt\1\22connection.blockedt\1"                                     \
	"\23consumer_prioritiest\1\34authentication_failure_closet\1"                              \
	"\20per_consumer_qost\1\17direct_reply_tot\1\14cluster_nameS\0\0\0\11"                     \
	"rabbit@vm\11copyrightS\0\0\0007Copyright (c) 2007-2022 VMware, Inc. or "                  \
	"its affiliates.\13informationS\0\0\0009Licensed under the MPL 2.0. "                      \
	"Website: https://rabbitmq.com\10platformS\0\0\0\21Erlang/OTP 25.2.3"                      \
	"\7productS\0\0\0\10RabbitMQ\7versionS\0\0\0\0063.10.8\0\0\0\16"                           \
	"PLAIN AMQPLAIN\0\0\0\5en_US\316"
static const struct audit_vector amqp_vectors[] = {
	{.title = "passwords in clear text",
	 .source = "RabbitMQ 3.10.8",
	 .turns = {{'>', SLICE(HEAD)}, {'<', SLICE(START_PLAIN)}},
	 .codes = "amqp-cleartext-login",
	 .evidence = "PLAIN AMQPLAIN"},
	{.title = "passwords inside TLS",
	 .source = "RabbitMQ 3.10.8",
	 .is_inside = true,
	 .turns = {{'>', SLICE(HEAD)}, {'<', SLICE(START_PLAIN)}},
	 .codes = ""},
	{.title = "without a name",
	 .source = "AMQP 0-9-1, connection.start",
	 .turns = {{'>', SLICE(HEAD)},
		   {'<', SLICE("\1\0\0\0\0\0\40\0\12\0\12\0\11\0\0\0\0\0\0\0\11ANONYMOUS"
			       "\0\0\0\5en_US\316")}},
	 .codes = "amqp-anonymous"},
};

#define CONNECT "\20\14\0\4MQTT\4\2\0<\0\0"
static const struct audit_vector mqtt_vectors[] = {
	{.title = "without a name",
	 .source = "Mosquitto 2.0.11",
	 .turns = {{'>', SLICE(CONNECT)}, {'<', SLICE("\40\2\0\0")}, {'>', SLICE("\340\0")}},
	 .codes = "mqtt-anonymous"},
	{.title = "passwords in clear text",
	 .source = "Mosquitto 2.0.11",
	 .turns = {{'>', SLICE(CONNECT)}, {'<', SLICE("\40\2\0\5")}},
	 .codes = "mqtt-cleartext-login"},
	{.title = "passwords inside TLS",
	 .source = "Mosquitto 2.0.11",
	 .is_inside = true,
	 .turns = {{'>', SLICE(CONNECT)}, {'<', SLICE("\40\2\0\5")}},
	 .codes = ""},
};

static const struct audit_vector nats_vectors[] = {
	{.title = "open, in clear text",
	 .source = "NATS 2.9.10",
	 .turns = {{'<', SLICE("INFO {\"server_id\":"
			       "\"NDBP5T626JHSOZGGZ534ULAR6PUN25M6GPXJCVWW2S6EGUUB4BZ2KWGP\","
			       "\"version\":\"2.9.10\",\"proto\":1,\"go\":\"go1.19.8\",\"host\":"
			       "\"0.0.0.0\",\"port\":4222,\"headers\":true,\"max_payload\":1048576,"
			       "\"client_id\":5,\"client_ip\":\"127.0.0.1\"} \r\n")}},
	 .codes = "nats-open nats-cleartext"},
	{.title = "as it should be",
	 .source = "NATS documentation, INFO",
	 .turns = {{'<', SLICE("INFO {\"server_id\":\"N\",\"auth_required\":true,"
			       "\"tls_required\":true} \r\n")}},
	 .codes = ""},
};

const struct audit audit_amqp = {
	.name = "amqp",
	.title = "logins of AMQP",
	.of = of_amqp,
	.transport = TRANSPORT_TCP,
	.start = amqp_start,
	.input = amqp_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = amqp_vectors,
	.n_vectors = ARRAY_LEN(amqp_vectors),
};
const struct audit audit_mqtt = {
	.name = "mqtt",
	.title = "logins of MQTT",
	.of = of_mqtt,
	.transport = TRANSPORT_TCP,
	.start = mqtt_start,
	.input = mqtt_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = mqtt_vectors,
	.n_vectors = ARRAY_LEN(mqtt_vectors),
};
const struct audit audit_nats = {
	.name = "nats",
	.title = "logins of NATS, and TLS",
	.of = of_nats,
	.transport = TRANSPORT_TCP,
	.start = nats_start,
	.input = nats_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = nats_vectors,
	.n_vectors = ARRAY_LEN(nats_vectors),
};
