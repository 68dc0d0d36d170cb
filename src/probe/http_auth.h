/* SPDX-License-Identifier: ISC
 *
 * What a proxy asks for with 407, and the answer: RFC 9110 section 11.7. Pure; the challenge is not
 * trusted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum http_scheme {
	HTTP_SCHEME_NONE,
	HTTP_SCHEME_BASIC,
	HTTP_SCHEME_DIGEST,
	HTTP_SCHEME_OTHER, /* Negotiate, NTLM, ...: not spoken */
};

enum { HTTP_AUTH_TEXT_MAX = 160 };
struct http_challenge {
	enum http_scheme scheme; /* the strongest that is spoken; else what was offered last */
	char name[16];		 /* as the proxy calls it */
	char realm[HTTP_AUTH_TEXT_MAX], nonce[HTTP_AUTH_TEXT_MAX], opaque[HTTP_AUTH_TEXT_MAX];
	bool has_opaque, has_qop, is_sha256, is_session;
	bool is_stale; /* the nonce was too old: not the login's fault */
};

/* One Proxy-Authenticate field's value; may be called for several. A challenge that is too long or
 * wants what we do not speak is left alone. */
void http_challenge_add(struct http_challenge *c, struct slice value);

struct http_login {
	const char *user, *password;
	const char *method, *uri; /* "CONNECT", "db1:1433" */
	const uint8_t *chance;	  /* 16 bytes */
};
/* "Basic ...", "Digest ..."; false: the scheme is none of these. */
bool http_auth_format(const struct http_challenge *c, const struct http_login *login,
		      struct buf *out);
