/* SPDX-License-Identifier: ISC
 *
 * An FTP gateway's processes: what the first one has, and what a worker does.
 */
#pragma once

#include "cmd/command.h"

/* Until it is told to end. 0, or the exit code after the messages. */
int gateway_run(const struct arguments *args);
