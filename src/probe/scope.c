/* SPDX-License-Identifier: ISC */
#include "probe/scope.h"

static bool zone_has(const struct site *s, const struct addr *a)
{
	const struct zone *z = site_zone_of(s, a);

	return z && !z->any;
}

static bool is_sites_own(const struct site *s, const struct addr *a)
{
	if (zone_has(s, a))
		return true;
	for_each (h, &s->hosts)
		for_each (own, &h->addresses)
			if (addr_equal(own, a))
				return true;
	for_each (d, &s->devices)
		for_each (i, &d->interfaces)
			for_each (own, &i->addresses)
				if (addr_equal(own, a))
					return true;
	return false;
}

/* Checks go nowhere else; without a scope, to the site's own addresses. */
bool scope_has(const struct site *s, const struct addr *a)
{
	if (!s->scope.n && !s->scope_names.n)
		return is_sites_own(s, a);
	for_each (p, &s->scope)
		if (prefix_has(p, a))
			return true;
	return false;
}

bool scope_has_name(const struct site *s, const char *name)
{
	for_each (t, &s->scope_names)
		if (text_is(*t, name))
			return true;
	return false;
}
