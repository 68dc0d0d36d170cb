/* SPDX-License-Identifier: ISC */
#include "cmd/usual_ports.h"

#include "model/service.h"
#include "probe/inside.h"

static bool is_spoken(const struct service *s, enum transport transport)
{
	return proto_find(s->name, transport) || (transport == TRANSPORT_TCP && inside_is_known(s));
}

void usual_ports_add(enum transport transport, struct portset *ports)
{
	struct service s;

	for (size_t i = 0; service_get(i, &s); i++) {
		if (!is_spoken(&s, transport))
			continue;
		for (size_t k = 0; k < s.n_ports; k++)
			if (s.ports[k].on & transport_bit(transport))
				portset_add(ports,
					    (struct port_range){s.ports[k].lo, s.ports[k].hi});
	}
}
