/* SPDX-License-Identifier: ISC
 *
 * A network namespace that is this process's alone and gone with it: rules can be loaded there to
 * see what comes of them, and nothing else on the box notices. The programs that are run meanwhile
 * are in it.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* Which one this process is in; 0: the kernel does not say. */
uint64_t netns_id(void);

/* Into a new, empty one; needs CAP_SYS_ADMIN. Where it returns 0 it is certain that this is not the
 * one that it came from. */
MUST_USE int netns_enter(int *home, struct err *err);
/* Back. Where that fails nothing may be loaded any more. */
MUST_USE int netns_leave(int home, struct err *err);
