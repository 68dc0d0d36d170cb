/* SPDX-License-Identifier: ISC
 *
 * TLS as a layer, for looking at who is there and what is inside: the client's end, versions 1.0 to
 * 1.3, everything that OpenSSL still can, at security level 0. Never for bytes that are secret.
 */
#pragma once

#include "base/compiler.h"
#include "base/err.h"
#include "sys/layer.h"

/* More bytes of the wire than these end one conversation: what is asked has short answers. */
enum { TLS_WIRE_MAX = 256 * 1024 };

/* For any number of conversations, which must be over before it is freed. */
MUST_USE int tls_client_new(struct layer **l, struct err *err);
void tls_client_free(struct layer *l); /* NULL is fine */
