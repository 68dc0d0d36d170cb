/* SPDX-License-Identifier: ISC
 *
 * What an FTP gateway tells: a line of JSON for each event.
 */
#pragma once

#include "base/buf.h"
#include "gateway/gate.h"

/* wall_ms: since 1970. With its newline. */
void gateway_log_json(const struct gate_event *e, int64_t wall_ms, struct buf *out);
