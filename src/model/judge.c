/* SPDX-License-Identifier: ISC */
#include "model/judge.h"

#include <string.h>

/* --- parts of a judgement --------------------------------------------------------------------- */

/* What one node of the tree came to. Elsewhere is a third thing beside passing and failing. */
struct part {
	bool elsewhere, partial;
	enum verdict verdict;
	enum answer network, service;
	const struct outcome *decisive;
	const struct flow *flow;
	const char *reason;
};

struct judging {
	const struct plan *plan;
	const struct flow_result *results;
	const struct judge_options *options;
};

static enum verdict verdict_of(const struct judging *j, const struct outcome *o)
{
	enum answer network = outcome_network(o->state, o->cause);

	if (o->state == STATE_NOT_ATTEMPTED)
		return VERDICT_NOT_TESTED;
	if (network == ANSWER_FAIL)
		return VERDICT_FAIL;
	if (!j->options->network_only && outcome_service(o->state, o->cause) == ANSWER_FAIL)
		return VERDICT_FAIL;
	return network == ANSWER_PASS ? VERDICT_PASS : VERDICT_UNPROVEN;
}

/* From good to bad, for "all of". */
static int badness(enum verdict v)
{
	static const int order[VERDICT_COUNT] = {
		[VERDICT_PASS] = 0,	  [VERDICT_DEGRADED] = 1, [VERDICT_UNPROVEN] = 2,
		[VERDICT_NOT_TESTED] = 3, [VERDICT_FAIL] = 4,	  [VERDICT_FORBIDDEN_OPEN] = 5,
	};

	return order[v];
}

/* A reset that may be made up on the way proves no open way. */
static const char *why_vacant(const struct outcome *o)
{
	if (o->state != STATE_CLOSED || o->cause != CAUSE_TARGET)
		return NULL;
	return o->confidence == CONFIDENCE_CERTAIN ? "the way is open, only nobody listens yet"
						   : "if the reset is the target's own, the way is "
						     "open and only nobody listens yet";
}

static struct part part_of(const struct judging *j, const struct flow *f, const struct outcome *o)
{
	return (struct part){
		.verdict = verdict_of(j, o),
		.network = outcome_network(o->state, o->cause),
		.service = outcome_service(o->state, o->cause),
		.decisive = o,
		.flow = f,
		.reason = why_vacant(o),
	};
}

static bool worse(const struct part *a, const struct part *b)
{
	if (a->elsewhere != b->elsewhere)
		return b->elsewhere;
	if (a->verdict != b->verdict)
		return badness(a->verdict) > badness(b->verdict);
	return a->partial && !b->partial;
}

/* A family without a route of ours is told, and never decides. */
static bool counts(const struct outcome *o)
{
	return !(o->state == STATE_UNREACHABLE && o->cause == CAUSE_LOCAL_ROUTE);
}

static struct part worst_of_family(const struct judging *j, const struct flow *f,
				   const struct flow_result *r, uint8_t family, size_t *n)
{
	struct part worst = {0};

	*n = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct part p;

		if (r->outcomes[i]->target.family != family || !counts(r->outcomes[i]))
			continue;
		p = part_of(j, f, r->outcomes[i]);
		if (!(*n)++ || worse(&p, &worst))
			worst = p;
	}
	return worst;
}

/* All of one family pass: pass; another family that fails beside it: degraded. */
static struct part judge_families(const struct judging *j, const struct flow *f,
				  const struct flow_result *r)
{
	static const uint8_t families[] = {4, 6, 0};
	struct part best = {0}, worst = {0};
	size_t seen = 0, n;

	for (size_t i = 0; i < 3; i++) {
		struct part p = worst_of_family(j, f, r, families[i], &n);

		if (!n)
			continue;
		if (!seen++) {
			best = worst = p;
			continue;
		}
		if (worse(&p, &worst))
			worst = p;
		if (worse(&best, &p))
			best = p;
	}
	if (!seen) /* no family has a route: then that is the answer */
		return part_of(j, f, r->outcomes[0]);
	if (seen > 1 && best.verdict == VERDICT_PASS && worst.verdict == VERDICT_FAIL) {
		worst.verdict = VERDICT_DEGRADED;
		worst.network = best.network;
		worst.service = best.service;
		worst.reason = "one address family passes, the other does not";
		return worst;
	}
	return best.verdict == VERDICT_PASS ? best : worst;
}

static struct part judge_flow(const struct judging *j, const struct flow *f)
{
	const struct flow_result *r = &j->results[f->index];

	if (!r->is_here)
		return (struct part){.elsewhere = true, .flow = f};
	if (!r->n)
		return (struct part){.verdict = VERDICT_NOT_TESTED,
				     .flow = f,
				     .reason = r->not_tested ? r->not_tested : "it was not tried"};
	return judge_families(j, f, r);
}

/* --- joined ----------------------------------------------------------------------------------- */

static struct part judge_need(const struct judging *j, const struct need *need);

static struct part judge_all(const struct judging *j, const struct need *need)
{
	struct part result = {.elsewhere = true};
	bool partial = false;

	for_each (kid, &need->kids) {
		struct part p = judge_need(j, *kid);

		partial = partial || p.partial || p.elsewhere;
		if (kid == need->kids.items || worse(&p, &result))
			result = p;
	}
	result.partial = partial && !result.elsewhere;
	return result;
}

static struct part judge_any(const struct judging *j, const struct need *need)
{
	struct part best = {.elsewhere = true};

	for_each (kid, &need->kids) {
		struct part p = judge_need(j, *kid);

		if (p.elsewhere)
			continue;
		if (best.elsewhere || worse(&best, &p))
			best = p;
	}
	return best;
}

/* In order, until one passes. What could not be tried (a ping without the right to send one) is
 * passed over; if nothing passes, it is what keeps the answer open. */
static struct part judge_else(const struct judging *j, const struct need *need)
{
	struct part last = {.elsewhere = true}, open = {.elsewhere = true};

	for_each (kid, &need->kids) {
		struct part p = judge_need(j, *kid);

		if (p.elsewhere)
			continue;
		if (p.verdict == VERDICT_PASS || p.verdict == VERDICT_DEGRADED)
			return p;
		if (p.verdict != VERDICT_FAIL)
			open = p;
		last = p;
	}
	return open.elsewhere ? last : open;
}

static struct part judge_need(const struct judging *j, const struct need *need)
{
	struct part p = {.elsewhere = true};

	switch (need->kind) {
	case NEED_FLOW:
		p = judge_flow(j, need->flow);
		break;
	case NEED_ALL:
		p = judge_all(j, need);
		break;
	case NEED_ANY:
		p = judge_any(j, need);
		break;
	case NEED_ELSE:
		p = judge_else(j, need);
		break;
	}
	if (need->degraded && !p.elsewhere && p.verdict == VERDICT_PASS) {
		p.verdict = VERDICT_DEGRADED;
		p.reason = "by a fallback that is worth less";
	}
	return p;
}

/* --- forbidden -------------------------------------------------------------------------------- */

/* A required flow inside what is forbidden: what it says is no matter of the prohibition. */
static bool is_excepted(const struct demand *d, const struct flow *f, const struct outcome *o)
{
	for_each (except, &d->except) {
		const struct flow *e = *except;

		if (e->transport != f->transport || o->port < e->ports.lo || o->port > e->ports.hi)
			continue;
		for_each (p, &e->to->addresses)
			if (prefix_has(p, &o->target))
				return true;
	}
	return false;
}

/* Something on the way said no. That a router knows no way, or that the host is away, is no
 * refusal: RFC 792, RFC 4443 section 3.1. */
static bool is_refusal(const struct outcome *o)
{
	static const char *const absent[] = {"icmp 3/0", "icmp 3/1", "icmp6 1/0", "icmp6 1/3"};

	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		if (o->how && strcmp(o->how, absent[i]) == 0)
			return false;
	return o->state == STATE_REJECTED || o->state == STATE_CLOSED;
}

/* Something else gets through to the same address: then silence here is no dead line. */
static bool has_control(const struct judging *j, const struct outcome *o)
{
	for (size_t i = 0; o->target.family && i < j->plan->flows.n; i++) {
		const struct flow_result *r = &j->results[i];

		for (size_t k = 0; k < r->n; k++)
			if (addr_equal(&r->outcomes[k]->target, &o->target) &&
			    outcome_network(r->outcomes[k]->state, r->outcomes[k]->cause) ==
				    ANSWER_PASS)
				return true;
	}
	return false;
}

static const char *why_not_closed(const struct outcome *o)
{
	switch (outcome_network(o->state, o->cause)) {
	case ANSWER_PASS:
		return o->state == STATE_CLOSED ? why_vacant(o) : "it is open";
	case ANSWER_UNKNOWN:
		return "it cannot be shown closed: something answers";
	case ANSWER_FAIL:
		break;
	}
	if (o->cause == CAUSE_DNS)
		return "it cannot be shown closed: its name gives no address";
	if (o->cause == CAUSE_LOCAL_ROUTE)
		return "it cannot be shown closed: this host has no route to it";
	return "it cannot be shown closed: nothing else gets through to that address, so silence "
	       "proves nothing";
}

static struct part judge_forbidden_outcome(const struct judging *j, const struct flow *f,
					   const struct outcome *o)
{
	struct part p = part_of(j, f, o);

	if (o->state == STATE_NOT_ATTEMPTED)
		return p;
	if (p.network == ANSWER_FAIL && (is_refusal(o) || has_control(j, o))) {
		p.verdict = VERDICT_PASS;
		p.reason = NULL;
		return p;
	}
	p.verdict = VERDICT_FORBIDDEN_OPEN;
	p.reason = why_not_closed(o);
	return p;
}

static bool has_route(const struct flow_result *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (counts(r->outcomes[i]))
			return true;
	return false;
}

static struct part judge_forbidden_flow(const struct judging *j, const struct demand *d,
					const struct flow *f)
{
	const struct flow_result *r = &j->results[f->index];
	struct part result = {.verdict = VERDICT_PASS, .flow = f};

	if (!r->is_here || !r->n)
		return judge_flow(j, f);
	for (size_t i = 0; i < r->n; i++) {
		const struct outcome *o = r->outcomes[i];
		struct part p;

		if (is_excepted(d, f, o) || (!counts(o) && has_route(r)))
			continue;
		p = judge_forbidden_outcome(j, f, o);
		if (!result.decisive || worse(&p, &result))
			result = p;
	}
	return result;
}

static struct part judge_forbidden(const struct judging *j, const struct demand *d,
				   const struct need *need)
{
	struct part result = {.elsewhere = true};

	if (need->kind == NEED_FLOW)
		return judge_forbidden_flow(j, d, need->flow);
	for_each (kid, &need->kids) {
		struct part p = judge_forbidden(j, d, *kid);

		if (kid == need->kids.items || worse(&p, &result))
			result = p;
	}
	return result;
}

/* --- whose move ------------------------------------------------------------------------------- */

static const struct device *device_named(const struct plan *plan, const char *name)
{
	return name ? map_find(&plan->site->devices_by_name, slice_of(name)) : NULL;
}

static const struct device *first_filter(const struct flow *f)
{
	for_each (hop, &f->path->hops)
		if (hop->device->filter != FILTER_NONE)
			return hop->device;
	return f->path->hops.n ? f->path->hops.items[0].device : NULL;
}

static enum turn turn_of(const struct judging *j, const struct part *p,
			 const struct device **device)
{
	const struct outcome *o = p->decisive;

	/* A fallback that holds; a run that was ended. */
	if (verdict_of(j, o) == VERDICT_PASS || (o->how && strcmp(o->how, "interrupted") == 0))
		return TURN_NOBODY;
	*device = device_named(j->plan, o->device);
	switch (o->cause) {
	case CAUSE_TARGET:
	case CAUSE_TARGET_FIREWALL:
		return TURN_SERVER;
	case CAUSE_LOCAL_FIREWALL:
	case CAUSE_LOCAL_RESOURCE:
	case CAUSE_LOCAL_ROUTE:
		return TURN_THIS_HOST;
	case CAUSE_DNS:
		return TURN_NAME_SERVICE;
	default:
		break;
	}
	/* Unproven, and no device of the site in between: no network team can be meant. */
	if (!*device)
		*device = first_filter(p->flow);
	return *device || o->cause == CAUSE_HOP ? TURN_NETWORK : TURN_SERVER;
}

/* Nobody can make a move in what is only not shown closed. */
static enum turn turn_of_forbidden(const struct part *p, const struct device **device)
{
	if (p->network != ANSWER_PASS)
		return TURN_NOBODY;
	*device = first_filter(p->flow);
	return TURN_NETWORK;
}

/* --- demands ---------------------------------------------------------------------------------- */

/* Without flows: nothing to open, or the site leaves it open which. */
static struct judgement judge_without(const struct demand *d, bool starts_here)
{
	static const char *const reasons[] = {
		[ABSENCE_NONE] = "the site leaves open what it needs",
		[ABSENCE_SAME_HOST] = "both ends are one host",
		[ABSENCE_NO_LINK] = "no network path is needed",
		[ABSENCE_LOCAL] = "a host offers it to itself alone",
	};

	return (struct judgement){
		.demand = d,
		.verdict = d->absence == ABSENCE_NONE ? VERDICT_NOT_TESTED : VERDICT_PASS,
		.reason = reasons[d->absence],
		.elsewhere = d->absence != ABSENCE_NONE || !starts_here,
	};
}

static void judge_beside(const struct judging *j, const struct demand *d, struct judgement *out)
{
	struct part p;

	if (!d->also)
		return;
	p = judge_need(j, d->also);
	if (p.elsewhere || p.verdict != VERDICT_FAIL)
		return;
	out->beside = p.flow;
	out->beside_outcome = p.decisive;
}

static struct judgement judge_demand(const struct judging *j, const struct demand *d)
{
	bool forbids = d->requirement->forbid;
	struct part p = forbids ? judge_forbidden(j, d, d->needs) : judge_need(j, d->needs);
	struct judgement result = {
		.demand = d,
		.elsewhere = p.elsewhere,
		.partial = p.partial,
		.verdict = p.verdict,
		.network = p.network,
		.service = p.service,
		.decisive = p.decisive,
		.flow = p.flow,
		.reason = p.reason,
	};

	if (p.verdict == VERDICT_FORBIDDEN_OPEN)
		result.turn = turn_of_forbidden(&p, &result.device);
	else if (p.decisive && p.verdict != VERDICT_PASS)
		result.turn = turn_of(j, &p, &result.device);
	judge_beside(j, d, &result);
	return result;
}

static bool is_good(enum verdict v)
{
	return v == VERDICT_PASS || v == VERDICT_DEGRADED;
}

static void count_one(const struct judgement *j, struct summary *s)
{
	bool lesser = j->demand->requirement->level != LEVEL_REQUIRED;

	if (j->elsewhere) {
		s->elsewhere += j->demand->absence == ABSENCE_NONE;
		return;
	}
	if (lesser && !is_good(j->verdict)) {
		s->lesser_failed += j->verdict == VERDICT_FAIL;
		return;
	}
	s->counts[j->verdict]++;
	s->partial += j->partial && is_good(j->verdict);
}

static int exit_of(const struct summary *s, bool strict)
{
	if (s->counts[VERDICT_FAIL] || s->counts[VERDICT_FORBIDDEN_OPEN] ||
	    (strict && s->counts[VERDICT_UNPROVEN]))
		return 1;
	return s->counts[VERDICT_NOT_TESTED] ? 3 : 0;
}

void judge(const struct plan *plan, const struct flow_result *results,
	   const struct judge_options *options, struct arena *arena, struct verdicts *out)
{
	const struct judging j = {plan, results, options};

	*out = (struct verdicts){0};
	out->items.items = ARENA_ARRAY(arena, struct judgement, plan->demands.n);
	out->items.n = plan->demands.n;
	for (size_t i = 0; i < plan->demands.n; i++) {
		const struct demand *d = plan->demands.items[i];
		bool starts_here = options->starts_here && options->starts_here[i];

		out->items.items[i] = d->absence != ABSENCE_NONE || !d->needs
					      ? judge_without(d, starts_here)
					      : judge_demand(&j, d);
		count_one(&out->items.items[i], &out->summary);
	}
	out->summary.exit = exit_of(&out->summary, options->strict);
}
