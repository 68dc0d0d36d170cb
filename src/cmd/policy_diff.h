/* SPDX-License-Identifier: ISC
 *
 * policy diff: two boxes, or one at two times, in meaning.
 */
#pragma once

#include "box/box_diff.h"
#include "cmd/command.h"

int policy_diff(const struct arguments *args);
/* For people: what was opened, what was closed, each with its rule and a packet. */
void policy_diff_text(const struct box_diff *d, struct buf *out);
