/* SPDX-License-Identifier: ISC
 *
 * That a policy does not lock out who puts it on this box: by the model of the box as it would be.
 */
#pragma once

#include <stdbool.h>

#include "box/box.h"

/* 0, or the exit code after a message for each login that would be cut off, or could not be
 * repeated. The second is let pass with `even_if_last`, after a warning. */
int apply_login_check(const struct box *after, bool even_if_last);
