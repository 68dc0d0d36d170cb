/* SPDX-License-Identifier: ISC
 *
 * One packet of a flow through the devices of its path, as far as they were collected.
 */
#pragma once

#include "box/walk.h"
#include "cmd/boxes.h"
#include "model/plan.h"

enum said { SAID_NOTHING, SAID_PASSES, SAID_STOPPED, SAID_DEPENDS };

/* What one device does with it. */
struct device_walk {
	const char *device;
	enum said said;		 /* NOTHING: it was not collected, or the packet never came here */
	const struct box *box;	 /* NULL: not collected */
	struct nf_packet packet; /* as it comes here */
	struct nf_walk *walk;	 /* NULL where nothing is said */
	const char *why;	 /* nothing is said; NULL: not collected */
};
struct flow_walk {
	struct arena *arena;
	struct nf_packet packet;	     /* as its source sends it */
	LIST_OF(struct device_walk) devices; /* from the source to the target */
	enum said said;			     /* of all of them */
};

/* False: the flow has no addresses of that family, or crosses nothing. Else flow_walk_release(). */
bool flow_walk(struct flow_walk *fw, const struct plan *plan, const struct flow *f, uint8_t family,
	       const struct boxes *boxes);
void flow_walk_release(struct flow_walk *fw);
/* By which rule, policy or route: of what was walked. */
void flow_walk_reason(const struct device_walk *d, struct buf *out);
