/* SPDX-License-Identifier: ISC
 *
 * Through a SOCKS 5 proxy: RFC 1928, with a user's name and password (RFC 1929) where it wants
 * them and there are some. A name is handed on as it is: the proxy resolves it.
 */
#pragma once

#include "probe/via.h"

extern const struct via_kind via_socks5;
