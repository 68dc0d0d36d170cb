/* SPDX-License-Identifier: ISC
 *
 * policy diff: two boxes, or one at two times, in meaning.
 */
#pragma once

#include "cmd/command.h"

int policy_diff(const struct arguments *args);
