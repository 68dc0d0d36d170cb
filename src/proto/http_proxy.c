/* SPDX-License-Identifier: ISC
 *
 * HTTP proxy: CONNECT to a port of its own host where nobody listens, RFC 9110 section 9.3.6. An
 * address and not a name: Squid waits for the DNS else. What a proxy alone says proves it: that a
 * login is wanted, or that the way is open; or that it got no connection, in its own words. That
 * something is forbidden or not available, a web server also says: Apache does, to CONNECT.
 */
#include "base/compiler.h"
#include "proto/http_reply.h"
#include "proto/proto.h"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const char request[] = "CONNECT 127.0.0.1:1 HTTP/1.1\r\n"
				      "Host: 127.0.0.1:1\r\n" HTTP_ASKER "\r\n";

	(void)state;
	(void)ask;
	proto_put_text(out, request);
}

/* A web server that grants any method says how long its page is, or of what kind, or sends it: of a
 * tunnel none is true, RFC 9110 section 9.3.6. */
static bool is_tunnel(const struct http_reply *r)
{
	struct slice ignored;

	return r->status == 200 && !r->body.n && !http_field(r, "Content-Length", &ignored) &&
	       !http_field(r, "Content-Type", &ignored) &&
	       !http_field(r, "Transfer-Encoding", &ignored);
}

static void say(const struct http_reply *r, struct proto_said *said)
{
	struct slice server = SLICE_NONE;
	const char *how = r->status == 407 ? "wants a login"
			  : is_tunnel(r)   ? "open to anybody"
					   : "";

	if (!http_field(r, "Server", &server))
		http_field(r, "Proxy-Agent", &server);
	if (!server.n && !*how)
		proto_say(said, r->line);
	else
		proto_sayf(said, "%.*s%s%s", (int)server.n, server.n ? server.p : "",
			   server.n && *how ? ", " : "", how);
}

static enum proto_result read_reply(struct slice in, bool is_answer, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(in, &r);

	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (http_kind(&r) == HTTP_PROXY || (is_answer && is_tunnel(&r))) {
		say(&r, said);
		return PROTO_PROVED;
	}
	if (http_kind(&r) == HTTP_TLS || http_kind(&r) == HTTP_OTHERS)
		return PROTO_OTHER;
	return r.status == 403 || (r.status >= 500 && r.status != 501) ? PROTO_MORE : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_reply(*in, true, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_reply(in, false, said);
}

static const char *const services[] = {"http-proxy", NULL};

#define REQUEST                                                                                    \
	"CONNECT 127.0.0.1:1 HTTP/1.1\r\n"                                                         \
	"Host: 127.0.0.1:1\r\n"                                                                    \
	"User-Agent: portolan\r\n"                                                                 \
	"\r\n"

static const struct proto_vector vectors[] = {
	{.title = "it got no connection",
	 .source = "Squid 5.7",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 503 Service Unavailable\r\n"
			       "Server: squid/5.7\r\n"
			       "Mime-Version: 1.0\r\n"
			       "Date: Fri, 27 Nov 2026 22:02:23 GMT\r\n"
			       "Content-Type: text/html;charset=utf-8\r\n"
			       "Content-Length: 3050\r\n"
			       "X-Squid-Error: ERR_CONNECT_FAIL 111\r\n"
			       "Vary: Accept-Language\r\n"
			       "Content-Language: en\r\n"
			       "\r\n"
			       "<!DOCTYPE html")}},
	 .result = PROTO_PROVED,
	 .text = "squid/5.7"},
	{.title = "it got no connection",
	 .source = "tinyproxy 1.11.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 500 Unable to connect\r\n"
			       "Server: tinyproxy/1.11.1\r\n"
			       "Content-Type: text/html\r\n"
			       "Connection: close\r\n"
			       "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "tinyproxy/1.11.1"},
	{.title = "it got no connection",
	 .source = "Privoxy 3.0.34",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 503 Connect failed\r\n"
			       "Content-Length: 6517\r\n"
			       "Content-Type: text/html\r\n"
			       "Connection: close\r\n"
			       "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "503 Connect failed"},
	{.title = "it wants a login",
	 .source = "RFC 9110 section 15.5.8",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 407 Proxy Authentication Required\r\n"
			       "Server: gate\r\n"
			       "Proxy-Authenticate: Basic realm=\"gate\"\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "gate, wants a login"},
	{.title = "the way is open",
	 .source = "RFC 9110 section 9.3.6",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 Connection established\r\n"
			       "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "open to anybody"},
	{.title = "a web server that grants every method",
	 .source = "RFC 9110 section 9.3.6",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Content-Length: 2\r\n"
			       "\r\n"
			       "ok")}},
	 .result = PROTO_OTHER},
	{.title = "a web server that forbids all",
	 .source = "Apache 2.4.71",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 403 Forbidden\r\n"
			       "Date: Fri, 27 Nov 2026 22:01:23 GMT\r\n"
			       "Server: Apache/2.4.71 (Debian) OpenSSL/3.0.19\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_MORE},
	{.title = "a web server",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 405 Not Allowed\r\n"
			       "Server: nginx/1.22.1\r\n"
			       "Content-Length: 157\r\n"
			       "\r\n"
			       "<html>\r\n"
			       "<head><title>405 Not Allowed</title></head>\r\n"
			       "<body>\r\n"
			       "<center><h1>405 Not Allowed</h1></center>\r\n"
			       "<hr><center>nginx/1.22.1</center>\r\n"
			       "</body>\r\n"
			       "</html>\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "GET without a host",
	 .source = "Squid 5.7",
	 .bytes = SLICE("HTTP/1.1 400 Bad Request\r\n"
			"Server: squid/5.7\r\n"
			"Mime-Version: 1.0\r\n"
			"Date: Fri, 27 Nov 2026 22:02:20 GMT\r\n"
			"Content-Type: text/html;charset=utf-8\r\n"
			"Content-Length: 3212\r\n"
			"X-Squid-Error: ERR_INVALID_URL 0\r\n"
			"Vary: Accept-Language\r\n"
			"Content-Language: en\r\n"
			"X-Cache: MISS from gate\r\n"
			"X-Cache-Lookup: NONE from gate:3128\r\n"
			"Via: 1.1 gate (squid/5.7)\r\n"
			"Connection: close\r\n"
			"\r\n"
			"<!DOCTYPE html"),
	 .text = "squid/5.7"},
	{.title = "GET without a host",
	 .source = "tinyproxy 1.11.1",
	 .bytes = SLICE("HTTP/1.0 400 Bad Request\r\n"
			"Server: tinyproxy/1.11.1\r\n"
			"Content-Type: text/html\r\n"
			"Connection: close\r\n"
			"\r\n"
			"<?xml version"),
	 .text = "tinyproxy/1.11.1"},
	{.title = "GET without a host",
	 .source = "Privoxy 3.0.34",
	 .bytes = SLICE("HTTP/1.1 400 Invalid header received from client\r\n"
			"Content-Type: text/plain\r\n"
			"Connection: close\r\n"
			"\r\n"
			"Invalid header received from client.\n"),
	 .text = "400 Invalid header received from client"},
};

const struct proto proto_http_proxy = {
	.name = "http-proxy",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 40,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
