/* SPDX-License-Identifier: ISC
 *
 * Names that lead back to themselves: sets in sets, roles that are roles, requirements after and
 * within requirements, goals in goals. What passes can be walked by recursion, and no set becomes
 * a flood of ports.
 */
#pragma once

#include "base/err.h"
#include "model/product.h"

enum { CHAIN_MAX = 64, SET_PORTS_MAX = 1000 };

/* After every name was found to be known. One message tells of the first. */
void product_check_cycles(const struct product *p, struct errs *errs);
