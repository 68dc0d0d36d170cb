/* SPDX-License-Identifier: ISC
 *
 * Conversations with SSH servers: what audit/ssh.c is tested with.
 */
#pragma once

#include "audit/audit.h"

enum { N_SSH_VECTORS = 8 };
extern const struct audit_vector ssh_vectors[N_SSH_VECTORS];
