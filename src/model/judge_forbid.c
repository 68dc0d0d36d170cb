/* SPDX-License-Identifier: ISC
 *
 * Shown closed, and for the right reason: something refuses it, or nothing answers while something
 * else gets through to the very same address. That it cannot be reached for another reason (a name
 * with a slip, no route, a host that is down, our own firewall) shows nothing.
 */
#include "model/judge_int.h"

#include <stdlib.h>
#include <string.h>

/* --- controls --------------------------------------------------------------------------------- */

static int compare_controls(const void *a_, const void *b_)
{
	const struct outcome *a = *(const struct outcome *const *)a_;
	const struct outcome *b = *(const struct outcome *const *)b_;
	int order = addr_compare(&a->target, &b->target);

	if (order)
		return order;
	if (a->flow != b->flow)
		return a->flow < b->flow ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static bool forbids_anything(const struct plan *plan)
{
	for_each (d, &plan->demands)
		if ((*d)->requirement->forbid)
			return true;
	return false;
}

static void add_controls(struct judging *j, const struct flow_result *r)
{
	for (size_t i = 0; r->is_here && i < r->n; i++)
		if (r->outcomes[i]->network == ANSWER_PASS && r->outcomes[i]->target.family)
			j->controls.items[j->controls.n++] = r->outcomes[i];
}

void judge_find_controls(struct judging *j)
{
	size_t n = 0;

	if (!forbids_anything(j->plan))
		return;
	for (size_t i = 0; i < j->plan->flows.n; i++)
		n += j->results[i].n;
	j->controls.items = ARENA_ARRAY(j->arena, const struct outcome *, n);
	for (size_t i = 0; i < j->plan->flows.n; i++)
		add_controls(j, &j->results[i]);
	if (j->controls.n)
		qsort(j->controls.items, j->controls.n, sizeof(*j->controls.items),
		      compare_controls);
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Through a proxy, another way is taken. */
static bool is_same_way(const struct outcome *a, const struct outcome *b)
{
	return is_same_text(a->via, b->via);
}

/* What gets through to the same address: then silence there is no dead line. */
static const struct outcome *find_control(const struct judging *j, const struct outcome *o)
{
	size_t lo = 0, hi = j->controls.n;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (addr_compare(&j->controls.items[middle]->target, &o->target) < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	for (; lo < j->controls.n; lo++) {
		const struct outcome *c = j->controls.items[lo];

		if (!addr_equal(&c->target, &o->target))
			break;
		if (is_same_way(c, o))
			return c;
	}
	return NULL;
}

/* --- shown closed ----------------------------------------------------------------------------- */

/* A rule on the way, or at the target, said no. */
static bool is_refusal(const struct outcome *o)
{
	if (o->cause == CAUSE_LOCAL_FIREWALL)
		return false;
	if (o->cause == CAUSE_PROXY)
		return o->leg && strcmp(o->leg, "policy") == 0;
	return o->network == ANSWER_FAIL && !o->is_absence &&
	       (o->state == STATE_REJECTED || o->state == STATE_CLOSED);
}

/* It got no answer, which may be a dead line. Where only the answers are lost, what is sent gets
 * there. */
static bool is_quiet(const struct outcome *o)
{
	if (o->cause == CAUSE_LOCAL_FIREWALL || o->cause == CAUSE_RETURN_PATH ||
	    o->cause == CAUSE_PROXY)
		return false;
	if (o->state == STATE_SILENT)
		return o->transport == TRANSPORT_UDP && o->network != ANSWER_PASS;
	return o->state == STATE_DROPPED || (o->state == STATE_REJECTED && o->is_absence);
}

/* A datagram that a service may just as well have taken without a word. */
static bool may_have_arrived(const struct outcome *o)
{
	return o->state == STATE_SILENT && o->service != ANSWER_FAIL;
}

static const char *why_silence_shows(const struct outcome *o)
{
	if (o->state != STATE_SILENT)
		return NULL;
	return may_have_arrived(o)
		       ? "it cannot be shown closed by a datagram: the same address answers "
			 "elsewhere, but a service that never answers would look the same"
		       : "closed, likely: a server of that protocol would answer, and the same "
			 "address answers elsewhere";
}

static const char *why_not_closed(const struct outcome *o)
{
	if (o->network == ANSWER_PASS)
		return o->state == STATE_CLOSED ? judge_why_vacant(o) : "it is open";
	if (is_quiet(o))
		return "it cannot be shown closed: nothing else gets through to that address, so "
		       "silence proves nothing";
	switch (o->cause) {
	case CAUSE_DNS:
		return "it cannot be shown closed: its name gives no address";
	case CAUSE_LOCAL_ROUTE:
		return "it cannot be shown closed: this host has no route to it";
	case CAUSE_LOCAL_FIREWALL:
		return "it cannot be shown closed: this host's own firewall stops it, which says "
		       "nothing of the way";
	case CAUSE_RETURN_PATH:
		return "it cannot be shown closed: what is sent gets there, only the answers are "
		       "lost";
	case CAUSE_PROXY:
		return "it cannot be shown closed: the proxy gave up before it was asked for";
	default:
		return o->state == STATE_UNREACHABLE
			       ? "it cannot be shown closed: nobody answers for that address on "
				 "this host's own link"
			       : "it cannot be shown closed: something answers";
	}
}

static struct part judge_outcome(const struct judging *j, const struct flow *f,
				 const struct outcome *o)
{
	struct part p = part_of(j, f, o);

	if (p.verdict == VERDICT_NOT_TESTED)
		return p;
	if (is_quiet(o))
		p.control = find_control(j, o);
	p.verdict = p.control || is_refusal(o) ? VERDICT_PASS : VERDICT_FORBIDDEN_OPEN;
	if (p.control && may_have_arrived(o))
		p.verdict = VERDICT_UNPROVEN;
	p.reason = p.verdict == VERDICT_FORBIDDEN_OPEN ? why_not_closed(o) : why_silence_shows(o);
	return p;
}

/* --- flows and trees -------------------------------------------------------------------------- */

static bool is_target_of(const struct endpoint *e, const struct outcome *o)
{
	for_each (p, &e->addresses)
		if (prefix_has(p, &o->target))
			return true;
	for_each (name, &e->names)
		if (o->name && text_is(*name, o->name))
			return true;
	return false;
}

/* A required flow from here, inside what is forbidden: what it says is no matter of the
 * prohibition. */
static bool is_excepted(const struct judging *j, const struct demand *d, const struct flow *f,
			const struct outcome *o)
{
	for_each (except, &d->except) {
		const struct flow *e = *except;

		if (e->transport == f->transport && j->results[e->index].is_here &&
		    o->port >= e->ports.lo && o->port <= e->ports.hi && is_target_of(e->to, o))
			return true;
	}
	return false;
}

/* Beside a family that has a route. */
static bool is_out_of_question(const struct flow_result *r, const struct outcome *o)
{
	uint8_t family = o->target.family, other = family == 4 ? 6 : 4;

	if (!family || !judge_is_unrouted(r, o, family) || judge_is_unrouted(r, o, other))
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (r->outcomes[i]->target.family == other)
			return true;
	return false;
}

/* Of what is not shown closed, what answers says most: a service before a port without one, and
 * that before silence. */
static int openness(const struct part *p)
{
	if (p->elsewhere || p->verdict != VERDICT_FORBIDDEN_OPEN || p->network != ANSWER_PASS)
		return 0;
	return p->decisive->state == STATE_CLOSED ? 1 : 2;
}

static void join(struct part *sum, const struct part *p)
{
	bool partial = sum->partial;

	if (openness(p) > openness(sum))
		*sum = *p;
	else
		part_join_worst(sum, p);
	sum->partial = sum->partial || partial;
}

/* A whole range is asked about port by port, and the answer is that of its name and family: the
 * last one of each family is kept. */
struct route_answer {
	const struct outcome *like; /* NULL: not asked yet */
	bool is_out;
};

static bool is_out(const struct flow_result *r, const struct outcome *o,
		   struct route_answer known[2])
{
	struct route_answer *q = &known[o->target.family == 6];

	if (!q->like || q->like->target.family != o->target.family ||
	    !is_same_text(q->like->name, o->name))
		*q = (struct route_answer){o, is_out_of_question(r, o)};
	return q->is_out;
}

static struct part judge_flow(const struct judging *j, const struct demand *d, const struct flow *f)
{
	const struct flow_result *r = &j->results[f->index];
	struct route_answer known[2] = {{0}};
	struct part sum = PART_NONE;

	sum.flow = f;
	if (!r->is_here)
		return sum;
	for (size_t i = 0; i < r->n; i++) {
		const struct outcome *o = r->outcomes[i];
		struct part p;

		if (is_excepted(j, d, f, o) || is_out(r, o, known))
			continue;
		p = judge_outcome(j, f, o);
		join(&sum, &p);
	}
	if (!sum.elsewhere)
		return sum;
	sum = (struct part){.verdict = VERDICT_NOT_TESTED, .flow = f, .reason = r->not_tested};
	if (r->n)
		sum.reason = "all that was tried is required elsewhere";
	else if (f->to->kind == ENDPOINT_NETWORK)
		sum.reason = "no single try shows a whole network closed: the rulesets prove it";
	else if (!sum.reason)
		sum.reason = "it was not tried";
	return sum;
}

struct part judge_forbidden(const struct judging *j, const struct demand *d,
			    const struct need *need)
{
	struct part sum = PART_NONE;

	if (need->kind == NEED_FLOW)
		return judge_flow(j, d, need->flow);
	if (need->kind == NEED_OPEN)
		return part_of_open(j);
	for_each (kid, &need->kids) {
		struct part p = judge_forbidden(j, d, *kid);

		join(&sum, &p);
	}
	return sum;
}
