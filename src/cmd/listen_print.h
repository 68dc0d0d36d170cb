/* SPDX-License-Identifier: ISC
 *
 * What `portolan listen` tells: what is open for whom, each flow's first arrival, and in the end
 * which flows were seen. As text, or as JSON records, one a line.
 */
#pragma once

#include "base/buf.h"
#include "probe/listen_plan.h"
#include "report/records.h"

struct listen_print {
	const struct listen *listen;
	const struct listen_plan *plan;
	const struct run *run;
	unsigned minutes;
	bool json;
};

void listen_print_start(const struct listen_print *p, struct buf *out);
/* port 0: hidden by the redirect. */
void listen_print_arrival(const struct listen_print *p, const struct listen_flow *f,
			  const struct addr *peer, uint16_t port, struct buf *out);
void listen_print_end(const struct listen_print *p, int64_t elapsed_ms, struct buf *out);

/* Ports at addresses, over all spans; a flow that is not stood in for counts as one failed. */
struct listen_sums {
	size_t open, served, denied, left, failed;
};
struct listen_sums listen_print_sums(const struct listen_print *p);
int listen_print_exit(const struct listen_print *p); /* 0, or 3 where something is not open */
