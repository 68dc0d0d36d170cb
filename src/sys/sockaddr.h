/* SPDX-License-Identifier: ISC
 *
 * Between our addresses and the kernel's.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/addr.h"

union sockaddr_any {
	struct sockaddr sa;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

int sockaddr_family(const struct addr *a); /* AF_INET, AF_INET6 */
socklen_t sockaddr_of(const struct addr *a, uint16_t port, union sockaddr_any *out);
/* False where it is of another family; port may be NULL. */
bool sockaddr_read(const struct sockaddr *sa, struct addr *a, uint16_t *port);
