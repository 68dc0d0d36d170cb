/* SPDX-License-Identifier: ISC
 *
 * One rule of a device: which needs it serves, what breaks without it, and what else it does.
 */
#pragma once

#include "box/walk.h"
#include "policy/policy.h"
#include "policy/space_decide.h"

struct rule_answer {
	struct arena *arena;
	bool undecided;			     /* too large to say */
	bool decides;			     /* some packet comes to it and matches */
	LIST_OF(const struct rule *) serves; /* needs whose packets it takes */
	LIST_OF(const struct rule *) breaks; /* needs that without it are not let through */
	/* One packet that without it would be let through, or stopped, and is the other now. */
	bool has_opened, has_closed;
	struct nf_packet opened, closed;
	/* One that it lets through and nothing needs. */
	bool has_excess;
	struct nf_packet excess;
};

/* `chain` and `rule` are places in the box's ruleset; the policy is what the device needs. */
MUST_USE struct rule_answer *rule_ask(const struct box *b, const struct policy *p, size_t chain,
				      size_t rule, struct space_limits limits);
void rule_answer_free(struct rule_answer *r); /* NULL is fine */
