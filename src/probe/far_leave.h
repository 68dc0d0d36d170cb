/* SPDX-License-Identifier: ISC
 *
 * Whether this host's own packet filter lets connection attempts out. A SYN that it drops is lost
 * without a word; only when the kernel sends it again, after a second, does it tell
 * (loop_ops.has_left). So attempts are kept open for longer than that, beside the ordinary ones,
 * which are not.
 */
#pragma once

#include "probe/far.h"
#include "sys/loop.h"

enum { FAR_LEAVE_MAX = 60, FAR_LEAVE_MS = 1300 };

struct far_leave;
struct far_leave_try {
	struct sock sock; /* first */
	struct far_leave *leave;
	enum far_seen left;
};

struct far_leave {
	struct loop *loop; /* set it, zero the rest */
	struct far_leave_try tries[FAR_LEAVE_MAX];
	size_t n;
	struct mono started;
};

/* TCP alone; at most FAR_LEAVE_MAX. */
void far_leave_add(struct far_leave *f, const struct far_flow *flow);
bool far_leave_is_over(const struct far_leave *f); /* the last of them has had its time */
/* Closes them; tries[i].left says it of the one that was added as number i. */
void far_leave_end(struct far_leave *f);
