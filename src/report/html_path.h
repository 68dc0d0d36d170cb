/* SPDX-License-Identifier: ISC
 *
 * A flow's way as a drawing: who opens, the devices that it crosses with what they do to
 * addresses, who listens. Of a leg also where the whole way goes.
 */
#pragma once

#include "model/plan.h"

void html_path(const struct flow *f, const struct claim *c, struct buf *out);
