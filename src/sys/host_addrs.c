/* SPDX-License-Identifier: ISC */
#include "sys/host_addrs.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sys/sockaddr.h"

static bool is_local(const struct addr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

void host_addrs_read(struct host_addrs *h)
{
	struct ifaddrs *list, *i;
	size_t room = 0;

	*h = (struct host_addrs){0};
	if (getifaddrs(&list) != 0)
		return;
	for (i = list; i; i = i->ifa_next) {
		struct addr a;
		uint16_t port;

		if (!i->ifa_addr || (i->ifa_flags & IFF_LOOPBACK) ||
		    !sockaddr_read((const void *)i->ifa_addr, &a, &port) || is_local(&a))
			continue;
		if (h->n == room) {
			room = room ? room * 2 : 8;
			h->items = mem_resize(h->items, room, sizeof(*h->items));
		}
		h->items[h->n++] = a;
	}
	freeifaddrs(list);
}

void host_addrs_release(struct host_addrs *h)
{
	free(h->items);
	*h = (struct host_addrs){0};
}
