/* SPDX-License-Identifier: ISC
 *
 * A plain TCP connect; needs no privilege.
 */
#pragma once

#include "probe/method.h"

extern const struct method method_tcp;
