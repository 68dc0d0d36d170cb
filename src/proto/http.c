/* SPDX-License-Identifier: ISC
 *
 * HTTP: GET / of version 1.0, RFC 9112; every status proves it, also one that refuses. What answers
 * in this form and is something else is not taken for a web server: a proxy, Docker, a server that
 * wants TLS.
 */
#include "base/compiler.h"
#include "proto/http_reply.h"
#include "proto/proto.h"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	http_put_request(ask, "GET /", out);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);
	enum http_kind kind;

	(void)state;
	(void)ask;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	kind = http_kind(&r);
	if (kind == HTTP_EITHER)
		return PROTO_MORE;
	if (kind != HTTP_WEB && kind != HTTP_UNCLEAR)
		return PROTO_OTHER;
	http_say_server(&r, said);
	return PROTO_PROVED;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(in, &r);

	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	switch (http_kind(&r)) {
	case HTTP_WEB:
		http_say_server(&r, said);
		return PROTO_PROVED;
	case HTTP_UNCLEAR:
	case HTTP_EITHER:
		return PROTO_MORE;
	case HTTP_TLS:
	case HTTP_PROXY:
	case HTTP_OTHERS:
		break;
	}
	return PROTO_OTHER;
}

static const char *const services[] = {"http", NULL};

#define REQUEST "GET / HTTP/1.0\r\nUser-Agent: portolan\r\n\r\n"

static const struct proto_vector vectors[] = {
	{.title = "a page",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Server: nginx/1.22.1\r\n"
			       "Date: Fri, 27 Nov 2026 22:01:14 GMT\r\n"
			       "Content-Type: text/plain\r\n"
			       "Content-Length: 7\r\n"
			       "Connection: close\r\n"
			       "\r\n"
			       "a peer\n")}},
	 .result = PROTO_PROVED,
	 .text = "nginx/1.22.1"},
	{.title = "it does not tell what it is",
	 .source = "etcd 3.4.23",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 404 Not Found\r\n"
			       "Content-Type: text/plain; charset=utf-8\r\n"
			       "X-Content-Type-Options: nosniff\r\n"
			       "Date: Fri, 27 Nov 2026 22:02:17 GMT\r\n"
			       "Content-Length: 19\r\n"
			       "\r\n"
			       "404 page not found\n")}},
	 .result = PROTO_PROVED,
	 .text = "404 Not Found"},
	{.title = "lines that end as they should not",
	 .source = "RFC 9112 section 2.2",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("HTTP/1.0 302\nServer: old\n\n")}},
	 .result = PROTO_PROVED,
	 .text = "old"},
	{.title = "it refuses",
	 .source = "CUPS 2.4.2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 400 Bad Request\r\n"
			       "Content-Language: en\r\n"
			       "Content-Length: 0\r\n"
			       "Server: CUPS/2.4 IPP/2.1\r\n"
			       "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "CUPS/2.4 IPP/2.1"},
	{.title = "it refuses, and does not say why: it may want TLS",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 400 \r\n"
			       "Connection: close\r\n"
			       "\r\n")}},
	 .result = PROTO_MORE},
	{.title = "it wants TLS",
	 .source = "Tomcat, Http11Processor",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 400 \r\n"
			       "Content-Type: text/plain;charset=UTF-8\r\n"
			       "Connection: close\r\n"
			       "\r\n"
			       "Bad Request\r\n"
			       "This combination of host and port requires TLS.\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "it wants TLS",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("HTTP/1.1 400 Bad Request\r\n"
			  "Server: nginx/1.22.1\r\n"
			  "Date: Fri, 27 Nov 2026 22:01:17 GMT\r\n"
			  "Content-Type: text/html\r\n"
			  "Content-Length: 255\r\n"
			  "Connection: close\r\n"
			  "\r\n"
			  "<html>\r\n"
			  "<head><title>400 The plain HTTP request was sent to HTTPS port</title>"
			  "</head>\r\n"
			  "<body>\r\n"
			  "<center><h1>400 Bad Request</h1></center>\r\n"
			  "<center>The plain HTTP request was sent to HTTPS port</center>\r\n"
			  "<hr><center>nginx/1.22.1</center>\r\n"
			  "</body>\r\n"
			  "</html>\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "it wants TLS",
	 .source = "Apache 2.4.71",
	 .turns =
		 {{'>', SLICE(REQUEST)},
		  {'<',
		   SLICE("HTTP/1.1 400 Bad Request\r\n"
			 "Date: Fri, 27 Nov 2026 22:01:25 GMT\r\n"
			 "Server: Apache/2.4.71 (Debian) OpenSSL/3.0.19\r\n"
			 "Content-Length: 402\r\n"
			 "Connection: close\r\n"
			 "Content-Type: text/html; charset=iso-8859-1\r\n"
			 "\r\n"
			 "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
			 "\"http://www.w3.org/TR/html4/strict.dtd\">\n"
			 "<html><head>\n"
			 "<title>400 Bad Request</title>\n"
			 "</head><body>\n"
			 "<h1>Bad Request</h1>\n"
			 "<p>Your browser sent a request that this server could not understand.<br "
			 "/>\n"
			 "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />\n"
			 " Instead use the HTTPS scheme to access this URL, please.<br />\n"
			 "</p>\n"
			 "</body></html>\n")}},
	 .result = PROTO_OTHER},
	{.title = "it wants TLS",
	 .source = "Go net/http, server.go",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 400 Bad Request\r\n"
			       "\r\n"
			       "Client sent an HTTP request to an HTTPS server.\n")}},
	 .result = PROTO_OTHER},
	{.title = "a proxy that is no server",
	 .source = "tinyproxy 1.11.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 400 Bad Request\r\n"
			       "Server: tinyproxy/1.11.1\r\n"
			       "Content-Type: text/html\r\n"
			       "Connection: close\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "what Docker says, too",
	 .source = "Docker 20.10.24",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 404 Not Found\r\n"
			       "Content-Type: application/json\r\n"
			       "Date: Fri, 27 Nov 2026 22:08:50 GMT\r\n"
			       "Content-Length: 29\r\n"
			       "\r\n"
			       "{\"message\":\"page not found\"}\n")}},
	 .result = PROTO_MORE},
	{.title = "what WinRM says, too",
	 .source = "MS-WSMV, Windows' HTTP service",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 404 Not Found\r\n"
			       "Content-Type: text/html; charset=us-ascii\r\n"
			       "Server: Microsoft-HTTPAPI/2.0\r\n"
			       "Connection: close\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_MORE},
	{.title = "MongoDB",
	 .source = "MongoDB 4.0.18",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.0 200 OK\r\n"
			       "Connection: close\r\n"
			       "Content-Type: text/plain\r\n"
			       "Content-Length: 85\r\n"
			       "\r\n"
			       "It looks like you are trying to access MongoDB over HTTP on the "
			       "native driver port.\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "another protocol of the same form",
	 .source = "RFC 2326",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("RTSP/1.0 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "403 to CONNECT",
	 .source = "Apache 2.4.71",
	 .bytes = SLICE("HTTP/1.1 403 Forbidden\r\n"
			"Date: Fri, 27 Nov 2026 22:01:23 GMT\r\n"
			"Server: Apache/2.4.71 (Debian) OpenSSL/3.0.19\r\n"
			"Content-Length: 239\r\n"
			"Connection: close\r\n"
			"Content-Type: text/html; charset=iso-8859-1\r\n"
			"\r\n"
			"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
			"\"http://www.w3.org/TR/html4/strict.dtd\">\n"
			"<html><head>\n"
			"<title>403 Forbidden</title>\n"
			"</head><body>\n"
			"<h1>Forbidden</h1>\n"
			"<p>You don't have permission to access this resource.</p>\n"
			"</body></html>\n"),
	 .text = "Apache/2.4.71 (Debian) OpenSSL/3.0.19"},
};

const struct proto proto_http = {
	.name = "http",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 3,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
