/* SPDX-License-Identifier: ISC
 *
 * What is inside TLS: which service that makes, which one a port wants, and the words of it. Pure.
 *
 * A service under TLS (model/service.h) is another one in TLS where that one's row names it as what
 * to use instead, or where its name is that one's with an s: ldap and ldaps, gc and gcs.
 */
#pragma once

#include "base/buf.h"
#include "model/service.h"
#include "proto/proto.h"
#include "sys/layer.h"

/* Whether this protocol inside TLS is the service `s`. */
bool inside_is(const struct proto *p, const struct service *s);
/* Whether any of our dialogues, inside TLS, is that service. */
bool inside_is_known(const struct service *s);
/* The name of the service that this protocol inside TLS is: one that the port is known for, before
 * any other; the protocol's own name where TLS has no name for it. */
const char *inside_service(const struct proto *p, uint16_t port);
/* The dialogue of what the port wants inside TLS; NULL: nothing is known. */
const struct proto *inside_usual(const struct proto *const *table, uint16_t port);
/* What is offered for it (RFC 7301, RFC 7858); NULL: nothing. */
const char *inside_alpn(const struct proto *p);

/* "TLS 1.3, inside it imap: Dovecot ready". outer: what was said outside, for a handshake that did
 * not come so far; inner: NULL: nothing is proved inside. */
void inside_say(const struct layer_told *told, const char *outer, const char *inner,
		const char *said, struct buf *out);
/* "peer.test, EC 256, self-signed, until 2027-01-31, names peer.test, b.test", or by whom it was
 * issued; now in seconds since 1970. */
void inside_say_certificate(const struct certificate *c, int64_t now, struct buf *out);
