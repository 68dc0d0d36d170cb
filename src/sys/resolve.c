/* SPDX-License-Identifier: ISC */
#include "sys/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const resolve_status_names[] = {
	[RESOLVE_NOT_ASKED] = "not asked",
	[RESOLVE_UNDER_WAY] = "under way",
	[RESOLVE_OK] = "ok",
	[RESOLVE_NODATA] = "no address of that family",
	[RESOLVE_NXDOMAIN] = "nxdomain",
	[RESOLVE_BAD_NAME] = "bad name",
	[RESOLVE_NO_HOST] = "no host's address",
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

/* RFC 1122 section 3.2.1.3; RFC 4291 sections 2.5.2, 2.5.5.2 and 2.7. */
bool resolve_is_of_host(const struct addr *a)
{
	static const uint8_t zeros[12] = {0}, mapped[12] = {[10] = 0xff, 0xff},
			     ones[4] = {0xff, 0xff, 0xff, 0xff};

	if (a->family == 4)
		return a->bytes[0] != 0 && (a->bytes[0] & 0xf0) != 0xe0 &&
		       memcmp(a->bytes, ones, sizeof(ones)) != 0;
	if (memcmp(a->bytes, mapped, sizeof(mapped)) == 0)
		return false;
	return a->bytes[0] != 0xff && !(memcmp(a->bytes, zeros, sizeof(zeros)) == 0 &&
					memcmp(a->bytes + 12, zeros, 4) == 0);
}

/* IPv4 goes before IPv6. A name has a few addresses: searching and growing by one is fine. */
void resolve_add(struct resolve_query *q, const struct addr *a)
{
	size_t at = q->n_addrs;

	if (!resolve_is_of_host(a)) {
		*(a->family == 4 ? &q->status4 : &q->status6) = RESOLVE_NO_HOST;
		return;
	}
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
