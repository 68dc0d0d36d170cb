/* SPDX-License-Identifier: ISC */
#pragma once

#include "audit/audit.h"

enum { N_TLS_VECTORS = 1 };
extern const struct audit_vector tls_vectors[N_TLS_VECTORS];
