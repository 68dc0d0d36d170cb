/* SPDX-License-Identifier: ISC
 *
 * Docker's API: GET /_ping, which needs no login where the API itself needs none (Docker Engine
 * API, "Ping"). Podman's service answers it, too.
 */
#include "base/compiler.h"
#include "proto/http_reply.h"
#include "proto/proto.h"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	http_put_request(ask, "GET /_ping", out);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(in, &r);
	struct slice api, server;

	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (http_is_docker(&r, &api)) {
		if (!http_field(&r, "Server", &server))
			server = SLICE("Docker");
		proto_sayf(said, "%.*s, API %.*s", (int)server.n, server.p, (int)api.n, api.p);
		return PROTO_PROVED;
	}
	return http_kind(&r) == HTTP_UNCLEAR || http_kind(&r) == HTTP_EITHER ? PROTO_MORE
									     : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum proto_result result = recognise(*in, said);
	struct http_reply r;

	(void)state;
	(void)ask;
	(void)out;
	/* What does not tell by now will not tell. */
	return result == PROTO_MORE && http_reply_read(*in, &r) == HTTP_REPLY ? PROTO_OTHER
									      : result;
}

static const char *const services[] = {"docker", NULL};

#define REQUEST "GET /_ping HTTP/1.0\r\nUser-Agent: portolan\r\n\r\n"

static const struct proto_vector vectors[] = {
	{.title = "it is there, and for anybody",
	 .source = "Docker 20.10.24",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 200 OK\r\n"
			       "Api-Version: 1.41\r\n"
			       "Cache-Control: no-cache, no-store, must-revalidate\r\n"
			       "Content-Type: text/plain; charset=utf-8\r\n"
			       "Docker-Experimental: false\r\n"
			       "Ostype: linux\r\n"
			       "Pragma: no-cache\r\n"
			       "Server: Docker/20.10.24+dfsg1 (linux)\r\n"
			       "Content-Length: 2\r\n"
			       "\r\n"
			       "OK")}},
	 .result = PROTO_PROVED,
	 .text = "Docker/20.10.24+dfsg1 (linux), API 1.41"},
	{.title = "a web server",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n"
			       "Server: nginx/1.22.1\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_docker = {
	.name = "docker",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 41,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
