/* SPDX-License-Identifier: ISC */
#include "probe/check_via.h"

#include "probe/via_http.h"
#include "probe/via_socks5.h"
#include "sys/host.h"

static bool is_by_proxy(const struct claim *c)
{
	return c->gateway == GATEWAY_HTTP || c->gateway == GATEWAY_SOCKS;
}

static bool is_proxied(const struct claim *c)
{
	return c->leg > 1 && is_by_proxy(c);
}

bool check_via_is_into(const struct flow *f)
{
	return is_by_proxy(f->claims) && f->to->device == f->claims->through;
}

/* What the vantage wants of a flow that comes out of a proxy. */
static const struct claim *own_claim(const struct check *c, const struct flow *f)
{
	for (const struct claim *claim = f->claims; claim; claim = claim->next)
		if (is_proxied(claim) && vantage_is(c->vantage, c->plan->site, claim->demand->from))
			return claim;
	return NULL;
}

/* The way into the proxy: the leg before. */
static const struct flow *leg_before(const struct check *c, const struct claim *claim)
{
	for_each (f, &c->plan->flows)
		for (const struct claim *other = (*f)->claims; other; other = other->next)
			if (other->demand == claim->demand && other->leg == claim->leg - 1 &&
			    other->through == claim->through && (*f)->to->device == claim->through)
				return *f;
	return NULL;
}

const struct via_hop *check_via(const struct check *c, const struct flow *f)
{
	const struct claim *claim = own_claim(c, f);
	const struct flow *in = claim ? leg_before(c, claim) : NULL;
	bool is_http = claim && claim->gateway == GATEWAY_HTTP;
	struct via_hop *hop;

	if (!in || !in->to->addresses.n)
		return NULL;
	hop = ARENA_NEW(c->arena, struct via_hop);
	hop->kind = is_http ? &via_http : &via_socks5;
	hop->label = arena_printf(c->arena, "%s:%s", hop->kind->name, claim->through->name.s);
	hop->name = claim->through->name.s;
	hop->addr = in->to->addresses.items[0].addr;
	hop->port = in->ports.lo;
	host_chance(hop->chance, sizeof(hop->chance));
	if (c->options.find_login)
		c->options.find_login(c->options.ctx,
				      is_http ? &claim->through->http_proxy
					      : &claim->through->socks_proxy,
				      &hop->user, &hop->password);
	return hop;
}
