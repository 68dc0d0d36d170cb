/* SPDX-License-Identifier: ISC */
#include "report/check_records.h"

#include "base/arena.h"
#include "report/check_view.h"
#include "report/check_words.h"
#include "report/flow_words.h"
#include "report/json.h"
#include "report/plan_records.h"

/* --- outcomes --------------------------------------------------------------------------------- */

static const char *kept(struct known_flow *k, struct buf *text)
{
	const char *s = arena_copy(k->arena, buf_slice(text));

	buf_clear(text);
	return s;
}

/* The requirements behind it, each once. */
static void list_requirements(struct known_flow *k, struct buf *text)
{
	const struct flow *f = k->flow;
	const char **ids;
	size_t n = 0;

	for (const struct claim *claim = f->claims; claim; claim = claim->next)
		n += claim_is_first_of_requirement(f, claim);
	ids = arena_get(k->arena, n, sizeof(*ids));
	k->context.requirements = ids;
	k->context.n_requirements = n;
	for (const struct claim *claim = f->claims; claim; claim = claim->next) {
		if (!claim_is_first_of_requirement(f, claim))
			continue;
		flow_words_requirement(claim->demand, text);
		*ids++ = kept(k, text);
	}
}

static void know(struct known_flow *k, const struct flow *f)
{
	struct buf text = BUF_INIT;

	if (k->flow == f)
		return;
	arena_free(k->arena);
	k->arena = arena_new();
	k->flow = f;
	k->context = (struct outcome_context){
		.installation = f->claims->demand->installation->name,
		.from = f->from->name,
		.to = f->to->name,
	};
	flow_format_id(f, &text);
	k->context.flow = kept(k, &text);
	list_requirements(k, &text);
	buf_release(&text);
}

void known_flow_release(struct known_flow *k)
{
	arena_free(k->arena);
	*k = (struct known_flow){0};
}

void record_outcome(struct buf *out, struct known_flow *k, const struct flow *f,
		    const struct run *run, const struct outcome *o)
{
	know(k, f);
	json_outcome(out, o, run, &k->context);
}

static void add_outcome_records(struct buf *out, const struct check_report *r,
				const char *separator)
{
	struct known_flow known = {0};

	for (size_t i = 0; i < r->n_outcomes; i++) {
		const struct outcome *o = &r->outcomes[i];

		record_outcome(out, &known, r->plan->flows.items[o->flow], r->run, o);
		buf_add_text(out, separator);
	}
	known_flow_release(&known);
}

/* --- verdicts --------------------------------------------------------------------------------- */

static void add_turn(struct json *j, const struct judgement *judged)
{
	if (judged->turn == TURN_NOBODY) {
		json_null(j, "turn");
		return;
	}
	json_open(j, "turn", '{');
	json_text(j, "who", turn_names[judged->turn]);
	json_text(j, "device", judged->device ? judged->device->name.s : NULL);
	json_text(j, "owner", judged->device ? judged->device->owner.s : NULL);
	json_close(j, '}');
}

static void add_requirement(struct json *j, const char *key, const struct judgement *judged)
{
	struct buf id = BUF_INIT;

	if (judged)
		flow_words_requirement(judged->demand, &id);
	json_text(j, key, judged ? id.data : NULL);
	buf_release(&id);
}

static void add_reason(struct json *j, const struct judgement *judged)
{
	struct buf text = BUF_INIT;

	check_words_reason(judged, &text);
	json_text(j, "reason", text.n ? text.data : NULL);
	buf_release(&text);
}

static void add_change(struct json *j, const struct change *c)
{
	if (c->since_ms)
		json_time(j, "since", c->since_ms);
	else
		json_null(j, "since");
	json_text(j, "changed", c->changed);
}

static void add_outcomes(struct json *j, const struct judgement *judged)
{
	json_open(j, "outcomes", '[');
	for_each (o, &judged->outcomes)
		json_number(j, NULL, (*o)->id);
	json_close(j, ']');
}

void record_verdict(struct buf *out, const struct check_report *r, const struct judgement *judged)
{
	const struct demand *d = judged->demand;
	const struct change change = check_change(r, judged);
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "verdict");
	json_text(&j, "installation", d->installation->name);
	add_requirement(&j, "requirement", judged);
	json_text(&j, "from", d->from->name);
	json_text(&j, "to", d->to->name);
	json_text(&j, "vantage", check_vantage(r, judged));
	json_text(&j, "level", level_names[d->requirement->level]);
	json_text(&j, "verdict", check_verdict_name(judged));
	json_text(&j, "network", answer_names[judged->network]);
	json_text(&j, "service", answer_names[judged->service]);
	add_turn(&j, judged);
	add_reason(&j, judged);
	json_text(&j, "rules", judged->rules);
	add_change(&j, &change);
	add_outcomes(&j, judged);
	add_requirement(&j, "prerequisite", judged->prerequisite);
	json_number_or_null(&j, "decisive", judged->decisive ? judged->decisive->id : 0);
	json_close(&j, '}');
}

void record_goal(struct buf *out, const struct check_report *r, const struct goal_judgement *g)
{
	const struct demand *d = g->decisive ? g->decisive->demand : NULL;
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "goal");
	json_text(&j, "installation", g->installation->name);
	json_text(&j, "goal", g->goal->name.s);
	json_text(&j, "title", g->goal->title.s);
	json_text(&j, "vantage", r->run->vantage);
	json_text(&j, "verdict", g->elsewhere ? "elsewhere" : verdict_names[g->verdict]);
	add_requirement(&j, "requirement", g->decisive);
	json_text(&j, "from", d ? d->from->name : NULL);
	json_text(&j, "to", d ? d->to->name : NULL);
	json_bool(&j, "partial", g->partial);
	json_close(&j, '}');
}

/* --- the run ---------------------------------------------------------------------------------- */

static void add_summary(struct buf *out, const struct check_report *r)
{
	const struct summary *s = &r->verdicts->summary;
	const struct run_summary summary = {
		.pass = s->counts[VERDICT_PASS],
		.degraded = s->counts[VERDICT_DEGRADED],
		.fail = s->counts[VERDICT_FAIL],
		.unproven = s->counts[VERDICT_UNPROVEN],
		.not_tested = s->counts[VERDICT_NOT_TESTED],
		.forbidden_open = s->counts[VERDICT_FORBIDDEN_OPEN],
		.elapsed_ms = r->elapsed_ms,
		.slowed_to = r->slowed_to,
		.exit = s->exit,
	};

	json_summary(out, &summary);
}

void records_of_verdicts(struct buf *out, const struct check_report *r, const char *separator)
{
	for_each (j, &r->verdicts->items) {
		record_verdict(out, r, j);
		buf_add_text(out, separator);
	}
	for_each (g, &r->verdicts->goals) {
		record_goal(out, r, g);
		buf_add_text(out, separator);
	}
	for_each (q, &r->plan->questions) {
		record_question(out, q);
		buf_add_text(out, separator);
	}
	add_summary(out, r);
}

void records_of_check(struct buf *out, const struct check_report *r, const char *separator)
{
	add_outcome_records(out, r, separator);
	records_of_verdicts(out, r, separator);
}
