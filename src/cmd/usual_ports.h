/* SPDX-License-Identifier: ISC
 *
 * The ports that are looked at where nobody names any.
 */
#pragma once

#include "base/portset.h"
#include "model/expr.h"

/* The usual ports of every service that is spoken: that has a dialogue, or whose inside has one. */
void usual_ports_add(enum transport transport, struct portset *ports);
