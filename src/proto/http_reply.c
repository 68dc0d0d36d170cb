/* SPDX-License-Identifier: ISC */
#include "proto/http_reply.h"

#include <string.h>

#include "base/compiler.h"

/* "HTTP/1.1 404 Not Found": the version's minor digit and the status are what varies. */
static const char form[] = "HTTP/1.d ddd";
enum { FORM = sizeof(form) - 1, VERSION = sizeof("HTTP/1.d ") - 1 };

static bool fits_form(struct slice in)
{
	for (size_t i = 0; i < in.n && i < FORM; i++) {
		bool is_digit = in.p[i] >= '0' && in.p[i] <= '9';

		if (form[i] == 'd' ? !is_digit : in.p[i] != form[i])
			return false;
	}
	return true;
}

static bool read_status(struct slice in, struct http_reply *r)
{
	uint64_t status;

	r->line = SLICE_NONE;
	slice_cut(&in, '\n', &r->line);
	r->line = slice_trim(slice_skip(r->line, VERSION));
	if (!slice_number((struct slice){r->line.p, 3}, 599, &status) || status < 100 ||
	    (r->line.n > 3 && r->line.p[3] != ' '))
		return false;
	r->status = (unsigned)status;
	return true;
}

/* The length of the head, with the blank line that ends it; 0: it has not ended. */
static size_t head_length(struct slice in)
{
	for (size_t i = 0; i < in.n; i++) {
		struct slice rest = slice_skip(in, i);

		if (slice_has_prefix(rest, "\n\r\n"))
			return i + 3;
		if (slice_has_prefix(rest, "\n\n"))
			return i + 2;
	}
	return 0;
}

bool http_field(const struct http_reply *r, const char *name, struct slice *value)
{
	struct slice rest = r->fields, line, head;

	while (slice_cut(&rest, '\n', &line))
		if (slice_cut(&line, ':', &head) && line.p && slice_is_nocase(head, name)) {
			*value = slice_trim(line);
			return true;
		}
	return false;
}

static bool has_field(const struct http_reply *r, const char *name)
{
	struct slice ignored;

	return http_field(r, name, &ignored);
}

bool http_has(struct slice s, const char *text)
{
	for (; s.n; s = slice_skip(s, 1))
		if (slice_has_prefix(s, text))
			return true;
	return false;
}

static bool wants_tls(const struct http_reply *r)
{
	return r->status == 400 &&
	       (http_has(r->body, "plain HTTP request was sent to HTTPS port") || /* nginx */
		http_has(r->body,
			 "speaking plain HTTP to an SSL-enabled server port") ||       /* Apache */
		http_has(r->body, "Client sent an HTTP request to an HTTPS server") || /* Go */
		http_has(r->body, "This combination of host and port requires TLS"));  /* Tomcat */
}

/* What proxies alone say: RFC 9110 section 15.5.8, and Squid's, tinyproxy's and Privoxy's own
 * words. Via does not tell: gateways of web servers say it, too; nor does 403: Apache says it to
 * CONNECT where all is forbidden. */
static bool is_of_proxy(const struct http_reply *r)
{
	static const char *const lines[] = {"200 Connection established", "503 Connect failed",
					    "403 Connection not allowable",
					    "400 Invalid header received from client"};
	struct slice server;

	if (r->status == 407 || has_field(r, "Proxy-Authenticate") || has_field(r, "Proxy-Agent") ||
	    has_field(r, "X-Squid-Error"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (slice_is_nocase(r->line, lines[i]))
			return true;
	return http_field(r, "Server", &server) && slice_has_prefix(server, "tinyproxy/") &&
	       r->status >= 400;
}

bool http_is_docker(const struct http_reply *r, struct slice *api)
{
	return http_field(r, "Api-Version", api) &&
	       (has_field(r, "Docker-Experimental") || has_field(r, "Libpod-Api-Version"));
}

/* Each way may have a field of its own. */
bool http_offers(const struct http_reply *r, const char *way)
{
	struct slice rest = r->fields, line, name;

	while (slice_cut(&rest, '\n', &line))
		if (slice_cut(&line, ':', &name) && slice_is_nocase(name, "WWW-Authenticate") &&
		    slice_has_prefix(slice_trim(line), way))
			return true;
	return false;
}

bool http_is_wsman(const struct http_reply *r)
{
	return r->status == 401 && (http_offers(r, "Basic realm=\"WSMAN\"") ||
				    http_offers(r, "Basic realm=\"OPENWSMAN\""));
}

/* Windows' HTTP service itself: it wants a login, for WinRM or for somebody's pages; or nobody has
 * registered the page, as none has where WinRM is alone. */
static bool is_windows_own(const struct http_reply *r)
{
	struct slice server;

	if (!http_field(r, "Server", &server) || !slice_has_prefix(server, "Microsoft-HTTPAPI/"))
		return false;
	return r->status == 404 ||
	       (r->status == 401 && (http_offers(r, "Negotiate") || http_offers(r, "Kerberos")));
}

static bool is_docker_404(const struct http_reply *r)
{
	return r->status == 404 &&
	       slice_is(slice_trim(r->body), "{\"message\":\"page not found\"}");
}

static bool is_of_others(const struct http_reply *r)
{
	struct slice value;

	if (http_is_docker(r, &value))
		return true;
	if (http_field(r, "Content-Type", &value) && slice_has_prefix(value, "application/ipp"))
		return true;
	return http_is_wsman(r) || http_has(r->body, "\"etcdserver\":") ||
	       http_has(r->body, "trying to access MongoDB over HTTP on the native driver port");
}

enum http_kind http_kind(const struct http_reply *r)
{
	if (wants_tls(r))
		return HTTP_TLS;
	if (is_of_others(r))
		return HTTP_OTHERS;
	if (is_windows_own(r) || is_docker_404(r))
		return HTTP_EITHER;
	if (is_of_proxy(r))
		return HTTP_PROXY;
	return r->status == 400 || r->status == 408 || r->status == 501 || r->status == 505
		       ? HTTP_UNCLEAR
		       : HTTP_WEB;
}

/* Short bodies tell whose reply it is, so they are waited for. Servers of TLS that do not say how
 * long theirs is (Go's, Tomcat's) have told all in its first bytes. */
static bool has_body(const struct http_reply *r)
{
	enum { NOTICE = sizeof("Bad Request\r\nThis combination of host and port requires TLS.") };
	struct slice value;
	uint64_t n;

	if (r->status == 204 || r->status == 304)
		return true;
	if (!http_field(r, "Content-Length", &value))
		return http_kind(r) != HTTP_UNCLEAR || r->body.n >= NOTICE;
	return !slice_number(value, HTTP_SHORT, &n) || r->body.n >= n;
}

enum http_result http_reply_read(struct slice in, struct http_reply *r)
{
	size_t head;
	struct slice line;

	*r = (struct http_reply){.status = 0};
	if (!fits_form(in))
		return HTTP_BAD;
	head = head_length(in);
	if (!head && in.n < HTTP_HEAD_MAX)
		return HTTP_MORE;
	if (!head)
		head = HTTP_HEAD_MAX;
	if (!read_status(in, r))
		return HTTP_BAD;
	r->fields = (struct slice){in.p, head};
	slice_cut(&r->fields, '\n', &line);
	r->body = slice_skip(in, head);
	return has_body(r) ? HTTP_REPLY : HTTP_MORE;
}

void http_say_server(const struct http_reply *r, struct proto_said *said)
{
	struct slice server;

	proto_say(said, http_field(r, "Server", &server) && server.n ? server : r->line);
}

void http_put_request(const struct proto_ask *ask, const char *request, struct proto_out *out)
{
	proto_put_text(out, request);
	proto_put_text(out, " HTTP/1.0\r\n");
	if (ask->host) {
		proto_put_text(out, "Host: ");
		proto_put_text(out, ask->host);
		proto_put_text(out, "\r\n");
	}
	proto_put_text(out, HTTP_ASKER "\r\n");
}
