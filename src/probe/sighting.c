/* SPDX-License-Identifier: ISC */
#include "probe/sighting.h"

/* Says something about the path's packet size or speed, not about the connection. */
static bool is_about_the_path(const struct icmp_error *e)
{
	if (e->by.family == 6)
		return e->type == 2; /* packet too big: RFC 4443 section 3.2 */
	return e->type == 4 || (e->type == 3 && e->code == 4); /* RFC 792; RFC 1191 */
}

bool sighting_take_icmp(struct sighting *seen, const struct probe *p, struct sock *s)
{
	struct loop *l = probe_loop(p);
	struct icmp_error e;

	while (l->ops->icmp(l, s, &e)) {
		if (e.local || is_about_the_path(&e))
			continue;
		seen->icmp = e;
		seen->own_icmp = e.by.family && l->ops->is_own(l, &e.by);
		return true;
	}
	return false;
}

uint32_t sighting_rtt_us(const struct probe *p, struct mono since)
{
	int64_t us = loop_now(probe_loop(p)).us - since.us;

	return us > 0 ? (uint32_t)us : 1;
}
