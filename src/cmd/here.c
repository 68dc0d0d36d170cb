/* SPDX-License-Identifier: ISC */
#include "cmd/here.h"

int here_find(struct vantage *v, struct host_addrs *addrs, const struct site *s, const char *as,
	      struct err *err)
{
	if (!addrs->items)
		host_addrs_read(addrs);
	v->addresses.items = addrs->items;
	v->addresses.n = addrs->n;
	if (vantage_find(s, as, v))
		return 0;
	if (as)
		return err_set(err, ERR_USAGE, PLACE_NONE, "the site has no host \"%.60s\"", as);
	if (v->another)
		return err_set(
			err, ERR_USAGE, PLACE_NONE,
			"this host has addresses of \"%.60s\" and of \"%.60s\"; say which one "
			"it is with --as HOST",
			v->host->name.s, v->another->name.s);
	return err_set(err, ERR_USAGE, PLACE_NONE,
		       "no host of the site has one of this host's addresses; say which one it is "
		       "with --as HOST");
}
