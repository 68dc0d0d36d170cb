/* SPDX-License-Identifier: ISC
 *
 * NATS: the server's INFO, unasked, a line of JSON. Nothing is asked, and the protocol has no
 * good-bye: what it would hear first from a client is who that is.
 */
#include "base/compiler.h"
#include "proto/line.h"

#define INFO "INFO {\""

/* A server tells the addresses of its whole cluster; what a caller keeps is 8 kB. */
enum { LINE_LIMIT = 8000 };

/* "NAME":"VALUE" in JSON, as far as no quote is escaped in it. */
static bool find(struct slice json, const char *name, struct slice *value)
{
	struct slice part;

	while (slice_cut(&json, '"', &part))
		if (slice_is(part, name) && slice_has_prefix(json, ":\"")) {
			json = slice_skip(json, 2);
			return slice_cut(&json, '"', value);
		}
	return false;
}

static enum proto_result read_info(struct slice *in, struct proto_said *said)
{
	enum proto_result result = line_begins(*in, INFO);
	struct slice line, id, version = SLICE_NONE;

	if (result == PROTO_PROVED)
		result = line_take(in, LINE_LIMIT, &line);
	if (result != PROTO_PROVED)
		return result;
	if (!line_is_text(line) || !find(line, "server_id", &id))
		return PROTO_OTHER;
	if (find(line, "version", &version))
		proto_sayf(said, "version %.*s", (int)version.n, version.p);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_info(in, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_info(&in, said);
}

static const char *const services[] = {"nats", NULL};

#define GREETING                                                                                   \
	"INFO {\"server_id\":\"NDBP5T626JHSOZGGZ534ULAR6PUN25M6GPXJCVWW2S6EGUUB4BZ2KWGP\","        \
	"\"server_name\":\"NDBP5T626JHSOZGGZ534ULAR6PUN25M6GPXJCVWW2S6EGUUB4BZ2KWGP\","            \
	"\"version\":\"2.9.10\",\"proto\":1,\"go\":\"go1.19.8\",\"host\":\"0.0.0.0\","             \
	"\"port\":4222,\"headers\":true,\"max_payload\":1048576,\"client_id\":5,"                  \
	"\"client_ip\":\"127.0.0.1\"} \r\n"

static const struct proto_vector vectors[] = {
	{.title = "its greeting",
	 .source = "nats-server 2.9.10",
	 .turns = {{'<', SLICE(GREETING)}},
	 .result = PROTO_PROVED,
	 .text = "version 2.9.10"},
	{.title = "it does not tell its version",
	 .source = "NATS protocol, INFO",
	 .turns = {{'<', SLICE("INFO {\"server_id\":\"A\",\"version\":2}\r\n")}},
	 .result = PROTO_PROVED},
	{.title = "a line that has not ended",
	 .source = "NATS protocol, INFO",
	 .turns = {{'<', SLICE("INFO {\"server_id\":\"A")}},
	 .result = PROTO_MORE},
	{.title = "another object",
	 .source = "RFC 8259",
	 .turns = {{'<', SLICE("INFO {\"id\":\"server_id\"}\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "the same word of others",
	 .source = "unverified",
	 .turns = {{'<', SLICE("INFO hello\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "nats-server 2.9.10",
	 .bytes = SLICE(GREETING "-ERR 'Unknown Protocol Operation'\r\n"),
	 .text = "version 2.9.10"},
};

const struct proto proto_nats = {
	.name = "nats",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.input = input,
	.recognise = recognise,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
