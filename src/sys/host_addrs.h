/* SPDX-License-Identifier: ISC
 *
 * The addresses of this host's interfaces, loopback and link-local ones left out: by them it is
 * known in a site.
 */
#pragma once

#include <stddef.h>

#include "base/addr.h"

struct host_addrs {
	struct addr *items; /* owned */
	size_t n;
};
void host_addrs_read(struct host_addrs *h); /* empty where the system does not tell */
void host_addrs_release(struct host_addrs *h);
