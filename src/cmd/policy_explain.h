/* SPDX-License-Identifier: ISC
 *
 * policy explain: what a box does with a packet, and the boxes of a path with a flow.
 */
#pragma once

#include "cmd/command.h"

int policy_explain(const struct arguments *args);
int policy_explain_flows(const struct arguments *args);
