/* SPDX-License-Identifier: ISC
 *
 * --ssh: the flows of another Linux host, tried there by a small program (src/remote) that ssh(1)
 * carries over. It lies in a folder of its own for as long as it runs.
 */
#pragma once

#include "cmd/checking.h"

/* After checking_prepare() for that host; the outcomes go to c->trial and c->verdicts. */
MUST_USE int check_over_ssh(struct checking *c, struct err *err);
