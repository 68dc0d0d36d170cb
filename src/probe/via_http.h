/* SPDX-License-Identifier: ISC
 *
 * Through an HTTP proxy: CONNECT, RFC 9110 section 9.3.6; logins by Basic (RFC 7617) and Digest
 * (RFC 7616), sent only when the proxy asks, the stronger one where it offers both. A proxy that
 * takes nothing else (Negotiate, NTLM) is told in words. What proxies say of their own failures is
 * read as Squid, tinyproxy and others say it: 403 is policy, 5xx comes from beyond.
 */
#pragma once

#include "probe/via.h"

extern const struct via_kind via_http;
