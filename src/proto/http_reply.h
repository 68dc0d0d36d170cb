/* SPDX-License-Identifier: ISC
 *
 * A reply in the form of HTTP, RFC 9112, and whose it is: proxies, and servers of other protocols,
 * also answer in this form. Pure; the server is not trusted, and nothing is read beyond what came.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"
#include "proto/proto.h"

enum http_result {
	HTTP_MORE,  /* it has not ended yet */
	HTTP_REPLY, /* its head is there; its body too, where it is a short one */
	HTTP_BAD,   /* this is no HTTP reply */
};

enum {
	HTTP_HEAD_MAX = 4096, /* bytes: of a longer head what has come is taken for all */
	HTTP_SHORT = 1024,    /* bytes: a body of a length up to this is waited for */
};

/* Borrowed from the input. */
struct http_reply {
	unsigned status;   /* 100 to 599 */
	struct slice line; /* "404 Not Found" */
	struct slice fields;
	struct slice body; /* what came of it */
};

enum http_result http_reply_read(struct slice in, struct http_reply *r);

/* A field's value, of the first with this name (in letters of either case). */
bool http_field(const struct http_reply *r, const char *name, struct slice *value);

/* Do these words stand in a body, or a value? */
bool http_has(struct slice s, const char *text);

enum http_kind {
	HTTP_WEB,
	HTTP_UNCLEAR, /* it understood nothing of a question that was not HTTP */
	HTTP_EITHER,  /* a web server's or another protocol's: that one's question tells */
	HTTP_TLS,     /* it wants TLS: what is said in clear text is no service */
	HTTP_PROXY,
	HTTP_OTHERS, /* another protocol's, which has its own dialogue */
};
enum http_kind http_kind(const struct http_reply *r);

/* Docker's API, by what its every answer says; the version of the API. */
bool http_is_docker(const struct http_reply *r, struct slice *api);

/* Does it name WS-Management's realm? */
bool http_is_wsman(const struct http_reply *r);

/* Is this way to log in among those that it names, "Basic realm=..."? */
bool http_offers(const struct http_reply *r, const char *way);

/* What it calls itself; else how it answers: "404 Not Found". */
void http_say_server(const struct http_reply *r, struct proto_said *said);

/* METHOD TARGET of HTTP/1.0, and who asks; with the name of the host where there is one. */
void http_put_request(const struct proto_ask *ask, const char *request, struct proto_out *out);
#define HTTP_ASKER "User-Agent: portolan\r\n"
