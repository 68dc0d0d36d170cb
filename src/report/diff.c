/* SPDX-License-Identifier: ISC */
#include "report/diff.h"

#include "base/escape.h"
#include "report/json.h"
#include "report/table.h"
#include "report/words.h"

static const struct {
	const char *title, *one, *several;
} kind_words[DIFFERENCE_KINDS] = {
	[DIFFERENCE_FAILS] = {"Newly fails", "newly fails", "newly fail"},
	[DIFFERENCE_FIXED] = {"Fixed", "is fixed", "are fixed"},
	[DIFFERENCE_CAUSE] = {"Still fails, but in another way", "fails in another way",
			      "fail in another way"},
	[DIFFERENCE_VERDICT] = {"Changed otherwise", "changed otherwise", "changed otherwise"},
	[DIFFERENCE_CAME] = {"Only in the second run", "is only in the second run",
			     "are only in the second run"},
	[DIFFERENCE_GONE] = {"Only in the first run", "is only in the first run",
			     "are only in the first run"},
};

int diff_exit(const struct run_diff *d)
{
	return d->counts[DIFFERENCE_FAILS] ? 1 : 0;
}

/* --- words, unescaped ------------------------------------------------------------------------- */

static void add_answer(const struct run_diff *d, struct buf *out)
{
	const char *before = "";

	for (enum difference_kind k = 0; k < DIFFERENCE_KINDS; k++) {
		const char *words = d->counts[k] == 1 ? kind_words[k].one : kind_words[k].several;

		if (!d->counts[k])
			continue;
		buf_addf(out, "%s%zu %s", before, d->counts[k], words);
		before = ", ";
	}
	buf_addf(out, "%s%zu as before.", d->items.n ? "; " : "No difference: ", d->same);
}

static void add_run(const char *which, const struct past_run *r, struct buf *out)
{
	buf_addf(out, "%s run: %s, of %s from %s", which, r->id ? r->id : "no id",
		 r->site ? r->site : "no site", r->vantage ? r->vantage : "no host");
	if (r->started_ms) {
		buf_add_text(out, ", ");
		words_time(r->started_ms, out);
	}
}

static void add_requirement(const struct past_verdict *v, struct buf *out)
{
	size_t n = strlen(v->installation);

	buf_add_text(out, v->requirement);
	/* One that is called as its product is not said, as in the report of a check. */
	if (strncmp(v->requirement, v->installation, n) != 0 || v->requirement[n] != '/')
		buf_addf(out, " (%s)", v->installation);
}

static void add_verdict(const struct past_verdict *v, struct buf *out)
{
	if (!v) {
		buf_add_text(out, "not there");
		return;
	}
	buf_add_text(out, verdict_names[v->verdict]);
	if (v->decisive)
		buf_addf(out, " (%s)", state_names[v->decisive->outcome.state]);
	if (v->reason)
		buf_addf(out, ": %s", v->reason);
}

static void add_turn(const struct past_verdict *v, struct buf *out)
{
	if (v)
		words_turn(v->turn, v->owner, v->device, out);
}

static const struct past_verdict *subject(const struct difference *i)
{
	return i->after ? i->after : i->before;
}

/* --- text ------------------------------------------------------------------------------------- */

static void add_line(const char *label, void (*add)(const struct past_verdict *v, struct buf *out),
		     const struct past_verdict *v, struct buf *out)
{
	struct buf words = BUF_INIT;

	add(v, &words);
	if (words.n) {
		buf_add_text(out, label);
		escape_terminal(out, buf_slice(&words));
		buf_add_char(out, '\n');
	}
	buf_release(&words);
}

static void add_ends(const struct past_verdict *v, struct buf *out)
{
	add_requirement(v, out);
	buf_addf(out, "  %s -> %s", v->from, v->to);
}

static void add_difference(const struct difference *i, struct buf *out)
{
	add_line("  ", add_ends, subject(i), out);
	if (i->before)
		add_line("      before: ", add_verdict, i->before, out);
	if (!i->after)
		return;
	add_line("      now: ", add_verdict, i->after, out);
	add_line("      next move: ", add_turn, i->after, out);
}

static void add_escaped_run(const char *which, const struct past_run *r, struct buf *out)
{
	struct buf words = BUF_INIT;

	add_run(which, r, &words);
	buf_add_text(out, "  ");
	escape_terminal(out, buf_slice(&words));
	buf_add_char(out, '\n');
	buf_release(&words);
}

void diff_text(const struct run_diff *d, struct buf *out)
{
	add_answer(d, out);
	buf_add_char(out, '\n');
	add_escaped_run("first", d->first, out);
	add_escaped_run("second", d->second, out);
	for (enum difference_kind k = 0; k < DIFFERENCE_KINDS; k++) {
		if (d->counts[k])
			buf_addf(out, "\n%s\n", kind_words[k].title);
		for_each (i, &d->items)
			if (i->kind == k)
				add_difference(i, out);
	}
}

/* --- Markdown --------------------------------------------------------------------------------- */

static void fill_row(struct table *t, const struct difference *i)
{
	struct buf cell = BUF_INIT;

	add_requirement(subject(i), &cell);
	table_add_cell(t, cell.data);
	table_add_cell(t, subject(i)->from);
	table_add_cell(t, subject(i)->to);
	buf_clear(&cell);
	add_verdict(i->before, &cell);
	table_add_cell(t, cell.data);
	buf_clear(&cell);
	add_verdict(i->after, &cell);
	table_add_cell(t, cell.data);
	buf_clear(&cell);
	add_turn(i->after, &cell);
	table_add_cell(t, cell.data);
	buf_release(&cell);
}

static void add_table(const struct run_diff *d, enum difference_kind kind, struct buf *out)
{
	static const char *const titles[] = {"Requirement", "From", "To",
					     "Before",	    "Now",  "Next move"};
	struct table t;

	buf_addf(out, "\n## %s\n\n", kind_words[kind].title);
	table_init(&t);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		table_add_column(&t, titles[i], true);
	for_each (i, &d->items)
		if (i->kind == kind)
			fill_row(&t, i);
	table_write_markdown(&t, out);
	table_release(&t);
}

void diff_markdown(const struct run_diff *d, struct buf *out)
{
	struct buf words = BUF_INIT;

	buf_add_text(out, "# ");
	add_answer(d, out);
	buf_add_text(out, "\n\n- ");
	add_run("first", d->first, &words);
	escape_markdown(out, buf_slice(&words));
	buf_add_text(out, "\n- ");
	buf_clear(&words);
	add_run("second", d->second, &words);
	escape_markdown(out, buf_slice(&words));
	buf_add_char(out, '\n');
	for (enum difference_kind k = 0; k < DIFFERENCE_KINDS; k++)
		if (d->counts[k])
			add_table(d, k, out);
	buf_release(&words);
}

/* --- records ---------------------------------------------------------------------------------- */

static void add_run_object(struct json *j, const char *key, const struct past_run *r)
{
	json_open(j, key, '{');
	json_text(j, "run", r->id);
	json_text(j, "site", r->site);
	json_text(j, "vantage", r->vantage);
	if (r->started_ms)
		json_time(j, "started", r->started_ms);
	else
		json_null(j, "started");
	json_close(j, '}');
}

static void add_verdict_object(struct json *j, const char *key, const struct past_verdict *v)
{
	const struct outcome *o = v && v->decisive ? &v->decisive->outcome : NULL;

	if (!v) {
		json_null(j, key);
		return;
	}
	json_open(j, key, '{');
	json_text(j, "verdict", verdict_names[v->verdict]);
	json_text(j, "network", answer_names[v->network]);
	json_text(j, "service", answer_names[v->service]);
	json_text(j, "state", o ? state_names[o->state] : NULL);
	json_text(j, "cause", o ? cause_names[o->cause] : NULL);
	json_addr(j, "by", o ? &o->by : &(struct addr){0});
	json_text(j, "turn", v->turn == TURN_NOBODY ? NULL : turn_names[v->turn]);
	json_text(j, "device", v->device);
	json_text(j, "owner", v->owner);
	json_text(j, "reason", v->reason);
	json_close(j, '}');
}

static void add_difference_record(const struct difference *i, struct buf *out)
{
	const struct past_verdict *v = subject(i);
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "difference");
	json_text(&j, "kind", difference_names[i->kind]);
	json_text(&j, "installation", v->installation);
	json_text(&j, "requirement", v->requirement);
	json_text(&j, "from", v->from);
	json_text(&j, "to", v->to);
	json_text(&j, "vantage", v->vantage);
	add_verdict_object(&j, "before", i->before);
	add_verdict_object(&j, "after", i->after);
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

void diff_records(const struct run_diff *d, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "diff");
	add_run_object(&j, "first", d->first);
	add_run_object(&j, "second", d->second);
	json_open(&j, "counts", '{');
	for (enum difference_kind k = 0; k < DIFFERENCE_KINDS; k++)
		json_number(&j, difference_names[k], (int64_t)d->counts[k]);
	json_number(&j, "same", (int64_t)d->same);
	json_close(&j, '}');
	json_number(&j, "exit", diff_exit(d));
	json_close(&j, '}');
	buf_add_char(out, '\n');
	for_each (i, &d->items)
		add_difference_record(i, out);
}
