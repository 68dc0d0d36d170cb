/* SPDX-License-Identifier: ISC
 *
 * What a language cannot say: findings beside those of the policy, each once. And whether two rules
 * speak of the same packets, where a language has another order than ours, or none.
 */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "policy/policy.h"

struct unsaid {
	struct arena *arena;
	struct buf list; /* struct finding */
	struct map told; /* code and subject of findings */
};

void unsaid_init(struct unsaid *u);
void unsaid_release(struct unsaid *u);
static inline size_t unsaid_n(const struct unsaid *u)
{
	return u->list.n / sizeof(struct finding);
}
static inline const struct finding *unsaid_at(const struct unsaid *u, size_t i)
{
	return (const struct finding *)(const void *)u->list.data + i;
}

/* Its subject is copied; the other words are literals, or live in u->arena. */
void unsaid_tell(struct unsaid *u, struct finding f);
/* Of a rule: the subject is its reason. */
void unsaid_tell_rule(struct unsaid *u, const struct rule *r, struct finding f);

/* Whether some packet is in both. Owners of sockets do not count. */
bool match_meets(const struct match *a, const struct match *b);
/* The first rule behind that one, of its hook and of a later rank, that lets through some of what
 * it drops; NULL: none does. */
const struct rule *unsaid_opened_behind(const struct policy *p, const struct rule *drop);
