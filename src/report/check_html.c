/* SPDX-License-Identifier: ISC */
#include "report/check_html.h"

#include "report/check_columns.h"
#include "report/check_records.h"
#include "report/check_view.h"
#include "report/check_words.h"
#include "report/html.h"
#include "report/words.h"

/* Of what is said in words, once. */
static void add_cell(struct buf *out, const char *class, struct buf *words)
{
	html_element(out, "td", class, words->data);
	buf_clear(words);
}

static void write_head(const struct check_report *r, struct buf *out)
{
	const struct site *site = r->plan->site;
	struct buf name = BUF_INIT, answer = BUF_INIT;
	struct html_head head = {
		.brand = "portolan check",
		.heading = site->title.s ? site->title.s : site->name.s,
	};

	buf_addf(&name, "%s: check from %s", site->name.s, r->run->vantage);
	check_words_answer(r, &answer);
	head.name = name.data;
	head.answer = answer.data;
	html_start(&head, out);
	buf_release(&answer);
	buf_release(&name);
}

static void write_tiles(const struct check_report *r, struct buf *out)
{
	static const struct {
		enum check_group group;
		const char *class, *what;
	} tiles[] = {
		{CHECK_FORBIDDEN_OPEN, "no", "forbidden, yet open"},
		{CHECK_FAILS, "no", "fail"},
		{CHECK_MOOT, "warn", "moot until something else works"},
		{CHECK_NOT_TESTED, "warn", "could not be tested"},
		{CHECK_UNTRIED, "warn", "were not tried"},
		{CHECK_UNPROVEN, "ask", "cannot be proven"},
		{CHECK_DEGRADED, "ask", "hold by a fallback"},
		{CHECK_HOLDS, "need", "hold"},
	};
	size_t counts[CHECK_GROUPS] = {0};

	for_each (j, &r->verdicts->items)
		counts[check_group_of(j)]++;
	buf_add_text(out, "<ul class=\"tiles\">");
	for (size_t i = 0; i < ARRAY_LEN(tiles); i++)
		if (counts[tiles[i].group] || tiles[i].group == CHECK_FAILS)
			html_tile(out, tiles[i].class, counts[tiles[i].group], tiles[i].what);
	buf_add_text(out, "</ul>\n");
}

static void write_goals(const struct check_report *r, struct buf *out)
{
	struct buf words = BUF_INIT;
	bool has_title = false;

	for_each (g, &r->verdicts->goals) {
		if (g->elsewhere)
			continue;
		if (!has_title)
			buf_add_text(out, "<section class=\"notes\"><h2>What can be done from here"
					  "</h2><ul>\n");
		has_title = true;
		buf_addf(out, "<li class=\"%s\"><b>%s</b> ", verdict_names[g->verdict],
			 check_goal_words(g->verdict));
		buf_clear(&words);
		check_words_goal(g, &words);
		html_text(out, words.data);
		buf_add_text(out, "</li>\n");
	}
	if (has_title)
		buf_add_text(out, "</ul></section>\n");
	buf_release(&words);
}

/* --- verdicts --------------------------------------------------------------------------------- */

static void write_details(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	static const char *const labels[][2] = {
		{"installation", "installation"},
		{"level", "level"},
		{"network", "the network lets it through"},
		{"service", "the service is there"},
		{"cause", "decided by"},
		{"by", "answered by"},
		{"device", "device"},
		{"owner", "owner"},
		{"document", "document"},
	};
	struct buf fact = BUF_INIT;

	buf_add_text(out, "<tr class=\"more\"><td colspan=\"8\"><dl>");
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		check_column_find(labels[i][0])->add(r, j, &fact);
		html_fact(out, labels[i][1], fact.data);
		buf_clear(&fact);
	}
	check_words_loss(j, &fact);
	html_fact(out, "weight", fact.data);
	for_each (o, &j->outcomes) {
		buf_clear(&fact);
		check_words_evidence(*o, &fact);
		html_fact(out, "evidence", fact.data);
	}
	if (j->beside) {
		buf_clear(&fact);
		check_words_evidence(j->beside_outcome, &fact);
		html_fact(out, "fails, and decides nothing", fact.data);
	}
	buf_add_text(out, "</dl></td></tr>");
	buf_release(&fact);
}

static void write_verdict(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	const char *verdict = check_verdict_name(j);
	struct buf words = BUF_INIT;

	buf_addf(out,
		 "<tbody class=\"%s\" data-record=\"%zu\"><tr><td class=\"level\" "
		 "data-sort=\"%d\"><button aria-expanded=\"false\" title=\"details\"></button>"
		 "<span>%s</span></td>",
		 verdict, (size_t)(j - r->verdicts->items.items), (int)check_group_of(j),
		 j->elsewhere ? verdict : check_verdict_words(j->verdict));
	check_words_id(j, &words);
	add_cell(out, "for", &words);
	buf_add_text(&words, j->demand->from->name);
	add_cell(out, "from", &words);
	buf_add_text(&words, j->demand->to->name);
	add_cell(out, "to", &words);
	check_words_ports(j->flow, &words);
	add_cell(out, "needs", &words);
	check_words_reason(j, &words);
	add_cell(out, "why", &words);
	check_words_turn(j, &words);
	add_cell(out, "turn", &words);
	check_words_change(r, j, &words);
	add_cell(out, "since", &words);
	buf_add_text(out, "</tr>");
	write_details(r, j, out);
	buf_add_text(out, "</tbody>\n");
	buf_release(&words);
}

static void write_verdicts(const struct check_report *r, struct buf *out)
{
	static const char *const filters[] = {"verdict", "installation", "level",
					      "turn",	 "device",	 "changed"};
	static const struct html_column heads[] = {
		{"level", "Verdict"},  {"for", "Requirement"}, {"from", "From"},
		{"to", "To"},	       {"needs", "Needs"},     {"why", "Why"},
		{"turn", "Next move"}, {"since", "Since"},
	};

	buf_add_text(out, "<section class=\"flows\"><h2>Verdicts</h2>\n");
	html_filters(filters, ARRAY_LEN(filters), "a host, a port, a requirement", out);
	html_table_start(heads, ARRAY_LEN(heads), "", out);
	for (enum check_group g = 0; g < CHECK_GROUPS; g++)
		for_each (j, &r->verdicts->items)
			if (check_group_of(j) == g)
				write_verdict(r, j, out);
	buf_add_text(out, "</table>\n</section>\n");
}

void check_html_write(const struct check_report *r, struct buf *out)
{
	struct buf json = BUF_INIT, words = BUF_INIT;

	write_head(r, out);
	write_tiles(r, out);
	write_goals(r, out);
	write_verdicts(r, out);
	buf_addf(&words, "portolan %s, run %s, ", r->run->version, r->run->id);
	words_time(r->run->started_ms, &words);
	buf_add_text(out, "<footer>");
	html_element(out, "p", "", words.data);
	buf_add_text(out, "</footer>\n");
	json_document_start(&json, r->run);
	records_of_check(&json, r, ",\n");
	json_document_stop(&json);
	html_stop(&json, out);
	buf_release(&words);
	buf_release(&json);
}
