/* SPDX-License-Identifier: ISC
 *
 * Whether this host's own packet filter lets connection attempts out. A SYN that it drops is lost
 * without a word; but when the kernel sends it again after a second, and that fails, it counts
 * (TcpExt TCPRetransFail, for all of the network namespace). So attempts are kept open for longer
 * than a second, beside the ordinary ones, which are not.
 */
#pragma once

#include "probe/far.h"
#include "sys/loop.h"

enum { FAR_LEAVE_MAX = 60, FAR_LEAVE_MS = 1300 };

struct far_leave;
struct far_leave_try {
	struct sock sock; /* first */
	struct far_leave *leave;
};

struct far_leave {
	struct loop *loop; /* set it, zero the rest */
	struct far_leave_try tries[FAR_LEAVE_MAX];
	size_t n;
	struct mono started;
	uint64_t failed; /* to begin with */
	bool is_told;	 /* the kernel has such a counter, and all could be begun */
};

void far_leave_add(struct far_leave *f, const struct far_flow *flow); /* TCP alone */
bool far_leave_is_over(const struct far_leave *f);
/* Nothing failed: all of them have left. Closes them. Else far_leave_each() tells which. */
bool far_leave_end(struct far_leave *f);

/* One after the other, a quarter of a second apart, so that the counter tells which one it was. At
 * most FAR_LEAVE_EACH_MAX; has_left of the others stays as it is. */
enum { FAR_LEAVE_EACH_MAX = 16 };
MUST_USE int far_leave_each(struct loop *l, const struct far_flow *flows, size_t n, bool *has_left,
			    const volatile int *interrupted, struct err *err);
