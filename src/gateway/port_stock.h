/* SPDX-License-Identifier: ISC
 *
 * The ports of a range that data connections may wait on, each handed out by chance (RFC 6056
 * section 3.1: who can guess the next one may come before the right one), and used for one
 * connection. A port is free again as soon as nobody waits on it: connections that it was used for
 * before do not stand in its way (SO_REUSEADDR).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/portset.h"

struct port_stock {
	uint16_t *free; /* owned; the first n_free are */
	size_t n_free, n;
	uint32_t chance[64]; /* random numbers to come: asking for each alone costs a system call */
	size_t n_chance;
};

void port_stock_init(struct port_stock *p, struct port_range range); /* lo 0: of none */
void port_stock_release(struct port_stock *p);

/* 0: all are in use. */
uint16_t port_stock_take(struct port_stock *p);
void port_stock_give_back(struct port_stock *p, uint16_t port);
