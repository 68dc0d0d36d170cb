/* SPDX-License-Identifier: ISC */
#include "probe/via_http.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "probe/http_auth.h"

enum { HEAD_MAX = 8192, LOGINS_MAX = 2 };

struct http {
	struct http_challenge challenge; /* the one that is answered; scheme NONE: none yet */
	char uri[280];			 /* "db1:1433", "[2001:db8::5]:443" */
	unsigned logins;		 /* sent so far: a stale nonce is answered once more */
};

/* --- the request ------------------------------------------------------------------------------ */

static void format_uri(struct http *h, const char *name, const struct addr *to, uint16_t port)
{
	char text[ADDR_TEXT_MAX];

	if (name)
		snprintf(h->uri, sizeof(h->uri), "%s:%u", name, port);
	else
		snprintf(h->uri, sizeof(h->uri), to->family == 6 ? "[%s]:%u" : "%s:%u",
			 addr_text(to, text), port);
}

static void start(void *state, const struct via_hop *v, const char *name, const struct addr *to,
		  uint16_t port, struct proto_out *out)
{
	struct http *h = state;
	struct buf line = BUF_INIT;

	format_uri(h, name, to, port);
	buf_addf(&line, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", h->uri, h->uri);
	if (h->challenge.scheme != HTTP_SCHEME_NONE) {
		const struct http_login login = {v->user, v->password, "CONNECT", h->uri,
						 v->chance};

		buf_add_text(&line, "Proxy-Authorization: ");
		http_auth_format(&h->challenge, &login, &line);
		buf_add_text(&line, "\r\n");
	}
	buf_add_text(&line, "\r\n");
	proto_put(out, line.data, line.n);
	buf_release(&line);
}

/* --- the answer ------------------------------------------------------------------------------- */

PRINTF(3, 4)
static enum via_result refuse(struct proxy_refusal *r, enum proxy_leg leg, const char *fmt, ...)
{
	va_list ap;

	r->leg = leg;
	va_start(ap, fmt);
	vsnprintf(r->words, sizeof(r->words), fmt, ap);
	va_end(ap);
	return VIA_REFUSED;
}

static enum via_result no_proxy(struct proxy_refusal *r)
{
	snprintf(r->how, sizeof(r->how), "no http");
	return refuse(r, LEG_CONNECT, "what answers there is no HTTP proxy");
}

/* One line of the head, without its end; false: there are no more. */
static bool take_line(struct slice *head, struct slice *line)
{
	const char *end = head->n ? memchr(head->p, '\n', head->n) : NULL;

	if (!end)
		return false;
	*line = slice_trim(slice_from_to(head->p, end));
	*head = slice_from_to(end + 1, head->p + head->n);
	return true;
}

/* "HTTP/1.1 407 ..."; 0: it is none. */
static unsigned status_of(struct slice line)
{
	uint64_t status;

	if (line.n < 12 || !slice_has_prefix(line, "HTTP/1.") || line.p[8] != ' ' ||
	    !slice_number((struct slice){line.p + 9, 3}, 599, &status) || status < 100)
		return 0;
	return (unsigned)status;
}

struct head {
	unsigned status;
	struct http_challenge challenge;
	char squid[40]; /* X-Squid-Error: why, in Squid's own word; "" */
};

static void read_head(struct slice rest, struct head *h)
{
	struct slice line, name;

	*h = (struct head){0};
	if (take_line(&rest, &line))
		h->status = status_of(line);
	while (take_line(&rest, &line) && line.n) {
		struct slice value = line;

		slice_cut(&value, ':', &name);
		value = slice_trim(value);
		if (slice_is_nocase(name, "proxy-authenticate"))
			http_challenge_add(&h->challenge, value);
		else if (slice_is_nocase(name, "x-squid-error") && slice_cut(&value, ' ', &name))
			snprintf(h->squid, sizeof(h->squid), "%.*s",
				 (int)(name.n < sizeof(h->squid) ? name.n : sizeof(h->squid) - 1),
				 name.p);
	}
}

static enum via_result wants_login(struct http *own, const struct via_hop *v, const struct head *h,
				   struct proxy_refusal *r)
{
	const struct http_challenge *c = &h->challenge;

	if (own->logins == LOGINS_MAX || (own->logins && !c->is_stale))
		return refuse(r, LEG_AUTHENTICATION, "the proxy does not take the login for it");
	if (c->scheme == HTTP_SCHEME_NONE || c->scheme == HTTP_SCHEME_OTHER)
		return refuse(r, LEG_AUTHENTICATION,
			      "the proxy wants a login by %s, which this version does not speak",
			      c->name[0] ? c->name : "a scheme that it does not name");
	if (!v->user)
		return refuse(r, LEG_AUTHENTICATION,
			      "the proxy wants a login (%s), and there is none for it", c->name);
	own->challenge = *c;
	own->logins++;
	return VIA_AGAIN;
}

static enum via_result failed(const struct head *h, struct proxy_refusal *r)
{
	const char *detail = h->squid[0] ? h->squid : NULL;

	if (h->status == 403 || h->status == 401)
		return refuse(r, LEG_POLICY, "the proxy's own rules forbid it%s%s%s",
			      detail ? " (" : "", detail ? detail : "", detail ? ")" : "");
	if (h->status == 405 || h->status == 501 || h->status == 400 || h->status == 404)
		return refuse(r, LEG_POLICY,
			      "the server there makes no connections for others: no proxy, or one "
			      "without CONNECT");
	if (h->status == 429)
		return refuse(r, LEG_POLICY, "the proxy says that there are too many requests");
	if (h->status < 500)
		return refuse(r, LEG_POLICY, "the proxy refuses with a status of its own");
	r->is_unreachable = true;
	if (detail && strstr(detail, "DNS"))
		return refuse(r, LEG_BEYOND, "the proxy does not find the name (%s)", detail);
	return refuse(r, LEG_BEYOND, "the proxy got no connection to it%s%s%s", detail ? " (" : "",
		      detail ? detail : "", detail ? ")" : "");
}

/* Where the head ends: after an empty line. */
static size_t head_length(struct slice in)
{
	const char *end = memmem(in.p, in.n, "\r\n\r\n", 4);
	const char *bare = memmem(in.p, in.n, "\n\n", 2);

	if (end && (!bare || end < bare))
		return (size_t)(end - in.p) + 4;
	return bare ? (size_t)(bare - in.p) + 2 : 0;
}

static enum via_result input(void *state, const struct via_hop *v, struct slice *in,
			     struct proto_out *out, struct proxy_refusal *r)
{
	static const char first[] = "HTTP/1.";
	size_t n = head_length(*in), known = in->n < 7 ? in->n : 7;
	struct head h;

	(void)out;
	if (memcmp(in->p, first, known) != 0 || in->n > HEAD_MAX)
		return no_proxy(r);
	if (!n)
		return VIA_MORE;
	read_head((struct slice){in->p, n}, &h);
	*in = slice_skip(*in, n);
	if (h.status >= 100 && h.status < 200)
		return h.status == 101 ? no_proxy(r) : input(state, v, in, out, r);
	snprintf(r->how, sizeof(r->how), "http %u", h.status);
	if (h.status / 100 == 2)
		return VIA_THROUGH;
	if (h.status == 407)
		return wants_login(state, v, &h, r);
	return h.status ? failed(&h, r) : no_proxy(r);
}

const struct via_kind via_http = {
	.name = "http",
	.state_size = sizeof(struct http),
	.start = start,
	.input = input,
};
