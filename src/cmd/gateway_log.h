/* SPDX-License-Identifier: ISC
 *
 * What an FTP gateway tells: a line of JSON for each event, and one of xferlog(5) for each file.
 */
#pragma once

#include "base/buf.h"
#include "gateway/gate.h"

/* wall_ms: since 1970. With its newline. */
void gateway_log_json(const struct gate_event *e, int64_t wall_ms, struct buf *out);
/* As wu-ftpd's xferlog(5) has it, in local time; false, and nothing, where the event is not a file
 * that was carried. Blanks and what does not print become _, in names, too; the name is as the
 * client said it. */
bool gateway_log_xfer(const struct gate_event *e, int64_t wall_ms, struct buf *out);
