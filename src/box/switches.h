/* SPDX-License-Identifier: ISC
 *
 * The settings of sysctl(8) that decide about packets: what is collected, and what is read.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

/* As sysctl(8) prints it: "net.ipv4.conf.eth0/5.rp_filter" is that of eth0.5. */
bool switch_decides(struct slice name);
