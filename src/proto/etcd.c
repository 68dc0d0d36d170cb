/* SPDX-License-Identifier: ISC
 *
 * etcd: GET /version, which its clients' port and its peers' both answer, without a login (etcd
 * documentation, "Monitoring etcd").
 */
#include "base/compiler.h"
#include "proto/http_reply.h"
#include "proto/proto.h"

#define MARK "\"etcdserver\":\""

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	http_put_request(ask, "GET /version", out);
}

static bool find_version(struct slice body, struct slice *version)
{
	static const size_t n = sizeof(MARK) - 1;

	for (; body.n > n; body = slice_skip(body, 1))
		if (slice_has_prefix(body, MARK)) {
			body = slice_skip(body, n);
			return slice_cut(&body, '"', version) && body.p;
		}
	return false;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);
	struct slice version;

	(void)state;
	(void)ask;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (r.status != 200 || !find_version(r.body, &version))
		return PROTO_OTHER;
	proto_say(said, version);
	return PROTO_PROVED;
}

/* Go's words for a page that is not there are everybody's. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(in, &r);

	(void)said;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	return http_kind(&r) == HTTP_UNCLEAR || r.status == 404 ? PROTO_MORE : PROTO_OTHER;
}

static const char *const services[] = {"etcd", NULL};

#define REQUEST "GET /version HTTP/1.0\r\nUser-Agent: portolan\r\n\r\n"

static const struct proto_vector vectors[] = {
	{.title = "its version",
	 .source = "etcd 3.4.23",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 200 OK\r\n"
			       "Access-Control-Allow-Origin: *\r\n"
			       "Content-Type: application/json\r\n"
			       "Date: Fri, 27 Nov 2026 22:02:17 GMT\r\n"
			       "Content-Length: 45\r\n"
			       "\r\n"
			       "{\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}")}},
	 .result = PROTO_PROVED,
	 .text = "3.4.23"},
	{.title = "a web server",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 404 Not Found\r\n"
			       "Server: nginx/1.22.1\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_etcd = {
	.name = "etcd",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 56,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
