/* SPDX-License-Identifier: ISC
 *
 * The way of one flow, hop by hop, as far as it has shown itself.
 */
#pragma once

#include "model/outcome.h"
#include "model/site.h"

enum { TRACE_HOPS_MAX = 32 };

enum hop_sight {
	HOP_SILENT,  /* it answers nobody */
	HOP_FLOW,    /* this flow drew its answer */
	HOP_CONTROL, /* only other packets to the target did */
	HOP_SIGHTS
};
extern const char *const hop_sight_names[];

struct trace_hop {
	struct addr addr; /* family 0: not known */
	enum hop_sight sight;
	const struct device
		*device; /* of the site, and its interface; NULL: none has the address */
	const struct interface *interface;
	const struct zone *zone; /* the interface's, or the one that the address lies in */
};

struct trace {
	const struct outcome *outcome; /* borrowed */
	struct addr target;
	struct trace_hop hops[TRACE_HOPS_MAX];
	unsigned n;		/* hops before the target that are known of */
	unsigned distance;	/* the target is so many hops away; 0: not known */
	enum transport control; /* what was sent beside it; TRANSPORT_NONE: nothing answered */
	uint16_t control_port;
	bool has_site;
};

/* Whose hops they are. */
void trace_name_hops(struct trace *t, const struct site *s);
/* The device whose owner can tell more: the one that is to blame, or the last that the flow comes
 * to. NULL: none of the site's. */
const struct device *trace_asked(const struct trace *t);
