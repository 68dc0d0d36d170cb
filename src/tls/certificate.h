/* SPDX-License-Identifier: ISC
 *
 * What an X.509 certificate says, RFC 5280; nothing in it is verified but whether its own key
 * signed it.
 */
#pragma once

#include <openssl/types.h>
#include <openssl/x509.h>

#include "sys/layer.h"

/* What cannot be read stays empty. name: the one that was asked for; NULL: none was. */
void certificate_read(X509 *x, const char *name, struct certificate *c);
/* chain: the certificate itself first, as the server sent it; NULL: none. */
void certificate_read_chain(const STACK_OF(X509) * chain, struct certificate *c);
