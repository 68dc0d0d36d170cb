/* SPDX-License-Identifier: ISC */
#include "cmd/proxy_env.h"

#include <stdlib.h>
#include <string.h>

#include "model/proxy_url.h"
#include "sys/loop.h"
#include "sys/resolve.h"

static const struct {
	const char *name, *login;
} variables[] = {
	{"https_proxy", "url:https_proxy"}, {"HTTPS_PROXY", "url:HTTPS_PROXY"},
	{"http_proxy", "url:http_proxy"},   {"all_proxy", "url:all_proxy"},
	{"ALL_PROXY", "url:ALL_PROXY"},
};

struct question {
	struct resolve_query query; /* first: the address is the same */
	struct loop *loop;
};

static void stop_waiting(struct resolve_query *q)
{
	loop_stop(((struct question *)q)->loop);
}

/* Its first address. */
static int resolve(const char *name, struct addr *out, struct err *err)
{
	struct question q = {.query = {.name = name, .done = stop_waiting}};
	struct resolver *r;
	int rc = loop_new(&q.loop, err);

	if (rc)
		return rc;
	r = resolver_new(q.loop);
	r->ops->start(r, &q.query);
	if (q.query.status4 == RESOLVE_UNDER_WAY || q.query.status6 == RESOLVE_UNDER_WAY)
		rc = loop_run(q.loop, NULL, err);
	if (!rc && q.query.n_addrs)
		*out = q.query.addrs[0];
	else if (!rc)
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE,
			     "the proxy %.100s: its name gives no address (%s)", name,
			     resolve_status_names[resolve_why(&q.query)]);
	resolve_release(&q.query);
	resolver_free(r);
	loop_free(q.loop);
	return rc;
}

static int use(struct site_quick *q, size_t i, const char *value, struct err *err)
{
	struct proxy_url u;
	const char *why;

	if (!proxy_url_parse(slice_of(value), &u, &why))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "%s: %s (no_proxy=\"*\" goes without a proxy)", variables[i].name,
			       why);
	q->proxy.is_socks = u.is_socks;
	q->proxy.port = u.port;
	q->proxy.login = u.login.p ? variables[i].login : NULL;
	q->proxy.addr = u.addr;
	return u.name[0] ? resolve(u.name, &q->proxy.addr, err) : 0;
}

int proxy_env_find(struct site_quick *q, struct err *err)
{
	const char *exceptions = getenv("no_proxy");

	if (!exceptions)
		exceptions = getenv("NO_PROXY");
	q->proxy.exceptions = slice_of(exceptions);
	if (exceptions && strcmp(exceptions, "*") == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		const char *value = getenv(variables[i].name);

		if (value && *value)
			return use(q, i, value, err);
	}
	return 0;
}
