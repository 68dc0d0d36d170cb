/* SPDX-License-Identifier: ISC */
#include "report/check_markdown.h"

#include "base/escape.h"
#include "report/check_view.h"
#include "report/check_words.h"
#include "report/table.h"
#include "report/words.h"

/* Of what is said in words, once. */
static void add_words(struct buf *out, struct buf *words)
{
	escape_markdown(out, buf_slice(words));
	buf_clear(words);
}

static void add_item(struct buf *out, struct buf *words)
{
	buf_add_text(out, "- ");
	add_words(out, words);
	buf_add_char(out, '\n');
}

static void add_facts(const struct check_report *r, struct buf *out)
{
	struct buf words = BUF_INIT;

	buf_addf(&words, "run: %s, ", r->run->id);
	words_time(r->run->started_ms, &words);
	buf_addf(&words, ", portolan %s", r->run->version);
	buf_add_char(out, '\n');
	add_item(out, &words);
	buf_release(&words);
}

/* --- tables ----------------------------------------------------------------------------------- */

static void add_cell(struct table *t, struct buf *cell)
{
	table_add_cell(t, cell->data);
	buf_clear(cell);
}

static void add_row(struct table *t, const struct check_report *r, const struct judgement *j)
{
	struct buf cell = BUF_INIT;

	check_words_id(j, &cell);
	add_cell(t, &cell);
	buf_add_text(&cell, j->demand->from->name);
	add_cell(t, &cell);
	buf_add_text(&cell, j->demand->to->name);
	add_cell(t, &cell);
	check_words_ports(j->flow, &cell);
	add_cell(t, &cell);
	if (j->decisive && (j->verdict != VERDICT_PASS || check_is_negotiated(j)))
		check_words_evidence(j->decisive, &cell);
	if (j->reason)
		buf_addf(&cell, "%s%s", cell.n ? "; " : "", j->reason);
	if (j->rules)
		buf_addf(&cell, "%s%s", cell.n ? "; " : "", j->rules);
	add_cell(t, &cell);
	check_words_turn(j, &cell);
	add_cell(t, &cell);
	check_words_loss(j, &cell);
	add_cell(t, &cell);
	if (j->verdict != VERDICT_PASS)
		check_words_change(r, j, &cell);
	add_cell(t, &cell);
	buf_release(&cell);
}

static void add_section(const struct check_report *r, enum check_group group, struct buf *out)
{
	static const char *const titles[] = {"Requirement", "From",	 "To",	  "Needs",
					     "What",	    "Next move", "Level", "Since"};
	const char *title = NULL;
	struct table t;

	table_init(&t);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		table_add_column(&t, titles[i], false);
	for_each (j, &r->verdicts->items) {
		if (check_group_of(j) != group)
			continue;
		title = check_verdict_title(j->verdict);
		add_row(&t, r, j);
	}
	if (title) {
		buf_addf(out, "\n## %s\n\n", title);
		table_write_markdown(&t, out);
	}
	table_release(&t);
}

/* --- lists ------------------------------------------------------------------------------------ */

static void add_piles(const struct check_report *r, enum check_group group, const char *label,
		      struct buf *out)
{
	struct arena *arena = arena_new();
	const struct check_piles piles = check_pile_up(r, group, arena);
	struct buf words = BUF_INIT;

	for (size_t i = 0; i < piles.n; i++) {
		buf_addf(out, "\n## %s", label);
		buf_add_text(&words, piles.items[i].title);
		add_words(out, &words);
		buf_add_text(out, "\n\n");
		for_each (j, &piles.items[i].items) {
			check_words_id(*j, &words);
			buf_add_text(&words, ": ");
			check_words_ends(*j, (*j)->flow, &words);
			if (group == CHECK_MOOT)
				buf_addf(&words, " (%s)", check_verdict_words((*j)->verdict));
			add_item(out, &words);
		}
	}
	buf_release(&words);
	arena_free(arena);
}

/* The title goes before the first of a list. */
static void add_title(struct buf *out, const char *title, bool *has_title)
{
	if (!*has_title)
		buf_addf(out, "\n## %s\n\n", title);
	*has_title = true;
}

static void add_goals(const struct check_report *r, struct buf *out)
{
	struct buf words = BUF_INIT;
	bool has_title = false;

	for_each (g, &r->verdicts->goals) {
		if (g->elsewhere)
			continue;
		add_title(out, "What can be done from here", &has_title);
		buf_addf(&words, "%s: ", check_goal_words(g->verdict));
		check_words_goal(g, &words);
		add_item(out, &words);
	}
	buf_release(&words);
}

/* What stands beside and failed, or what was fixed. */
static void add_list(const struct check_report *r, const char *title, bool fixed, struct buf *out)
{
	struct buf words = BUF_INIT;
	bool has_title = false;

	for_each (j, &r->verdicts->items) {
		if (fixed ? !check_is_fixed(r, j) : !j->beside)
			continue;
		add_title(out, title, &has_title);
		check_words_id(j, &words);
		buf_add_text(&words, ": ");
		check_words_ends(j, fixed ? j->flow : j->beside, &words);
		if (!fixed) {
			buf_add_text(&words, ": ");
			check_words_evidence(j->beside_outcome, &words);
		}
		add_item(out, &words);
	}
	buf_release(&words);
}

void check_markdown_write(const struct check_report *r, struct buf *out)
{
	struct buf words = BUF_INIT;

	buf_add_text(out, "# ");
	check_words_answer(r, &words);
	add_words(out, &words);
	buf_add_char(out, '\n');
	buf_release(&words);
	add_facts(r, out);
	add_section(r, CHECK_FORBIDDEN_OPEN, out);
	add_section(r, CHECK_FAILS, out);
	add_piles(r, CHECK_MOOT, "Moot until ", out);
	add_section(r, CHECK_DEGRADED, out);
	add_list(r, "Fails, and decides nothing", false, out);
	add_section(r, CHECK_NOT_TESTED, out);
	add_piles(r, CHECK_UNTRIED, "Not tested: ", out);
	add_section(r, CHECK_UNPROVEN, out);
	add_goals(r, out);
	if (r->all)
		add_section(r, CHECK_HOLDS, out);
	add_list(r, "Fixed since the last run", true, out);
}
