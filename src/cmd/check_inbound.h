/* SPDX-License-Identifier: ISC
 *
 * Flows that start at a host of --far and end here: it tries them on being told, and this host
 * looks at what arrives. Of such a try this host is the far side.
 */
#pragma once

#include "cmd/checking.h"

/* While the loop of the trial is there; what cannot be tried is told, and changes nothing. */
void check_inbound_try(struct checking *c, struct loop *l, const volatile int *interrupted);
/* After the trial, before its own outcomes are gathered: theirs are behind them from now on. */
void check_inbound_add(struct checking *c);
/* After its own were gathered: their flows count as tried. */
void check_inbound_gather(struct checking *c);
void check_inbound_release(struct checking *c);
