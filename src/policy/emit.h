/* SPDX-License-Identifier: ISC
 *
 * A device's language: a policy as text in it. One const struct at the end of one file.
 */
#pragma once

#include "base/buf.h"
#include "policy/policy.h"

struct emitter {
	const char *name;
	/* All of it, to be loaded as it is. */
	void (*policy)(const struct policy *p, struct buf *out);
	/* One rule alone, on a line of its own without the newline. */
	void (*rule)(const struct rule *r, struct buf *out);
};

extern const struct emitter emitter_nftables;
