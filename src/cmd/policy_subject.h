/* SPDX-License-Identifier: ISC
 *
 * Whose policy: --device, --on, and --bundle or --ruleset.
 */
#pragma once

#include "box/box.h"
#include "cmd/command.h"
#include "policy/policy.h"

/* A device of the site, or a host. */
struct subject {
	const struct device *device;
	const struct host *host;
};

/* False, after a message: the site has none of that name. */
bool subject_find(const struct site *site, const char *name, struct subject *out);
/* policy_derive() of either; the plan may be another one of the same site's file. */
struct policy *subject_policy(const struct subject *s, const struct plan *plan,
			      const struct policy_options *options, struct errs *errs);
/* The day by whose end things are measured; UTC. False, after a message: no day. */
bool subject_day(const struct arguments *args, int32_t *day);
/* A bundle or a ruleset, told apart by how it begins; `family` is of iptables-save alone. 0, or the
 * exit code after a message. */
int subject_read_box(const char *path, uint8_t family, struct buf *bytes, struct box **out);
/* The box of --bundle, --ruleset or --live, which borrows the bytes. 0, or the exit code after a
 * message; then there is none. */
int subject_box(const struct arguments *args, struct buf *bytes, struct box **out);
