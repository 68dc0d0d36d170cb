/* SPDX-License-Identifier: ISC */
#include "gateway/port_stock.h"

#include <stdlib.h>

#include "base/compiler.h"
#include "base/mem.h"

void port_stock_init(struct port_stock *p, struct port_range range)
{
	*p = (struct port_stock){.free = NULL};
	if (!range.lo)
		return;
	p->n = (size_t)(range.hi - range.lo) + 1;
	p->free = mem_new(p->n, sizeof(*p->free));
	for (size_t i = 0; i < p->n; i++)
		p->free[i] = (uint16_t)(range.lo + i);
	p->n_free = p->n;
}

void port_stock_release(struct port_stock *p)
{
	free(p->free);
	*p = (struct port_stock){.free = NULL};
}

/* One of n numbers, each as likely as the next but for one part in 65,536. */
static size_t below(struct port_stock *p, uint32_t n)
{
	if (!p->n_chance) {
		arc4random_buf(p->chance, sizeof(p->chance));
		p->n_chance = ARRAY_LEN(p->chance);
	}
	return p->chance[--p->n_chance] % n;
}

uint16_t port_stock_take(struct port_stock *p)
{
	size_t i;
	uint16_t port;

	if (!p->n_free)
		return 0;
	i = below(p, (uint32_t)p->n_free);
	port = p->free[i];
	p->free[i] = p->free[--p->n_free];
	return port;
}

void port_stock_give_back(struct port_stock *p, uint16_t port)
{
	if (p->n_free == p->n)
		BUG("port %u was not taken", port);
	p->free[p->n_free++] = port;
}
