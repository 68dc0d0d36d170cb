/* SPDX-License-Identifier: ISC
 *
 * One page in one file: no server, no other resource, readable without its script. What comes from
 * documents goes through escape_html(), or into the JSON block with < > & as \u003c and so on.
 */
#include "base/escape.h"
#include "report/flow_words.h"
#include "report/html_page.h"
#include "report/html_path.h"
#include "report/plan_records.h"
#include "report/plan_table.h"
#include "report/writer.h"

static void add(struct buf *out, const char *s)
{
	escape_html(out, slice_of(s));
}

static void add_element(struct buf *out, const char *tag, const char *class, const char *s)
{
	buf_addf(out, "<%s class=\"%s\">", tag, class);
	add(out, s);
	buf_addf(out, "</%s>", tag);
}

/* These bytes stand only inside strings, where \u means the same; so nothing ends the script. */
static void add_json_in_script(struct buf *out, const struct buf *json)
{
	for (size_t i = 0; i < json->n; i++) {
		char c = json->data[i];

		if (c == '<' || c == '>' || c == '&')
			buf_addf(out, "\\u%04x", (unsigned)c);
		else if (slice_has_prefix(slice_skip(buf_slice(json), i), "\xe2\x80\xa8") ||
			 slice_has_prefix(slice_skip(buf_slice(json), i), "\xe2\x80\xa9"))
			buf_addf(out, "\\u%04x", 0x2000 | (json->data[i += 2] & 0x3f));
		else
			buf_add_char(out, c);
	}
}

static void write_head(const struct plan_view *v, struct buf *out)
{
	buf_add_text(out,
		     "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>");
	add(out, v->plan->site->name.s);
	buf_add_text(out, ": plan</title>\n<style>\n");
	buf_add_text(out, html_page_css);
	buf_add_text(out,
		     "</style>\n</head>\n<body>\n<header>\n<p class=\"brand\">portolan plan</p>"
		     "<h1>");
	add(out, v->plan->site->title.s ? v->plan->site->title.s : v->plan->site->name.s);
	buf_add_text(out, "</h1>\n");
	add_element(out, "p", "answer", v->headline);
	buf_add_text(out, "\n</header>\n");
}

static void add_tile(struct buf *out, const char *class, size_t n, const char *what)
{
	buf_addf(out, "<li class=\"%s\"><b>%zu</b> %s</li>", n ? class : "none", n, what);
}

static void write_tiles(const struct plan_view *v, struct buf *out)
{
	buf_add_text(out, "<ul class=\"tiles\">");
	add_tile(out, "need", v->required, "flows");
	add_tile(out, "cross", v->crossing, "across a device");
	add_tile(out, "no", v->forbidden, "must stay closed");
	add_tile(out, "ask", v->questions.n, "questions");
	add_tile(out, "warn", v->warnings.n, "warnings");
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
		add_element(out, "b", "subject", (*q)->subject);
		buf_add_char(out, ' ');
		add(out, (*q)->text);
		add_element(out, "code", "add", (*q)->add);
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
		add_element(out, "span", "severity", severity_names[f->severity]);
		buf_add_char(out, ' ');
		add_element(out, "b", "subject", f->subject);
		buf_add_char(out, ' ');
		add(out, f->evidence ? f->evidence : f->code);
		if (f->fix)
			add_element(out, "p", "fix", f->fix);
		if (f->reference)
			add_element(out, "p", "reference", f->reference);
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
	add_element(out, "code", "add", v->scope_line);
	buf_add_text(out, "</section>\n");
}

/* --- flows --- */

static void add_cell(struct buf *out, const char *class, const char *s)
{
	add_element(out, "td", class, s);
}

static void add_fact(struct buf *out, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	buf_addf(out, "<dt>%s</dt>", label);
	add_element(out, "dd", "", text);
}

static void add_column_fact(const struct plan_view *v, const struct plan_row *row, const char *key,
			    const char *label, struct buf *out)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < plan_columns_all_n; i++)
		if (slice_is(slice_of(plan_columns_all[i].key), key))
			plan_columns_all[i].add(v, row, &text);
	add_fact(out, label, text.data);
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
	add(out, f->from->name);
	buf_add_text(out, "</td>");
	add_cell(out, "to", f->to->name);
	flow_format_ports(f, &text);
	buf_add_text(out, "<td class=\"needs\" data-sort=\"");
	add_sort_key(f, out);
	buf_add_text(out, "\">");
	add(out, text.data);
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
	static const char *const heads[][2] = {
		{"from", "From"},   {"to", "To"},     {"needs", "Needs"}, {"service", "Service"},
		{"level", "Level"}, {"path", "Path"}, {"for", "For"},
	};

	buf_add_text(out,
		     "<section class=\"flows\"><h2>Flows</h2>\n<form class=\"filters\">"
		     "<input type=\"search\" name=\"search\" placeholder=\"search: a host, a port, "
		     "a requirement\" aria-label=\"search\">");
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		buf_addf(out,
			 "<label>%s <select name=\"%s\"><option value=\"\">all</option></select>"
			 "</label>",
			 filters[i], filters[i]);
	buf_add_text(out, "<button type=\"button\" name=\"open\">open all</button>"
			  "<button type=\"button\" name=\"data\">save as JSON</button>"
			  "<button type=\"button\" name=\"theme\">dark / light</button>"
			  "<output></output></form>\n");
	buf_addf(out, "<table data-by=\"%s\"><thead><tr>", sorts[v->query->by]);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		buf_addf(out, "<th><button type=\"button\" data-key=\"%s\">%s</button></th>",
			 heads[i][0], heads[i][1]);
	buf_add_text(out, "</tr></thead>\n");
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
		add(out, id.data);
		buf_add_text(out, "</summary><dl>");
		for (size_t i = 0; i < n; i++)
			add_fact(out, facts[i].label, facts[i].text);
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
		add_element(out, "p", "", remarks[i]);
	buf_add_text(out, "<p>portolan ");
	add(out, v->query->version);
	buf_add_text(out, "; a plan says what must be possible, not what is.</p></footer>\n"
			  "<script type=\"application/json\" id=\"data\">");
	record_plan_start(&json, v);
	buf_add_text(&json, ",\"records\":[\n");
	records_of_plan(&json, v, ",\n");
	buf_add_text(&json, "\n]}");
	add_json_in_script(out, &json);
	buf_add_text(out, "</script>\n<script>\n");
	buf_add_text(out, html_page_js);
	buf_add_text(out, "</script>\n</body>\n</html>\n");
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
};
