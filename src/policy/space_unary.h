/* SPDX-License-Identifier: ISC
 *
 * Walks through one set that visit each of its nodes once.
 */
#pragma once

#include "policy/space.h"

/* Each value, 0 included, replaced by the set that `to` gives for it. */
uint32_t space_each_value(struct space *s, uint32_t a,
			  uint32_t (*to)(uint32_t value, const void *ctx), const void *ctx);
