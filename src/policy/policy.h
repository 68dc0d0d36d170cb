/* SPDX-License-Identifier: ISC
 *
 * One device's policy: its rules in an order of ours, as plain data. Rules of one hook and rank may
 * stand in any order; of two ranks the lower is looked at first; what no rule takes is dropped
 * where the policy has base rules, and left alone in the hooks that translate.
 */
#pragma once

#include <stdbool.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/portset.h"
#include "model/finding.h"
#include "model/plan.h"

/* A filter sees what prerouting made of the target, and not yet what postrouting makes of the
 * source. */
enum hook { HOOK_PREROUTING, HOOK_INPUT, HOOK_FORWARD, HOOK_OUTPUT, HOOK_POSTROUTING, HOOK_COUNT };
extern const char *const hook_names[];

enum action {
	ACTION_ACCEPT,
	ACTION_DROP,
	ACTION_RESET, /* refuse: a TCP reset */
	ACTION_DNAT,
	ACTION_REDIRECT, /* to the device itself */
	ACTION_SNAT,
};
extern const char *const action_names[];

enum rank {
	RANK_BASE,	 /* what every connection needs: replies, errors, neighbours */
	RANK_DENY_FIRST, /* forbidden, with nothing required inside */
	RANK_EXCEPTION,	 /* required, and inside of what is forbidden */
	RANK_DENY,	 /* forbidden, but for the exceptions */
	RANK_NEED,	 /* required */
	RANK_REFUSE,	 /* not needed, and answered */
};

/* Which packets of a connection. ANY in a filter that keeps state means: of new ones. */
enum packets {
	PACKETS_ANY,
	PACKETS_ESTABLISHED,
	PACKETS_RELATED,
	PACKETS_INVALID,
	PACKETS_RESET, /* of TCP: how the device itself refuses */
	PACKETS_REPLY, /* without state: TCP packets that do not begin a connection */
};

struct prefixes {
	LIST_OF(struct prefix) list; /* of one family; neither touching each other's inside */
};

/* More interfaces of one zone. */
struct names {
	LIST_OF(const char *) list;
};

struct match {
	const char *in, *out;		       /* interfaces as the system calls them; NULL: any */
	struct names more_in, more_out;	       /* or one of these */
	uint8_t family;			       /* 4, 6; 0: both, and then without addresses */
	struct prefixes source, target;	       /* none: any of the family */
	enum transport transport;	       /* TRANSPORT_NONE: any */
	struct port_range ports, source_ports; /* lo 0: any */
	const char *icmp;		       /* a name that icmp_name_find() knows */
	unsigned number;		       /* of TRANSPORT_IP */
	const char *user;		       /* who owns the socket; only on output */
	bool translated;		       /* only what prerouting has translated */
	enum packets packets;
};

/* To where DNAT and REDIRECT send, and as whom SNAT sends. */
struct rewrite_end {
	struct addr addr;
	uint16_t port; /* 0: as it is */
};
struct rewrite {
	struct addr addr; /* family 0: not by address */
	uint16_t port;	  /* 0: as it is */
	bool session;	  /* the gateway says it for each transfer */
	/* Of DNAT: to one of these, each connection anew; at least two, or none. All of them have a
	 * port, or none has. */
	LIST_OF(struct rewrite_end) members;
	enum balance balance;
};

struct rule {
	enum hook hook;
	enum rank rank;
	enum action action;
	struct match match;
	struct rewrite rewrite;
	LIST_OF(const struct flow *) flows; /* behind it; none: a base rule */
	const char *why;		    /* of a base rule; else NULL */
	uint64_t key;	 /* of its flows: the same in every run, RULE_KEY_BITS of them */
	int32_t expires; /* base/date.h: the last day of all its flows; 0: no end */
};

enum { RULE_KEY_BITS = 48, RULE_KEY_TEXT_MAX = 13 };

struct policy {
	struct arena *arena;
	const struct plan *plan; /* borrowed */
	const struct device *device;
	LIST_OF(struct rule) rules;	  /* by hook, rank, and the order of the documents */
	LIST_OF(struct finding) findings; /* what cannot be said, or is not known */
};

struct least_exposure; /* policy/exposure.h */

struct policy_options {
	int32_t today; /* base/date.h; what has expired before is not opened. 0: nothing has */
	/* Of the language it is for. What names of interfaces may have besides, such as "/"; NULL:
	 * nothing. How long they may be; 0: INTERFACE_NAME_MAX. */
	const char *interface_also;
	size_t interface_max;
	bool stateless; /* it keeps no state, whatever the site says of the device */
	/* By which the plan was made, to be told of; NULL: by none. */
	const struct least_exposure *least;
};

/* What the plan asks of this device. The plan must outlive it. NULL with errs: an interface or a
 * user has a name that no ruleset could hold. */
MUST_USE struct policy *policy_derive(const struct plan *plan, const struct device *device,
				      const struct policy_options *options, struct errs *errs);
/* The same of a host's own firewall; its `device` stands for the host. */
MUST_USE struct policy *policy_derive_host(const struct plan *plan, const struct host *host,
					   const struct policy_options *options);
void policy_free(struct policy *p); /* NULL is fine */
/* The same with a rule for each interface: for languages that name one in a rule. It borrows all
 * but the list of rules. */
MUST_USE struct policy *policy_by_interface(const struct policy *p);
/* The i-th name of either side, from 0; NULL behind the last, and of any. */
const char *match_in(const struct match *m, size_t i);
const char *match_out(const struct match *m, size_t i);

/* By whose decision it is let through, and until when. */
struct grant claim_grant(const struct claim *c);
/* The last day on which a claim lets through what it wants; 0: no end, as of what is forbidden. */
int32_t claim_expires(const struct claim *c);

/* 12 hex digits: of a rule with one flow the first of that flow's id. */
const char *rule_key_text(const struct rule *r, char text[RULE_KEY_TEXT_MAX]);
/* "passwordstate/web-to-database, ...": each requirement once; of a base rule its reason. */
void rule_format_requirements(const struct rule *r, struct buf *out);
/* Whether it is a name that rulesets hold without quoting: letters, digits, "-_.+@", at most 15 of
 * an interface (Linux IFNAMSIZ), 32 of a user. */
enum { INTERFACE_NAME_MAX = 15, USER_NAME_MAX = 32 };
bool policy_is_name(const char *s, size_t max);
/* With the bytes of `also` as well; NULL: none. */
bool policy_is_name_also(const char *s, size_t max, const char *also);
