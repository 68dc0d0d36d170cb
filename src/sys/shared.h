/* SPDX-License-Identifier: ISC
 *
 * Memory that stays one and the same in the processes that are forked from this one: what any of
 * them writes there, all read. Whoever reads trusts none of it that another may have written.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* Zeros; it goes with the last process that has it. */
MUST_USE int shared_new(size_t n, void **p, struct err *err);
