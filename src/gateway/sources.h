/* SPDX-License-Identifier: ISC
 *
 * How many conversations each address has, and how many it began in the last minute. Addresses of
 * IPv6 count by their /64: one subscriber has all of it.
 */
#pragma once

#include <stdbool.h>

#include "base/addr.h"
#include "gateway/config.h"
#include "sys/loop.h"

struct source;
struct sources {
	struct source **slots; /* owned */
	size_t room, n;
};

void sources_release(struct sources *s);
/* NULL: it may begin one more, and has. Else why not. */
const char *sources_enter(struct sources *s, const struct gate_limits *l, const struct addr *a,
			  struct mono now);
/* Ports of the clients' range, each while it waits. Who holds none may take the last ones: nobody
 * can use up all of it alone. */
bool sources_take_port(struct sources *s, const struct addr *a, size_t n_free, size_t n);
void sources_give_port(struct sources *s, const struct addr *a);
void sources_leave(struct sources *s, const struct addr *a);
