/* SPDX-License-Identifier: ISC */
#include "sys/resolve.h"

#include <stdlib.h>

#include "base/mem.h"

const char *const resolve_status_names[] = {
	[RESOLVE_NOT_ASKED] = "not asked",
	[RESOLVE_UNDER_WAY] = "under way",
	[RESOLVE_OK] = "ok",
	[RESOLVE_NODATA] = "no address of that family",
	[RESOLVE_NXDOMAIN] = "nxdomain",
	[RESOLVE_BAD_NAME] = "bad name",
	[RESOLVE_FAILED] = "unusable answer",
	[RESOLVE_REFUSED] = "refused",
	[RESOLVE_SERVFAIL] = "servfail",
	[RESOLVE_TIMEOUT] = "timeout",
	[RESOLVE_NO_SERVER] = "no server",
};

void resolve_release(struct resolve_query *q)
{
	free(q->addrs);
	q->addrs = NULL;
	q->n_addrs = 0;
}

static bool has_addr(const struct resolve_query *q, const struct addr *a)
{
	for (size_t i = 0; i < q->n_addrs; i++)
		if (addr_equal(&q->addrs[i], a))
			return true;
	return false;
}

/* IPv4 goes before IPv6. A name has a few addresses: searching and growing by one is fine. */
void resolve_add(struct resolve_query *q, const struct addr *a)
{
	size_t at = q->n_addrs;

	if (has_addr(q, a))
		return;
	q->addrs = mem_resize(q->addrs, q->n_addrs + 1, sizeof(*q->addrs));
	for (; at && q->addrs[at - 1].family > a->family; at--)
		q->addrs[at] = q->addrs[at - 1];
	q->addrs[at] = *a;
	q->n_addrs++;
}

enum resolve_status resolve_why(const struct resolve_query *q)
{
	/* The enumeration is in that order. */
	return q->status4 > q->status6 ? q->status4 : q->status6;
}

void resolver_free(struct resolver *r)
{
	if (r)
		r->ops->free(r);
}
