/* SPDX-License-Identifier: ISC
 *
 * Conversations of the topic "tls": only what servers say, but for the first question.
 */
#pragma once

#include "audit/audit.h"

enum { N_TLS_VECTORS = 8 };
extern const struct audit_vector tls_vectors[N_TLS_VECTORS];
