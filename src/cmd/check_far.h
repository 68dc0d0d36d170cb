/* SPDX-License-Identifier: ISC
 *
 * `check --far`: the hosts that it names are the site's.
 */
#pragma once

#include "cmd/checking.h"

/* c->far, from the command line, after the site is loaded. */
MUST_USE int check_read_far(struct checking *c, struct err *err);
