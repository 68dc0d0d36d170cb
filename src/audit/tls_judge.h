/* SPDX-License-Identifier: ISC
 *
 * What a server's choice says against it.
 */
#pragma once

#include "audit/audit.h"
#include "audit/tls_flight.h"

enum {
	TLS_HAS_SSL2,
	TLS_HAS_SSL3,
	TLS_HAS_10,
	TLS_HAS_11,
	TLS_HAS_12,
	TLS_LACKS_13,
	TLS_HAS_CLEAR,
	TLS_HAS_ANONYMOUS,
	TLS_HAS_ANONYMOUS_MAIL,
	TLS_HAS_EXPORT,
	TLS_HAS_DES,
	TLS_HAS_RC4,
	TLS_HAS_BLOCK64,
	TLS_HAS_STATIC,
	TLS_HAS_CBC,
	TLS_SHORT_PRIME,
	TLS_COMMON_PRIME,
	TLS_WEAK_CURVE,
	TLS_MD5,
	TLS_SHA1,
	TLS_COMPRESSES,
	TLS_RENEGOTIATES,
	TLS_LACKS_MASTER_SECRET,
	TLS_FALLS_BACK,
	N_TLS_WEAKNESSES,
};
extern const struct weakness tls_weaknesses[N_TLS_WEAKNESSES];

/* "TLS 1.0" */
const char *tls_version_name(uint16_t version);

/* A ServerHello. seen: the traits that were told of already, so that each is told once.
 * is_opportunistic: clients do not look at certificates there. */
void tls_judge_hello(const struct tls_flight *f, uint16_t seen, bool is_opportunistic,
		     struct audit_notes *notes);
/* The key that came behind it, if any. */
void tls_judge_key(const struct tls_flight *f, struct audit_notes *notes);
