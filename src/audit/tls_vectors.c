/* SPDX-License-Identifier: ISC */
#include "audit/tls_vectors.h"

const struct audit_vector tls_vectors[N_TLS_VECTORS] = {
	{.title = "a refusal",
	 .source = "RFC 8446 section 6.2",
	 .turns = {{'<', SLICE("\25\3\3\0\2\2F")}},
	 .codes = ""},
};
