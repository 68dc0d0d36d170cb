/* SPDX-License-Identifier: ISC
 *
 * A small plan made by hand, so that its names can be anything: outside and inside, a firewall that
 * translates, a proxy, a published server; flows of every kind. For the unit tests and the fuzz
 * target of the report writers.
 */
#pragma once

#include <string.h>

#include "base/arena.h"
#include "report/plan_view.h"
#include "report/request.h"

/* Where the names come from. */
struct fixture_names {
	const char *(*next)(void *ctx, const char *usual);
	void *ctx;
};

enum { FIXTURE_FLOWS_MAX = 64 };

struct fixture {
	struct arena *arena;
	const struct fixture_names *names;
	struct zone zones[3]; /* internet, dmz, inside */
	struct prefix networks[3];
	struct interface interfaces[2];
	struct device devices[2]; /* a firewall, a proxy that filters nothing */
	struct document documents[1];
	struct docref references[1];
	struct role outside;
	struct text tries[1], scope_names[1];
	struct endpoint internet, server, client, proxy, vendor;
	struct hop hops[1];
	struct path direct, crossing, unknown;
	struct translation translation;
	struct product product;
	struct use use;
	struct installation installation;
	struct question questions[1];
	struct finding warnings[1];
	struct site site;
	struct plan plan;
	const struct flow *flows[FIXTURE_FLOWS_MAX];
	const struct demand *demands[FIXTURE_FLOWS_MAX];
};

static inline const char *fixture_name(struct fixture *x, const char *usual)
{
	return x->names ? x->names->next(x->names->ctx, usual) : usual;
}

static inline struct text fixture_text(struct fixture *x, const char *usual)
{
	return (struct text){fixture_name(x, usual), PLACE_NONE};
}

static inline struct prefix fixture_prefix(const char *s)
{
	struct prefix p;
	bool host_bits;

	if (!prefix_parse(slice_of(s), &p, &host_bits))
		BUG("not a prefix: %s", s);
	return p;
}

static inline void fixture_endpoint(struct fixture *x, struct endpoint *e, enum endpoint_kind kind,
				    const char *name, struct zone *zone, const char *address)
{
	*e = (struct endpoint){.kind = kind, .name = fixture_name(x, name), .zone = zone};
	if (!address)
		return;
	e->addresses.items = ARENA_NEW(x->arena, struct prefix);
	e->addresses.items[0] = fixture_prefix(address);
	e->addresses.n = 1;
}

static inline void fixture_init(struct fixture *x, const struct fixture_names *names)
{
	static const char *const zones[] = {"internet", "dmz", "inside"};
	static const char *const networks[] = {"0.0.0.0/0", "192.0.2.0/24", "10.0.0.0/8"};

	*x = (struct fixture){.arena = arena_new(), .names = names};
	for (size_t i = 0; i < 3; i++) {
		x->networks[i] = fixture_prefix(networks[i]);
		x->zones[i].name = fixture_text(x, zones[i]);
		x->zones[i].networks.items = &x->networks[i];
		x->zones[i].networks.n = 1;
	}
	x->zones[0].any = true;
	for (size_t i = 0; i < 2; i++)
		x->interfaces[i] = (struct interface){.name = fixture_text(x, i ? "in" : "out"),
						      .zone = &x->zones[i]};
	x->devices[0] = (struct device){.name = fixture_text(x, "fw1"),
					.platform = fixture_text(x, "nftables"),
					.owner = fixture_text(x, "network team"),
					.filter = FILTER_STATEFUL};
	x->devices[1] = (struct device){.name = fixture_text(x, "proxy1")};
	x->tries[0] = fixture_text(x, "updates.example.org");
	x->outside = (struct role){.name = fixture_text(x, "vendor"), .outside = true};
	x->outside.try_names.items = x->tries;
	x->outside.try_names.n = 1;
	fixture_endpoint(x, &x->internet, ENDPOINT_NETWORK, "zone internet", &x->zones[0],
			 "0.0.0.0/0");
	fixture_endpoint(x, &x->server, ENDPOINT_HOST, "server", &x->zones[1], "192.0.2.8");
	fixture_endpoint(x, &x->client, ENDPOINT_HOST, "client", &x->zones[2], "10.0.0.8");
	fixture_endpoint(x, &x->proxy, ENDPOINT_DEVICE, "proxy1", &x->zones[2], "10.0.0.3");
	fixture_endpoint(x, &x->vendor, ENDPOINT_OUTSIDE, "vendor", &x->zones[0], NULL);
	x->proxy.device = &x->devices[1];
	x->vendor.outside = &x->outside;
	x->vendor.names.items = x->tries;
	x->vendor.names.n = 1;
	x->hops[0] = (struct hop){&x->devices[0], &x->interfaces[0], &x->interfaces[1]};
	x->crossing.hops.items = x->hops;
	x->crossing.hops.n = 1;
	x->unknown.unknown = true;
	x->translation.dialled.text = fixture_text(x, "198.51.100.7:443");
	x->translation.dialled_at = x->translation.seen_at = &x->devices[0];
	addr_parse(SLICE("198.51.100.9"), &x->translation.seen_as);
	x->documents[0] = (struct document){.name = fixture_text(x, "doc"),
					    .title = fixture_text(x, "Ports"),
					    .publisher = fixture_text(x, "A publisher")};
	x->references[0] = (struct docref){.in = x->documents[0].name,
					   .section = fixture_text(x, "2"),
					   .row = fixture_text(x, "row 3"),
					   .note = fixture_text(x, "a note")};
	x->product = (struct product){.name = fixture_text(x, "product"),
				      .title = fixture_text(x, "A product")};
	x->product.documents.items = x->documents;
	x->product.documents.n = 1;
	x->installation = (struct installation){&x->use, &x->product, fixture_name(x, "prod")};
	x->questions[0] =
		(struct question){fixture_name(x, "prod.roles.db"), fixture_name(x, "who is it?"),
				  fixture_name(x, "uses[0].roles.db: HOST")};
	x->warnings[0] = (struct finding){.severity = SEVERITY_HIGH,
					  .code = "inbound",
					  .subject = fixture_name(x, "product/a"),
					  .evidence = fixture_name(x, "it is open"),
					  .fix = fixture_name(x, "close it"),
					  .reference = fixture_name(x, "section 2")};
	x->site.name = fixture_text(x, "office");
	x->site.title = fixture_text(x, "The office");
	x->site.uses.items = &x->use;
	x->site.uses.n = 1;
	x->site.devices.items = x->devices;
	x->site.devices.n = 2;
	x->plan.site = &x->site;
	x->plan.installations.items = &x->installation;
	x->plan.installations.n = 1;
	x->plan.flows.items = x->flows;
	x->plan.demands.items = x->demands;
	x->plan.questions.items = x->questions;
	x->plan.questions.n = 1;
	x->plan.warnings.items = x->warnings;
	x->plan.warnings.n = 1;
}

static inline void fixture_release(struct fixture *x)
{
	arena_free(x->arena);
}

/* A flow with a requirement of its own, in the crossing path; change what you need. */
static inline struct flow *fixture_flow(struct fixture *x, const struct endpoint *from,
					const struct endpoint *to, enum transport transport,
					struct port_range ports)
{
	struct requirement *q = ARENA_NEW(x->arena, struct requirement);
	struct demand *d = ARENA_NEW(x->arena, struct demand);
	struct claim *c = ARENA_NEW(x->arena, struct claim);
	struct flow *f = ARENA_NEW(x->arena, struct flow);

	q->id = fixture_text(x, arena_printf(x->arena, "need%zu", x->plan.flows.n));
	q->why = fixture_text(x, arena_printf(x->arena, "reason %zu", x->plan.flows.n));
	q->without = fixture_text(x, "something is lost");
	q->defect = fixture_text(x, "the document is wrong");
	q->doc.items = x->references;
	q->doc.n = 1;
	*d = (struct demand){.installation = &x->installation, .requirement = q};
	d->from = from;
	d->to = to;
	c->demand = d;
	*f = (struct flow){.id = 0x1000 + x->plan.flows.n,
			   .from = from,
			   .to = to,
			   .transport = transport,
			   .ports = ports,
			   .path = &x->crossing,
			   .claims = c,
			   .index = (unsigned)x->plan.flows.n};
	x->flows[x->plan.flows.n++] = f;
	x->demands[x->plan.demands.n++] = d;
	return f;
}

/* The only claim of a flow made here. */
static inline struct claim *fixture_claim(struct flow *f)
{
	return (struct claim *)f->claims;
}
static inline struct requirement *fixture_requirement(struct flow *f)
{
	return (struct requirement *)f->claims->demand->requirement;
}

/* One of each kind. */
static inline void fixture_flows(struct fixture *x)
{
	struct flow *f = fixture_flow(x, &x->internet, &x->server, TRANSPORT_TCP,
				      (struct port_range){443, 443});

	f->translation = &x->translation;
	fixture_claim(f)->service = fixture_name(x, "https");
	fixture_claim(f)->documented = fixture_name(x, "tcp/8443");
	f = fixture_flow(x, &x->server, &x->client, TRANSPORT_TCP, (struct port_range){23, 23});
	fixture_claim(f)->service = "telnet";
	fixture_claim(f)->mode = fixture_name(x, "passive");
	f = fixture_flow(x, &x->client, &x->proxy, TRANSPORT_TCP, (struct port_range){3128, 3128});
	f->path = &x->direct;
	fixture_claim(f)->leg = 1;
	fixture_claim(f)->gateway = GATEWAY_HTTP;
	fixture_claim(f)->through = &x->devices[1];
	fixture_claim(f)->whole = &x->vendor;
	fixture_claim(f)->branch = 2;
	f = fixture_flow(x, &x->proxy, &x->vendor, TRANSPORT_UDP, (struct port_range){1024, 65535});
	f->any_of = true;
	f->path = &x->unknown;
	fixture_claim(f)->level = LEVEL_OPTIONAL;
	f = fixture_flow(x, &x->internet, &x->client, TRANSPORT_TCP, PORT_RANGE_ANY);
	f->kind = FLOW_FORBIDDEN;
	f = fixture_flow(x, &x->client, &x->server, TRANSPORT_ICMP, (struct port_range){0, 0});
	f->name = fixture_name(x, "echo");
	fixture_claim(f)->also = true;
	f = fixture_flow(x, &x->client, &x->server, TRANSPORT_IP, (struct port_range){0, 0});
	f->number = 47;
}
