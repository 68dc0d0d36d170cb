/* SPDX-License-Identifier: ISC */
#include "probe/http_auth.h"

#include <string.h>
#include <strings.h>
/* libmd's headers come in this order. */
#include <md5.h>
#include <sha2.h>

#include "base/compiler.h"

/* --- the challenge ---------------------------------------------------------------------------- */

static bool is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '!' || c == '+' || c == '~';
}

static struct slice take_token(struct slice *s)
{
	size_t n = 0;
	struct slice token;

	while (n < s->n && is_token(s->p[n]))
		n++;
	token = (struct slice){s->p, n};
	*s = slice_skip(*s, n);
	return token;
}

static void skip_blanks(struct slice *s)
{
	while (s->n && (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == ','))
		*s = slice_skip(*s, 1);
}

/* A token or a quoted text, without its escapes; false: longer than there is room for. */
static bool take_value(struct slice *s, char *out, size_t room)
{
	size_t n = 0;

	if (!s->n || s->p[0] != '"') {
		struct slice token = take_token(s);

		if (token.n >= room)
			return false;
		memcpy(out, token.p, token.n);
		out[token.n] = '\0';
		return true;
	}
	for (*s = slice_skip(*s, 1); s->n && s->p[0] != '"'; *s = slice_skip(*s, 1)) {
		if (s->p[0] == '\\')
			*s = slice_skip(*s, 1);
		if (!s->n || (unsigned char)s->p[0] < ' ' || n + 1 >= room)
			return false;
		out[n++] = s->p[0];
	}
	out[n] = '\0';
	*s = slice_skip(*s, 1);
	return true;
}

static bool take_algorithm(struct http_challenge *c, const char *value)
{
	c->is_session = strlen(value) > 5 && strcasecmp(value + strlen(value) - 5, "-sess") == 0;
	c->is_sha256 = strncasecmp(value, "SHA-256", 7) == 0;
	return c->is_sha256 || strncasecmp(value, "MD5", 3) == 0;
}

/* In a list with commas: "auth-int" alone is another thing than "auth". */
static bool has_word(struct slice list, const char *word)
{
	struct slice one;

	while (slice_cut(&list, ',', &one))
		if (slice_is_nocase(slice_trim(one), word))
			return true;
	return false;
}

static bool take_parameter(struct http_challenge *c, struct slice name, const char *value)
{
	if (slice_is_nocase(name, "realm"))
		snprintf(c->realm, sizeof(c->realm), "%s", value);
	else if (slice_is_nocase(name, "nonce"))
		snprintf(c->nonce, sizeof(c->nonce), "%s", value);
	else if (slice_is_nocase(name, "opaque"))
		c->has_opaque = snprintf(c->opaque, sizeof(c->opaque), "%s", value) >= 0;
	else if (slice_is_nocase(name, "stale"))
		c->is_stale = strcasecmp(value, "true") == 0;
	else if (slice_is_nocase(name, "qop"))
		return (c->has_qop = has_word(slice_of(value), "auth"));
	else if (slice_is_nocase(name, "algorithm"))
		return take_algorithm(c, value);
	return true;
}

/* The parameters up to the next scheme; false: something in it we cannot follow. */
static bool take_parameters(struct http_challenge *c, struct slice *s)
{
	bool ok = true;

	for (;;) {
		struct slice rest = *s, name;
		char value[HTTP_AUTH_TEXT_MAX];

		skip_blanks(&rest);
		name = take_token(&rest);
		if (!name.n || !rest.n || rest.p[0] != '=')
			return ok;
		rest = slice_skip(rest, 1);
		if (!take_value(&rest, value, sizeof(value)))
			return false;
		ok = take_parameter(c, name, value) && ok;
		*s = rest;
	}
}

static enum http_scheme scheme_of(struct slice name)
{
	if (slice_is_nocase(name, "basic"))
		return HTTP_SCHEME_BASIC;
	return slice_is_nocase(name, "digest") ? HTTP_SCHEME_DIGEST : HTTP_SCHEME_OTHER;
}

/* Digest before Basic, SHA-256 before MD5, anything that is spoken before what is not. */
static bool is_better(const struct http_challenge *a, const struct http_challenge *b)
{
	static const int rank[] = {[HTTP_SCHEME_NONE] = 0,
				   [HTTP_SCHEME_OTHER] = 1,
				   [HTTP_SCHEME_BASIC] = 2,
				   [HTTP_SCHEME_DIGEST] = 3};

	if (rank[a->scheme] != rank[b->scheme])
		return rank[a->scheme] > rank[b->scheme];
	return a->is_sha256 && !b->is_sha256;
}

void http_challenge_add(struct http_challenge *c, struct slice value)
{
	while (skip_blanks(&value), value.n) {
		struct http_challenge one = {0};
		struct slice name = take_token(&value);

		if (!name.n)
			return;
		snprintf(one.name, sizeof(one.name), "%.*s", (int)name.n, name.p);
		one.scheme = scheme_of(name);
		if (!take_parameters(&one, &value))
			one.scheme = HTTP_SCHEME_OTHER;
		if (one.scheme == HTTP_SCHEME_DIGEST && !one.nonce[0])
			one.scheme = HTTP_SCHEME_OTHER;
		if (is_better(&one, c))
			*c = one;
		/* What is left of this scheme that was no parameter: "Negotiate oYG2...==". */
		while (value.n && value.p[0] != ',')
			value = slice_skip(value, 1);
	}
}

/* --- the answer ------------------------------------------------------------------------------- */

static void add_base64(struct slice s, struct buf *out)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < s.n ? (uint8_t)s.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_add_char(out, i + k <= s.n ? letters[v >> (18 - 6 * k) & 63] : '=');
	}
}

static void format_basic(const struct http_login *login, struct buf *out)
{
	struct buf both = BUF_INIT;

	buf_addf(&both, "%s:%s", login->user, login->password);
	buf_add_text(out, "Basic ");
	add_base64(buf_slice(&both), out);
	buf_release(&both);
}

enum { HEX_MAX = SHA256_DIGEST_STRING_LENGTH };

/* RFC 7616's H(); the text is used up. */
static void hash(const struct http_challenge *c, struct buf *text, char hex[HEX_MAX])
{
	if (c->is_sha256)
		SHA256Data((const uint8_t *)text->data, text->n, hex);
	else
		MD5Data((const uint8_t *)text->data, text->n, hex);
	buf_clear(text);
}

static void respond(const struct http_challenge *c, const struct http_login *login,
		    const char *cnonce, char response[HEX_MAX])
{
	char a1[HEX_MAX], a2[HEX_MAX];
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s:%s:%s", login->user, c->realm, login->password);
	hash(c, &text, a1);
	if (c->is_session) {
		buf_addf(&text, "%s:%s:%s", a1, c->nonce, cnonce);
		hash(c, &text, a1);
	}
	buf_addf(&text, "%s:%s", login->method, login->uri);
	hash(c, &text, a2);
	if (c->has_qop)
		buf_addf(&text, "%s:%s:00000001:%s:auth:%s", a1, c->nonce, cnonce, a2);
	else
		buf_addf(&text, "%s:%s:%s", a1, c->nonce, a2);
	hash(c, &text, response);
	buf_release(&text);
}

static void add_quoted(const char *name, const char *value, struct buf *out)
{
	buf_addf(out, ", %s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *value);
	}
	buf_add_char(out, '"');
}

static void format_digest(const struct http_challenge *c, const struct http_login *login,
			  struct buf *out)
{
	char cnonce[17], response[HEX_MAX];

	for (int i = 0; i < 8; i++)
		snprintf(cnonce + 2 * i, 3, "%02x", login->chance[i]);
	respond(c, login, cnonce, response);
	buf_addf(out, "Digest algorithm=%s%s", c->is_sha256 ? "SHA-256" : "MD5",
		 c->is_session ? "-sess" : "");
	add_quoted("username", login->user, out);
	add_quoted("realm", c->realm, out);
	add_quoted("nonce", c->nonce, out);
	add_quoted("uri", login->uri, out);
	add_quoted("response", response, out);
	if (c->has_opaque)
		add_quoted("opaque", c->opaque, out);
	if (c->has_qop)
		buf_addf(out, ", qop=auth, nc=00000001, cnonce=\"%s\"", cnonce);
}

bool http_auth_format(const struct http_challenge *c, const struct http_login *login,
		      struct buf *out)
{
	if (c->scheme == HTTP_SCHEME_BASIC)
		format_basic(login, out);
	else if (c->scheme == HTTP_SCHEME_DIGEST)
		format_digest(c, login, out);
	else
		return false;
	return true;
}
