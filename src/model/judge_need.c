/* SPDX-License-Identifier: ISC
 *
 * A demand's tree: from the ports of an address to its addresses, families and names, then joined
 * as the document joins them.
 */
#include "model/judge_int.h"

#include <string.h>

/* What was seen of one flow. Below, the outcomes of one name or address are told by their first. */
struct view {
	const struct judging *j;
	const struct flow *flow;
	const struct flow_result *seen;
};

static bool is_same_name(const struct outcome *a, const struct outcome *b)
{
	return a->name == b->name || (a->name && b->name && strcmp(a->name, b->name) == 0);
}

static bool is_same_address(const struct outcome *a, const struct outcome *b)
{
	return addr_equal(&a->target, &b->target) && is_same_name(a, b);
}

/* The first of those that are the same. They come address by address, or in turns. */
static bool is_first(const struct flow_result *r, size_t i,
		     bool (*is_same)(const struct outcome *, const struct outcome *))
{
	const struct outcome *const *o = r->outcomes;

	if (i && is_same(o[i], o[i - 1]))
		return false;
	for (size_t k = 0; k < i; k++)
		if (is_same(o[i], o[k]))
			return false;
	return true;
}

/* --- ports ------------------------------------------------------------------------------------ */

static bool is_span(const struct flow *f)
{
	return f->ports.lo != f->ports.hi && !f->any_of;
}

/* Nobody listens there, as far as can be seen from here; who accepts a connection does. */
static bool is_vacant(const struct outcome *o)
{
	if (o->service != ANSWER_FAIL)
		return false;
	return o->state == STATE_CLOSED ||
	       (o->state == STATE_SILENT && o->transport == TRANSPORT_UDP);
}

static bool may_have_listener(const struct view *v, const struct outcome *like)
{
	for (size_t i = 0; i < v->seen->n; i++)
		if (is_same_address(v->seen->outcomes[i], like) && !is_vacant(v->seen->outcomes[i]))
			return true;
	return false;
}

static void join_port(const struct view *v, const struct outcome *o, bool may_be_vacant,
		      struct part *sum)
{
	struct part p = part_of(v->j, v->flow, o);

	if (may_be_vacant && is_vacant(o)) {
		if (p.network == ANSWER_PASS)
			return; /* it changes nothing */
		p.service = ANSWER_UNKNOWN;
		if (p.network == ANSWER_UNKNOWN)
			p.verdict = VERDICT_UNPROVEN;
	}
	if (v->flow->any_of)
		part_join_any(sum, &p);
	else
		part_join_all(sum, &p);
}

/* Nobody listens on any port of a range. Where all are silent, nobody said so. */
static const char *why_hollow(enum answer network, bool is_answered)
{
	if (network == ANSWER_PASS)
		return "the way is open, and nobody listens on any port of the range";
	return is_answered ? "nobody listens on any port of the range, as far as can be seen from "
			     "here"
			   : "nothing answers on any port of the range";
}

/* All ports of one address; of a negotiated range, any. */
static struct part judge_address(const struct view *v, const struct outcome *like)
{
	bool may_listen = may_have_listener(v, like), is_answered = false;
	struct part sum = PART_NONE;
	size_t n = 0;

	for (size_t i = 0; i < v->seen->n; i++) {
		if (!is_same_address(v->seen->outcomes[i], like))
			continue;
		n++;
		is_answered |= v->seen->outcomes[i]->network == ANSWER_PASS;
		join_port(v, v->seen->outcomes[i], may_listen && is_span(v->flow), &sum);
	}
	if (is_span(v->flow) && n > 1 && !may_listen)
		sum.reason = why_hollow(sum.network, is_answered);
	return sum;
}

/* --- families --------------------------------------------------------------------------------- */

bool judge_is_unrouted(const struct flow_result *r, const struct outcome *like, uint8_t family)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct outcome *o = r->outcomes[i];

		if (o->target.family != family || !is_same_name(o, like))
			continue;
		if (o->state != STATE_UNREACHABLE || o->cause != CAUSE_LOCAL_ROUTE)
			return false;
		n++;
	}
	return n;
}

static struct part judge_family(const struct view *v, const struct outcome *like, uint8_t family)
{
	struct part sum = PART_NONE;

	if (judge_is_unrouted(v->seen, like, family))
		return sum;
	for (size_t i = 0; i < v->seen->n; i++) {
		const struct outcome *o = v->seen->outcomes[i];
		struct part p;

		if (o->target.family != family || !is_same_name(o, like) ||
		    !is_first(v->seen, i, is_same_address))
			continue;
		p = judge_address(v, o);
		part_join_all(&sum, &p);
	}
	return sum;
}

/* What a program feels that tries IPv6 first (RFC 6724): RFC 8305 section 5 lets it try the next
 * address after 250 ms; one that connects is kept, whatever answers there. */
static const char *why_degraded(const struct outcome *o)
{
	if (o->target.family == 4)
		return "IPv6 passes, IPv4 does not: only programs that use IPv4 alone, or first, "
		       "notice";
	if (o->transport == TRANSPORT_UDP)
		return "IPv4 passes, IPv6 does not: programs that try IPv6 first wait as long as "
		       "they wait for an answer";
	switch (o->state) {
	case STATE_REJECTED:
	case STATE_CLOSED:
		return "IPv4 passes, IPv6 is refused at once: programs that try IPv6 first go on "
		       "without delay";
	case STATE_DROPPED:
	case STATE_UNREACHABLE:
		return "IPv4 passes, IPv6 gets no answer: programs that try IPv6 first wait about "
		       "250 ms with happy eyeballs (RFC 8305), the whole connect timeout without";
	default:
		return "IPv4 passes, IPv6 connects and is not right: programs that try IPv6 first "
		       "stay with it, and fail";
	}
}

static struct part join_families(const struct part *four, const struct part *six)
{
	const struct part *good = verdict_is_good(four->verdict) ? four : six;
	const struct part *bad = good == four ? six : four;
	struct part joined = *four;

	if (!verdict_is_good(good->verdict) || bad->verdict != VERDICT_FAIL) {
		part_join_any(&joined, six);
		return joined;
	}
	joined = *bad;
	joined.verdict = VERDICT_DEGRADED;
	joined.network = good->network;
	joined.service = good->service;
	joined.reason = why_degraded(bad->decisive);
	return joined;
}

static const char *why_alone(const struct view *v, const struct outcome *like)
{
	if (judge_is_unrouted(v->seen, like, 4))
		return "over IPv6 alone: this host has no route to its IPv4 address";
	if (judge_is_unrouted(v->seen, like, 6))
		return "over IPv4 alone: this host has no route to its IPv6 address";
	return NULL;
}

/* All of one family are enough. What has no address (family 0) gave none, or a proxy knows it. */
static struct part judge_name(const struct view *v, const struct outcome *like)
{
	struct part four = judge_family(v, like, 4), six = judge_family(v, like, 6);
	struct part none = judge_family(v, like, 0), sum = PART_NONE;

	if (!four.elsewhere && !six.elsewhere)
		sum = join_families(&four, &six);
	else
		sum = four.elsewhere ? six : four;
	if (!none.elsewhere)
		part_join_all(&sum, &none);
	if (sum.elsewhere) /* no family has a route */
		return part_of(v->j, v->flow, like);
	if (verdict_is_good(sum.verdict) && !sum.reason)
		sum.reason = why_alone(v, like);
	return sum;
}

/* --- flows and trees -------------------------------------------------------------------------- */

struct flow_result judge_seen(const struct judging *j, const struct need *need)
{
	const struct flow_result *all = &j->results[need->flow->index];
	struct flow_result seen = *all;
	const struct outcome **own;

	if (!all->asked)
		return seen;
	own = ARENA_ARRAY(j->arena, const struct outcome *, all->n);
	seen.outcomes = own;
	seen.n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (claim_asks(all->asked[i], need->parent, need->what))
			own[seen.n++] = all->outcomes[i];
	return seen;
}

static struct part judge_flow(const struct judging *j, const struct need *need)
{
	const struct flow_result seen = judge_seen(j, need);
	const struct flow *f = need->flow;
	const struct view v = {j, f, &seen};
	struct part sum = PART_NONE;

	sum.flow = f;
	if (!v.seen->is_here)
		return sum;
	if (!v.seen->n)
		return (struct part){.verdict = VERDICT_NOT_TESTED,
				     .flow = f,
				     .reason = v.seen->not_tested ? v.seen->not_tested
								  : "it was not tried"};
	for (size_t i = 0; i < v.seen->n; i++) {
		struct part p;

		if (!is_first(v.seen, i, is_same_name))
			continue;
		p = judge_name(&v, v.seen->outcomes[i]);
		part_join_all(&sum, &p);
	}
	return sum;
}

struct part judge_need(const struct judging *j, const struct need *need)
{
	static void (*const joins[])(struct part *, const struct part *) = {
		[NEED_ALL] = part_join_all,
		[NEED_ANY] = part_join_any,
		[NEED_ELSE] = part_join_else,
	};
	struct part sum = PART_NONE;

	if (need->kind == NEED_FLOW)
		sum = judge_flow(j, need);
	else if (need->kind == NEED_OPEN)
		sum = part_of_open(j);
	for_each (kid, &need->kids) {
		struct part p = judge_need(j, *kid);

		joins[need->kind](&sum, &p);
	}
	if (need->degraded && !sum.elsewhere && sum.verdict == VERDICT_PASS) {
		sum.verdict = VERDICT_DEGRADED;
		sum.reason = "by a fallback that is worth less";
	}
	return sum;
}
