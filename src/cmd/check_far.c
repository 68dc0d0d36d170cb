/* SPDX-License-Identifier: ISC */
#include "cmd/check_far.h"

#include <string.h>

static const struct host *find_host(const struct site *s, const char *name)
{
	for_each (h, &s->hosts)
		if (strcmp(h->name.s, name) == 0)
			return h;
	return NULL;
}

static int take_host(const struct site *s, struct far_host *h, struct err *err)
{
	const struct host *host = find_host(s, h->name);

	if (!host)
		return err_set(err, ERR_USAGE, PLACE_NONE, "--far: the site has no host \"%.60s\"",
			       h->name);
	h->own = host->addresses.items;
	h->n_own = host->addresses.n;
	h->dns_name = h->n_own ? NULL : host->dns_name.s;
	return 0;
}

int check_read_far(struct checking *c, struct err *err)
{
	int rc;

	c->far.arena = c->arena;
	rc = far_read_options(c->args, true, &c->far, err);
	for (size_t i = 0; i < c->far.n && !rc; i++)
		rc = take_host(c->loaded.site, &c->far.hosts[i], err);
	return rc;
}
