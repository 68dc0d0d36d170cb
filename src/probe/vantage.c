/* SPDX-License-Identifier: ISC */
#include "probe/vantage.h"

static bool is_own(const struct vantage *v, const struct addr *a)
{
	for_each (own, &v->addresses)
		if (addr_equal(own, a))
			return true;
	return false;
}

static bool find_by_name(const struct site *s, struct vantage *v)
{
	v->host = map_find(&s->hosts_by_name, slice_of(v->name));
	if (!v->host)
		v->device = map_find(&s->devices_by_name, slice_of(v->name));
	return v->host || v->device;
}

static bool has_own_address(const struct vantage *v, const struct host *h)
{
	for_each (a, &h->addresses)
		if (is_own(v, a))
			return true;
	return false;
}

static bool find_by_address(const struct site *s, struct vantage *v)
{
	for_each (h, &s->hosts) {
		if (!has_own_address(v, h))
			continue;
		if (v->host) {
			v->another = h;
			return false;
		}
		v->host = h;
		v->name = h->name.s;
	}
	if (v->host)
		return true;
	for_each (d, &s->devices)
		for_each (i, &d->interfaces)
			for_each (a, &i->addresses)
				if (is_own(v, a)) {
					v->device = d;
					v->name = d->name.s;
					return true;
				}
	return false;
}

bool vantage_find(const struct site *s, const char *as, struct vantage *v)
{
	v->name = as;
	return as ? find_by_name(s, v) : find_by_address(s, v);
}

/* One of many unnamed machines: this host is in that zone, or in that network. */
static bool is_one_of(const struct vantage *v, const struct site *s, const struct endpoint *e)
{
	const struct addr *addresses = v->addresses.items;
	size_t n = v->addresses.n;

	if (v->host && v->host->addresses.n) {
		addresses = v->host->addresses.items;
		n = v->host->addresses.n;
	}
	for (size_t i = 0; i < n; i++)
		for_each (p, &e->addresses)
			if (prefix_has(p, &addresses[i]) &&
			    site_zone_of(s, &addresses[i]) == e->zone)
				return true;
	return false;
}

bool vantage_is(const struct vantage *v, const struct site *s, const struct endpoint *e)
{
	if (e->kind == ENDPOINT_NETWORK)
		return is_one_of(v, s, e);
	return (v->host && e->host == v->host) || (v->device && e->device == v->device);
}
