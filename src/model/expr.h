/* SPDX-License-Identifier: ISC
 *
 * The `needs` language as a tree: what one requirement asks of the network. Text form and grammar:
 * portolan-product(5); reading and printing: doc/needs.h. The document's arena owns everything.
 *
 *	expr  = term { "or" term } | term { "else" term }
 *	term  = "(" expr ")" | leaf [ "degraded" ] | "@" set
 *	leaf  = ( transport "/" ports [ "from" ports ] | "icmp/" name | "ip/" ( number | "any" )
 *	        | "rpc/" name ) [ "as" service ]
 *	ports = port | span | "any-of" span | "any" | "=" arithmetic | "parent"
 */
#pragma once

#include <stdbool.h>

#include "base/portset.h"
#include "model/text.h"

enum transport {
	TRANSPORT_NONE,
	TRANSPORT_TCP,
	TRANSPORT_UDP,
	TRANSPORT_SCTP,
	TRANSPORT_ICMP, /* the name is in leaf.name: echo, ... ; ICMPv6 by the target's family */
	TRANSPORT_IP,	/* an IP protocol by number: leaf.number, or any of them */
	TRANSPORT_RPC,	/* by the endpoint mapper or rpcbind: leaf.name */
	TRANSPORT_COUNT
};
extern const char *const transport_names[]; /* as all such tables: in order, NULL ends it */

/* The names that stand behind "icmp/", with their type for IPv4 and IPv6 (-1: none there).
 * Sources: IANA icmp-parameters and icmpv6-parameters. */
struct icmp_name {
	const char *name;
	int type4, type6;
};
const struct icmp_name *icmp_name_find(struct slice name);

/* An RPC service by name, and where its port is asked for: Microsoft's endpoint mapper (135) or
 * rpcbind (111, RFC 1833). The name may be an interface's UUID or a program's number, too. The
 * ports themselves are the target role's setting `rpc_ports`. */
struct rpc_name {
	const char *name;
	uint16_t directory;
	const char *id; /* rpc_name_id() */
};
const struct rpc_name *rpc_name_find(struct slice name);
/* What its directory lists it under, to be asked for (proto/epmap.c, proto/rpcbind.c): an
 * interface's UUID, or a program's number, as text. NULL: no such name, or nothing lists it, as
 * what is in DCOM. */
const char *rpc_name_id(const char *name);

/* ${name} or ${role.name}: a setting of the product, or of a role's binding. */
struct setting_ref {
	const char *role; /* NULL: the product's own */
	const char *name;
	struct place at;
};

/* A port written as digits and templates: 443, ${web_port}, 3${nn}15. */
struct port_piece {
	const char *digits; /* NULL: a reference */
	struct setting_ref ref;
};
struct port_term {
	LIST_OF(struct port_piece) pieces;
};

/* Integer arithmetic behind "=": + - * and brackets over numbers and ${...}. */
enum arith_op { ARITH_NUMBER, ARITH_REF, ARITH_ADD, ARITH_SUB, ARITH_MUL };
struct arith {
	enum arith_op op;
	long number;
	struct setting_ref ref;
	const struct arith *left, *right;
};

enum ports_kind {
	PORTS_NONE, /* not given: no constraint on a source, nothing for ICMP */
	PORTS_SPAN, /* lo, and hi where it is a span; every port of it */
	PORTS_ANY,
	PORTS_ARITH,
	PORTS_PARENT, /* the source port of the parent's connection */
};
struct ports {
	enum ports_kind kind;
	bool any_of; /* one of the span, as negotiated */
	bool has_hi;
	struct port_term lo, hi; /* a single reference to a setting of type range gives both */
	const struct arith *arith;
};

enum { IP_TCP = 6, IP_ANY = 256 };

enum expr_kind {
	EXPR_LEAF,
	EXPR_ALL,  /* a YAML list */
	EXPR_ANY,  /* or */
	EXPR_ELSE, /* in order, until one passes */
	EXPR_SET,  /* "@name"; the set's own tree is kids[0] once references are resolved */
};

struct leaf {
	enum transport transport;
	struct ports ports, source;
	const char *name;    /* icmp, rpc */
	unsigned number;     /* ip; IP_ANY: any protocol */
	const char *service; /* the protocol on it; NULL: the requirement's */
	bool degraded;	     /* passing by this one is worth less */
};

struct expr {
	enum expr_kind kind;
	struct place at;
	struct leaf leaf;
	const char *set; /* EXPR_SET */
	LIST_OF(const struct expr *) kids;
};

/* What templates and arithmetic are evaluated with: the value of a setting as text ("443",
 * "40000-40999", "07"), or NULL and it is missing. */
struct setting_env {
	const char *(*value)(const void *ctx, const struct setting_ref *ref);
	const void *ctx;
};

/* The ports of one leaf, concrete. On failure *missing names the setting that has no value, or the
 * error says what is wrong with the value (outside 1-65535, an empty span, ...). */
enum ports_result { PORTS_OK, PORTS_MISSING, PORTS_BAD };
enum ports_result ports_resolve(const struct ports *p, const struct setting_env *env,
				struct port_range *out, const struct setting_ref **missing,
				char why[120]);
