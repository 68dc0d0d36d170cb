/* SPDX-License-Identifier: ISC
 *
 * All addresses of a name, of both families, and for each family why there are none. An interface,
 * so that names can be simulated too; the real one is c-ares over our loop, which is not started
 * before the first query. /etc/hosts comes first, as in hosts(5); a name found there is not asked
 * for in the DNS.
 */
#pragma once

#include "base/addr.h"
#include "base/compiler.h"
#include "base/err.h"

enum resolve_status {
	RESOLVE_NOT_ASKED,
	RESOLVE_UNDER_WAY,
	RESOLVE_OK,
	RESOLVE_NODATA,	  /* the name is there, without an address of that family */
	RESOLVE_NXDOMAIN, /* there is no such name */
	RESOLVE_BAD_NAME, /* it cannot be one: RFC 1035 section 2.3.4 */
	RESOLVE_NO_HOST,  /* an address that no host has, as resolvers that block a name give */
	RESOLVE_FAILED,	  /* an answer that we could not use */
	RESOLVE_REFUSED,
	RESOLVE_SERVFAIL,
	RESOLVE_TIMEOUT,   /* no resolver answered in time */
	RESOLVE_NO_SERVER, /* none could even be asked: none is configured, or none listens */
	RESOLVE_STATUS_COUNT
};
extern const char *const resolve_status_names[RESOLVE_STATUS_COUNT];

struct resolve_query {
	const char *name;		       /* borrowed until done */
	uint8_t family;			       /* 4, 6; 0: both */
	void (*done)(struct resolve_query *q); /* once; perhaps from within `start` */

	/* The answer; addresses of IPv4 first, each family in the order of the answer. */
	struct addr *addrs; /* owned by the query: resolve_release() */
	size_t n_addrs;
	enum resolve_status status4, status6;
};
void resolve_release(struct resolve_query *q);
/* False: unspecified, multicast, broadcast or IPv4 in IPv6's clothes, which no name can mean. */
bool resolve_is_of_host(const struct addr *a);
/* For the implementations, once the status is set. What is no host's is left out: 0.0.0.0 would
 * reach ourselves. */
void resolve_add(struct resolve_query *q, const struct addr *a);

/* Why the query gave no address at all: of both families what leaves most open, for a name may be
 * there when one family timed out. */
enum resolve_status resolve_why(const struct resolve_query *q);

struct resolver;
struct resolver_ops {
	void (*start)(struct resolver *r, struct resolve_query *q);
	void (*stop)(struct resolver *r); /* gives up all that is under way; `done` is not called */
	void (*free)(struct resolver *r);
};
struct resolver {
	const struct resolver_ops *ops;
};

/* Waits 1.5 s for a server, twice that the second time. With several servers the first answer
 * counts, also SERVFAIL and REFUSED (ARES_FLAG_NOCHECKRESP). */
struct loop;
MUST_USE struct resolver *resolver_new(struct loop *l);
/* Reads now what it would read with the first query: no file is opened afterwards. Fails where one
 * is there and cannot be read. */
MUST_USE int resolver_prepare(struct resolver *r, struct err *err);
void resolver_free(struct resolver *r); /* before its loop; NULL is fine */
