/* SPDX-License-Identifier: ISC */
#include "report/check_text.h"

#include "report/check_view.h"
#include "report/check_words.h"
#include "report/paragraph.h"

enum { SUBJECT = 2, DETAIL = 6, HANG = 2 };

/* Lines of one report: composed here unescaped, escaped as they are written. */
struct lines {
	const struct check_report *report;
	struct buf line;
	struct buf *out;
};

/* What was composed, at an indent; the next line starts empty. */
static void end_line(struct lines *l, size_t indent)
{
	const struct paragraph p = {indent, indent + HANG, l->report->width};

	if (l->line.n)
		paragraph_write(&p, l->line.data, l->out);
	buf_clear(&l->line);
}

/* The title goes before the first of a section. */
static void add_title(struct lines *l, const char *title, bool *has_title)
{
	if (!*has_title)
		buf_addf(l->out, "\n%s\n", title);
	*has_title = true;
}

/* --- one verdict ------------------------------------------------------------------------------ */

/* "passwordstate/web-to-database  web1 -> sql1 tcp/1433"; more may follow on the line. */
static void start_subject(struct lines *l, const struct judgement *j, const struct flow *f)
{
	check_words_id(j, &l->line);
	buf_add_text(&l->line, "  ");
	check_words_ends(j, f, &l->line);
}

static void add_change(struct lines *l, const struct judgement *j)
{
	struct buf change = BUF_INIT;

	check_words_change(l->report, j, &change);
	if (change.n)
		buf_addf(&l->line, ": %s", change.data);
	buf_release(&change);
}

static void add_evidence(struct lines *l, const struct outcome *o)
{
	check_words_evidence(o, &l->line);
	end_line(l, DETAIL);
}

static void add_others(struct lines *l, const struct judgement *j)
{
	struct buf others = BUF_INIT;

	check_words_others(j, &others);
	if (others.n)
		buf_addf(&l->line, "beside it: %s", others.data);
	buf_release(&others);
	end_line(l, DETAIL);
}

static void add_reason(struct lines *l, const struct judgement *j)
{
	if (j->reason)
		buf_add_text(&l->line, j->reason);
	else if (j->partial)
		buf_add_text(&l->line, "as far as it starts here");
	end_line(l, DETAIL);
}

static void add_rules(struct lines *l, const struct judgement *j)
{
	if (!j->rules)
		return;
	buf_addf(&l->line, "rules: %s", j->rules);
	end_line(l, DETAIL);
}

static void add_turn(struct lines *l, const struct judgement *j)
{
	if (j->turn == TURN_NOBODY)
		return;
	buf_add_text(&l->line, "next move: ");
	check_words_turn(j, &l->line);
	end_line(l, DETAIL);
}

static void add_verdict(struct lines *l, const struct judgement *j)
{
	start_subject(l, j, j->flow);
	if (j->verdict != VERDICT_PASS)
		add_change(l, j);
	end_line(l, SUBJECT);
	if (j->decisive &&
	    (j->verdict != VERDICT_PASS || j->decisive->is_stand_in || check_is_negotiated(j)))
		add_evidence(l, j->decisive);
	if (j->verdict != VERDICT_PASS)
		add_others(l, j);
	add_reason(l, j);
	add_rules(l, j);
	add_turn(l, j);
	check_words_loss(j, &l->line);
	end_line(l, DETAIL);
}

/* --- sections --------------------------------------------------------------------------------- */

static void add_section(struct lines *l, enum check_group group)
{
	bool has_title = false;

	for_each (j, &l->report->verdicts->items) {
		if (check_group_of(j) != group)
			continue;
		add_title(l, check_verdict_title(j->verdict), &has_title);
		add_verdict(l, j);
	}
}

static void add_forbidden(struct lines *l, const char *title, bool is_open)
{
	bool has_title = false;

	for_each (j, &l->report->verdicts->items) {
		if (check_group_of(j) != CHECK_FORBIDDEN_OPEN || check_is_open(j) != is_open)
			continue;
		add_title(l, title, &has_title);
		add_verdict(l, j);
	}
}

static void add_fixed(struct lines *l)
{
	bool has_title = false;

	for_each (j, &l->report->verdicts->items) {
		if (!check_is_fixed(l->report, j))
			continue;
		add_title(l, "fixed since the last run", &has_title);
		start_subject(l, j, j->flow);
		end_line(l, SUBJECT);
	}
}

static bool is_same_turn(const struct judgement *a, const struct judgement *b)
{
	return a->turn == b->turn && a->device == b->device;
}

/* What must hold before does not: what they say themselves, in a line each. */
static void add_moot(struct lines *l, const struct judgement *j)
{
	start_subject(l, j, j->flow);
	buf_addf(&l->line, ": %s", check_verdict_words(j->verdict));
	if (j->turn != TURN_NOBODY && !is_same_turn(j, j->prerequisite)) {
		buf_add_text(&l->line, "; next move: ");
		check_words_turn(j, &l->line);
	}
	end_line(l, SUBJECT);
}

static void add_untried(struct lines *l, const struct judgement *j)
{
	start_subject(l, j, j->flow);
	end_line(l, SUBJECT);
}

/* Many for the same reason, which is said once. */
static void add_piles(struct lines *l, enum check_group group, const char *label,
		      void (*add)(struct lines *l, const struct judgement *j))
{
	struct arena *arena = arena_new();
	const struct check_piles piles = check_pile_up(l->report, group, arena);

	for (size_t i = 0; i < piles.n; i++) {
		buf_addf(&l->line, "%s%s", label, piles.items[i].title);
		buf_add_char(l->out, '\n');
		end_line(l, 0);
		for_each (j, &piles.items[i].items)
			add(l, *j);
	}
	arena_free(arena);
}

static void add_beside(struct lines *l)
{
	bool has_title = false;

	for_each (j, &l->report->verdicts->items) {
		if (!j->beside)
			continue;
		add_title(l, "fails, and decides nothing", &has_title);
		start_subject(l, j, j->beside);
		end_line(l, SUBJECT);
		add_evidence(l, j->beside_outcome);
	}
}

static void add_goals(struct lines *l)
{
	bool has_title = false;

	for_each (g, &l->report->verdicts->goals) {
		if (g->elsewhere)
			continue;
		add_title(l, "what can be done from here", &has_title);
		buf_addf(&l->line, "%s: ", check_goal_words(g->verdict));
		check_words_goal(g, &l->line);
		end_line(l, SUBJECT);
	}
}

void check_text_write(const struct check_report *r, struct buf *out)
{
	struct lines l = {r, BUF_INIT, out};

	check_words_answer(r, &l.line);
	end_line(&l, 0);
	buf_add_text(out, r->names);
	add_forbidden(&l, check_verdict_title(VERDICT_FORBIDDEN_OPEN), true);
	add_forbidden(&l, "FORBIDDEN, NOT SHOWN CLOSED", false);
	add_section(&l, CHECK_FAILS);
	add_piles(&l, CHECK_MOOT, "moot until ", add_moot);
	add_section(&l, CHECK_DEGRADED);
	add_beside(&l);
	add_section(&l, CHECK_NOT_TESTED);
	add_piles(&l, CHECK_UNTRIED, "not tested: ", add_untried);
	add_section(&l, CHECK_UNPROVEN);
	add_goals(&l);
	if (r->all) {
		add_section(&l, CHECK_HOLDS);
		add_piles(&l, CHECK_ELSEWHERE, "elsewhere: ", add_untried);
	}
	add_fixed(&l);
	buf_release(&l.line);
}
