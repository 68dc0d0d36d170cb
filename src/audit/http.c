/* SPDX-License-Identifier: ISC
 *
 * HTTP, by one GET /. In clear text: whether it leads to https, and whether it asks for a password
 * (RFC 7617 section 4). Inside TLS: whether browsers are told to stay there (RFC 6797), and cookies
 * that would leave it (RFC 6265 section 4.1.2.5). WinRM: the ways to log in that it names.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/http_reply.h"

enum { CLEARTEXT, BASIC, NO_HSTS, COOKIE, WINRM_BASIC };
static const struct weakness weaknesses[] = {
	[CLEARTEXT] =
		{"http-cleartext", SEVERITY_MEDIUM, false,
		 "it serves pages in clear text: whoever is on the way reads and changes them",
		 "Let it answer with a redirect to https alone.",
		 "RFC 9110 section 4.2.2; RFC 7258"},
	[BASIC] = {"http-basic-cleartext", SEVERITY_HIGH, false,
		   "it asks for passwords in clear text (Basic)",
		   "Let it answer with a redirect to https alone.", "RFC 7617 section 4"},
	[NO_HSTS] = {"hsts-missing", SEVERITY_LOW, false,
		     "it does not tell browsers to come by https alone",
		     "Add the header Strict-Transport-Security, with a max-age of a year.",
		     "RFC 6797 section 7.1"},
	[COOKIE] = {"cookie-without-secure", SEVERITY_LOW, false,
		    "it sets cookies that browsers also send in clear text",
		    "Set them with the attribute Secure.", "RFC 6265 section 4.1.2.5"},
	[WINRM_BASIC] = {"winrm-basic-cleartext", SEVERITY_HIGH, false,
			 "it takes passwords in clear text (Basic)",
			 "Set winrm/config/service/auth Basic to false, or listen on HTTPS alone.",
			 "RFC 7617 section 4"},
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	const struct proto_ask who = {.host = ask->host};

	(void)state;
	http_put_request(&who, "GET /", out);
	return true;
}

/* HTTP's words for "there it is". */
static bool is_redirect(const struct http_reply *r)
{
	return r->status / 100 == 3 && r->status != 304;
}

static bool leads_to_https(const struct http_reply *r)
{
	struct slice to;

	return is_redirect(r) && http_field(r, "Location", &to) && to.n >= 6 &&
	       slice_is_nocase((struct slice){to.p, 6}, "https:");
}

/* What refuses without a login shows nothing, and is not held to be a page. */
static void judge_clear(const struct http_reply *r, struct audit_notes *notes)
{
	if (r->status == 401 && http_offers(r, "Basic"))
		audit_note(notes, &weaknesses[BASIC], "%.*s", (int)r->line.n, r->line.p);
	else if (r->status / 100 == 2 || r->status == 401 || (is_redirect(r) && !leads_to_https(r)))
		audit_note(notes, &weaknesses[CLEARTEXT], "%.*s", (int)r->line.n, r->line.p);
}

/* "max-age=31536000; includeSubDomains"; 0 takes it back. */
static bool has_age(struct slice value)
{
	static const struct slice name = SLICE("max-age=");
	struct slice part;
	uint64_t age;

	while (slice_cut(&value, ';', &part)) {
		part = slice_trim(part);
		if (part.n <= name.n ||
		    !slice_is_nocase((struct slice){part.p, name.n}, "max-age="))
			continue;
		part = slice_skip(part, name.n);
		if (part.n > 2 && part.p[0] == '"')
			part = (struct slice){part.p + 1, part.n - 2};
		return slice_number(part, UINT64_MAX / 2, &age) && age > 0;
	}
	return false;
}

/* Servers add it to what succeeds, and often to that alone. */
static void judge_hsts(const struct http_reply *r, struct audit_notes *notes)
{
	struct slice value;

	if (r->status / 100 != 2 && !is_redirect(r))
		return;
	if (!http_field(r, "Strict-Transport-Security", &value))
		audit_note(notes, &weaknesses[NO_HSTS], "%.*s", (int)r->line.n, r->line.p);
	else if (!has_age(value))
		audit_note(notes, &weaknesses[NO_HSTS], "%.*s", (int)value.n, value.p);
}

/* "name=value; Path=/; Secure" */
static void judge_cookie(struct slice cookie, struct audit_notes *notes)
{
	struct slice name, part;

	slice_cut(&cookie, ';', &part);
	slice_cut(&part, '=', &name);
	while (slice_cut(&cookie, ';', &part))
		if (slice_is_nocase(slice_trim(part), "Secure"))
			return;
	audit_note_more(notes, &weaknesses[COOKIE], slice_trim(name));
}

static void judge_cookies(const struct http_reply *r, struct audit_notes *notes)
{
	struct slice rest = r->fields, line, name;

	while (slice_cut(&rest, '\n', &line))
		if (slice_cut(&line, ':', &name) && line.p && slice_is_nocase(name, "Set-Cookie"))
			judge_cookie(line, notes);
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);

	(void)state;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (http_kind(&r) == HTTP_TLS)
		return PROTO_OTHER;
	if (ask->is_inside) {
		judge_hsts(&r, notes);
		judge_cookies(&r, notes);
	} else {
		judge_clear(&r, notes);
	}
	return PROTO_PROVED;
}

static bool winrm_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	if (ask->is_inside)
		return false;
	proto_put_text(out, "POST /wsman HTTP/1.1\r\nHost: ");
	proto_put_text(out, ask->host ? ask->host : "portolan.invalid");
	proto_put_text(out, "\r\n" HTTP_ASKER "Content-Type: application/soap+xml;charset=UTF-8\r\n"
			    "Content-Length: 0\r\nConnection: close\r\n\r\n");
	return true;
}

static enum proto_result winrm_input(void *state, const struct audit_ask *ask, struct slice *in,
				     struct proto_out *out, struct audit_notes *notes)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);

	(void)state;
	(void)ask;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (r.status == 401 && http_offers(&r, "Basic"))
		audit_note(notes, &weaknesses[WINRM_BASIC], "%.*s", (int)r.line.n, r.line.p);
	return PROTO_PROVED;
}

static const char *const of[] = {"http", NULL};
static const char *const of_winrm[] = {"winrm", NULL};

#define REQUEST "GET / HTTP/1.0\r\nUser-Agent: portolan\r\n\r\n"

static const struct audit_vector vectors[] = {
	{.title = "a page in clear text",
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
	 .codes = "http-cleartext",
	 .evidence = "200 OK"},
	{.title = "on to https",
	 .source = "RFC 9110 section 15.4.2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 301 Moved Permanently\r\n"
			       "Location: https://peer.test/\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = ""},
	{.title = "on to another page in clear text",
	 .source = "RFC 9110 section 15.4.3",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 302 Found\r\n"
			       "Location: /login\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = "http-cleartext"},
	{.title = "a password in clear text",
	 .source = "RFC 7617 section 2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 401 Unauthorized\r\n"
			       "WWW-Authenticate: Basic realm=\"peer\"\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = "http-basic-cleartext"},
	{.title = "it shows nothing",
	 .source = "RFC 9110 section 15.5.4",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")}},
	 .codes = ""},
	{.title = "inside TLS, not told to stay there",
	 .source = "RFC 6265 section 4.1.1",
	 .is_inside = true,
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Set-Cookie: a=1; Path=/\r\n"
			       "Set-Cookie: b=2; path=/; secure; HttpOnly\r\n"
			       "set-cookie: c=3\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = "hsts-missing cookie-without-secure"},
	{.title = "taken back",
	 .source = "RFC 6797 section 6.1.1",
	 .is_inside = true,
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Strict-Transport-Security: max-age=0\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = "hsts-missing",
	 .evidence = "max-age=0"},
	{.title = "as it should be",
	 .source = "RFC 6797 section 6.2",
	 .is_inside = true,
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("HTTP/1.1 200 OK\r\n"
			  "Strict-Transport-Security: max-age=\"31536000\"; includeSubDomains\r\n"
			  "Set-Cookie: a=1; Secure\r\n"
			  "Content-Length: 0\r\n\r\n")}},
	 .codes = ""},
	{.title = "a password inside TLS",
	 .source = "RFC 7617 section 4",
	 .is_inside = true,
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("HTTP/1.1 401 Unauthorized\r\n"
			       "WWW-Authenticate: Basic realm=\"peer\"\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = ""},
};

#define WSMAN                                                                                      \
	"POST /wsman HTTP/1.1\r\n"                                                                 \
	"Host: portolan.invalid\r\n"                                                               \
	"User-Agent: portolan\r\n"                                                                 \
	"Content-Type: application/soap+xml;charset=UTF-8\r\n"                                     \
	"Content-Length: 0\r\n"                                                                    \
	"Connection: close\r\n\r\n"
static const struct audit_vector winrm_vectors[] = {
	{.title = "Basic is among the ways",
	 .source = "MS-WSMV section 2.2.1",
	 .turns = {{'>', SLICE(WSMAN)},
		   {'<', SLICE("HTTP/1.1 401 \r\n"
			       "Server: Microsoft-HTTPAPI/2.0\r\n"
			       "WWW-Authenticate: Negotiate\r\n"
			       "WWW-Authenticate: Basic realm=\"WSMAN\"\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = "winrm-basic-cleartext"},
	{.title = "Kerberos alone",
	 .source = "MS-WSMV section 2.2.1",
	 .turns = {{'>', SLICE(WSMAN)},
		   {'<', SLICE("HTTP/1.1 401 \r\n"
			       "Server: Microsoft-HTTPAPI/2.0\r\n"
			       "WWW-Authenticate: Kerberos\r\n"
			       "Content-Length: 0\r\n\r\n")}},
	 .codes = ""},
};

const struct audit audit_http = {
	.name = "http",
	.title = "HTTP in clear text, and what keeps browsers inside TLS",
	.of = of,
	.transport = TRANSPORT_TCP,
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
const struct audit audit_winrm = {
	.name = "winrm",
	.title = "passwords in clear text for WinRM",
	.of = of_winrm,
	.transport = TRANSPORT_TCP,
	.start = winrm_start,
	.input = winrm_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = winrm_vectors,
	.n_vectors = ARRAY_LEN(winrm_vectors),
};
