/* SPDX-License-Identifier: ISC
 *
 * What sockets with addresses of others need beside their rights: what comes back to them is for
 * this host, though its address is not. A rule marks packets that belong to such a socket, and
 * marked packets are routed to this host (Documentation/networking/tproxy.rst). The rule is gone
 * with the process, however it ends; the route for its mark, without which it means nothing, is
 * taken back by transparent_stop() and else found again by the next one.
 */
#pragma once

#include "base/err.h"

struct transparent;
/* Needs CAP_NET_ADMIN, nft(8) and ip(8). */
MUST_USE int transparent_start(struct transparent **t, struct err *err);
void transparent_stop(struct transparent *t); /* NULL is fine */
