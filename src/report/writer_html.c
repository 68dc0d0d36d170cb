/* SPDX-License-Identifier: ISC
 *
 * A plan as a page: the answer, questions, warnings, every flow with its way drawn.
 */
#include "report/audit_forms.h"
#include "report/check_html.h"
#include "report/flow_words.h"
#include "report/html.h"
#include "report/html_path.h"
#include "report/plan_records.h"
#include "report/plan_table.h"
#include "report/writer.h"

static void write_head(const struct plan_view *v, struct buf *out)
{
	const struct site *site = v->plan->site;
	struct buf name = BUF_INIT;
	struct html_head head = {
		.brand = "portolan plan",
		.heading = site->title.s ? site->title.s : site->name.s,
		.answer = v->headline,
	};

	buf_addf(&name, "%s: plan", site->name.s);
	head.name = name.data;
	html_start(&head, out);
	buf_release(&name);
}

static void write_tiles(const struct plan_view *v, struct buf *out)
{
	buf_add_text(out, "<ul class=\"tiles\">");
	html_tile(out, "need", v->required, "flows");
	html_tile(out, "cross", v->crossing, "across a device");
	html_tile(out, "no", v->forbidden, "must stay closed");
	html_tile(out, "ask", v->questions.n, "questions");
	html_tile(out, "warn", v->warnings.n, "warnings");
	buf_add_text(out, "</ul>\n");
}

static void write_questions(const struct plan_view *v, struct buf *out)
{
	if (!v->questions.n)
		return;
	buf_add_text(out,
		     "<section class=\"notes\"><h2>Questions</h2><p>The line under each goes into "
		     "the site file, with your answer.</p><ul>\n");
	for_each (q, &v->questions) {
		buf_add_text(out, "<li class=\"ask\">");
		html_element(out, "b", "subject", (*q)->subject);
		buf_add_char(out, ' ');
		html_text(out, (*q)->text);
		html_element(out, "code", "add", (*q)->add);
		buf_add_text(out, "</li>\n");
	}
	buf_add_text(out, "</ul></section>\n");
}

static void write_warnings(const struct plan_view *v, struct buf *out)
{
	if (v->warnings.n)
		buf_add_text(out, "<section class=\"notes\"><h2>Warnings</h2><ul>\n");
	for_each (w, &v->warnings) {
		const struct finding *f = *w;

		buf_addf(out, "<li class=\"warn %s\">", severity_names[f->severity]);
		html_element(out, "span", "severity", severity_names[f->severity]);
		buf_add_char(out, ' ');
		html_element(out, "b", "subject", f->subject);
		buf_add_char(out, ' ');
		html_text(out, f->evidence ? f->evidence : f->code);
		if (f->fix)
			html_element(out, "p", "fix", f->fix);
		if (f->reference)
			html_element(out, "p", "reference", f->reference);
		buf_add_text(out, "</li>\n");
	}
	if (v->warnings.n)
		buf_add_text(out, "</ul></section>\n");
}

static void write_tries(const struct plan_view *v, struct buf *out)
{
	if (!v->scope_line)
		return;
	buf_add_text(out,
		     "<section class=\"notes\"><h2>Names outside</h2><p>Checks may try them once "
		     "the scope lists them:</p>");
	html_element(out, "code", "add", v->scope_line);
	buf_add_text(out, "</section>\n");
}

/* --- flows --- */

static void add_cell(struct buf *out, const char *class, const char *s)
{
	html_element(out, "td", class, s);
}

static void add_column_fact(const struct plan_view *v, const struct plan_row *row, const char *key,
			    const char *label, struct buf *out)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < plan_columns_all_n; i++)
		if (slice_is(slice_of(plan_columns_all[i].key), key))
			plan_columns_all[i].add(v, row, &text);
	html_fact(out, label, text.data);
	buf_release(&text);
}

static void write_details(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	static const struct {
		const char *key, *label;
	} facts[] = {
		{"source", "from"},
		{"target", "to"},
		{"note", "note"},
		{"why", "why"},
		{"without", "lost without it"},
		{"alternative", "one of"},
		{"documented", "document says"},
		{"requirements", "for"},
		{"document", "document"},
		{"flow", "flow"},
	};

	buf_add_text(out, "<tr class=\"more\"><td colspan=\"7\">");
	html_path(row->flow, row->claim, out);
	buf_add_text(out, "<dl>");
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		add_column_fact(v, row, facts[i].key, facts[i].label, out);
	buf_add_text(out, "</dl></td></tr>");
}

static void add_sort_key(const struct flow *f, struct buf *out)
{
	buf_addf(out, "%d%05u%05u", f->transport, f->ports.lo, f->ports.hi);
}

static void write_flow(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	const struct flow *f = row->flow;
	const char *level = plan_row_level(row), *service = flow_service(f);
	struct buf text = BUF_INIT;

	buf_addf(out, "<tbody class=\"flow %s\"><tr>", level);
	buf_add_text(out, "<td class=\"from\"><button aria-expanded=\"false\" title=\"details\">"
			  "</button>");
	html_text(out, f->from->name);
	buf_add_text(out, "</td>");
	add_cell(out, "to", f->to->name);
	flow_format_ports(f, &text);
	buf_add_text(out, "<td class=\"needs\" data-sort=\"");
	add_sort_key(f, out);
	buf_add_text(out, "\">");
	html_text(out, text.data);
	buf_add_text(out, "</td>");
	add_cell(out, "service", service ? service : "");
	buf_addf(out, "<td class=\"level\"><span>%s</span></td>",
		 f->kind == FLOW_FORBIDDEN ? "must stay closed" : level);
	buf_clear(&text);
	flow_words_path(f, &text);
	add_cell(out, "path", text.data);
	buf_clear(&text);
	plan_view_requirements(v, f, &text);
	add_cell(out, "for", text.data);
	buf_add_text(out, "</tr>");
	write_details(v, row, out);
	buf_add_text(out, "</tbody>\n");
	buf_release(&text);
}

static void write_flows(const struct plan_view *v, struct buf *out)
{
	static const char *const filters[] = {"installation", "zone", "device", "level", "kind"};
	static const char *const sorts[] = {"", "needs", "path", "from"}; /* by enum plan_by */
	static const struct html_column heads[] = {
		{"from", "From"},   {"to", "To"},     {"needs", "Needs"}, {"service", "Service"},
		{"level", "Level"}, {"path", "Path"}, {"for", "For"},
	};

	buf_add_text(out, "<section class=\"flows\"><h2>Flows</h2>\n");
	html_filters(filters, ARRAY_LEN(filters), "a host, a port, a requirement", out);
	html_table_start(heads, ARRAY_LEN(heads), sorts[v->query->by], out);
	for_each (f, &v->flows) {
		struct plan_row row = {*f, plan_view_claim(v, *f, NULL)};

		write_flow(v, &row, out);
	}
	buf_add_text(out, "</table>\n</section>\n");
}

/* --- the end --- */

static void write_explanations(const struct plan_view *v, struct buf *out)
{
	struct plan_fact facts[PLAN_FACTS_MAX];

	buf_add_text(out, "<section class=\"why\"><h2>Why, and where it is written</h2>\n");
	for_each (d, &v->explained) {
		size_t n = plan_facts(v, *d, facts);
		struct buf id = BUF_INIT;

		flow_words_requirement(*d, &id);
		buf_add_text(out, "<details><summary>");
		html_text(out, id.data);
		buf_add_text(out, "</summary><dl>");
		for (size_t i = 0; i < n; i++)
			html_fact(out, facts[i].label, facts[i].text);
		buf_add_text(out, "</dl></details>\n");
		buf_release(&id);
	}
	buf_add_text(out, "</section>\n");
}

static void write_foot(const struct plan_view *v, struct buf *out)
{
	const char *remarks[PLAN_REMARKS_MAX];
	size_t n = plan_remarks(v, remarks);
	struct buf json = BUF_INIT;

	buf_add_text(out, "<footer>");
	for (size_t i = 0; i < n; i++)
		html_element(out, "p", "", remarks[i]);
	buf_add_text(out, "<p>portolan ");
	html_text(out, v->query->version);
	buf_add_text(out, "; a plan says what must be possible, not what is.</p></footer>\n");
	record_plan_start(&json, v);
	buf_add_text(&json, ",\"records\":[\n");
	records_of_plan(&json, v, ",\n");
	buf_add_text(&json, "\n]}");
	html_stop(&json, out);
	buf_release(&json);
}

static void write_plan(const struct plan_view *v, struct buf *out)
{
	write_head(v, out);
	write_tiles(v, out);
	write_questions(v, out);
	write_warnings(v, out);
	write_tries(v, out);
	write_flows(v, out);
	if (v->query->explain)
		write_explanations(v, out);
	write_foot(v, out);
}

const struct writer writer_html = {
	.name = "html",
	.plan = write_plan,
	.check = check_html_write,
	.audit = audit_html,
};
