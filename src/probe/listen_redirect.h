/* SPDX-License-Identifier: ISC
 *
 * The nftables rules that lead the ports of wide spans to the one that is open: for named sources
 * and for this host's addresses only. What is served already is not in them. Text only: sys/nft.h
 * runs it. Each connection goes through them once, with its first packet.
 */
#pragma once

#include "base/buf.h"
#include "probe/listen.h"

/* One line without its newline, which makes "table inet NAME"; nothing where there is nothing to
 * redirect. */
void listen_redirect_format(const struct listen *l, const struct listen_flow *flows, size_t n_flows,
			    const char *table, struct buf *out);
