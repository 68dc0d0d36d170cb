/* SPDX-License-Identifier: ISC */
#include "report/check_text.h"

#include "base/escape.h"
#include "report/flow_words.h"
#include "report/json.h"
#include "report/records.h"
#include "report/words.h"

static const struct {
	const char *title, *one, *several;
} verdict_words[VERDICT_COUNT] = {
	[VERDICT_PASS] = {"holds", "holds", "hold"},
	[VERDICT_DEGRADED] = {"holds by a fallback", "holds by a fallback", "hold by a fallback"},
	[VERDICT_FAIL] = {"FAILS", "fails", "fail"},
	[VERDICT_FORBIDDEN_OPEN] = {"FORBIDDEN, YET OPEN", "is forbidden, yet open",
				    "are forbidden, yet open"},
	[VERDICT_NOT_TESTED] = {"not tested", "was not tested", "were not tested"},
	[VERDICT_UNPROVEN] = {"unproven", "cannot be proven from here",
			      "cannot be proven from here"},
};

/* --- the answer in one sentence ----------------------------------------------------------------
 */

static void add_counts(const struct summary *s, struct buf *out)
{
	static const enum verdict order[] = {VERDICT_FAIL,	 VERDICT_FORBIDDEN_OPEN,
					     VERDICT_NOT_TESTED, VERDICT_UNPROVEN,
					     VERDICT_DEGRADED,	 VERDICT_PASS};
	const char *before = "";

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		unsigned n = s->counts[order[i]];

		if (!n)
			continue;
		buf_addf(out, "%s%u %s", before, n,
			 n == 1 ? verdict_words[order[i]].one : verdict_words[order[i]].several);
		before = ", ";
	}
	if (!*before)
		buf_add_text(out, "nothing that is required starts here");
	if (s->partial)
		buf_addf(out, " (%u only as far as %s here)", s->partial,
			 s->partial == 1 ? "it starts" : "they start");
}

static void add_answer(const struct verdicts *v, const struct check_header *h, struct buf *out)
{
	buf_add_text(out, "From ");
	escape_terminal(out, slice_of(h->vantage));
	buf_add_text(out, " of ");
	escape_terminal(out, slice_of(h->site));
	buf_add_text(out, ": ");
	add_counts(&v->summary, out);
	if (v->summary.lesser_failed)
		buf_addf(out, "; %u optional or recommended %s not hold", v->summary.lesser_failed,
			 v->summary.lesser_failed == 1 ? "does" : "do");
	if (v->summary.elsewhere)
		buf_addf(out, "; %u start%s elsewhere", v->summary.elsewhere,
			 v->summary.elsewhere == 1 ? "s" : "");
	buf_add_text(out, ".\n");
}

/* --- one verdict ------------------------------------------------------------------------------ */

static void add_subject(const struct judgement *j, struct buf *out)
{
	const struct demand *d = j->demand;

	buf_addf(out, "  %s/%s", d->installation->product->name.s, d->requirement->id.s);
	if (!text_is(d->installation->product->name, d->installation->name))
		buf_addf(out, " (%s)", d->installation->name);
	buf_addf(out, "  %s -> %s", d->from->name, d->to->name);
	if (j->flow) {
		buf_add_char(out, ' ');
		flow_format_ports(j->flow, out);
	}
	buf_add_char(out, '\n');
}

static void add_turn(const struct judgement *j, struct buf *out)
{
	static const char *const words[TURN_COUNT] = {
		[TURN_NETWORK] = "the network team",
		[TURN_SERVER] = "the server's administrator",
		[TURN_APPLICATION] = "the application team",
		[TURN_NAME_SERVICE] = "whoever runs the name service",
		[TURN_PROVIDER] = "the access provider",
		[TURN_THIS_HOST] = "this host's administrator",
	};

	if (j->turn == TURN_NOBODY)
		return;
	buf_add_text(out, "      next move: ");
	if (j->turn == TURN_NETWORK && j->device && j->device->owner.s)
		escape_terminal(out, slice_of(j->device->owner.s));
	else
		buf_add_text(out, words[j->turn]);
	if (j->device)
		buf_addf(out, " (%s)", j->device->name.s);
	buf_add_char(out, '\n');
}

static void add_outcome(const struct outcome *o, struct buf *out)
{
	buf_add_text(out, "      ");
	words_target(o, out);
	buf_addf(out, " %s: ", state_names[o->state]);
	words_outcome(o, out);
	buf_add_char(out, '\n');
}

static void add_reason(const char *reason, struct buf *out)
{
	if (reason)
		buf_addf(out, "      %s\n", reason);
}

static void add_loss(const struct judgement *j, struct buf *out)
{
	const struct requirement *q = j->demand->requirement;

	if (q->level == LEVEL_REQUIRED || !q->without.s)
		return;
	buf_addf(out, "      %s; without it: ", level_names[q->level]);
	escape_terminal(out, slice_of(q->without.s));
	buf_add_char(out, '\n');
}

static bool is_in(const struct judgement *j, enum verdict verdict)
{
	return !j->elsewhere && j->verdict == verdict;
}

/* The title goes before the first of a section. */
static void add_title(const char *title, bool *has_title, struct buf *out)
{
	if (!*has_title)
		buf_addf(out, "\n%s\n", title);
	*has_title = true;
}

static void add_section(const struct verdicts *v, enum verdict verdict, struct buf *out)
{
	bool has_title = false;

	for_each (j, &v->items) {
		if (!is_in(j, verdict) || (verdict == VERDICT_NOT_TESTED && !j->decisive))
			continue;
		add_title(verdict_words[verdict].title, &has_title, out);
		add_subject(j, out);
		if (j->decisive && verdict != VERDICT_PASS)
			add_outcome(j->decisive, out);
		add_reason(j->partial && !j->reason ? "as far as it starts here" : j->reason, out);
		add_turn(j, out);
		add_loss(j, out);
	}
}

/* What was not even begun: many for the same reason, which is said once. */
static void add_untried(const struct verdicts *v, struct buf *out)
{
	const char *said[32]; /* constants: the address tells them apart; there are about fifteen */
	size_t n = 0;

	for_each (first, &v->items) {
		bool is_said = !is_in(first, VERDICT_NOT_TESTED) || first->decisive;

		for (size_t i = 0; i < n && !is_said; i++)
			is_said = said[i] == first->reason;
		if (is_said)
			continue;
		if (n == ARRAY_LEN(said))
			BUG("more reasons than there is room for");
		said[n++] = first->reason;
		buf_addf(out, "\nnot tested: %s\n", first->reason);
		for_each (j, &v->items)
			if (is_in(j, VERDICT_NOT_TESTED) && !j->decisive &&
			    j->reason == first->reason)
				add_subject(j, out);
	}
}

static void add_beside(const struct verdicts *v, struct buf *out)
{
	bool has_title = false;

	for_each (j, &v->items) {
		struct judgement beside = *j;

		if (!j->beside)
			continue;
		add_title("fails, and decides nothing", &has_title, out);
		beside.flow = j->beside;
		add_subject(&beside, out);
		add_outcome(j->beside_outcome, out);
	}
}

void check_text(const struct verdicts *v, const struct check_header *h, struct buf *out)
{
	add_answer(v, h, out);
	buf_add_text(out, h->names);
	add_section(v, VERDICT_FORBIDDEN_OPEN, out);
	add_section(v, VERDICT_FAIL, out);
	add_section(v, VERDICT_DEGRADED, out);
	add_beside(v, out);
	add_section(v, VERDICT_NOT_TESTED, out);
	add_untried(v, out);
	add_section(v, VERDICT_UNPROVEN, out);
	if (h->all)
		add_section(v, VERDICT_PASS, out);
}

/* --- the record ------------------------------------------------------------------------------- */

static void add_turn_record(struct json *j, const struct judgement *judged)
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

static void add_reason_record(struct json *j, const struct judgement *judged)
{
	struct buf text = BUF_INIT;

	if (judged->reason)
		buf_add_text(&text, judged->reason);
	else if (judged->decisive)
		words_outcome(judged->decisive, &text);
	json_text(j, "reason", text.n ? text.data : NULL);
	buf_release(&text);
}

/* Of several vantages: the one that this is judged from. */
static const char *vantage_of(const struct judgement *judged, const struct run *run)
{
	const struct outcome *o = judged->decisive;

	return o && o->vantage ? o->vantage : run->vantage;
}

void record_verdict(struct buf *out, const struct judgement *judged, const struct run *run)
{
	const struct demand *d = judged->demand;
	struct json j = {.out = out};
	struct buf id = BUF_INIT;

	flow_words_requirement(d, &id);
	json_open(&j, NULL, '{');
	json_text(&j, "record", "verdict");
	json_text(&j, "installation", d->installation->name);
	json_text(&j, "requirement", id.data);
	json_text(&j, "from", d->from->name);
	json_text(&j, "to", d->to->name);
	json_text(&j, "vantage", vantage_of(judged, run));
	json_text(&j, "level", level_names[d->requirement->level]);
	json_text(&j, "verdict", judged->elsewhere ? "elsewhere" : verdict_names[judged->verdict]);
	json_text(&j, "network", answer_names[judged->network]);
	json_text(&j, "service", answer_names[judged->service]);
	add_turn_record(&j, judged);
	add_reason_record(&j, judged);
	json_null(&j, "since");
	json_null(&j, "changed");
	json_open(&j, "outcomes", '[');
	if (judged->decisive)
		json_number(&j, NULL, judged->decisive->id);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_release(&id);
}
