/* SPDX-License-Identifier: ISC */
#include "model/judge.h"

#include "model/judge_int.h"

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

/* --- what was looked at ----------------------------------------------------------------------- */

static size_t count_outcomes(const struct judging *j, const struct need *need)
{
	size_t n = need && need->kind == NEED_FLOW ? judge_seen(j, need).n : 0;

	if (need)
		for_each (kid, &need->kids)
			n += count_outcomes(j, *kid);
	return n;
}

static bool has_outcome(const struct judgement *judged, const struct outcome *o)
{
	for_each (have, &judged->outcomes)
		if (*have == o)
			return true;
	return false;
}

static void add_outcomes(const struct judging *j, const struct need *need, struct judgement *judged)
{
	struct flow_result seen;

	if (!need)
		return;
	for_each (kid, &need->kids)
		add_outcomes(j, *kid, judged);
	if (need->kind != NEED_FLOW)
		return;
	seen = judge_seen(j, need);
	if (seen.n && has_outcome(judged, seen.outcomes[0]))
		return;
	for (size_t i = 0; i < seen.n; i++)
		judged->outcomes.items[judged->outcomes.n++] = seen.outcomes[i];
}

static void list_outcomes(const struct judging *j, const struct demand *d, struct judgement *judged)
{
	size_t n = count_outcomes(j, d->needs) + count_outcomes(j, d->also) + !!judged->control;

	judged->outcomes.items = ARENA_ARRAY(j->arena, const struct outcome *, n);
	add_outcomes(j, d->needs, judged);
	add_outcomes(j, d->also, judged);
	if (judged->control && !has_outcome(judged, judged->control))
		judged->outcomes.items[judged->outcomes.n++] = judged->control;
}

static struct judgement judge_demand(const struct judging *j, const struct demand *d)
{
	bool forbids = d->requirement->forbid;
	struct part p = forbids ? judge_forbidden(j, d, d->needs) : judge_need(j, d->needs);
	struct judgement result = {
		.demand = d,
		.elsewhere = p.elsewhere,
		.partial = p.partial && !p.elsewhere,
		.verdict = p.verdict,
		.network = p.network,
		.service = p.service,
		.decisive = p.decisive,
		.control = p.control,
		.flow = p.flow,
		.reason = p.reason,
	};

	judge_turn(j, &result);
	judge_rules(j, &result);
	judge_beside(j, d, &result);
	list_outcomes(j, d, &result);
	return result;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void count_one(const struct judgement *j, struct summary *s)
{
	bool lesser = j->demand->requirement->level != LEVEL_REQUIRED;

	if (j->elsewhere) {
		s->elsewhere += j->demand->absence == ABSENCE_NONE;
		return;
	}
	if (lesser && !verdict_is_good(j->verdict)) {
		s->lesser_failed += verdict_is_broken(j->verdict);
		s->lesser_open += !verdict_is_broken(j->verdict);
		return;
	}
	s->counts[j->verdict]++;
	s->partial += j->partial && verdict_is_good(j->verdict);
	s->moot += j->prerequisite && verdict_is_broken(j->verdict);
}

static int exit_of(const struct summary *s, bool strict)
{
	if (s->counts[VERDICT_FAIL] || s->counts[VERDICT_FORBIDDEN_OPEN] ||
	    (strict && s->counts[VERDICT_UNPROVEN]))
		return 1;
	return s->counts[VERDICT_NOT_TESTED] ? 3 : 0;
}

/* What starts elsewhere is tried there; what comes in to us, too. */
static void say_where(const struct judging *j)
{
	for (size_t i = 0; i < j->out->items.n; i++) {
		struct judgement *judged = &j->out->items.items[i];
		bool comes_in = j->options->comes_in && j->options->comes_in[i];

		if (!judged->elsewhere || judged->demand->absence != ABSENCE_NONE)
			continue;
		judged->reason =
			comes_in ? "not tested from here: it comes in, which needs a far side"
				 : "it starts elsewhere: check it there";
		j->out->summary.comes_in += comes_in;
	}
}

void judge(const struct plan *plan, const struct flow_result *results,
	   const struct judge_options *options, struct arena *arena, struct verdicts *out)
{
	struct judging j = {
		.plan = plan, .results = results, .options = options, .arena = arena, .out = out};

	*out = (struct verdicts){0};
	out->items.items = ARENA_ARRAY(arena, struct judgement, plan->demands.n);
	out->items.n = plan->demands.n;
	judge_find_controls(&j);
	for (size_t i = 0; i < plan->demands.n; i++) {
		const struct demand *d = plan->demands.items[i];

		j.starts_here = options->starts_here && options->starts_here[i];
		out->items.items[i] = d->absence != ABSENCE_NONE || !d->needs
					      ? judge_without(d, j.starts_here)
					      : judge_demand(&j, d);
	}
	say_where(&j);
	judge_sort(&j);
	judge_prerequisites(&j);
	judge_goals(&j);
	for_each (judged, &out->items)
		count_one(judged, &out->summary);
	out->summary.exit = exit_of(&out->summary, options->strict);
}
