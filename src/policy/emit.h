/* SPDX-License-Identifier: ISC
 *
 * A device's language: a policy as text in it. Const structs at the end of one file, one for each
 * text that the language wants for itself.
 */
#pragma once

#include "base/buf.h"
#include "policy/policy.h"

struct emitter {
	const char *name;
	/* For struct policy_options, with which the policy must have been derived. */
	const char *interface_also;
	size_t interface_max;
	bool stateless;
	/* Adds what no text of it could hold, such as a name; NULL: nothing beyond what
	 * policy_derive() refuses. With errors it is not asked for a text. */
	void (*check)(const struct policy *p, struct errs *errs);
	/* All of it, to be loaded as it is. */
	void (*policy)(const struct policy *p, struct buf *out);
	/* One rule alone, on a line of its own without the newline; NULL: it is not said alone. */
	void (*rule)(const struct rule *r, struct buf *out);
	/* One rule of it names several interfaces. Of others each has one: emit_policy(). */
	bool names_interfaces;
};

/* emitter.policy() of rules that the language can say. */
void emit_policy(const struct emitter *e, const struct policy *p, struct buf *out);

extern const struct emitter emitter_nftables;
extern const struct emitter emitter_iptables;  /* its IPv4 */
extern const struct emitter emitter_ip6tables; /* its IPv6 */
/* No tool that would read them is at hand, and their texts say so: "Unverified". */
extern const struct emitter emitter_windows;
extern const struct emitter emitter_cisco;
extern const struct emitter emitter_aws;
