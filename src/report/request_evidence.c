/* SPDX-License-Identifier: ISC */
#include "report/request_evidence.h"

#include "model/history.h"
#include "report/words.h"

enum { SENTENCES_MAX = 3 }; /* of one row; the others are counted */

/* --- what a run says of a flow ---------------------------------------------------------------- */

/* From any host: a flow starts at one of them. */
static struct slice key_of(const char *const names[VERDICT_KEY_PARTS], struct arena *arena)
{
	const char *const anywhere[VERDICT_KEY_PARTS] = {names[0], names[1], names[2], names[3],
							 ""};

	return verdict_key(anywhere, arena);
}

void request_find_failing(struct request *r)
{
	if (!r->form->run)
		return;
	for_each (v, &r->form->run->verdicts) {
		const char *const names[VERDICT_KEY_PARTS] = {v->installation, v->requirement,
							      v->from, v->to};

		if (verdict_standing(v->verdict) == STANDING_FAILS)
			map_add(&r->failing, key_of(names, r->arena), v);
	}
}

static const struct past_verdict *failing_verdict(const struct request *r, const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next) {
		const char *names[VERDICT_KEY_PARTS];
		const struct past_verdict *v;

		verdict_key_parts(c->demand, "", r->arena, names);
		v = map_find(&r->failing, key_of(names, r->arena));
		if (v)
			return v;
	}
	return NULL;
}

static const struct past_outcome *outcomes_of(const struct request *r, const struct flow *f)
{
	struct buf id = BUF_INIT;
	const struct past_outcome *first = NULL;

	if (r->form->run) {
		flow_format_id(f, &id);
		first = past_run_outcomes(r->form->run, id.data);
	}
	buf_release(&id);
	return first;
}

/* On a way with a filter: the filters' people can change it. */
static bool is_networks_move(const struct outcome *o)
{
	switch (o->cause) {
	case CAUSE_HOP:
	case CAUSE_MIDDLEBOX:
	case CAUSE_RETURN_PATH:
	case CAUSE_PROXY:
	case CAUSE_UNPROVEN:
		return o->network == ANSWER_FAIL;
	default:
		return false;
	}
}

/* What is required and stopped, or forbidden and let through. */
static bool shows_missing(const struct flow *f, const struct outcome *o)
{
	return f->kind == FLOW_FORBIDDEN ? o->network == ANSWER_PASS : is_networks_move(o);
}

enum flow_test request_flow_test(const struct request *r, const struct flow *f)
{
	enum flow_test test = FLOW_UNTESTED;

	for (const struct past_outcome *p = outcomes_of(r, f); p; p = p->next) {
		if (shows_missing(f, &p->outcome) && failing_verdict(r, f))
			return FLOW_MISSING;
		if (p->outcome.network != ANSWER_UNKNOWN)
			test = FLOW_SETTLED;
	}
	return test;
}

/* --- in words --------------------------------------------------------------------------------- */

const char *request_run(const struct request *r)
{
	const struct past_run *run = r->form->run;
	struct buf out = BUF_INIT;
	const char *kept;

	if (!run)
		return NULL;
	buf_addf(&out, "run %s", run->id ? run->id : "without an id");
	if (run->vantage)
		buf_addf(&out, " from %s", run->vantage);
	if (run->started_ms) {
		buf_add_text(&out, ", ");
		words_time(run->started_ms, &out);
	}
	kept = arena_copy(r->arena, buf_slice(&out));
	buf_release(&out);
	return kept;
}

/* "from web1, 2026-11-20 10:00 UTC: sql1 10.1.0.20:1433 dropped: no answer ... (likely)" */
static void add_sentence(const struct past_outcome *p, struct buf *out)
{
	const struct outcome *o = &p->outcome;

	buf_addf(out, "from %s", p->vantage);
	if (o->at_ms) {
		buf_add_text(out, ", ");
		words_time(o->at_ms, out);
	}
	buf_add_text(out, ": ");
	words_target(o, out);
	buf_addf(out, " %s: ", state_names[o->state]);
	words_outcome(o, out);
	buf_addf(out, " (%s)", confidence_names[o->confidence]);
}

/* Over the row's outcomes: those that show what is missing, where one does, else all. */
struct walk {
	const struct request *r;
	const struct request_row *row;
	bool missing_only;
	size_t flow; /* of the row */
	const struct past_outcome *at;
};

static const struct past_outcome *walk_step(struct walk *w)
{
	while (w->flow < w->row->flows.n) {
		const struct flow *f = w->row->flows.items[w->flow];

		w->at = w->at ? w->at->next : outcomes_of(w->r, f);
		if (!w->at)
			w->flow++;
		else if (!w->missing_only || shows_missing(f, &w->at->outcome))
			return w->at;
	}
	return NULL;
}

static struct walk walk_start(const struct request *r, const struct request_row *row)
{
	const struct walk start = {.r = r, .row = row, .missing_only = true};
	struct walk w = start;
	bool any = walk_step(&w) != NULL;

	w = start;
	w.missing_only = any;
	return w;
}

/* Which device stops it, and by which rule. */
static void add_rulings(const struct request *r, const struct request_row *row, struct buf *out)
{
	for_each (f, &row->flows) {
		const struct ruling *ruled =
			r->form->rulings ? &r->form->rulings[(*f)->index] : NULL;

		if (!ruled || !ruled->words)
			continue;
		buf_addf(out, "%srules: %s", out->n ? "; " : "", ruled->words);
		return;
	}
}

void request_add_evidence(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct walk w = walk_start(r, row);
	const struct past_outcome *p;
	size_t n = 0;

	while ((p = walk_step(&w))) {
		if (n++ >= SENTENCES_MAX)
			continue;
		if (n > 1)
			buf_add_text(out, "; ");
		add_sentence(p, out);
	}
	if (n > SENTENCES_MAX)
		buf_addf(out, "; and %zu more", n - SENTENCES_MAX);
	add_rulings(r, row, out);
}

void request_find_test(const struct request *r, struct request_row *row)
{
	struct walk w = walk_start(r, row);

	row->test = walk_step(&w);
}

/* --- each by itself --------------------------------------------------------------------------- */

void request_add_state(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	if (row->test)
		buf_add_text(out, state_names[row->test->outcome.state]);
}

void request_add_cause(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	if (row->test)
		buf_add_text(out, cause_names[row->test->outcome.cause]);
}

void request_add_by(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct outcome *o = row->test ? &row->test->outcome : NULL;

	(void)r;
	if (!o || !o->by.family)
		return;
	addr_format(&o->by, out);
	if (o->device)
		buf_addf(out, " (%s)", o->device);
}

void request_add_how(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	if (row->test && row->test->outcome.how)
		buf_add_text(out, row->test->outcome.how);
}

/* Its number, where one is to blame; else those that remain. */
void request_add_hop(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct outcome *o = row->test ? &row->test->outcome : NULL;
	const char *between = "";

	(void)r;
	if (o && o->hop)
		buf_addf(out, "%u", o->hop);
	for (size_t i = 0; o && i < ARRAY_LEN(o->candidates) && o->candidates[i]; i++)
		if (slice_has_prefix(slice_of(o->candidates[i]), "hop:")) {
			buf_addf(out, "%s%s", between, o->candidates[i] + strlen("hop:"));
			between = " or ";
		}
}

void request_add_confidence(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	if (row->test)
		buf_add_text(out, confidence_names[row->test->outcome.confidence]);
}

void request_add_vantage(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	if (row->test)
		buf_add_text(out, row->test->vantage);
}

void request_add_time(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	if (row->test && row->test->outcome.at_ms)
		words_time(row->test->outcome.at_ms, out);
}

void request_add_run(const struct request *r, const struct request_row *row, struct buf *out)
{
	if (row->test && r->form->run->id)
		buf_add_text(out, r->form->run->id);
}
