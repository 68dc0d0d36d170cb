/* SPDX-License-Identifier: ISC
 *
 * For tickets, wikis and merge requests. What is not ours goes through escape_markdown().
 */
#include <string.h>

#include "base/escape.h"
#include "report/audit_forms.h"
#include "report/check_markdown.h"
#include "report/flow_words.h"
#include "report/plan_table.h"
#include "report/request.h"
#include "report/request_table.h"
#include "report/writer.h"

static void add(struct buf *out, const char *s)
{
	escape_markdown(out, slice_of(s));
}

static void write_questions(const struct question *const *questions, size_t n, struct buf *out)
{
	if (n)
		buf_add_text(out, "\n## Questions\n\n");
	for (size_t i = 0; i < n; i++) {
		buf_add_text(out, "- ");
		add(out, questions[i]->subject);
		buf_add_text(out, ": ");
		add(out, questions[i]->text);
		buf_add_text(out, " Add to the site file: ");
		add(out, questions[i]->add);
		buf_add_char(out, '\n');
	}
}

static void write_warnings(const struct plan_view *v, struct buf *out)
{
	if (v->warnings.n)
		buf_add_text(out, "\n## Warnings\n\n");
	for_each (w, &v->warnings) {
		const struct finding *f = *w;

		buf_addf(out, "- **%s** ", severity_names[f->severity]);
		add(out, f->subject);
		buf_add_text(out, ": ");
		add(out, f->evidence ? f->evidence : f->code);
		if (f->fix) {
			buf_add_text(out, ". ");
			add(out, f->fix);
		}
		buf_add_text(out, " (");
		add(out, f->code);
		if (f->reference) {
			buf_add_text(out, "; ");
			add(out, f->reference);
		}
		buf_add_text(out, ")\n");
	}
}

static void write_section(const struct plan_view *v, const struct plan_section *s, bool same_group,
			  struct buf *out)
{
	struct table t;

	if (!same_group) {
		buf_add_text(out, "\n## ");
		add(out, s->group);
		buf_add_char(out, '\n');
		if (*s->about) {
			buf_add_char(out, '\n');
			add(out, s->about);
			buf_add_char(out, '\n');
		}
	}
	if (*s->title)
		buf_addf(out, "\n### %s\n", s->title);
	buf_add_char(out, '\n');
	table_init(&t);
	plan_table_fill(&t, v, s);
	table_write_markdown(&t, out);
	table_release(&t);
}

static void write_explanations(const struct plan_view *v, struct buf *out)
{
	struct plan_fact facts[PLAN_FACTS_MAX];

	buf_add_text(out, "\n## Why, and where it is written\n");
	for_each (d, &v->explained) {
		size_t n = plan_facts(v, *d, facts);
		struct buf id = BUF_INIT;

		flow_words_requirement(*d, &id);
		buf_add_text(out, "\n- ");
		add(out, id.data);
		buf_add_char(out, '\n');
		for (size_t i = 0; i < n; i++) {
			buf_addf(out, "  - %s: ", facts[i].label);
			add(out, facts[i].text);
			buf_add_char(out, '\n');
		}
		buf_release(&id);
	}
}

static void write_plan(const struct plan_view *v, struct buf *out)
{
	const char *remarks[PLAN_REMARKS_MAX];
	size_t n = plan_remarks(v, remarks);
	const struct plan_section *before = NULL;

	buf_add_text(out, "# ");
	add(out, v->headline);
	buf_add_char(out, '\n');
	write_questions(v->questions.items, v->questions.n, out);
	write_warnings(v, out);
	if (v->scope_line) {
		buf_add_text(out, "\nNames outside may be tried once the scope lists them: ");
		add(out, v->scope_line);
		buf_add_char(out, '\n');
	}
	for_each (s, &v->sections) {
		write_section(v, s, before && strcmp(before->group, s->group) == 0 && *s->title,
			      out);
		before = s;
	}
	if (v->query->explain)
		write_explanations(v, out);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "\n%s\n", remarks[i]);
}

static void write_form(const struct request *r, struct buf *out)
{
	struct request_fact facts[REQUEST_FACTS_MAX];
	size_t n = request_facts(r, facts);

	buf_add_char(out, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "- %s: ", facts[i].label);
		add(out, facts[i].text);
		buf_add_char(out, '\n');
	}
}

static void write_request(const struct request *r, struct buf *out)
{
	buf_add_text(out, "# ");
	add(out, r->headline);
	buf_add_char(out, '\n');
	write_form(r, out);
	if (r->plan->questions.n)
		buf_add_text(out, "\n## Questions\n\n");
	for_each (q, &r->plan->questions) {
		buf_add_text(out, "- ");
		add(out, q->subject);
		buf_add_text(out, ": ");
		add(out, q->text);
		buf_add_char(out, '\n');
	}
	for (enum request_part part = 0; part <= REQUEST_DENY; part++) {
		struct table t;

		if (!r->counts[part])
			continue;
		buf_addf(out, "\n## %s\n\n", request_part_title(r, part));
		table_init(&t);
		request_table_fill(&t, r, part);
		table_write_markdown(&t, out);
		table_release(&t);
	}
}

const struct writer writer_markdown = {
	.name = "markdown",
	.plan = write_plan,
	.request = write_request,
	.check = check_markdown_write,
	.audit = audit_markdown,
};
