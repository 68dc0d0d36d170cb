/* SPDX-License-Identifier: ISC
 *
 * A ruleset that is there no longer than this process. The nft program is kept running and owns the
 * table ("flags owner", Linux 5.12): the kernel removes it when that program ends, and it ends when
 * our end of its pipe is closed. That is so however we end, kill -9 included. There is no shell
 * between, and the program gets neither our environment nor the terminal's signals.
 */
#pragma once

#include <stdbool.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"

struct sock;
struct nft;

/* `ruleset`: one line without its newline, one transaction, that makes "table inet TABLE" with
 * "flags owner". When this returns 0 it is in force. Needs CAP_NET_ADMIN, now only. */
MUST_USE int nft_start(struct nft **n, const char *table, struct slice ruleset, struct err *err);
/* The table is gone when it returns. NULL is fine. */
void nft_free(struct nft *n);

/* Where the peer of a connection sent it before a redirect (SO_ORIGINAL_DST); of the real loop.
 * False: it was not redirected. */
bool nft_original_port(const struct sock *s, uint16_t *port);
