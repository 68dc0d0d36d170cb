/* SPDX-License-Identifier: ISC
 *
 * The little that the lints must know of a protocol by name: where it listens, over what, and what to
 * use in place of one that hides nothing. Sources: IANA service names and port numbers; for the
 * transports each protocol's own specification.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/expr.h"

struct protocol {
	const char *name;
	unsigned on;	     /* bits: 1 << TRANSPORT_... */
	uint16_t port, to;   /* port 0: none of its own; to: the end of a range, or 0 */
	const char *instead; /* of one in clear text; NULL: it is not, or can be made not to be */
};

const struct protocol *protocol_find(const char *name); /* NULL, and NULL for NULL: not known */
/* The protocol that owns a port. */
const struct protocol *protocol_at(enum transport t, uint16_t port);
bool protocol_uses(const struct protocol *p, uint16_t port);
bool protocol_runs_over(const struct protocol *p, enum transport t);
