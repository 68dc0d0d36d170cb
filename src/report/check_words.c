/* SPDX-License-Identifier: ISC */
#include "report/check_words.h"

#include "report/check_view.h"
#include "report/flow_words.h"
#include "report/words.h"

static const struct {
	const char *title, *one, *several, *goal;
} verdict_words[VERDICT_COUNT] = {
	[VERDICT_PASS] = {"holds", "holds", "hold", "yes"},
	[VERDICT_DEGRADED] = {"holds by a fallback", "holds by a fallback", "hold by a fallback",
			      "yes, by a fallback"},
	[VERDICT_FAIL] = {"FAILS", "fails", "fail", "no"},
	[VERDICT_FORBIDDEN_OPEN] = {"FORBIDDEN, YET OPEN", "is forbidden, yet open",
				    "are forbidden, yet open", "no"},
	[VERDICT_NOT_TESTED] = {"not tested", "was not tested", "were not tested", "not tested"},
	[VERDICT_UNPROVEN] = {"unproven", "cannot be proven from here",
			      "cannot be proven from here", "unproven"},
};

const char *check_verdict_name(const struct judgement *j)
{
	return j->elsewhere ? "elsewhere" : verdict_names[j->verdict];
}

const char *check_verdict_title(enum verdict v)
{
	return verdict_words[v].title;
}

const char *check_verdict_words(enum verdict v)
{
	return verdict_words[v].one;
}

bool check_is_open(const struct judgement *j)
{
	return j->network == ANSWER_PASS;
}

const char *check_goal_words(enum verdict v)
{
	return verdict_words[v].goal;
}

/* --- the answer in one sentence --------------------------------------------------------------- */

/* Of what fails: what only waits for something else. */
static unsigned count_moot(const struct verdicts *v)
{
	unsigned n = 0;

	for_each (j, &v->items)
		n += check_group_of(j) == CHECK_MOOT && j->verdict == VERDICT_FAIL &&
		     j->demand->requirement->level == LEVEL_REQUIRED;
	return n;
}

/* Of what is forbidden and not shown closed: what answers. */
static unsigned count_open(const struct verdicts *v)
{
	unsigned n = 0;

	for_each (j, &v->items)
		n += check_group_of(j) == CHECK_FORBIDDEN_OPEN && check_is_open(j) &&
		     j->demand->requirement->level == LEVEL_REQUIRED;
	return n;
}

static const char *add_count(unsigned n, const char *one, const char *several, const char *before,
			     struct buf *out)
{
	if (!n)
		return before;
	buf_addf(out, "%s%u %s", before, n, n == 1 ? one : several);
	return ", ";
}

static void add_counts(const struct check_report *r, struct buf *out)
{
	static const enum verdict order[] = {VERDICT_FAIL,	 VERDICT_FORBIDDEN_OPEN,
					     VERDICT_NOT_TESTED, VERDICT_UNPROVEN,
					     VERDICT_DEGRADED,	 VERDICT_PASS};
	const struct verdicts *verdicts = r->verdicts;
	const struct summary *s = &verdicts->summary;
	unsigned moot = count_moot(verdicts), is_open = count_open(verdicts);
	const char *before = "";

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		unsigned n = s->counts[order[i]];
		bool forbids = order[i] == VERDICT_FORBIDDEN_OPEN;

		before = add_count(forbids ? is_open : n, verdict_words[order[i]].one,
				   verdict_words[order[i]].several, before, out);
		if (forbids)
			before = add_count(n - is_open, "is forbidden and not shown closed",
					   "are forbidden and not shown closed", before, out);
		if (order[i] == VERDICT_FAIL && n && moot)
			buf_addf(out, " (%u moot until another works)", moot);
	}
	if (!*before)
		buf_add_text(out, r->failing ? "nothing of this failed when it was last tested"
					     : "nothing that is required starts here");
	if (s->partial)
		buf_addf(out, " (%u only as far as %s here)", s->partial,
			 s->partial == 1 ? "it starts" : "they start");
}

static void add_changes(const struct check_report *r, struct buf *out)
{
	unsigned fresh = 0, fixed = 0;

	for_each (j, &r->verdicts->items) {
		fresh += check_is_new(r, j);
		fixed += check_is_fixed(r, j);
	}
	if (fresh)
		buf_addf(out, "; %u %s new", fresh, fresh == 1 ? "is" : "are");
	if (fixed)
		buf_addf(out, "; %u %s fixed since the last run", fixed, fixed == 1 ? "is" : "are");
}

void check_words_answer(const struct check_report *r, struct buf *out)
{
	const struct summary *s = &r->verdicts->summary;

	buf_addf(out, "From %s", r->run->vantage);
	if (r->run->site)
		buf_addf(out, " of %s", r->run->site);
	buf_add_text(out, ": ");
	add_counts(r, out);
	if (s->lesser_failed)
		buf_addf(out, "; %u optional or recommended %s not hold", s->lesser_failed,
			 s->lesser_failed == 1 ? "does" : "do");
	if (s->elsewhere)
		buf_addf(out, "; %u start%s elsewhere", s->elsewhere, s->elsewhere == 1 ? "s" : "");
	if (s->comes_in)
		buf_addf(out, " (%u come%s in here, which needs a far side)", s->comes_in,
			 s->comes_in == 1 ? "s" : "");
	add_changes(r, out);
	buf_add_char(out, '.');
}

/* --- one verdict ------------------------------------------------------------------------------ */

static void add_installation(const struct installation *i, struct buf *out)
{
	if (!text_is(i->product->name, i->name))
		buf_addf(out, " (%s)", i->name);
}

void check_words_id(const struct judgement *j, struct buf *out)
{
	flow_words_requirement(j->demand, out);
	add_installation(j->demand->installation, out);
}

void check_words_ports(const struct flow *f, struct buf *out)
{
	if (f)
		flow_format_ports(f, out);
}

/* The flow leads only into a gateway of the demand's way: a proxy, a balancer, an FTP gateway. */
static bool is_into_gateway(const struct demand *d, const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (c->demand == d && c->through && c->through == f->to->device)
			return c->whole && c->whole != f->to;
	return false;
}

/* The ports are the flow's own, so its target stands before them: the gateway has no port of the
 * server behind it, nor the server one of the gateway. */
void check_words_ends(const struct judgement *j, const struct flow *f, struct buf *out)
{
	bool is_part = f && is_into_gateway(j->demand, f);

	buf_addf(out, "%s -> %s", j->demand->from->name,
		 is_part ? f->to->name : j->demand->to->name);
	if (f) {
		buf_add_char(out, ' ');
		flow_format_ports(f, out);
	}
	if (is_part)
		buf_addf(out, ", for %s", j->demand->to->name);
}

void check_words_evidence(const struct outcome *o, struct buf *out)
{
	words_target(o, out);
	buf_addf(out, " %s: ", words_state(o));
	words_outcome(o, out);
}

enum { OTHERS_NAMED = 4 };

static void add_each_other(const struct judgement *j, struct buf *out)
{
	const char *before = "";

	for_each (o, &j->outcomes) {
		if (*o == j->decisive)
			continue;
		buf_add_text(out, before);
		words_target(*o, out);
		buf_addf(out, " %s", words_state(*o));
		before = ", ";
	}
}

static void count_others(const struct judgement *j, struct buf *out)
{
	size_t counts[STATE_COUNT] = {0};
	const char *before = "";

	for_each (o, &j->outcomes)
		counts[(*o)->state] += *o != j->decisive;
	for (int s = 0; s < STATE_COUNT; s++) {
		const struct outcome one = {.state = (enum state)s};

		if (!counts[s])
			continue;
		buf_addf(out, "%s%zu %s", before, counts[s], words_state(&one));
		before = ", ";
	}
}

void check_words_others(const struct judgement *j, struct buf *out)
{
	if (j->outcomes.n < 2)
		return;
	if (j->outcomes.n <= OTHERS_NAMED + 1)
		add_each_other(j, out);
	else
		count_others(j, out);
}

static void add_part(struct buf *out, const char *words)
{
	buf_addf(out, "%s%s", out->n ? "; " : "", words);
}

void check_words_reason(const struct judgement *j, struct buf *out)
{
	struct buf why = BUF_INIT;

	if (j->prerequisite) {
		buf_add_text(&why, "moot until ");
		check_words_id(j->prerequisite, &why);
		buf_add_text(&why, " works");
	}
	if (j->reason) {
		add_part(&why, j->reason);
	} else if (j->decisive && !j->elsewhere) {
		if (why.n)
			buf_add_text(&why, "; ");
		words_outcome(j->decisive, &why);
	}
	if (j->rules)
		add_part(&why, j->rules);
	buf_add_slice(out, buf_slice(&why));
	buf_release(&why);
}

void check_words_turn(const struct judgement *j, struct buf *out)
{
	words_turn(j->turn, j->device ? j->device->owner.s : NULL,
		   j->device ? j->device->name.s : NULL, out);
}

void check_words_loss(const struct judgement *j, struct buf *out)
{
	const struct requirement *q = j->demand->requirement;

	if (q->level == LEVEL_REQUIRED)
		return;
	buf_add_text(out, level_names[q->level]);
	if (q->without.s)
		buf_addf(out, "; without it: %s", q->without.s);
}

void check_words_change(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	const struct change c = check_change(r, j);

	if (check_is_new(r, j)) {
		buf_add_text(out, "new");
	} else if (check_is_fixed(r, j)) {
		buf_add_text(out, "fixed");
	} else if (c.since_ms && !j->elsewhere) {
		buf_add_text(out, j->verdict == VERDICT_FAIL ? "failing since " : "so since ");
		words_time(c.since_ms, out);
	}
}

/* --- goals ------------------------------------------------------------------------------------ */

void check_words_goal(const struct goal_judgement *g, struct buf *out)
{
	const struct judgement *j = g->decisive;

	buf_add_text(out, g->goal->title.s ? g->goal->title.s : g->goal->name.s);
	add_installation(g->installation, out);
	if (g->partial)
		buf_add_text(out, " (part of it was not looked at)");
	if (!j || g->verdict == VERDICT_PASS)
		return;
	buf_add_text(out, ": ");
	flow_words_requirement(j->demand, out);
	buf_add_char(out, ' ');
	check_words_ends(j, j->flow, out);
	buf_addf(out, " %s", j->elsewhere ? "starts elsewhere" : verdict_words[j->verdict].one);
}
