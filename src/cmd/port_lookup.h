/* SPDX-License-Identifier: ISC
 *
 * What is known of port numbers here: the tables that are compiled in, the user's updated registry,
 * /etc/services, and this host's own rules.
 */
#pragma once

#include "base/buf.h"
#include "model/port_card.h"
#include "sys/host_ports.h"

struct port_lookup {
	struct arena *arena;	     /* owned */
	struct port_sources sources; /* borrows from here: it must not move */
	struct registry updated;     /* borrows updated_bytes */
	struct buf updated_bytes;
	struct host_ports host;
	struct port_rules rules;
};

/* To be released also where it fails. */
MUST_USE int port_lookup_read(struct port_lookup *l, struct err *err);
void port_lookup_release(struct port_lookup *l);
