/* SPDX-License-Identifier: ISC
 *
 * IANA's own list of service names and port numbers, as it publishes it:
 * https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.csv
 *
 * Columns are found by their heads, in any order; the one of unauthorised use has had two names.
 * Rows without a port are left out (names for DNS-SD only); so is "Unassigned", which is what
 * remains.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/registry.h"

struct buf;

struct iana_list {
	struct registry registry; /* lives in the arena; its pool is `pool` */
	char date[11];		  /* of the newest row, "2025-11-13"; "" where no row has one */
	size_t rows, without_port;
};

/* `file` is the name for messages. A row that cannot be read ends it with its line and column. */
MUST_USE int iana_read(const char *file, struct slice csv, struct arena *arena, struct buf *pool,
		       struct iana_list *out, struct err *err);
