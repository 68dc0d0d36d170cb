/* SPDX-License-Identifier: ISC
 *
 * policy verify --request: whether what was asked for, as it came back, is done.
 */
#pragma once

#include "cmd/command.h"

int policy_returned(const struct arguments *args);
