/* SPDX-License-Identifier: ISC
 *
 * Protocols by the names that product files use in `service:`: where they normally listen, what
 * protects them, and what to use instead. Compiled from registry/services.txt.
 */
#pragma once

#include "base/portset.h"
#include "model/registry.h"

enum protection {
	PROTECT_CLEAR,	 /* nothing is encrypted, and nothing can be */
	PROTECT_UPGRADE, /* begins in clear text; both ends can switch to TLS on the same port */
	PROTECT_VARIES,	 /* version or settings decide */
	PROTECT_TLS,	 /* TLS, DTLS or QUIC from the first byte */
	PROTECT_OWN,	 /* by the protocol itself */
	PROTECT_COUNT
};
extern const char *const protection_names[PROTECT_COUNT]; /* clear, upgrade, ... */
extern const char *const protection_texts[PROTECT_COUNT]; /* half a sentence */

struct service_port {
	uint16_t lo, hi;
	uint8_t on; /* ON_TCP, ... : one or several */
};

struct service {
	const char *name, *title;
	enum protection protection;
	const struct service_port *ports; /* of each transport the usual one first */
	size_t n_ports;
	const char *instead;	    /* "sftp, ftps", the best first; "" */
	const char *truth, *source; /* "" where there is none */
};

/* False: there is no such service. */
bool service_find(struct slice name, struct service *s);
/* All of them by index, sorted by name; false: index is too large. */
bool service_get(size_t index, struct service *s);
/* The i-th service to use instead; false: there are no more. */
bool service_instead(const struct service *s, size_t i, struct service *out);

/* Does the service normally listen on all of these? */
bool service_listens(const struct service *s, unsigned on, struct port_range ports);
/* The service whose usual port over these transports this is, for a lint ("service telnet on
 * tcp/22") or a guess. */
bool service_at(unsigned on, uint16_t port, struct service *s);
/* Every service that normally listens here, from *index on; false: no more. */
bool service_next_at(unsigned on, struct port_range ports, size_t *index, struct service *s);

void service_format_ports(const struct service *s, struct buf *out); /* "tcp/445, tcp/139" */
void service_suggest(struct suggest *s);

/* The compiled table; service.c only. */
struct service_record {
	uint32_t name, title, instead, truth, source;
	uint16_t first_port;
	uint8_t n_ports, protection;
};
struct service_table {
	const struct service_record *records;
	const struct service_port *ports;
	const char *pool;
	uint32_t n;
};
extern const struct service_table service_table;
