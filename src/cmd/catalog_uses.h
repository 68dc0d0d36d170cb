/* SPDX-License-Identifier: ISC
 *
 * portolan catalog uses PORT[/TRANSPORT]: the requirements of all products that name a port, with
 * the products' own defaults. It is what portolan port --who-uses runs.
 */
#pragma once

#include "cmd/catalog_files.h"

struct port_filter {
	struct port_range ports;
	unsigned on; /* ON_TCP, ... ; 0: any */
};
/* ERR_USAGE where it is no port. */
MUST_USE int port_filter_read(const char *text, struct port_filter *f, struct err *err);

/* Adds a line for each requirement, or a record; how many there were. */
size_t catalog_uses_text(struct catalog *c, const struct port_filter *f, struct buf *out,
			 struct errs *errs);
size_t catalog_uses_records(struct catalog *c, const struct port_filter *f, struct buf *out,
			    struct errs *errs);
