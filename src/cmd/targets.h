/* SPDX-License-Identifier: ISC
 *
 * The targets of an ad-hoc command: HOST[:PORTS] ..., where --i-may-probe says which ranges may be
 * meant. A single host that is named always is.
 */
#pragma once

#include "cmd/command.h"
#include "model/target.h"

struct targets {
	struct target_spec *specs; /* owned; tasks borrow their names */
	size_t n;
	struct prefix *allowed; /* owned; --i-may-probe */
	size_t n_allowed;
};

/* Zeroed before; to be released also where it fails. ERR_USAGE. */
MUST_USE int targets_read(const struct arguments *args, struct targets *t, struct err *err);
void targets_release(struct targets *t);

/* Of one operand: how many addresses it stands for, and the i-th of them; a name is one, whose
 * family is 0. */
size_t targets_count_addresses(const struct target_spec *t);
struct addr targets_address(const struct target_spec *t, size_t i);
