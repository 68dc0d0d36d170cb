/* SPDX-License-Identifier: ISC
 *
 * What an FTP gateway has counted, told: in text, as JSON, and as OpenMetrics.
 */
#pragma once

#include "cmd/command.h"
#include "cmd/gateway_counts.h"

/* --status: asks the gateway that serves that socket. */
int gateway_status(const struct arguments *args);

/* OpenMetrics 1.0; series for as many as states, however many workers there are. */
void gateway_status_metrics(const struct gateway_counts *copy, struct buf *out);
