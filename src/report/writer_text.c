/* SPDX-License-Identifier: ISC
 *
 * For people, on a terminal. The first line is the answer.
 */
#include <string.h>

#include "base/escape.h"
#include "report/audit.h"
#include "report/check_text.h"
#include "report/paragraph.h"
#include "report/plan_table.h"
#include "report/flow_words.h"
#include "report/request_table.h"
#include "report/writer.h"

static void add_escaped(struct buf *out, const char *s)
{
	escape_terminal(out, slice_of(s));
}

static void add_paragraph(struct buf *out, const char *s, size_t indent, size_t width)
{
	const struct paragraph p = {indent, indent, width};

	paragraph_write(&p, s, out);
}

static void write_questions(const struct plan_view *v, struct buf *out)
{
	if (!v->questions.n)
		return;
	buf_add_text(
		out,
		"\nQuestions, each with the line that answers it in the site file (uses[0] is the "
		"first entry below uses:):\n");
	for_each (q, &v->questions) {
		struct buf text = BUF_INIT;

		buf_addf(&text, "%s: %s", (*q)->subject, (*q)->text);
		add_paragraph(out, text.data, 2, v->query->width);
		buf_add_text(out, "      ");
		add_escaped(out, (*q)->add);
		buf_add_char(out, '\n');
		buf_release(&text);
	}
}

static void write_warnings(const struct plan_view *v, struct buf *out)
{
	if (v->warnings.n)
		buf_add_text(out, "\nWarnings, the worst first:\n");
	for_each (w, &v->warnings) {
		const struct finding *f = *w;
		struct buf text = BUF_INIT;

		buf_addf(&text, "%s: %s: %s", severity_names[f->severity], f->subject,
			 f->evidence ? f->evidence : f->code);
		add_paragraph(out, text.data, 2, v->query->width);
		buf_clear(&text);
		if (f->fix)
			buf_addf(&text, "%s. ", f->fix);
		buf_addf(&text, "[%s%s%s]", f->code, f->reference ? "; " : "",
			 f->reference ? f->reference : "");
		add_paragraph(out, text.data, 6, v->query->width);
		buf_release(&text);
	}
}

static void write_tries(const struct plan_view *v, struct buf *out)
{
	if (!v->scope_line)
		return;
	buf_addf(out, "\n%zu name%s outside may be tried by checks once the scope lists %s:\n",
		 v->tries.n, v->tries.n == 1 ? "" : "s", v->tries.n == 1 ? "it" : "them");
	buf_add_text(out, "      ");
	add_escaped(out, v->scope_line);
	buf_add_char(out, '\n');
}

static void write_section(const struct plan_view *v, const struct plan_section *s, bool same_group,
			  struct buf *out)
{
	struct table t;

	if (!same_group) {
		buf_add_char(out, '\n');
		add_escaped(out, s->group);
		if (*s->about) {
			buf_add_text(out, ": ");
			add_escaped(out, s->about);
		}
		buf_add_char(out, '\n');
	}
	if (*s->title)
		buf_addf(out, "  -- %s --\n", s->title);
	table_init(&t);
	plan_table_fill(&t, v, s);
	table_write_text(&t, 2, v->query->width, out);
	table_release(&t);
}

static void write_explanations(const struct plan_view *v, struct buf *out)
{
	struct plan_fact facts[PLAN_FACTS_MAX];

	buf_add_text(out, "\nWhy, and where it is written:\n");
	for_each (d, &v->explained) {
		size_t n = plan_facts(v, *d, facts);
		struct buf id = BUF_INIT;

		flow_words_requirement(*d, &id);
		buf_add_text(out, "  ");
		add_escaped(out, id.data);
		buf_add_char(out, '\n');
		for (size_t i = 0; i < n; i++) {
			buf_clear(&id);
			buf_addf(&id, "%s: %s", facts[i].label, facts[i].text);
			add_paragraph(out, id.data, 6, v->query->width);
		}
		buf_release(&id);
	}
}

static void write_plan(const struct plan_view *v, struct buf *out)
{
	const char *remarks[PLAN_REMARKS_MAX];
	size_t n = plan_remarks(v, remarks);
	const struct plan_section *before = NULL;

	add_escaped(out, v->headline);
	buf_add_char(out, '\n');
	write_questions(v, out);
	write_warnings(v, out);
	write_tries(v, out);
	for_each (s, &v->sections) {
		write_section(v, s, before && strcmp(before->group, s->group) == 0 && *s->title,
			      out);
		before = s;
	}
	if (v->query->explain)
		write_explanations(v, out);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s\n", i ? "" : "\n", remarks[i]);
}

/* --- request --- */

static void write_request_questions(const struct request *r, struct buf *out)
{
	if (r->plan->questions.n)
		buf_add_text(out, "\nOpen questions: until they are answered, every way is asked "
				  "for.\n");
	for_each (q, &r->plan->questions) {
		struct buf text = BUF_INIT;

		buf_addf(&text, "%s: %s", q->subject, q->text);
		add_paragraph(out, text.data, 2, r->form->width);
		buf_release(&text);
	}
}

/* One rule: what to do in one line, then what one should know of it, a line each. */
static void write_rule(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct buf line = BUF_INIT, cell = BUF_INIT;

	buf_add_text(&line, row->part == REQUEST_DENY ? "deny " : "permit ");
	flow_format_ports(row->flows.items[0], &line);
	for (size_t i = 0; i < 2; i++) {
		const struct endpoint *e = i ? row->flows.items[0]->to : row->flows.items[0]->from;

		buf_addf(&line, " %s %s", i ? "to" : "from", e->name);
		buf_clear(&cell);
		flow_words_addresses(e, &cell);
		if (cell.n && !slice_is(buf_slice(&cell), e->name))
			buf_addf(&line, " (%s)", cell.data);
	}
	buf_add_text(out, "  ");
	add_escaped(out, line.data);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < request_columns_n; i++) {
		if (!request_columns[i].told)
			continue;
		buf_clear(&cell);
		request_columns[i].add(r, row, &cell);
		if (!cell.n)
			continue;
		buf_clear(&line);
		buf_addf(&line, "%s: %s", request_columns[i].title, cell.data);
		add_paragraph(out, line.data, 6, r->form->width);
	}
	buf_release(&line);
	buf_release(&cell);
}

static void write_request(const struct request *r, struct buf *out)
{
	struct request_fact facts[REQUEST_FACTS_MAX];
	size_t n = request_facts(r, facts);

	add_escaped(out, r->headline);
	buf_add_text(out, "\n\n");
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "  %-12s", facts[i].label);
		add_escaped(out, facts[i].text);
		buf_add_char(out, '\n');
	}
	write_request_questions(r, out);
	for (enum request_part part = 0; part <= REQUEST_DENY; part++) {
		if (r->counts[part])
			buf_addf(out, "\n%s\n", request_part_title(r, part));
		for_each (row, &r->rows)
			if (row->part == part)
				write_rule(r, row, out);
	}
}

const struct writer writer_text = {
	.name = "text",
	.plan = write_plan,
	.request = write_request,
	.check = check_text_write,
	.audit = audit_text,
};
