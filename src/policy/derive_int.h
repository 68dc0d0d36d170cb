/* SPDX-License-Identifier: ISC
 *
 * What the files of policy_derive() share. One derivation makes one policy.
 */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "policy/policy.h"

/* A rule while flows are still added. */
struct draft {
	struct rule rule;
	struct buf flows; /* const struct flow * */
	size_t index;
	bool gone; /* said by another one */
};

/* To where a balancer sends in one family. */
struct derived_members {
	const struct balancer *balancer;
	uint8_t family;
	struct rewrite to;
};

/* Where the device stands on a flow's way. */
enum stand { STAND_NOWHERE, STAND_START, STAND_WAY, STAND_END };

struct derivation {
	struct policy *policy;
	struct arena *arena;
	const struct plan *plan;
	const struct device *device;
	const struct host *host; /* whose own firewall it is; NULL: a device's */
	enum stand side;	 /* of a host: which end of the flows is looked at */
	const struct policy_options *options;
	bool *opened;	     /* by the index of the flow: the site has decided for it */
	bool *is_exception;  /* so: required, and inside of what is forbidden */
	bool *has_exception; /* so: forbidden, and something required is inside */
	struct buf members;  /* struct derived_members */
	struct buf drafts;   /* struct draft * */
	struct map by_bytes; /* what a rule does, as bytes, to its draft */
	struct buf findings; /* struct finding */
	struct map told;     /* code and subject of findings */
};

/* --- derive_view.c ---------------------------------------------------------------------------- */
/* A host may stand at both ends: `side` says at which it is looked. */
enum stand derive_stand(const struct derivation *d, const struct flow *f);

/* As whom something leaves by an interface. */
struct departure {
	const char *out; /* NULL: any */
	const struct addr *as;
};

/* One family of a flow, as its packets look at the device. */
struct view {
	struct prefixes source; /* on their way in */
	bool hidden;		/* by the translation of a device before this one */
	struct prefixes dialled;
	struct port_range dialled_ports;
	bool any_dialled;	/* dialled by a name that has no address here */
	struct prefixes target; /* behind the device's own translation */
	struct port_range ports;
	bool translated;		 /* here, between `dialled` and `target` */
	const struct balancer *balancer; /* so, as one of its members; NULL: by none */
	struct names in, out;		 /* all interfaces of that side; none: not known, or none */
	/* Behind the device's source translation; none: as it is. */
	LIST_OF(struct departure) leaves;
};
/* False: nothing of this family goes there. */
bool derive_view(struct derivation *d, const struct flow *f, uint8_t family, struct view *v);
/* The addresses of that family; none where one of them is the whole family: then *any. */
bool derive_addresses(struct derivation *d, const struct endpoint *e, uint8_t family,
		      struct prefixes *out);
struct prefixes derive_one(struct derivation *d, const struct addr *a);
/* NULL: it has none of that family. */
const struct addr *derive_address_of(const struct addr_port *ap, uint8_t family);

/* --- derive_expiry.c -------------------------------------------------------------------------- */
/* Whether it still lets something through, or forbids. */
bool derive_holds(const struct derivation *d, const struct claim *c);
bool derive_any_holds(const struct derivation *d, const struct flow *f);
/* The last day of the longest of its claims that hold; 0: none of them ends. */
int32_t derive_expires(const struct derivation *d, const struct rule *r);
void derive_tell_expiry(struct derivation *d, const struct flow *f);

/* --- derive_ftp.c ----------------------------------------------------------------------------- */
/* Whether it is a data connection that this device's gateway passes on by translation. */
bool derive_is_session(const struct derivation *d, const struct flow *f);
void derive_session(struct derivation *d, const struct flow *f);
/* Which modes gateways were given, or that they could do with fewer. */
void derive_tell_modes(struct derivation *d);

/* --- derive_balancer.c ------------------------------------------------------------------------ */
/* To where the service sends: its members of that family to which something leads. */
struct rewrite derive_members(struct derivation *d, const struct balancer *b, uint8_t family);
void derive_tell_members(struct derivation *d);

/* --- derive_answer.c -------------------------------------------------------------------------- */
/* Without state: answers over UDP that what is forbidden would drop come before it. */
void derive_put_answers_first(struct derivation *d);

/* --- derive_base.c ---------------------------------------------------------------------------- */
/* Whether it has rules that let through and drop; without, only translations. */
bool derive_filters(const struct device *d);
/* Of one that filters. */
bool derive_keeps_state(const struct derivation *d);
void derive_base(struct derivation *d);
void derive_findings(struct derivation *d); /* what holds for the device as a whole */

/* --- derive.c --------------------------------------------------------------------------------- */
/* The rule, once; f is behind it, too (NULL: nothing is). r is copied. */
void derive_add(struct derivation *d, const struct rule *r, const struct flow *f);
/* Which interfaces; none: any. */
void derive_set_in(struct match *m, const struct names *names);
void derive_set_out(struct match *m, const struct names *names);
/* The match of a flow's family: transport, ports, addresses as given by the view. */
struct match derive_match(const struct flow *f, uint8_t family, const struct view *v);
/* Once for each code and subject; what it is given must live as long as the plan. */
void derive_tell(struct derivation *d, struct finding f);
