/* SPDX-License-Identifier: ISC
 *
 * What this host does with port numbers. ip-sysctl: ip_local_port_range,
 * ip_unprivileged_port_start, ip_local_reserved_ports; they hold for IPv6 too, and for this network
 * namespace.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/portset.h"

struct host_ports {
	struct port_range ephemeral; /* where source ports of outgoing connections come from */
	struct portset reserved;     /* left out of it; owned */
	uint32_t unprivileged;	     /* ports below need CAP_NET_BIND_SERVICE; 0: none do */
};

MUST_USE int host_ports_read(struct host_ports *h, struct err *err);
void host_ports_release(struct host_ports *h);
