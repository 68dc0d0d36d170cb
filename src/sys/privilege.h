/* SPDX-License-Identifier: ISC
 *
 * What this process no longer needs to be allowed.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

bool privilege_is_root(void);
/* For good: every capability, and where this is root also its user, group and groups, for nobody's.
 * Where a container or a user namespace has no such user, or does not let it change, it stays the
 * user that it is, without capabilities. Programs that run already keep theirs. */
MUST_USE int privilege_drop(struct err *err);
/* The same, but for the right to open ports below 1024, where it is there. */
MUST_USE int privilege_drop_but_ports(struct err *err);
