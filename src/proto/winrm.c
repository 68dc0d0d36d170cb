/* SPDX-License-Identifier: ISC
 *
 * WinRM: a message of WS-Management (DSP0226) without content, to /wsman. It wants a login first,
 * and names the ways: MS-WSMV section 2.2.1. Windows' HTTP service gives what is not /wsman to
 * others, or to nobody; so this, with its own name, is WinRM. Openwsman says its name as realm.
 */
#include "base/compiler.h"
#include "proto/http_reply.h"
#include "proto/proto.h"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put_text(out, "POST /wsman HTTP/1.1\r\nHost: ");
	proto_put_text(out, ask->host ? ask->host : "portolan.invalid");
	proto_put_text(out, "\r\n" HTTP_ASKER "Content-Type: application/soap+xml;charset=UTF-8\r\n"
			    "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

/* To the question for /wsman; to another one, it may be somebody's pages that want a login. */
static bool is_winrm(const struct http_reply *r)
{
	return (r->status == 401 && http_kind(r) == HTTP_EITHER) || http_is_wsman(r);
}

static void say(const struct http_reply *r, struct proto_said *said)
{
	struct slice server;

	if (!http_field(r, "Server", &server))
		server = r->line;
	proto_sayf(said, "%.*s%s", (int)server.n, server.p,
		   http_offers(r, "Basic") ? ", takes passwords in clear text (Basic)" : "");
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);

	(void)state;
	(void)ask;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (!is_winrm(&r))
		return PROTO_OTHER;
	say(&r, said);
	return PROTO_PROVED;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(in, &r);
	enum http_kind kind;

	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (http_is_wsman(&r)) {
		say(&r, said);
		return PROTO_PROVED;
	}
	kind = http_kind(&r);
	return kind == HTTP_EITHER || kind == HTTP_UNCLEAR ? PROTO_MORE : PROTO_OTHER;
}

static const char *const services[] = {"winrm", NULL};

#define REQUEST                                                                                    \
	"POST /wsman HTTP/1.1\r\n"                                                                 \
	"Host: portolan.invalid\r\n"                                                               \
	"User-Agent: portolan\r\n"                                                                 \
	"Content-Type: application/soap+xml;charset=UTF-8\r\n"                                     \
	"Content-Length: 0\r\n"                                                                    \
	"Connection: close\r\n"                                                                    \
	"\r\n"

static const struct proto_vector vectors[] = {
	{.title = "it wants a login",
	 .source = "MS-WSMV section 2.2.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 401 \r\n"
			       "Server: Microsoft-HTTPAPI/2.0\r\n"
			       "WWW-Authenticate: Negotiate\r\n"
			       "Date: Fri, 27 Nov 2026 22:01:14 GMT\r\n"
			       "Connection: close\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "Microsoft-HTTPAPI/2.0"},
	{.title = "it takes passwords as they are",
	 .source = "MS-WSMV section 2.2.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 401 \r\n"
			       "Server: Microsoft-HTTPAPI/2.0\r\n"
			       "WWW-Authenticate: Negotiate\r\n"
			       "WWW-Authenticate: Basic realm=\"WSMAN\"\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "Microsoft-HTTPAPI/2.0, takes passwords in clear text (Basic)"},
	{.title = "a web server that wants a login for all it has",
	 .source = "RFC 4559 section 4",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 401 Unauthorized\r\n"
			       "Server: Microsoft-IIS/10.0\r\n"
			       "WWW-Authenticate: Negotiate\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
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

const struct proto proto_winrm = {
	.name = "winrm",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 42,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
