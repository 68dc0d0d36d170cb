/* SPDX-License-Identifier: ISC */
#include "model/judge.h"

#include <string.h>

/* --- one outcome ------------------------------------------------------------------------------ */

enum answer outcome_network(enum state state, enum cause cause)
{
	switch (state) {
	case STATE_OPEN:
	case STATE_OPEN_RESET:
	case STATE_SILENT:
	case STATE_WRONG_SERVICE:
		return cause == CAUSE_TARGET ? ANSWER_PASS : ANSWER_FAIL;
	case STATE_CLOSED:
		return cause == CAUSE_TARGET ? ANSWER_PASS : ANSWER_FAIL;
	case STATE_REJECTED:
	case STATE_DROPPED:
		return ANSWER_FAIL;
	case STATE_UNREACHABLE:
		return ANSWER_FAIL;
	case STATE_NOT_ATTEMPTED:
	case STATE_COUNT:
		break;
	}
	return ANSWER_UNKNOWN;
}

enum answer outcome_service(enum state state, enum cause cause)
{
	if (state == STATE_CLOSED && cause == CAUSE_TARGET)
		return ANSWER_FAIL;
	if (state == STATE_OPEN_RESET || state == STATE_WRONG_SERVICE)
		return ANSWER_FAIL;
	return ANSWER_UNKNOWN;
}

/* --- parts of a judgement --------------------------------------------------------------------- */

/* What one node of the tree came to. Elsewhere is a third thing beside passing and failing. */
struct part {
	bool elsewhere;
	enum verdict verdict;
	enum answer network, service;
	const struct outcome *decisive;
	const struct flow *flow;
	const char *reason;
};

struct judging {
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
	return VERDICT_PASS;
}

/* From good to bad, for "all of". */
static int badness(enum verdict v)
{
	static const int order[VERDICT_COUNT] = {
		[VERDICT_PASS] = 0,	  [VERDICT_DEGRADED] = 1,
		[VERDICT_UNPROVEN] = 2,	  [VERDICT_NOT_TESTED] = 3,
		[VERDICT_FAIL] = 4,	  [VERDICT_FORBIDDEN_OPEN] = 5,
	};

	return order[v];
}

static struct part part_of(const struct judging *j, const struct flow *f, const struct outcome *o)
{
	return (struct part){
		.verdict = verdict_of(j, o),
		.network = outcome_network(o->state, o->cause),
		.service = outcome_service(o->state, o->cause),
		.decisive = o,
		.flow = f,
	};
}

static bool worse(const struct part *a, const struct part *b)
{
	if (a->elsewhere != b->elsewhere)
		return b->elsewhere;
	return badness(a->verdict) > badness(b->verdict);
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
		worst.network = worst.service = ANSWER_UNKNOWN;
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

	for_each (kid, &need->kids) {
		struct part p = judge_need(j, *kid);

		if (kid == need->kids.items || worse(&p, &result))
			result = p;
	}
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

/* Something else between the same two gets through: then silence here is no dead line. */
static bool has_control(const struct judging *j, const struct plan *plan, const struct flow *f)
{
	for_each (other, &plan->flows) {
		const struct flow_result *r = &j->results[(*other)->index];

		if ((*other)->to != f->to || (*other)->kind == FLOW_FORBIDDEN)
			continue;
		for (size_t i = 0; i < r->n; i++)
			if (outcome_network(r->outcomes[i]->state, r->outcomes[i]->cause) ==
			    ANSWER_PASS)
				return true;
	}
	return false;
}

static struct part judge_forbidden_flow(const struct judging *j, const struct plan *plan,
					const struct flow *f)
{
	const struct flow_result *r = &j->results[f->index];
	struct part result = judge_flow(j, f);

	if (result.elsewhere || !r->n)
		return result;
	result.verdict = VERDICT_PASS;
	for (size_t i = 0; i < r->n; i++) {
		const struct outcome *o = r->outcomes[i];

		if (o->state == STATE_NOT_ATTEMPTED) {
			result = part_of(j, f, o);
			continue;
		}
		if (outcome_network(o->state, o->cause) != ANSWER_PASS)
			continue;
		result = part_of(j, f, o);
		result.verdict = VERDICT_FORBIDDEN_OPEN;
		result.reason = o->state == STATE_CLOSED
					? "the way is open, only nobody listens yet"
					: "it is open";
		return result;
	}
	if (result.verdict == VERDICT_PASS && !has_control(j, plan, f)) {
		result.verdict = VERDICT_FORBIDDEN_OPEN;
		result.reason = "it cannot be shown closed: nothing else gets through to that host, "
				"so silence proves nothing";
	}
	return result;
}

static struct part judge_forbidden(const struct judging *j, const struct plan *plan,
				   const struct need *need)
{
	struct part result = {.elsewhere = true};

	if (need->kind == NEED_FLOW)
		return judge_forbidden_flow(j, plan, need->flow);
	for_each (kid, &need->kids) {
		struct part p = judge_forbidden(j, plan, *kid);

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

static enum turn turn_of(const struct plan *plan, const struct outcome *o, const struct flow *f,
			 const struct device **device)
{
	*device = device_named(plan, o->device);
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
	/* Unproven, and no device of the site in between: nobody of the network team can be meant. */
	if (!*device && f)
		*device = first_filter(f);
	return *device || o->cause == CAUSE_HOP ? TURN_NETWORK : TURN_SERVER;
}

/* --- demands ---------------------------------------------------------------------------------- */

static struct judgement judge_demand(const struct judging *j, const struct plan *plan,
				     const struct demand *d)
{
	struct judgement result = {.demand = d};
	struct part p;

	if (d->absence != ABSENCE_NONE || !d->needs) {
		result.verdict = d->absence == ABSENCE_NONE ? VERDICT_NOT_TESTED : VERDICT_PASS;
		result.reason = d->absence == ABSENCE_SAME_HOST ? "both ends are one host"
				: d->absence == ABSENCE_NO_LINK ? "no network path is needed"
								: "the site leaves it open";
		result.elsewhere = d->absence != ABSENCE_NONE;
		return result;
	}
	p = d->requirement->forbid ? judge_forbidden(j, plan, d->needs) : judge_need(j, d->needs);
	result.elsewhere = p.elsewhere;
	result.verdict = p.verdict;
	result.network = p.network;
	result.service = p.service;
	result.decisive = p.decisive;
	result.flow = p.flow;
	result.reason = p.reason;
	if (p.decisive && p.verdict != VERDICT_PASS)
		result.turn = p.verdict == VERDICT_FORBIDDEN_OPEN
				      ? TURN_NETWORK
				      : turn_of(plan, p.decisive, p.flow, &result.device);
	if (p.verdict == VERDICT_FORBIDDEN_OPEN && p.flow)
		result.device = first_filter(p.flow);
	return result;
}

static void count_one(const struct judgement *j, struct summary *s)
{
	bool lesser = j->demand->requirement->level != LEVEL_REQUIRED;

	if (j->elsewhere) {
		s->elsewhere += j->demand->absence == ABSENCE_NONE;
		return;
	}
	if (lesser && j->verdict != VERDICT_PASS && j->verdict != VERDICT_DEGRADED)
		s->lesser_failed++;
	else
		s->counts[j->verdict]++;
}

void judge(const struct plan *plan, const struct flow_result *results,
	   const struct judge_options *options, struct arena *arena, struct verdicts *out)
{
	const struct judging j = {results, options};
	struct summary *s = &out->summary;

	*out = (struct verdicts){0};
	out->items.items = ARENA_ARRAY(arena, struct judgement, plan->demands.n);
	out->items.n = plan->demands.n;
	for (size_t i = 0; i < plan->demands.n; i++) {
		out->items.items[i] = judge_demand(&j, plan, plan->demands.items[i]);
		count_one(&out->items.items[i], s);
	}
	if (s->counts[VERDICT_FAIL] || s->counts[VERDICT_FORBIDDEN_OPEN] ||
	    (options->strict && s->counts[VERDICT_UNPROVEN]))
		s->exit = 1;
	else if (s->counts[VERDICT_NOT_TESTED])
		s->exit = 3;
}
