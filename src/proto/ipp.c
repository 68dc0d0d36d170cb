/* SPDX-License-Identifier: ISC
 *
 * IPP: Get-Printer-Attributes of a printer that is not there, for its name alone, RFC 8011 section
 * 4.2.5; over HTTP's POST, RFC 8010. Any printer and any server of them answers with its versions
 * and a status, which need not be success. Nothing is printed.
 */
#include <stdio.h>

#include "base/compiler.h"
#include "proto/http_reply.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { GET_PRINTER_ATTRIBUTES = 0x000b, ID = 4, HEADER = 8 };
enum {
	TAG_OPERATION = 1,
	TAG_END = 3,
	TAG_KEYWORD = 0x44,
	TAG_URI = 0x45,
	TAG_CHARSET = 0x47,
	TAG_LANGUAGE = 0x48
};

static void put_attribute(struct proto_out *out, uint8_t tag, const char *name, const char *value)
{
	proto_put(out, &tag, 1);
	proto_put16(out, (unsigned)strlen(name));
	proto_put_text(out, name);
	proto_put16(out, (unsigned)strlen(value));
	proto_put_text(out, value);
}

/* Version 1.1, which all of them know; the id is not 0, section 4.1.1. */
static void put_operation(const struct proto_ask *ask, struct proto_out *out)
{
	proto_put16(out, 0x0101);
	proto_put16(out, GET_PRINTER_ATTRIBUTES);
	proto_put(out, "\1", 1);
	proto_put(out, ask->chance, ID - 1);
	proto_put(out, (const uint8_t[]){TAG_OPERATION}, 1);
	put_attribute(out, TAG_CHARSET, "attributes-charset", "utf-8");
	put_attribute(out, TAG_LANGUAGE, "attributes-natural-language", "en");
	put_attribute(out, TAG_URI, "printer-uri", "ipp://localhost/ipp/portolan.invalid");
	put_attribute(out, TAG_KEYWORD, "requested-attributes", "printer-name");
	proto_put(out, (const uint8_t[]){TAG_END}, 1);
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	struct proto_out operation = {.n = 0};
	char length[64];

	(void)state;
	put_operation(ask, &operation);
	snprintf(length, sizeof(length), "Content-Length: %zu\r\n\r\n", operation.n);
	proto_put_text(out, "POST /ipp/portolan.invalid HTTP/1.1\r\nHost: ");
	proto_put_text(out, ask->host ? ask->host : "localhost");
	proto_put_text(out, "\r\n" HTTP_ASKER "Content-Type: application/ipp\r\n");
	proto_put_text(out, length);
	proto_put(out, operation.bytes, operation.n);
}

/* A body in chunks begins with the length of the first, in a line. */
static struct slice operation_of(const struct http_reply *r)
{
	struct slice body = r->body, encoding, line;

	if (http_field(r, "Transfer-Encoding", &encoding) && slice_is_nocase(encoding, "chunked") &&
	    (!slice_cut(&body, '\n', &line) || !body.p))
		return SLICE_NONE;
	return body;
}

/* Version, status, our id. */
static enum proto_result read_operation(struct slice s, const struct proto_ask *ask)
{
	uint16_t version, status;
	struct slice id;

	if (s.n < HEADER)
		return PROTO_MORE;
	wire_take16(&s, &version);
	wire_take16(&s, &status);
	wire_take(&s, ID, &id);
	return (version >> 8 == 1 || version >> 8 == 2) && id.p[0] == 1 &&
			       memcmp(id.p + 1, ask->chance, ID - 1) == 0
		       ? PROTO_PROVED
		       : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);
	enum proto_result answer;
	struct slice type;

	(void)state;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (!http_field(&r, "Content-Type", &type) || !slice_has_prefix(type, "application/ipp"))
		/* A login, or TLS, is wanted first: that says nothing. */
		return r.status == 401 || r.status == 403 || r.status == 426 ? PROTO_MORE
									     : PROTO_OTHER;
	answer = read_operation(operation_of(&r), ask);
	if (answer == PROTO_PROVED)
		http_say_server(&r, said);
	return answer;
}

/* Printers and CUPS are web servers, too; some name it beside. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct http_reply r;
	enum http_result result = http_reply_read(in, &r);
	struct slice server;

	(void)said;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	return http_kind(&r) == HTTP_UNCLEAR ||
			       (http_field(&r, "Server", &server) && http_has(server, "IPP/"))
		       ? PROTO_MORE
		       : PROTO_OTHER;
}

static const char *const services[] = {"ipp", NULL};

#define REQUEST                                                                                    \
	"POST /ipp/portolan.invalid HTTP/1.1\r\n"                                                  \
	"Host: localhost\r\n"                                                                      \
	"User-Agent: portolan\r\n"                                                                 \
	"Content-Type: application/ipp\r\n"                                                        \
	"Content-Length: 161\r\n"                                                                  \
	"\r\n"                                                                                     \
	"\1\1\0\13\1\0\1\2\1"                                                                      \
	"G\0\22attributes-charset\0\5utf-8"                                                        \
	"H\0\33attributes-natural-language\0\2en"                                                  \
	"E\0\13printer-uri\0\44ipp://localhost/ipp/portolan.invalid"                               \
	"D\0\24requested-attributes\0\14printer-name"                                              \
	"\3"

static const struct proto_vector vectors[] = {
	{.title = "it has no such printer",
	 .source = "CUPS 2.4.2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Connection: Keep-Alive\r\n"
			       "Content-Language: en\r\n"
			       "Content-Length: 127\r\n"
			       "Content-Type: application/ipp\r\n"
			       "Date: Fri, 27 Nov 2026 22:34:04 GMT\r\n"
			       "Server: CUPS/2.4 IPP/2.1\r\n"
			       "\r\n")},
		   {'<', SLICE("\1\1\4\6\1\0\1\2\1"
			       "G\0\22attributes-charset\0\5utf-8"
			       "H\0\33attributes-natural-language\0\2en"
			       "A\0\16status-message\0$The printer or class does not exist."
			       "\3")}},
	 .result = PROTO_PROVED,
	 .text = "CUPS/2.4 IPP/2.1"},
	{.title = "a web server",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 405 Not Allowed\r\n"
			       "Server: nginx/1.22.1\r\n"
			       "Content-Length: 0\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "a printer, in chunks",
	 .source = "RFC 8010, RFC 9112 section 7.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Content-Type: application/ipp\r\n"
			       "Transfer-Encoding: chunked\r\n"
			       "\r\n"
			       "9\r\n"
			       "\1\1\4\6\1\0\1\2\3\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "200 OK"},
	{.title = "an answer to another question",
	 .source = "RFC 8010",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Content-Type: application/ipp\r\n"
			       "Content-Length: 9\r\n"
			       "\r\n"
			       "\1\1\4\6\7\7\7\7\3")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_ipp = {
	.name = "ipp",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 57,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
