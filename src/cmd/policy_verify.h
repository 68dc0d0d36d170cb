/* SPDX-License-Identifier: ISC
 *
 * policy verify: what a device has against what it needs.
 */
#pragma once

#include "cmd/command.h"

int policy_verify(const struct arguments *args);
