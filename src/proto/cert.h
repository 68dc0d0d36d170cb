/* SPDX-License-Identifier: ISC
 *
 * What a certificate says of whom it is for; nothing in it is verified.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

/* The subject's first common name, RFC 5280 section 4.1.2.6, in one byte a character or UTF-8 as it
 * stands there. der: the certificate, from its first byte on. False: it has none, or der is no
 * certificate, or not whole. Borrows from der. */
bool cert_common_name(struct slice der, struct slice *name);
