/* SPDX-License-Identifier: ISC
 *
 * A site and its products become flows. The planner is a pure function: documents in, plan out.
 *
 * A *demand* is one requirement between one pair of endpoints; its tree says which flows must hold
 * and how they are joined. A *flow* is one tuple (source, target, transport, ports): demands that
 * need the same tuple share it, and it keeps all their reasons. Everything that is exported
 * (request, checks, rules) comes from these two lists.
 */
#pragma once

#include <stdbool.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/portset.h"
#include "model/expr.h"
#include "model/finding.h"
#include "model/product.h"
#include "model/site.h"

enum endpoint_kind {
	ENDPOINT_HOST,
	ENDPOINT_NETWORK, /* a zone, a group's network, a prefix: machines that stay unnamed */
	ENDPOINT_DEVICE,
	ENDPOINT_OUTSIDE, /* a role outside the site: names and addresses of others */
};

struct endpoint {
	enum endpoint_kind kind;
	const char *name; /* web1, zone inside, fw1, norton-update */
	const struct host *host;
	const struct device *device;
	const struct role *outside;
	const struct zone *zone;	  /* NULL: no zone holds it (a question) */
	LIST_OF(struct prefix) addresses; /* empty for a name */
	const char *dns_name;		  /* NULL: addresses say it all */
};

/* The devices between two zones, in the order in which a connection crosses them. */
struct path {
	LIST_OF(const struct device *) devices;
	bool unknown; /* none, or more than one possible: a question was asked */
};

struct installation {
	const struct use *use;
	const struct product *product;
	const char *name;
};

enum flow_kind { FLOW_REQUIRED, FLOW_FORBIDDEN };

struct reason {
	const struct installation *installation;
	const struct requirement *requirement;
	const char *mode; /* NULL: the requirement has none */
};

struct flow {
	char id[17]; /* 16 hex digits of the tuple's hash: the same in every run */
	enum flow_kind kind;
	enum level level;		  /* the most demanding of its reasons */
	bool also;			  /* only ever beside the needs: it decides nothing */
	const struct endpoint *from, *to; /* of this leg */

	enum transport transport;
	struct port_range ports;  /* TCP, UDP, SCTP */
	struct port_range source; /* lo 0: any */
	bool any_of;		  /* one of ports, as negotiated */
	bool parent_port;	  /* the port is the source port of the parent's connection */
	const char *name;	  /* ICMP and RPC */
	unsigned number;	  /* IP protocol */

	const char *service; /* the protocol that should answer; NULL: not said */
	const struct path *path;
	const struct device *via; /* HTTP or SOCKS proxy of which this is a leg; NULL: direct */
	unsigned leg;		  /* 1.. where a proxy or gateway splits the way; 0: one piece */
	const char *mode;	  /* of a negotiated child */
	const struct flow *parent;
	const char *group;	  /* alternatives of one question: their requirement's id */
	unsigned branch;	  /* 1.. within the group; 0: not in one */
	struct addr_port dialled; /* port 0: the target itself; else what the source dials (NAT) */
	LIST_OF(struct addr) seen_as; /* the source behind source NAT; empty: as it is */
	const char *documented;	      /* the document's own value, where ours differs */

	LIST_OF(struct reason) reasons;
	unsigned index; /* in plan.flows */
};

enum term_kind { TERM_FLOW, TERM_ALL, TERM_ANY, TERM_ELSE };
struct term {
	enum term_kind kind;
	bool degraded;
	const struct flow *flow;
	LIST_OF(const struct term *) kids;
};

struct demand {
	const struct installation *installation;
	const struct requirement *requirement;
	const struct endpoint *from, *to;
	const char *mode;
	const struct term *needs; /* of a forbidding requirement: what must be closed */
	const struct term *also;  /* NULL: none */
};

struct plan {
	struct arena *arena;
	const struct site *site;
	LIST_OF(struct installation) installations;
	LIST_OF(const struct flow *) flows; /* in the order of the documents */
	LIST_OF(struct demand) demands;
	LIST_OF(struct question) questions;
	LIST_OF(struct finding) warnings;
	size_t same_host;     /* demands that vanished because both ends are one host */
	size_t not_installed; /* requirements whose optional role is not bound */
};

struct plan_options {
	bool as_documented; /* the documents' own values instead of ours */
	const char *only;   /* one installation; NULL: all */
};

/* products: those that the site names, in any order. The plan borrows from site and products.
 * Mistakes of meaning that make a plan impossible (a required flow as wide as a forbidden one,
 * a role bound to something without an address, ...) go to errs; then NULL. */
MUST_USE struct plan *plan_build(const struct site *site, const struct product *const *products,
				 size_t n_products, const struct plan_options *options,
				 struct errs *errs);
void plan_free(struct plan *p);

/* "tcp/443", "udp/7000-7008", "icmp/echo", "tcp/any-of 1024-65535". */
void flow_format_ports(const struct flow *f, struct buf *out);
