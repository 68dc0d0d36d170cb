/* SPDX-License-Identifier: ISC
 *
 * A site and its products become flows. The planner is a pure function: documents in, plan out.
 *
 * A *demand* is one requirement between one pair of endpoints; its tree of needs says which flows
 * must hold and how they are joined. A *flow* is one tuple (source, target, transport, ports):
 * demands that need the same tuple share it. A *claim* is one demand's reason for a flow, with all
 * that is true of this use only (its level, branch, mode, leg). Everything that is exported
 * (request, checks, rules) comes from these lists.
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
	ENDPOINT_NETWORK, /* a zone, a network of a group, a prefix: machines that stay unnamed */
	ENDPOINT_DEVICE,
	ENDPOINT_OUTSIDE, /* a role outside the site: names and addresses of others */
};

/* A host with addresses in two zones is two endpoints of one name. */
struct endpoint {
	enum endpoint_kind kind;
	const char *name; /* web1, zone inside, fw1, norton-update */
	const struct host *host;
	const struct device *device;
	const struct interface *interface; /* of a device: the one that faces the peer */
	const struct role *outside;
	bool one_of_several;		  /* the same host or device has others */
	const struct zone *zone;	  /* NULL: no zone holds it */
	LIST_OF(struct prefix) addresses; /* empty: a name says it all */
	LIST_OF(struct text) names;	  /* DNS names; of an outside role also wildcards */
	/* Where this is only what one of a product's networks has of it: the rest too, and which
	 * network, "ceph.cluster". NULL: this is all of it. */
	const struct endpoint *whole;
	const char *network;
	unsigned index; /* in the order in which they were met */
};

struct hop {
	const struct device *device;
	const struct interface *in, *out; /* NULL: the site does not say */
};

/* The devices between two zones, in the order in which a connection crosses them. */
struct path {
	LIST_OF(struct hop) hops;
	bool unknown; /* none, or more than one possible: a question was asked */
};

struct installation {
	const struct use *use; /* NULL: the site's own rules (never_cross) */
	const struct product *product;
	const char *name;
};

enum flow_kind { FLOW_REQUIRED, FLOW_FORBIDDEN };

/* What splits a way into legs. */
enum gateway { GATEWAY_NONE, GATEWAY_HTTP, GATEWAY_SOCKS, GATEWAY_FTP, GATEWAY_BALANCER };
extern const char *const gateway_names[];

struct demand;
struct flow;

struct claim {
	const struct demand *demand;
	const struct claim *next;
	enum level level;	   /* of what stands beside the needs: at most recommended */
	bool also;		   /* beside the needs: it decides nothing */
	const char *mode;	   /* of a negotiated child; NULL: none */
	const char *service;	   /* the protocol that should answer; NULL: not said */
	const char *documented;	   /* the document's own value, where ours differs */
	const char *effective;	   /* ours, where the flow is as documented; else NULL */
	unsigned group;		   /* 1.. which alternatives of the requirement; 0: none */
	unsigned branch;	   /* 1.. among them */
	const struct flow *parent; /* negotiates it in its conversation, or names its port */
	const char *what;	   /* of a directory's child: the service asked for, "wmi" */
	unsigned leg;		   /* 1.. where a gateway splits the way; 0: one piece */
	enum gateway gateway;
	const struct device *through; /* the gateway */
	const struct endpoint *whole; /* of a leg: where the whole way goes; NULL: not a leg */
	struct port_range whole_ports;
};

/* What a translation on the way makes of the tuple. */
struct translation {
	struct addr_port dialled; /* text.s NULL: the target itself; else what the source dials */
	struct addr seen_as;	  /* family 0: as it is; else the source behind source NAT */
	const struct device *dialled_at, *seen_at;
};

struct flow {
	uint64_t id; /* hash of the tuple with its names: the same in every run */
	enum flow_kind kind;
	const struct endpoint *from, *to; /* of this leg */
	enum transport transport;	  /* never RPC: that becomes its directory and its range */
	struct port_range ports;	  /* TCP, UDP, SCTP; lo 0: parent_port */
	struct port_range source;	  /* lo 0: any */
	bool any_of;			  /* one of ports, as negotiated */
	bool parent_port;		  /* the source port of the parent's connection */
	const char *name;		  /* ICMP */
	unsigned number;		  /* IP protocol */
	const struct path *path;
	const struct translation *translation; /* NULL: none */
	const struct claim *claims;	       /* the most demanding first; at least one */
	unsigned index;			       /* in plan.flows */
};

/* NEED_OPEN: a port that the site does not say yet; a question asks for it. */
enum need_kind { NEED_FLOW, NEED_ALL, NEED_ANY, NEED_ELSE, NEED_OPEN };
struct need {
	enum need_kind kind;
	bool degraded;
	const struct flow *flow;
	const struct flow
		*parent; /* of a negotiated flow, and what is asked for: as in its claim */
	const char *what;
	LIST_OF(const struct need *) kids;
};

/* Why a demand has no flows. */
enum absence { ABSENCE_NONE, ABSENCE_SAME_HOST, ABSENCE_NO_LINK, ABSENCE_LOCAL };

struct demand {
	const struct installation *installation;
	const struct requirement *requirement;
	const struct endpoint *from, *to; /* to: with `reach: one` "any ROLE", without addresses */
	enum absence absence;
	const char *local;		     /* of ABSENCE_LOCAL: what the host offers to itself */
	const struct need *needs;	     /* of a forbidding requirement: what must be closed */
	const struct need *also;	     /* NULL: none */
	LIST_OF(const struct flow *) except; /* required flows inside what is forbidden */
};

struct plan {
	struct arena *arena;
	const struct site *site;
	LIST_OF(struct installation) installations;
	LIST_OF(const struct flow *) flows; /* in the order of the documents */
	LIST_OF(const struct demand *) demands;
	LIST_OF(struct question) questions;
	LIST_OF(struct finding) warnings;
	size_t not_installed; /* requirements whose optional role is not bound */
	size_t modes_unmet;   /* legs of FTP whose two ends have no mode in common */
};

/* How an FTP gateway dials on, where the site leaves that open. */
struct gateway_modes {
	const char *device; /* its name */
	enum server_modes modes;
};

struct plan_options {
	bool as_documented; /* the documents' own values instead of ours */
	/* Of FTP gateways that the site leaves free: no more than this. Borrowed. */
	const struct gateway_modes *modes;
	size_t n_modes;
	/* What a use says of modes holds for its clients and servers behind FTP gateways, too. */
	bool ends_as_used;
};

/* products: those that the site names, in any order. Plan borrows from site and products. What
 * makes a plan impossible (a required flow between the same ends as a forbidden one and as wide, a
 * chosen alternative that is none, a value that is no port) goes to errs; then NULL. */
MUST_USE struct plan *plan_build(const struct site *site, const struct product *const *products,
				 size_t n_products, const struct plan_options *options,
				 struct errs *errs);
void plan_free(struct plan *p);

/* It relays, and the site does not say in which mode it dials on. */
bool gateway_is_free(const struct ftp_gateway *g);

/* A tuple on its way. */
struct crossing {
	const struct endpoint *from, *to;
	enum transport transport;
	struct port_range ports;
};
/* As whom this hop sends it on, in that family (4 or 6); NULL: as it is. */
const struct addr *hop_source_nat(const struct hop *hop, const struct crossing *c, uint8_t family);
/* The device's service behind which the target stands as a member, for those who are no members
 * themselves; with `plane` NAT only those that translate. NULL: none. */
const struct balancer *device_balancer(const struct device *d, const struct crossing *c);
/* Whether the end is that host, or has that address. */
bool addr_port_is_at(const struct addr_port *ap, const struct endpoint *e);
/* Whether it is negotiated by that parent, and asks it for that: services that share a range have a
 * port of its own each. */
bool claim_asks(const struct claim *c, const struct flow *parent, const char *what);
/* "tcp/443", "udp/7000-7008", "icmp/echo", "tcp/any-of 1024-65535 from 20". */
void flow_format_ports(const struct flow *f, struct buf *out);
void flow_format_id(const struct flow *f, struct buf *out); /* 16 hex digits */
